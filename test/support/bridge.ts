// A whole bridge in this process: real HTTP on both sides, a real database, the emulated Label Studio.
import { setTimeout as delay } from "node:timers/promises";
import { request } from "undici";
import type { Status } from "../../src/admin/index.js";
import { startBridge, type Bridge } from "../../src/bridge.js";
import { readConfig, type Environment } from "../../src/config.js";
import type { Emit } from "../../src/events.js";
import { parseMapping, type Mapping } from "../../src/mapping/index.js";
import type { Clock } from "../../src/ports.js";
import { startSandbox, type Sandbox, type SandboxCall, type SandboxOptions } from "../../src/sandbox/index.js";
import { startTelemetry } from "../../src/telemetry/index.js";
import { aDatabase } from "./database.js";

export const SCIM_TOKEN = "scim-token-for-tests-only";
export const ADMIN_TOKEN = "admin-token-for-tests-only";

export const MAPPING = `
version: 1
roles:
  rules:
    - { group: "LS Admins", role: AD }
    - { group: "LS Managers", role: MA }
    - { group: "LS Reviewers", role: RE }
    - { group: "LS Annotators", role: AN }
`;

/** The same without a limit on how many may be changed at once. */
export const UNLIMITED = `${MAPPING}safety: { massChange: off }
`;

export interface ScimAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Record<string, unknown> & { readonly id: string };
}

export interface Trial {
  readonly sandbox: Sandbox;
  readonly url: string;
  /** Where operators are answered. */
  readonly adminUrl: string;
  /** DATABASE_URL. */
  readonly databaseUrl: string;
  scim(method: string, path: string, body?: unknown): Promise<ScimAnswer>;
  status(): Promise<Status>;
  /** The operator's API below /admin/api. */
  admin(method: "GET" | "POST", path: string, body?: unknown): Promise<Record<string, never[]>>;
  /** Waits until it is so; fails after five seconds. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>;
  /** Waits until nobody is pending any more; fails after `withinMs`. */
  settled(withinMs?: number): Promise<Status>;
  /** Gives the running bridge another mapping. */
  remap(mapping: string): Promise<void>;
  /** Stops the bridge (in order) and starts it again on the same database, with another mapping or settings if given. */
  restart(changes?: { readonly mapping?: string; readonly environment?: Environment }): Promise<void>;
  close(): Promise<void>;
}

export interface TrialOptions {
  readonly mapping?: string;
  readonly sandbox?: SandboxOptions;
  readonly environment?: Environment;
  readonly clock?: Clock;
  /** Is told of everything that the bridge tells. */
  readonly emit?: Emit;
  /** How the trial waits, where time does not pass by itself. */
  readonly wait?: (ms: number) => Promise<void>;
  /** How often it looks whether it still has to wait. */
  readonly lookMs?: number;
}

export async function trial(options: TrialOptions = {}): Promise<Trial> {
  const { wait = delay, lookMs = 20 } = options;
  const sandbox = await startSandbox(options.sandbox);
  const database = await aDatabase();
  const start = (mapping: string, environment: Environment): Promise<Bridge> =>
    startOn(sandbox, database.url, mapping, environment, options);
  let mapping = options.mapping ?? MAPPING;
  let environment = options.environment ?? {};
  let bridge = await start(mapping, environment);
  const stopped = async (): Promise<void> => {
    let over = false;
    const stopping = bridge.stop().finally(() => (over = true));
    while (!over) await Promise.race([stopping, wait(lookMs)]);
    await stopping;
  };
  const admin = async (method: "GET" | "POST", path: string, sent?: unknown): Promise<unknown> => {
    const { body } = await request(`${bridge.adminUrl}/admin/api${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      body: sent === undefined ? null : JSON.stringify(sent),
    });
    return body.json();
  };
  const status = async (): Promise<Status> => (await admin("GET", "/status")) as Status;
  return {
    sandbox,
    get url() {
      return bridge.url;
    },
    get adminUrl() {
      return bridge.adminUrl;
    },
    databaseUrl: database.url,
    scim: (method, path, body) => scim(bridge.url, method, path, body),
    status,
    admin: async (method, path, body) => (await admin(method, path, body)) as Record<string, never[]>,
    until: async (isSo) => {
      for (let waited = 0; !(await isSo()); waited += lookMs) {
        if (waited > 5_000) throw new Error("it did not become so within 5 s");
        await wait(lookMs);
      }
    },
    settled: async (withinMs = 5_000) => {
      for (let waited = 0; ; waited += lookMs) {
        const now = await status();
        if (now.pending === 0 && now.labelStudio.state !== "unknown") return now;
        if (waited > withinMs) throw new Error(`still pending after ${withinMs} ms: ${JSON.stringify(now)}`);
        await wait(lookMs);
      }
    },
    remap: (text) => bridge.remap(parsedMapping(text)),
    restart: async (changes = {}) => {
      await stopped();
      mapping = changes.mapping ?? mapping;
      environment = changes.environment ?? environment;
      bridge = await start(mapping, environment);
    },
    close: async () => {
      await stopped();
      await sandbox.close();
      await database.drop();
    },
  };
}

function parsedMapping(text: string): Mapping {
  const parsed = parseMapping(text);
  if (parsed.kind === "problems") throw new Error(JSON.stringify(parsed.problems));
  return parsed.mapping;
}

function startOn(
  sandbox: Sandbox,
  databaseUrl: string,
  mapping: string,
  environment: Environment,
  { clock, emit }: TrialOptions,
): Promise<Bridge> {
  const config = readConfig({
    LABEL_STUDIO_URL: sandbox.url,
    LABEL_STUDIO_API_KEY: sandbox.apiKey,
    LABEL_STUDIO_MAX_RPS: "0",
    SCIM_BEARER_TOKEN: SCIM_TOKEN,
    ADMIN_TOKEN,
    PORT: "0",
    LOG_LEVEL: "silent",
    DATABASE_URL: databaseUrl,
    ...environment,
  });
  if (config.kind === "problems") throw new Error(config.problems.join("\n"));
  const telemetry = startTelemetry({ level: config.config.logLevel });
  const both: Emit = (event) => {
    telemetry.emit(event);
    emit?.(event);
  };
  const parts = { config: config.config, mapping: parsedMapping(mapping), telemetry: { ...telemetry, emit: both } };
  return startBridge({ ...parts, ...(clock && { clock }) });
}

async function scim(url: string, method: string, path: string, body?: unknown): Promise<ScimAnswer> {
  const answer = await request(`${url}/scim/v2${path}`, {
    method: method as "GET",
    headers: { authorization: `Bearer ${SCIM_TOKEN}`, "content-type": "application/scim+json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: (text === "" ? {} : JSON.parse(text)) as ScimAnswer["body"],
  };
}

/** Calls that change something at Label Studio, as `METHOD path body`. */
export const writes = (calls: readonly SandboxCall[]): readonly string[] =>
  calls
    .filter((call) => call.method !== "GET" && !call.path.startsWith("/api/token/"))
    .map((call) => `${call.method} ${call.path}${call.body === undefined ? "" : ` ${JSON.stringify(call.body)}`}`);

export const user = (userName: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  userName,
  emails: [{ value: userName, type: "work", primary: true }],
  active: true,
  ...more,
});

export const group = (displayName: string, members: readonly string[] = []): Record<string, unknown> => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
  displayName,
  members: members.map((value) => ({ value })),
});

export const patch = (...operations: readonly unknown[]): Record<string, unknown> => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: operations,
});
