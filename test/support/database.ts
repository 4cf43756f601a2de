// An empty database: a file of SQLite, unless the run is one on PostgreSQL (jest.config.js).
import { randomUUID } from "node:crypto";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyOfDatabase, freshDatabase, type Database } from "./postgres/database.js";

export const onPostgres = (): boolean => (globalThis as { DATABASE?: string }).DATABASE === "postgres";

/** A copy of one that nobody has open. */
export async function aCopyOf(url: string): Promise<Database> {
  const file = /^sqlite:(.+)$/.exec(url)?.[1];
  if (file === undefined) return copyOfDatabase(url);
  const copy = `${file}-${randomUUID()}`;
  await copyFile(file, copy);
  return { url: `sqlite:${copy}`, drop: () => rm(copy, { force: true }) };
}

export async function aDatabase(): Promise<Database> {
  if (onPostgres()) return freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "bridge-database-"));
  return { url: `sqlite:${join(folder, "bridge.db")}`, drop: () => rm(folder, { recursive: true, force: true }) };
}
