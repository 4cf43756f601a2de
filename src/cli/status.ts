import { existsSync } from "node:fs";
import { request } from "undici";
import type { Status } from "../admin/index.js";
import { countPeople } from "../bridge.js";
import { readClientSettings, readEnvironment } from "../config.js";
import type { PeopleCounts } from "../ports.js";
import { EXIT, type Io } from "./io.js";

export interface StatusOptions {
  readonly url?: string;
  readonly token?: string;
  readonly json: boolean;
}

type Answer = { readonly counts: PeopleCounts & Partial<Status> } | { readonly problem: string };

/** Exit code 1 while somebody is failing, 4 while somebody is held. */
export async function status(options: StatusOptions, io: Io): Promise<number> {
  const settings = readClientSettings(readEnvironment(io.environment));
  const token = options.token ?? settings.adminToken;
  const answer =
    token !== undefined || options.url !== undefined
      ? await askBridge(options.url ?? settings.url, token ?? "")
      : await askStore(settings.databaseUrl);
  if ("problem" in answer) {
    io.err(answer.problem);
    return EXIT.unreachable;
  }
  print(answer.counts, options.json, io);
  return answer.counts.failing > 0 ? EXIT.problems : answer.counts.held > 0 ? EXIT.held : EXIT.fine;
}

async function askBridge(url: string, token: string): Promise<Answer> {
  const address = `${url.replace(/\/+$/, "")}/admin/api/status`;
  try {
    const { statusCode, body } = await request(address, { headers: { authorization: `Bearer ${token}` } });
    const text = await body.text();
    if (statusCode === 200) return { counts: JSON.parse(text) as Status };
    const hint =
      statusCode === 404 ? " (the bridge runs without ADMIN_TOKEN)" : statusCode === 401 ? " (wrong token)" : "";
    return { problem: `${address} answered ${statusCode}${hint}.` };
  } catch (error) {
    return { problem: `Cannot reach ${address}: ${(error as Error).message}` };
  }
}

async function askStore(databaseUrl: string): Promise<Answer> {
  const file = databaseUrl.replace(/^sqlite:/, "");
  if (!existsSync(file)) return { problem: `No database at ${file}, and no ADMIN_TOKEN to ask a running bridge.` };
  return { counts: await countPeople(databaseUrl) };
}

function print(counts: PeopleCounts & Partial<Status>, json: boolean, io: Io): void {
  if (json) return io.out(JSON.stringify(counts, undefined, 2));
  for (const state of ["converged", "pending", "held", "failing"] as const)
    io.out(`${state.padEnd(10)} ${counts[state]}`);
  if (counts.warnings > 0) io.out(`warnings   ${counts.warnings}`);
  if (counts.pending > 0) io.out(`oldest pending for ${counts.oldestPendingSeconds} s`);
  if (counts.labelStudio)
    io.out(`Label Studio: ${counts.labelStudio.state} ${counts.labelStudio.problem ?? ""}`.trimEnd());
}
