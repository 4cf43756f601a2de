// The database drops its connections while people are in hand.
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { patch, trial, UNLIMITED, user, type Trial } from "../support/bridge.js";
import { ask, freshDatabase, type Database } from "../support/postgres/database.js";

const NAMES = Array.from({ length: 20 }, (_, index) => `u${index}@acme.example`);

let database: Database;
let t: Trial;
beforeEach(async () => {
  database = await freshDatabase();
  t = await trial({ mapping: UNLIMITED, environment: { DATABASE_URL: database.url } });
});
afterEach(async () => {
  await t.close();
  await database.drop();
});

/** As an operator who is connected to another database of this server. */
async function administer(statement: string): Promise<void> {
  const elsewhere = new URL(database.url);
  elsewhere.pathname = "/postgres";
  await ask(elsewhere.href, statement);
}

test("leavers who were in hand are not made to wait until their leases end", async () => {
  await t.settled();
  const ids = await Promise.all(NAMES.map(async (name) => (await t.scim("POST", "/Users", user(name))).body.id));
  await t.settled();
  t.sandbox.clearCalls();
  t.sandbox.inject({ kind: "slow", ms: 100 }, { method: "PATCH", probability: 1 });
  await Promise.all(
    ids.map((id) => t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }))),
  );
  await t.until(() => t.sandbox.calls.some(({ method }) => method === "PATCH"));
  const name = new URL(database.url).pathname.slice(1);
  // Often enough to hit whatever is written for them, too short to lose the loop.
  for (let round = 0; round < 15; round++) {
    await administer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    await delay(40);
  }
  t.sandbox.clearFaults();
  // A lease lasts two minutes.
  await t.until(async () => (await t.scim("GET", "/Users?count=0")).status === 200);
  expect(await t.settled(30_000)).toMatchObject({ pending: 0, failing: 0 });
  expect(new Set(NAMES.map((email) => t.sandbox.member(email)?.role))).toEqual(new Set(["DI"]));
});
