// A database from before the two kinds of holds keeps what was held and decided.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { Kysely, Migrator, sql, type Dialect } from "kysely";
import { openStore } from "../../src/store/index.js";
import { migrations } from "../../src/store/migrations/index.js";
import { postgresDialect } from "../../src/store/postgres/dialect.js";
import { connect } from "../../src/store/sqlite/connection.js";
import { sqliteDialect } from "../../src/store/sqlite/dialect.js";
import { freshDatabase } from "../support/postgres/database.js";

async function asBefore(dialect: Dialect): Promise<void> {
  const db = new Kysely<unknown>({ dialect });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  await migrator.migrateTo("2026-11-22-views-of-operators");
  await sql`insert into holds (person_id, effect, from_role, to_role, origin, cause, reason, at, decision) values
    ('a', 'lower', 'RE', 'AN', 'group g1', 'c', 'too many', '2026-01-01T00:00:00.000Z', 'waiting'),
    ('b', 'unassign', null, '-tag t1', 'group g1', 'c', 'too many', '2026-01-01T00:00:00.000Z', 'rejected')`.execute(
    db,
  );
  await db.destroy();
}

async function expectKept(url: string): Promise<void> {
  const store = await openStore({ url });
  expect(await store.rails.holds("", 10)).toMatchObject([
    { personId: "a", effect: "lower", from: "RE", to: "AN", decision: "waiting" },
    { personId: "b", effect: "unassign", from: undefined, to: "-tag t1", decision: "rejected" },
  ]);
  await store.rails.forgetHold("a", "role");
  await store.rails.forgetHold("b", "role");
  expect(await store.rails.holds("", 10)).toMatchObject([{ personId: "b" }]);
  await store.close();
}

test("on SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "held-"));
  const file = join(folder, "bridge.db");
  const connection = connect(file, "write");
  await asBefore(sqliteDialect(connection));
  connection.close();
  await expectKept(`sqlite:${file}`);
  await rm(folder, { recursive: true });
});

test("on PostgreSQL", async () => {
  const database = await freshDatabase();
  await asBefore(postgresDialect(database.url));
  await expectKept(database.url);
  await database.drop();
});
