// The webhook over a real receiver: what is told, how it is signed, and what becomes of it while nobody takes it.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readConfig } from "../../src/config.js";
import type { BridgeEvent } from "../../src/events.js";
import { fastClock } from "../support/fast-clock.js";
import { group, MAPPING, patch, trial, user, type Trial } from "../support/bridge.js";

const KEY = Buffer.from("a key that is long enough for it");
const SECRET = `whsec_${KEY.toString("base64")}`;

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let receiver: Server;
let got: Got[];
let answer: (n: number) => { readonly status: number; readonly location?: string };
let events: BridgeEvent[];
let t: Trial | undefined;

beforeEach(async () => {
  got = [];
  events = [];
  answer = () => ({ status: 204 });
  receiver = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      const { status, location } = answer(got.length);
      response.writeHead(status, location === undefined ? {} : { location }).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await t?.close();
  t = undefined;
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const url = (): string => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?key=hidden`;
const environment = () => ({ WEBHOOK_URL: url(), WEBHOOK_SECRET: SECRET });
const start = async (mapping = MAPPING): Promise<Trial> => {
  t = await trial({ mapping, clock: fastClock, environment: environment(), emit: (event) => events.push(event) });
  return t;
};

interface Told {
  readonly type: string;
  readonly data: {
    readonly people?: number;
    readonly reasons?: Readonly<Record<string, number>>;
    readonly paused?: boolean;
  };
}
const told = (type: string): readonly Told["data"][] =>
  got
    .map(({ body }) => JSON.parse(body) as Told)
    .filter((each) => each.type === type)
    .map(({ data }) => data);

test("somebody is failing: told once, signed, without a name; and again when nobody is", async () => {
  const bridge = await start();
  await bridge.settled();
  bridge.sandbox.inject(
    { kind: "invalid", errors: { email: ["kim@acme.example is odd"] } },
    { method: "POST", path: /^\/api\/users\/$/ },
  );
  await bridge.scim("POST", "/Users", user("kim@acme.example"));
  await bridge.until(() => told("bridge.failing").length > 0);
  expect(told("bridge.failing")[0]).toEqual({ people: 1, reasons: { "users.create:400": 1 } });
  const [{ headers, body }] = got as [Got];
  const [id, timestamp] = [headers["webhook-id"], headers["webhook-timestamp"]].map(String);
  const signature = createHmac("sha256", KEY).update(`${id}.${timestamp}.${body}`).digest("base64");
  expect(headers["webhook-signature"]).toBe(`v1,${signature}`);
  expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(body).not.toMatch(/kim|acme/);
  await bridge.until(() => told("bridge.failing").length > 1);
  expect(told("bridge.failing")[1]).toEqual({ people: 0, reasons: {} });
  expect(JSON.stringify(events)).not.toContain("hidden");
});

test("paused and resumed, held, Label Studio down", async () => {
  const bridge = await start(`${MAPPING}safety: { massChange: { atMost: 1 } }\n`);
  await bridge.settled();
  await bridge.admin("POST", "/pause", {});
  await bridge.until(() => told("bridge.paused").length === 1);
  expect(told("bridge.paused")[0]).toMatchObject({ paused: true, all: false });
  await bridge.admin("POST", "/resume", {});
  await bridge.until(() => told("bridge.paused").length === 2);
  bridge.sandbox.revokeKey();
  await bridge.scim("POST", "/Users", user("lee@acme.example"));
  await bridge.until(() => told("bridge.upstream").length === 1);
  expect(told("bridge.upstream")[0]).toEqual({ state: "down" });
});

test("a token that ends soon, by its id", async () => {
  const bridge = await start();
  await bridge.settled();
  const { id } = (await bridge.admin("POST", "/tokens", { name: "okta", expires: "1d" })) as { id?: unknown };
  await bridge.until(() => told("bridge.token-expiring").length > 0);
  expect(told("bridge.token-expiring")[0]).toMatchObject({ tokens: [{ id, expiresAt: expect.any(String) }] });
  expect(JSON.stringify(got)).not.toContain("lsb_");
});

test("while nobody takes it, the newest of a kind waits; a redirect is not followed; then it is told once", async () => {
  answer = (n) => (n < 4 ? { status: n === 1 ? 503 : 307, location: `${url()}&elsewhere` } : { status: 200 });
  const bridge = await start();
  await bridge.settled();
  await bridge.admin("POST", "/pause", {});
  await bridge.until(() => events.filter(({ kind }) => kind === "notice").length === 4);
  const ids = got.map(({ headers }) => headers["webhook-id"]);
  expect(new Set(ids).size).toBe(1);
  expect(events.filter(({ kind }) => kind === "notice")).toMatchObject([
    { ok: false, answer: "503", failures: 1 },
    { ok: false, answer: "307", failures: 2 },
    { ok: false, answer: "307", failures: 3 },
    { ok: true, answer: "200", failures: 0 },
  ]);
});

test("a receiver that was away is told how things are when it is back; a restart tells nothing twice", async () => {
  const { port } = receiver.address() as AddressInfo;
  await new Promise((resolve) => receiver.close(resolve));
  const bridge = await trial({
    clock: fastClock,
    environment: { WEBHOOK_URL: `http://127.0.0.1:${port}/`, WEBHOOK_SECRET: SECRET },
    emit: (event) => events.push(event),
  });
  t = bridge;
  await bridge.settled();
  await bridge.admin("POST", "/pause", {});
  await bridge.until(() => events.some((event) => event.kind === "notice" && event.answer === "ECONNREFUSED"));
  await bridge.admin("POST", "/pause", { all: true });
  await new Promise<void>((resolve) => receiver.listen(port, "127.0.0.1", resolve));
  await bridge.until(() => got.length > 0);
  expect(told("bridge.paused")).toMatchObject([{ paused: true, all: true }]);
  await bridge.restart();
  await bridge.admin("POST", "/resume", {});
  await bridge.until(() => told("bridge.paused").length === 2);
  expect(told("bridge.paused")[1]).toEqual({ paused: false });
});

