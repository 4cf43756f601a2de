import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Kysely, sql } from "kysely";
import { inspectStore, openStore } from "../../src/store/index.js";
import { postgresDialect } from "../../src/store/postgres/dialect.js";
import { connect } from "../../src/store/sqlite/connection.js";
import { aGroup, aUser, NOW } from "../conformance/records.js";
import { freshDatabase, type Database } from "../support/postgres/database.js";

async function fill(url: string) {
  const store = await openStore({ url });
  await store.transaction(async (tx) => {
    await tx.insertUser(aUser("u1"));
    await tx.insertGroup(aGroup("g1", "LS Annotators", { externalId: "00g1" }));
    await tx.enqueue({ people: ["u1"], addresses: [], lane: "change", cause: "test", origin: "test", now: NOW });
  });
  return store;
}

const KNOWN = {
  readOnly: undefined,
  stepsToDo: 0,
  unknownSteps: [],
  known: {
    pending: 1,
    oldestPendingSeconds: 42,
    groups: [{ id: "g1", externalId: "00g1", displayName: "LS Annotators" }],
  },
};

describe("SQLite", () => {
  let folder: string;
  let file: string;
  const look = () => inspectStore(`sqlite:${file}`, NOW + 42_000);
  const files = async () => {
    const names = (await readdir(folder)).sort();
    return Promise.all(names.map(async (name) => [name, (await readFile(join(folder, name))).toString("base64")]));
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "inspect-"));
    file = join(folder, "a #?%1.db");
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("one that is not there yet is not made", async () => {
    file = join(folder, "deeper", "bridge.db");
    expect(await look()).toMatchObject({ bytes: 0, readOnly: undefined, known: undefined, unknownSteps: [] });
    expect(await readdir(folder)).toEqual([]);
  });

  test("one that nobody has open is as it was before", async () => {
    await (await fill(`sqlite:${file}`)).close();
    const before = await files();
    const report = await look();
    expect(report).toMatchObject({ ...KNOWN, engine: expect.stringMatching(/^SQLite 3\.\d+/), at: file });
    expect(report.bytes).toBeGreaterThan(10_000);
    // The driver's own empty log goes when the statements of the closed connection are collected: at any moment.
    const after = await files();
    expect(after.map(([name]) => name)).toContain("a #?%1.db");
    expect(before).toEqual(expect.arrayContaining(after));
  });

  test("one in use shows what is in its log", async () => {
    const store = await fill(`sqlite:${file}`);
    expect(await look()).toMatchObject(KNOWN);
    await store.close();
  });

  test("of a newer version nothing is asked but which it is; an older one has steps before it", async () => {
    await (await fill(`sqlite:${file}`)).close();
    const writer = connect(file, "write");
    writer.run("insert into kysely_migration (name, timestamp) values ('2099-01-01-tomorrow', '')", []);
    expect(await look()).toMatchObject({ unknownSteps: ["2099-01-01-tomorrow"], known: undefined });
    writer.run("delete from kysely_migration where name <> '2026-11-22-first'", []);
    writer.close();
    const { stepsToDo, known } = await look();
    expect([stepsToDo > 0, known]).toEqual([true, undefined]);
  });

  test("a file that is no database says so", async () => {
    await expect(inspectStore("sqlite:package.json", NOW)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(/^Cannot open the database package\.json: ./),
    });
  });
});

describe("PostgreSQL", () => {
  let database: Database;
  beforeEach(async () => (database = await freshDatabase()));
  afterEach(() => database.drop());
  const look = (more = "") => inspectStore(`${database.url}${more}`, NOW + 42_000);

  test("an empty one stays empty", async () => {
    expect(await look()).toMatchObject({ unknownSteps: [], known: undefined, readOnly: undefined });
    const db = new Kysely({ dialect: postgresDialect(database.url) });
    const { rows } = await sql`select relname from pg_class where relnamespace = 'public'::regnamespace`.execute(db);
    await db.destroy();
    expect(rows).toEqual([]);
  });

  test("what it holds, and that it cannot be written to", async () => {
    await (await fill(database.url)).close();
    const report = await look();
    expect(report).toMatchObject({ ...KNOWN, engine: expect.stringMatching(/^PostgreSQL 1\d/) });
    expect(report.at).not.toContain("@");
    const readOnly = await look("?options=-c%20default_transaction_read_only%3Don");
    expect(readOnly.readOnly).toBe("transactions are read-only here");
  });

  test("nobody there", async () => {
    const looked = inspectStore("postgres://somebody:secret@127.0.0.1:1/bridge", NOW);
    await expect(looked).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(/^Cannot open the database postgres:\/\/127\.0\.0\.1:1\/bridge: .*ECONNREFUSED/),
    });
  });
});
