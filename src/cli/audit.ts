// The audit log: handed out and verified, by a running bridge or straight on the store.
import type { Command } from "commander";
import { request } from "undici";
import type { ExportRequest, Verified } from "../audit/index.js";
import { openAuditLog } from "../beside.js";
import { readClientSettings, readEnvironment } from "../config.js";
import { BridgeError, hasCode } from "../errors.js";
import { asked } from "./asked.js";
import { mustExist } from "./database.js";
import { EXIT, type Io } from "./io.js";
import type { Where } from "./operator.js";
import { progress } from "./progress.js";
import { apiAt } from "./remote.js";

interface VerifyAsked extends Where {
  readonly expectHead?: string;
  readonly json: boolean;
}

/** What both places to ask can do. */
interface Audit {
  export(asked: ExportRequest): AsyncIterable<readonly string[]>;
  verify(expectHead: string | undefined, onProgress: (done: number, all: number) => void): Promise<Verified>;
}

export function auditCommands(program: Command, io: Io, done: (code: number) => void): void {
  const audit = program
    .command("audit")
    .description("who did what, why, and what became of it: hand it out, verify it");
  asked(audit.command("export"))
    .description("every record, one a line")
    .option("--since <time>", "ISO 8601, or how long ago: 24h, 30d")
    .option("--until <time>", "the same; what is later is left out")
    .option("--format <format>", "ndjson or csv", "ndjson")
    .action(async (options: Where & ExportRequest) =>
      done(await withAudit(options, io, (log) => hand(log, options, io))),
    );
  asked(audit.command("verify"))
    .description("whether records have been changed, deleted, moved or put in since they were written")
    .option("--expect-head <hash>", "also whether this hash, told earlier, is in the chain")
    .option("--json", "machine-readable", false)
    .action(async (options: VerifyAsked) => done(await withAudit(options, io, (log) => prove(log, options, io))));
}

async function hand(log: Audit, options: ExportRequest, io: Io): Promise<number> {
  const bar = progress(io, "records handed out");
  let done = 0;
  for await (const lines of log.export(options)) {
    for (const line of lines) io.out(line);
    bar.report((done += lines.length), undefined);
    await io.drained?.();
  }
  bar.end();
  return EXIT.fine;
}

/** Exit code 1: the first record that does not fit is named. */
async function prove(log: Audit, { expectHead, json }: VerifyAsked, io: Io): Promise<number> {
  const bar = progress(io, "records verified", { json });
  const verified = await bar.during(log.verify(expectHead, (done, all) => bar.report(done, all)));
  const { ok, problem, records, erased, waiting, anchor, head } = verified;
  if (json) io.out(JSON.stringify(verified, undefined, 2));
  else {
    if (problem !== undefined) io.err(problem);
    io.out(`${records} records ${ok ? "are as they were written" : "fit before that"}`);
    if (erased > 0) io.out(`${erased} of them without what was personal in them: erased`);
    if (anchor.place > 0) io.out(`begins after record ${anchor.place}: what was older has been cut off`);
    if (waiting > 0) io.out(`${waiting} not in the chain yet`);
    io.out(`head ${head.hash}`);
  }
  return ok ? EXIT.fine : EXIT.problems;
}

async function withAudit({ url, token }: Where, io: Io, work: (log: Audit) => Promise<number>): Promise<number> {
  const settings = readClientSettings(readEnvironment(io.environment));
  const secret = token ?? settings.adminToken;
  try {
    if (secret !== undefined || url !== undefined) return await work(remoteAudit(url ?? settings.url, secret ?? ""));
    return await onStore(settings.databaseUrl, work);
  } catch (error) {
    if (!(error instanceof BridgeError) || error.code === "CONFIG_INVALID") throw error;
    io.err(error.message);
    return hasCode(error, "INVALID_VALUE") ? EXIT.usage : EXIT.unreachable;
  }
}

async function onStore(databaseUrl: string, work: (log: Audit) => Promise<number>): Promise<number> {
  mustExist(databaseUrl);
  const log = await openAuditLog(databaseUrl);
  try {
    return await work({
      export: (asked) => log.export(asked),
      verify: (expectHead, onProgress) => log.verify({ expectHead, onProgress }),
    });
  } finally {
    await log.close();
  }
}

function remoteAudit(url: string, token: string): Audit {
  const base = `${apiAt(url)}/audit`;
  const ask = async (path: string, query: Readonly<Record<string, string | undefined>>) => {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const { statusCode, body } = await request(`${base}${path}?${new URLSearchParams(given).toString()}`, {
      headers: { authorization: `Bearer ${token}` },
      // A long log takes its time until the last line; each part of it is there soon.
      headersTimeout: 0,
    }).catch((error: unknown) => {
      throw new BridgeError("NOT_FOUND", `Cannot reach ${base}: ${(error as Error).message}`);
    });
    if (statusCode === 200) return body;
    const said = /"error":"([^"]+)"/.exec(await body.text())?.[1];
    const code = statusCode === 400 ? "INVALID_VALUE" : "NOT_FOUND";
    throw new BridgeError(code, said ?? `${base}${path} answered ${statusCode}.`);
  };
  return {
    verify: async (expectHead) => (await (await ask("/verify", { expectHead })).json()) as Verified,
    export: async function* ({ since, until, format }) {
      yield* wholeLines(await ask("/export", { since, until, format }));
    },
  };
}

async function* wholeLines(body: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield lines;
  }
  if (rest !== "") yield [rest];
}