test("whoever is only looked at anew, as everybody is at a start, is held or failing all the while", async () => {
  const bridge = await start();
  await bridge.settled();
  await bridge.scim("POST", "/Users", { ...user("nobody"), emails: [] });
  await bridge.until(() => events.some((event) => event.kind === "notice" && event.ok));
  const before = got.length;
  await bridge.restart();
  await bridge.admin("POST", "/pause", {});
  await bridge.until(() => told("bridge.paused").length === 1);
  expect(got.slice(before).map(({ body }) => (JSON.parse(body) as Told).type)).toEqual(["bridge.paused"]);
});

test("many at once are one message a minute, with the count", async () => {
  const bridge = await start();
  await bridge.settled();
  for (let n = 0; n < 12; n++) await bridge.scim("POST", "/Users", { ...user(`nobody-${n}`), emails: [] });
  await bridge.until(() => told("bridge.failing").at(-1)?.people === 12);
  expect(told("bridge.failing").length).toBeLessThanOrEqual(3);
  expect(told("bridge.failing").at(-1)).toEqual({ people: 12, reasons: { "no e-mail": 12 } });
  await bridge.scim("POST", "/Groups", group("G"));
  await bridge.scim("PATCH", "/Users/none", patch({ op: "replace", path: "active", value: false }));
});

test.each([
  [{ WEBHOOK_URL: "https://hooks.example/secret-path" }, "WEBHOOK_SECRET is required with WEBHOOK_URL"],
  [{ WEBHOOK_URL: "ftp://hooks.example", WEBHOOK_SECRET: SECRET }, "WEBHOOK_URL must be an http or https URL."],
  [{ WEBHOOK_URL: "https://hooks.example", WEBHOOK_SECRET: "short" }, "WEBHOOK_SECRET must be 24 to 64 bytes"],
])("%j is a problem at start, without the secret", (settings, problem) => {
  const read = readConfig({
    ...{
      LABEL_STUDIO_URL: "https://ls.example",
      LABEL_STUDIO_API_KEY: "k",
      SCIM_BEARER_TOKEN: "a-token-that-is-long-enough",
    },
    ...settings,
  });
  expect(read).toMatchObject({ kind: "problems", problems: [expect.stringContaining(problem)] });
  expect(JSON.stringify(read)).not.toMatch(/short|secret-path/);
});
