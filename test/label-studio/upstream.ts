// A scripted HTTP server in Label Studio's place. It checks every request against the vendor's own schema.
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "@jest/globals";
import { Ajv, type ValidateFunction } from "ajv";
import type { BridgeEvent } from "../../src/events.js";
import { connectLabelStudio, type LabelStudioOptions } from "../../src/label-studio/index.js";
import type { Target } from "../../src/ports.js";
import { fakeClock, type FakeClock } from "../support/fake-clock.js";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

export interface Reply {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Script = (request: Received, nth: number) => Reply | ((response: ServerResponse) => void);

export interface Upstream {
  readonly url: string;
  readonly received: Received[];
  /** What the vendor's schema would not accept. */
  readonly violations: string[];
  close(): Promise<void>;
}

async function startUpstream(script: Script, prefix = ""): Promise<Upstream> {
  const received: Received[] = [];
  const violations: string[] = [];
  const server = createServer((request, response) => {
    void readRequest(request, prefix).then((seen) => {
      received.push(seen);
      violations.push(...violationsOf(seen));
      const reply = script(seen, received.length);
      if (typeof reply === "function") return reply(response);
      const body = reply.text ?? (reply.json === undefined ? "" : JSON.stringify(reply.json));
      const type = reply.json === undefined ? "text/html" : "application/json";
      response.writeHead(reply.status ?? 200, { "content-type": type, ...reply.headers }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, received, violations, close };
}

async function readRequest(request: IncomingMessage, prefix: string): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? "/", "http://localhost");
  const text = Buffer.concat(chunks).toString("utf8");
  const path = url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : `outside ${url.pathname}`;
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  const query = Object.fromEntries(url.searchParams);
  return { method: request.method ?? "", path, query, headers: request.headers, body };
}

interface VendorCall {
  readonly call: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, object>>;
  readonly body?: object;
}

const vendor = JSON.parse(readFileSync(new URL("vendor-requests.json", import.meta.url), "utf8")) as {
  readonly calls: readonly VendorCall[];
};
const strings = new Ajv({ coerceTypes: true, allErrors: true });
const strict = new Ajv({ allErrors: true });
const checks = vendor.calls.map((call) => ({
  ...call,
  pattern: new RegExp(`^${call.path.replace(/\{\w+\}/g, "\\d+")}$`),
  checkQuery: strings.compile({ type: "object", properties: call.query, additionalProperties: false }),
  checkBody: call.body === undefined ? undefined : strict.compile(call.body),
}));

function violationsOf(seen: Received): readonly string[] {
  const call = checks.find(({ method, pattern }) => method === seen.method && pattern.test(seen.path));
  if (call === undefined) return [`${seen.method} ${seen.path} is not in the vendor's schema`];
  const complain = (check: ValidateFunction, value: unknown): string[] =>
    check(value)
      ? []
      : (check.errors ?? []).map((error) => `${call.call}: ${error.instancePath} ${error.message ?? ""}`);
  const body = call.checkBody;
  if (body === undefined) return [...complain(call.checkQuery, { ...seen.query }), ...unexpectedBody(seen)];
  return [...complain(call.checkQuery, { ...seen.query }), ...complain(body, seen.body)];
}

const unexpectedBody = (seen: Received): readonly string[] =>
  seen.body === undefined ? [] : [`${seen.method} ${seen.path} has a body`];

export interface Bench {
  readonly target: Target;
  readonly upstream: Upstream;
  readonly events: BridgeEvent[];
  readonly clock: FakeClock;
  readonly drive: <T>(call: Promise<T>) => Promise<T>;
}

export const KEY = "0123456789abcdef0123456789abcdef01234567";

/** A target connected to a scripted upstream, on a fake clock; fails when a request is not valid to the vendor. */
export async function onBench(
  script: Script,
  use: (bench: Bench) => Promise<void>,
  options: Partial<LabelStudioOptions> = {},
  prefix = "",
): Promise<void> {
  const upstream = await startUpstream(script, prefix);
  const clock = fakeClock(Date.parse("2026-05-01T08:00:00Z"));
  const events: BridgeEvent[] = [];
  const emit = (event: BridgeEvent): void => void events.push(event);
  const base = { url: upstream.url, apiKey: KEY, organizationId: 1, maxRps: 0, clock, emit, random: () => 0 };
  const target = connectLabelStudio({ ...base, ...options });
  try {
    await use({ target, upstream, events, clock, drive: (call) => drive(clock, call) });
    expect(upstream.violations).toEqual([]);
  } finally {
    await target.close();
    await upstream.close();
  }
}

/** Lets fake time pass in small steps, real I/O in between, until the call has ended. */
async function drive<T>(clock: FakeClock, call: Promise<T>): Promise<T> {
  let pending = true;
  const done = (): void => void (pending = false);
  call.then(done, done);
  while (pending) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (pending) await clock.advance(20);
  }
  return call;
}

/** A membership row as sent since May 2026. */
export const row = (id: number, role: string, email = `p${id}@acme.example`): object => ({
  id: 500 + id,
  organization: 1,
  role,
  role_source: "api",
  user_type: "standard",
  tags: [],
  user: { id, email, username: email, first_name: "Kim", last_name: "Lee" },
});

export const page = (count: number, results: readonly object[]): Reply => ({
  json: { count, next: "http://elsewhere.example/api?page=2", previous: null, results },
});

export const refusalOf = (status: number, detail: string, validation?: object): Reply => ({
  status,
  json: { id: "9b0f", status_code: status, version: "2.36.0", detail, exc_info: null, validation_errors: validation },
});
