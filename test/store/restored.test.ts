// What PostgreSQL tells of itself, to whom it tells less, and what a dump makes of it.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Store } from "../../src/ports.js";
import { openStore } from "../../src/store/index.js";
import { ask, freshDatabase, type Database } from "../support/postgres/database.js";

const NOW = "2026-11-22T12:00:00.000Z";

let database: Database;
let store: Store;
let role: string;
beforeEach(async () => {
  database = await freshDatabase();
  const url = new URL(database.url);
  role = `plain_${url.pathname.slice(1)}`;
  await ask(database.url, `create role ${role} login password 'for-tests-only'`);
  await ask(database.url, `grant all on schema public to ${role}`);
  url.username = role;
  url.password = "for-tests-only";
  store = await openStore({ url: url.href });
  await store.rails.pauseIfRestored(NOW);
});
afterEach(async () => {
  await store.close();
  await database.drop();
});

const remembered = () => store.recall("database.identity");

test("a user without rights knows the cluster, and losing that right is no restore", async () => {
  expect(await remembered()).toMatch(/^postgres \d+ \d+ \d+$/);
  await ask(database.url, "revoke execute on function pg_control_system() from public");
  expect(await store.rails.pauseIfRestored(NOW)).toBeUndefined();
  await ask(database.url, "grant execute on function pg_control_system() to public");
  expect(await store.rails.pauseIfRestored(NOW)).toBeUndefined();
  expect(await remembered()).toMatch(/^postgres \d+ \d+ \d+$/);
});

test("a dump that is restored over the same database makes its tables anew", async () => {
  await ask(
    database.url,
    `create table copied (like facts including all); insert into copied select * from facts;
    drop table facts; alter table copied rename to facts; alter table facts owner to ${role}`,
  );
  expect(await store.rails.pauseIfRestored(NOW)).toMatchObject({ all: true });
  expect(await store.rails.pauseIfRestored(NOW)).toBeUndefined();
});

test("two processes that start on a copy at once pause it once", async () => {
  await store.remember("database.identity", "postgres 1 2 3");
  const answers = await Promise.all([1, 2, 3, 4].map(() => store.rails.pauseIfRestored(NOW)));
  expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
});
