// Long work shows how far it is: a bar on a terminal, lines otherwise, nothing beside --json.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { run } from "../../src/cli/index.js";
import type { BridgeEvent } from "../../src/events.js";
import { fastClock } from "../support/fast-clock.js";
import { trial, user, type Trial } from "../support/bridge.js";

const PEOPLE = 120;

let t: Trial;
const events: BridgeEvent[] = [];
beforeAll(async () => {
  t = await trial({ clock: fastClock, emit: (event) => events.push(event) });
  await t.settled();
  await t.admin("POST", "/pause", {});
  await Promise.all(Array.from({ length: PEOPLE }, (_, n) => t.scim("POST", "/Users", user(`u${n}@acme.example`))));
});
afterAll(() => t.close());

/** However quick it is, it takes `stepMs` from one look at the time to the next. */
async function command(where: "store" | "bridge", isTerminal: boolean, stepMs: number, ...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  let now = 0;
  const there = where === "store" ? [] : ["--url", t.url, "--token", "admin-token-for-tests-only"];
  const code = await run([...args, ...there], "0", {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    ...(isTerminal && { terminal: (text: string) => err.push(text) }),
    elapsedMs: () => (now += stepMs),
    environment: { DATABASE_URL: t.databaseUrl },
    untilStopped: () => Promise.resolve("never"),
    onHangup: () => () => undefined,
  });
  return { code, out, err };
}

test("the log says how many are left of many", async () => {
  await t.until(() => events.some((event) => event.kind === "working-off" && event.pending === PEOPLE));
});

test("plan on the store: lines, a bar on a terminal that leaves nothing behind, nothing for machines", async () => {
  const { err } = await command("store", false, 3_000, "plan");
  expect(err).toEqual([`people looked at: ${PEOPLE} of ${PEOPLE} (100 %)`]);
  const bar = (await command("store", true, 3_000, "plan")).err;
  expect(bar[0]).toBe(`\r\u001b[Kpeople looked at [${"#".repeat(30)}] ${PEOPLE} of ${PEOPLE}`);
  expect(bar.at(-1)).toBe("\r\u001b[K");
  expect((await command("store", false, 3_000, "plan", "--json")).err).toEqual([]);
  expect((await command("store", true, 3_000, "plan", "--json")).err).toEqual([]);
});

test("quick work is done without a line", async () => {
  expect((await command("store", false, 1, "plan")).err).toEqual([]);
});

test("audit: what is verified and handed out", async () => {
  await t.until(
    async () => (await command("store", false, 1, "audit", "verify")).out[0]?.startsWith(`${PEOPLE + 1} `) ?? false,
  );
  expect((await command("store", false, 3_000, "audit", "verify")).err).toEqual([
    `records verified: ${PEOPLE + 1} of ${PEOPLE + 1} (100 %)`,
  ]);
  expect((await command("bridge", false, 3_000, "audit", "export")).err[0]).toMatch(/^records handed out: \d+$/);
  expect((await command("store", false, 3_000, "audit", "verify", "--json")).err).toEqual([]);
});

test("reconcile --wait: until nobody is pending", async () => {
  await t.admin("POST", "/resume", {});
  const { code, out, err } = await command("bridge", false, 3_000, "reconcile", "--wait");
  expect(err.at(0)).toMatch(/^people done: \d+ of \d+ \(\d+ %\)$/);
  expect(out).toEqual([`${PEOPLE} people looked at anew`, "nobody is pending; 0 held, 0 failing"]);
  expect(code).toBe(0);
});
