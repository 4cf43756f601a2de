// The built program as an operator runs it: `node dist/main.js …` as a child process in a folder of its own.
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { request } from "undici";
import type { Status } from "../../src/admin/index.js";
import type { Environment } from "../../src/config.js";
import type { Sandbox } from "../../src/sandbox/index.js";
import type { ScimAnswer } from "./bridge.js";
import { onPostgres } from "./database.js";
import { freshDatabase, type Database } from "./postgres/database.js";

export const SCIM_TOKEN = "scim-token-of-the-program";
export const ADMIN_TOKEN = "admin-token-of-the-program";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const MAPPINGS = fileURLToPath(new URL("../../mappings", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ended: Promise<Ended>;
  /** The first match of the pattern on standard output: its first group, else all of it. */
  seen(pattern: RegExp, withinMs?: number): Promise<string>;
  /** The address in the log line `listening`. */
  listening(): Promise<string>;
  /** Answers also how long the end took. */
  stop(signal?: NodeJS.Signals): Promise<Ended & { readonly tookMs: number }>;
}

export interface Workplace {
  /** Working directory and temporary directory of everything started here; the shipped mappings lie in it. */
  readonly folder: string;
  /** DATABASE_URL, unless a program is given another. */
  readonly databaseUrl: string;
  /** Answers the path of the file. */
  write(name: string, text: string): Promise<string>;
  start(environment: Environment, ...args: readonly string[]): Program;
  /** Starts and waits for the end. */
  run(environment: Environment, ...args: readonly string[]): Promise<Ended>;
  /** Kills what still runs, each by its pid. */
  close(): Promise<void>;
}

export async function workplace(): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), "bridge-program-"));
  await mkdir(join(folder, "tmp"));
  await cp(MAPPINGS, join(folder, "mappings"), { recursive: true });
  const database = await databaseOfRun();
  const programs: Program[] = [];
  const start = (environment: Environment, ...args: readonly string[]): Program => {
    const program = launch(folder, { ...(database && { DATABASE_URL: database.url }), ...environment }, args);
    programs.push(program);
    return program;
  };
  return {
    folder,
    databaseUrl: database?.url ?? `sqlite:${join(folder, "data", "bridge.db")}`,
    start,
    run: (environment, ...args) => start(environment, ...args).ended,
    write: async (name, text) => {
      await writeFile(join(folder, name), text);
      return join(folder, name);
    },
    close: async () => {
      await Promise.all(programs.map((program) => program.stop("SIGKILL")));
      await database?.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** undefined: the bridge's default, a file in its working directory. */
const databaseOfRun = async (): Promise<Database | undefined> => (onPostgres() ? freshDatabase() : undefined);

function launch(folder: string, environment: Environment, args: readonly string[]): Program {
  const { PATH } = process.env;
  const env = { PATH, TMPDIR: join(folder, "tmp"), ...environment };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  let over = false;
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code, signal) => {
      over = true;
      resolve({ code, signal, stdout, stderr });
    });
  });
  const seen = (pattern: RegExp, withinMs?: number): Promise<string> =>
    until(
      () => {
        const match = pattern.exec(stdout);
        if (!match && over) throw new Error(`ended before ${String(pattern)}:\n${stdout}\n${stderr}`);
        return match?.[1] ?? match?.[0];
      },
      () => `${String(pattern)} in:\n${stdout}\n${stderr}`,
      withinMs,
    );
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
    ended,
    seen,
    listening: () => seen(/"url":"([^"]+)","msg":"listening"/),
    stop: async (signal = "SIGTERM") => {
      const at = Date.now();
      child.kill(signal);
      return { ...(await ended), tookMs: Date.now() - at };
    },
  };
}

/** Asks again and again until there is an answer. */
export async function until<T>(
  probe: () => T | undefined | Promise<T | undefined>,
  what: () => string,
  withinMs = 30_000,
): Promise<T> {
  for (const giveUpAt = Date.now() + withinMs; ;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (Date.now() > giveUpAt) throw new Error(`not within ${withinMs} ms: ${what()}`);
    await delay(10);
  }
}

/** What `serve` needs to work for this Label Studio; the database lies in the working directory. */
export const settingsFor = (labelStudio: Pick<Sandbox, "url" | "apiKey">): Record<string, string> => ({
  LABEL_STUDIO_URL: labelStudio.url,
  LABEL_STUDIO_API_KEY: labelStudio.apiKey,
  LABEL_STUDIO_MAX_RPS: "0",
  SCIM_BEARER_TOKEN: SCIM_TOKEN,
  ADMIN_TOKEN,
  PORT: "0",
});

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

export async function get(url: string, token?: string): Promise<HttpAnswer> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await request(url, { headers });
  return { status: answer.statusCode, text: await answer.body.text() };
}

export async function scim(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  token = SCIM_TOKEN,
): Promise<ScimAnswer> {
  const answer = await request(`${url}/scim/v2${path}`, {
    method: method as "GET",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  const parsed = (text === "" ? {} : JSON.parse(text)) as ScimAnswer["body"];
  return { status: answer.statusCode, headers: answer.headers, body: parsed };
}

export interface ListedUser {
  readonly id: string;
  readonly userName: string;
  readonly active: boolean;
  readonly groups?: readonly { readonly display: string }[];
}

/** Everybody whom the directory holds, page by page. */
export async function everybody(url: string): Promise<readonly ListedUser[]> {
  const all: ListedUser[] = [];
  for (;;) {
    const { body } = await scim(url, "GET", `/Users?startIndex=${all.length + 1}`);
    all.push(...((body["Resources"] ?? []) as readonly ListedUser[]));
    if (all.length >= Number(body["totalResults"])) return all;
  }
}

/** Waits until nobody is pending any more. */
export async function settled(url: string, withinMs = 30_000): Promise<Status> {
  let last = "";
  const probe = async (): Promise<Status | undefined> => {
    last = (await get(`${url}/admin/api/status`, ADMIN_TOKEN)).text;
    const now = JSON.parse(last) as Status;
    return now.pending === 0 && now.labelStudio.state === "ok" ? now : undefined;
  };
  return until(probe, () => `nobody pending: ${last}`, withinMs);
}
