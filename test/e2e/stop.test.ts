import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { startSandbox, type Fault, type Sandbox } from "../../src/sandbox/index.js";
import { user } from "../support/bridge.js";
import {
  ADMIN_TOKEN,
  everybody,
  scim,
  SCIM_TOKEN,
  settingsFor,
  settled,
  until,
  workplace,
  type Workplace,
} from "../support/program.js";

/** A SIGTERM is done by then, also on a machine that has other things to do. */
const PROMISED_MS = 10_000;

let here: Workplace;
let sandbox: Sandbox;
beforeEach(async () => {
  here = await workplace();
  sandbox = await startSandbox();
});
afterEach(async () => {
  await here.close();
  await sandbox.close();
});

async function start() {
  const program = here.start(settingsFor(sandbox), "serve");
  return { program, url: await program.listening() };
}

/** Everybody of these is stored, each once. */
async function expectStored(userNames: readonly string[]): Promise<void> {
  const { url, program } = await start();
  const stored = (await everybody(url)).map(({ userName }) => userName);
  expect(new Set(stored).size).toBe(stored.length);
  expect(userNames.filter((userName) => !stored.includes(userName))).toEqual([]);
  await program.stop("SIGKILL");
}

test("idle, with an open connection of the IdP: it waits for nothing", async () => {
  const { program, url } = await start();
  await settled(url);
  expect((await scim(url, "GET", "/Users")).status).toBe(200);
  const { code, signal, tookMs, stdout, stderr } = await program.stop();
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: "" });
  expect(stdout).toContain('"msg":"stopping"');
  // What it would take to have its connections cut off.
  expect(tookMs).toBeLessThan(4_000);
});

test("under load: what was acknowledged is stored", async () => {
  const { program, url } = await start();
  await settled(url);
  const acknowledged: string[] = [];
  const writer = async (name: string): Promise<void> => {
    for (let serial = 0; ; serial++) {
      const userName = `${name}.${serial}@acme.example`;
      const answer = await scim(url, "POST", "/Users", user(userName)).catch(() => undefined);
      if (answer === undefined) return;
      expect(answer.status).toBe(201);
      acknowledged.push(userName);
    }
  };
  const writing = Array.from({ length: 8 }, (_, index) => writer(`w${index}`));
  await until(
    () => acknowledged.length > 20 || undefined,
    () => "twenty answers",
  );
  const { code, tookMs } = await program.stop();
  await Promise.all(writing);
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(PROMISED_MS);
  await expectStored(acknowledged);
});

test("a request that has begun is still answered", async () => {
  const { program, url } = await start();
  await settled(url);
  const body = JSON.stringify(user("halfway@acme.example"));
  const answered = new Promise<number | undefined>((resolve, reject) => {
    const headers = { authorization: `Bearer ${SCIM_TOKEN}`, "content-type": "application/scim+json" };
    const sending = httpRequest(`${url}/scim/v2/Users`, { method: "POST", headers, agent: false }, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode));
    });
    sending.once("error", reject);
    sending.write(body.slice(0, 20));
    void program.seen(/"msg":"stopping"/).then(() => sending.end(body.slice(20)), reject);
  });
  await delay(100);
  const [{ code, tookMs }, status] = await Promise.all([program.stop(), answered]);
  expect({ code, status }).toEqual({ code: 0, status: 201 });
  expect(tookMs).toBeLessThan(PROMISED_MS);
  await expectStored(["halfway@acme.example"]);
});

test("while a receiver of the webhook does not answer: within 10 s, exit code 0", async () => {
  let asked = 0;
  const receiver = createServer(() => (asked += 1)).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const { port } = receiver.address() as AddressInfo;
  const webhook = {
    WEBHOOK_URL: `http://127.0.0.1:${port}/`,
    WEBHOOK_SECRET: Buffer.alloc(32, "k").toString("base64"),
  };
  const program = here.start({ ...settingsFor(sandbox), ...webhook }, "serve");
  const url = await program.listening();
  await settled(url);
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  expect((await fetch(`${url}/admin/api/pause`, { method: "POST", headers })).status).toBe(200);
  await until(
    () => asked || undefined,
    () => "a message",
  );
  const { code, tookMs } = await program.stop();
  receiver.closeAllConnections();
  receiver.close();
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(PROMISED_MS);
});

/** Each has a Label Studio of its own; what takes long is waited for together. */
describe("a Label Studio that does not answer", () => {
  const ends = async (fault: Fault, from: "the start" | "now on"): Promise<void> => {
    const labelStudio = await startSandbox();
    const there = await workplace();
    if (from === "the start") labelStudio.inject(fault, { probability: 1 });
    const program = there.start(settingsFor(labelStudio), "serve");
    const url = await program.listening();
    if (from === "now on") await settled(url);
    labelStudio.clearCalls();
    labelStudio.inject(fault, { probability: 1 });
    const people = Array.from({ length: 5 }, (_, index) => `q${index}@acme.example`);
    for (const userName of people) expect((await scim(url, "POST", "/Users", user(userName))).status).toBe(201);
    if (from === "now on")
      await until(
        () => labelStudio.calls.find(({ status }) => status === 0),
        () => "a call",
      );
    const { code, tookMs } = await program.stop();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(PROMISED_MS);
    labelStudio.clearFaults();
    await settled(await there.start(settingsFor(labelStudio), "serve").listening());
    expect(people.map((userName) => labelStudio.member(userName)?.role)).toEqual(people.map(() => "NO"));
    await there.close();
    await labelStudio.close();
  };

  test("within 10 s, exit code 0, and nothing acknowledged is lost", async () => {
    await Promise.all([
      ends({ kind: "slow", ms: 30_000 }, "now on"),
      ends({ kind: "silence" }, "now on"),
      ends({ kind: "silence", afterEffect: true }, "now on"),
      ends({ kind: "silence" }, "the start"),
    ]);
  });
});
