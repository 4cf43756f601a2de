import { existsSync } from "node:fs";
import { request } from "undici";
import type { Status } from "../admin/index.js";
import { lookIntoStore } from "../bridge.js";
import { readClientSettings, readEnvironment } from "../config.js";
import { BridgeError } from "../errors.js";
import type { PeopleCounts, PersonOutcome, SettledState } from "../ports.js";
import { EXIT, type Io } from "./io.js";

export interface StatusOptions {
  readonly url?: string;
  readonly token?: string;
  readonly json: boolean;
  /** Also who is held or failing, and why. */
  readonly people: boolean;
}

/** Held or failing, with the reason. */
type Attention = readonly PersonOutcome[];

type Answer =
  { readonly counts: PeopleCounts & Partial<Status>; readonly attention: Attention } | { readonly problem: string };

/** Exit code 1 while somebody is failing, 4 while somebody is held. */
export async function status(options: StatusOptions, io: Io): Promise<number> {
  const settings = readClientSettings(readEnvironment(io.environment));
  const token = options.token ?? settings.adminToken;
  const answer =
    token !== undefined || options.url !== undefined
      ? await askBridge(options.url ?? settings.url, token ?? "", options.people)
      : await askStore(settings.databaseUrl);
  if ("problem" in answer) {
    io.err(answer.problem);
    return EXIT.unreachable;
  }
  const attention = options.people ? answer.attention : undefined;
  if (options.json) io.out(JSON.stringify({ ...answer.counts, people: attention }, undefined, 2));
  else print(answer.counts, attention ?? [], io);
  return answer.counts.failing > 0 ? EXIT.problems : answer.counts.held > 0 ? EXIT.held : EXIT.fine;
}

async function askBridge(url: string, token: string, withPeople: boolean): Promise<Answer> {
  const base = `${url.replace(/\/+$/, "")}/admin/api`;
  try {
    const counts = (await ask(`${base}/status`, token)) as Status;
    const attention = withPeople
      ? [...(await askPeople(base, token, "held")), ...(await askPeople(base, token, "failing"))]
      : [];
    return { counts, attention };
  } catch (error) {
    return {
      problem: error instanceof BridgeError ? error.message : `Cannot reach ${base}: ${(error as Error).message}`,
    };
  }
}

async function askPeople(base: string, token: string, state: SettledState): Promise<Attention> {
  const all: PersonOutcome[] = [];
  for (let after: string | undefined = ""; after !== undefined;) {
    const address = `${base}/people?state=${state}&after=${encodeURIComponent(after)}`;
    const page = (await ask(address, token)) as { readonly people: Attention; readonly next?: string };
    all.push(...page.people);
    after = page.next;
  }
  return all;
}

async function ask(address: string, token: string): Promise<unknown> {
  const { statusCode, body } = await request(address, { headers: { authorization: `Bearer ${token}` } });
  const text = await body.text();
  if (statusCode === 200) return JSON.parse(text);
  const hint =
    statusCode === 404 ? " (the bridge runs without ADMIN_TOKEN)" : statusCode === 401 ? " (wrong token)" : "";
  throw new BridgeError("NOT_FOUND", `${address} answered ${statusCode}${hint}.`);
}

async function askStore(databaseUrl: string): Promise<Answer> {
  const file = /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
  if (file !== undefined && !existsSync(file))
    return { problem: `No database at ${file}, and no ADMIN_TOKEN to ask a running bridge.` };
  try {
    return await lookIntoStore(databaseUrl);
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    return { problem: error.message };
  }
}

function print(counts: PeopleCounts & Partial<Status>, attention: Attention, io: Io): void {
  for (const state of ["converged", "pending", "held", "failing"] as const)
    io.out(`${state.padEnd(10)} ${counts[state]}`);
  if (counts.warnings > 0) io.out(`warnings   ${counts.warnings}`);
  if (counts.pending > 0) io.out(`oldest pending for ${counts.oldestPendingSeconds} s`);
  if (counts.labelStudio)
    io.out(`Label Studio: ${counts.labelStudio.state} ${counts.labelStudio.problem ?? ""}`.trimEnd());
  for (const { state, userName, personId, role, desiredRole, reason } of attention)
    io.out(
      `${state.padEnd(7)}  ${userName ?? `deleted ${personId}`}  ${role ?? "-"} -> ${desiredRole ?? "-"}  ${reason}`,
    );
}
