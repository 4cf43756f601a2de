// How much is synced before a write is answered: what the database itself says inside each commit.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { sql } from "kysely";
import type { Db, Engine } from "../../src/store/engine.js";
import { sqliteEngine } from "../../src/store/sqlite/index.js";

/** sqlite.org/pragma.html#pragma_synchronous */
const NORMAL = 1;
const FULL = 2;

let folder: string;
let engine: Engine;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bridge-commits-"));
  engine = await sqliteEngine(join(folder, "bridge.db"), () => Promise.resolve());
});
afterEach(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

let asked = 0;
/** Another text each time: the answer to this pragma belongs to its compiled statement. */
async function level(db: Db): Promise<number | undefined> {
  const { rows } = await sql<{ synchronous: number }>`${sql.raw(`pragma synchronous -- ${asked++}`)}`.execute(db);
  return rows[0]?.synchronous;
}

test("a write is synced in full, whatever was noted before; a note alone is not", async () => {
  for (let round = 0; round < 3; round++) {
    expect(await engine.write(level)).toBe(FULL);
    expect(await engine.note(level)).toBe(NORMAL);
  }
});

test("a note that shares the commit of a write is synced with it", async () => {
  await engine.note(level);
  expect(await Promise.all([engine.note(level), engine.write(level), engine.note(level)])).toEqual([FULL, FULL, FULL]);
});
