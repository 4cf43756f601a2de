import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { request } from "undici";
import { group, patch, trial, user, writes, type Trial } from "../support/bridge.js";
import { timelessTrial, type TimelessTrial } from "../support/timeless.js";

let t: Trial;
afterEach(() => t.close());

const add = (email: string) => t.scim("POST", "/Users", user(email));
const ready = async () => (await request(`${t.url}/readyz`)).statusCode;
const role = (name: string) => t.sandbox.member(`${name}@acme.example`)?.role;
const until = async (fulfilled: () => Promise<boolean>, withinMs = 15_000) => {
  const end = Date.now() + withinMs;
  while (!(await fulfilled())) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${JSON.stringify(await t.status())}`);
    await delay(20);
  }
};
const labelStudio = async () => (await t.status()).labelStudio;
const DOWN = { kind: "reset" } as const;
const ALWAYS = { probability: 1 };

describe.each([
  ["a wrong key", { LABEL_STUDIO_API_KEY: "0000000000000000000000000000000000000000" }],
  ["an organisation that is not there", { LABEL_STUDIO_ORGANIZATION_ID: "77" }],
  ["an organisation that the key is not active in", { LABEL_STUDIO_ORGANIZATION_ID: "2" }],
])("%s", (_name, environment) => {
  test("up, not ready, SCIM answers, people are failing, nothing is written; right after the next start", async () => {
    t = await trial({ environment });
    await until(async () => (await labelStudio()).state === "refused");
    expect(await ready()).toBe(503);
    expect((await request(`${t.url}/healthz`)).statusCode).toBe(200);
    expect((await labelStudio()).problem).toMatch(/LABEL_STUDIO/);
    const created = await add("a@acme.example");
    expect(created.status).toBe(201);
    await until(async () => (await t.status()).failing === 1);
    expect(await t.status()).toMatchObject({ pending: 0, converged: 0 });
    expect(writes(t.sandbox.calls)).toEqual([]);
    await t.restart({ environment: {} });
    await until(async () => (await t.status()).converged === 1);
    expect([await ready(), role("a")]).toEqual([200, "NO"]);
  });
});

describe("/readyz", () => {
  test("503 while Label Studio has never answered, 200 soon after it does", async () => {
    t = await trial();
    await t.settled();
    // Another key has never been verified: as good as a first start.
    t.sandbox.inject(DOWN, ALWAYS);
    await t.restart({ environment: { LABEL_STUDIO_ORGANIZATION_ID: "1" } });
    await until(async () => (await labelStudio()).state === "unreachable");
    expect([await ready(), (await add("a@acme.example")).status]).toEqual([503, 201]);
    expect(await t.status()).toMatchObject({ pending: 1, failing: 0 });
    t.sandbox.clearFaults();
    await until(async () => (await ready()) === 200);
    await t.settled();
    expect(role("a")).toBe("NO");
  });

  test("once verified it stays 200 through an outage and a restart in it", async () => {
    t = await trial();
    await t.settled();
    t.sandbox.inject(DOWN, ALWAYS);
    await t.restart();
    await until(async () => (await labelStudio()).state === "unreachable");
    expect(await ready()).toBe(200);
  });

  test("a key that dies later stays 200; the refusal shows in the body, and the people are failing", async () => {
    t = await trial();
    await t.settled();
    t.sandbox.revokeKey();
    await add("a@acme.example");
    await until(async () => (await t.status()).failing === 1);
    const answer = await request(`${t.url}/readyz`);
    expect(answer.statusCode).toBe(200);
    expect(await answer.body.json()).toMatchObject({ labelStudio: { state: "refused" } });
    const before = t.sandbox.calls.length;
    for (const name of "bcdef") await add(`${name}@acme.example`);
    await until(async () => (await t.status()).failing === 6);
    expect(t.sandbox.calls.length - before).toBeLessThanOrEqual(1);
    t.sandbox.restoreKey();
    await t.restart();
    await until(async () => (await t.status()).converged === 6);
  });
});

describe("when a call fails", () => {
  let timeless: TimelessTrial;
  beforeEach(async () => {
    t = timeless = await timelessTrial();
    await t.settled();
    t.sandbox.clearCalls();
  });
  const probes = () => t.sandbox.calls.filter(({ path }) => path === "/api/current-user/whoami").length;

  test("and the next one gets through, nobody asks whether Label Studio is there", async () => {
    t.sandbox.inject(DOWN, { method: "POST" });
    await add("a@acme.example");
    await t.settled();
    await timeless.clock.advance(5_000);
    expect([role("a"), probes()]).toEqual(["NO", 0]);
  });

  test("and none gets through, it is asked", async () => {
    t.sandbox.inject(DOWN, { ...ALWAYS, method: "POST" });
    await add("a@acme.example");
    await timeless.clock.advance(5_000);
    expect(probes()).toBeGreaterThan(0);
  });

  test("again and again, nothing is left behind of it", async () => {
    const { clock } = timeless;
    const sleep = clock.sleep.bind(clock);
    const signals = new Set<AbortSignal>();
    Object.assign(clock, {
      sleep: (ms: number, signal?: AbortSignal) => {
        if (signal) signals.add(signal);
        return sleep(ms, signal);
      },
    });
    for (let outage = 0; outage < 15; outage++) {
      t.sandbox.inject(DOWN, { ...ALWAYS, method: "POST" });
      await add(`p${outage}@acme.example`);
      await clock.advance(2_000);
      t.sandbox.clearFaults();
      await t.settled(60_000);
    }
    const listening = [...signals].map((signal) => getEventListeners(signal, "abort").length);
    expect(Math.max(...listening)).toBeLessThanOrEqual(10);
  });
});

describe("Label Studio down", () => {
  const crowd = async () => {
    t = await trial();
    await t.settled();
    const ids: string[] = [];
    for (const name of "abcd") ids.push((await add(`${name}@acme.example`)).body.id);
    const { body } = await t.scim("POST", "/Groups", group("LS Annotators", ids));
    await t.settled();
    return { ids, groupId: body.id };
  };
  test.each([
    ["connections reset", DOWN],
    ["503 with a page", { kind: "status", status: 503, html: true }],
    ["a login page with 200", { kind: "html" }],
  ] as const)("%s: SCIM answers 2xx, nobody is failing, all converges afterwards", async (_name, fault) => {
    const { ids, groupId } = await crowd();
    const [a = "", b = "", c = "", d = ""] = ids;
    t.sandbox.inject(fault, ALWAYS);
    const answers = [
      await t.scim("PATCH", `/Users/${a}`, patch({ op: "replace", path: "active", value: false })),
      await t.scim("DELETE", `/Users/${b}`),
      await t.scim("PATCH", `/Groups/${groupId}`, patch({ op: "remove", path: `members[value eq "${c}"]` })),
      await t.scim("POST", "/Groups", group("LS Managers", [d])),
      await add("e@acme.example"),
    ];
    expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
    await delay(600);
    expect(await t.status()).toMatchObject({ failing: 0, held: 0, pending: 5 });
    expect(await ready()).toBe(200);
    t.sandbox.clearFaults();
    await t.settled(8_000);
    expect([role("a"), role("c"), role("d"), role("e")]).toEqual(["DI", "NO", "MA", "NO"]);
    expect(t.sandbox.member("b@acme.example")?.deleted).toBe(true);
    expect(await t.status()).toMatchObject({ converged: 4, failing: 0 });
  });

  test("restarted in the middle: what was acknowledged is carried out", async () => {
    const { ids } = await crowd();
    t.sandbox.inject(DOWN, ALWAYS);
    await t.scim("PATCH", `/Users/${ids[0] ?? ""}`, patch({ op: "replace", path: "active", value: false }));
    await t.scim("DELETE", `/Users/${ids[1] ?? ""}`);
    await t.restart();
    t.sandbox.clearFaults();
    await t.settled();
    expect([role("a"), t.sandbox.member("b@acme.example")?.deleted]).toEqual(["DI", true]);
  });
});
