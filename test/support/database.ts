// An empty database: a file of SQLite, unless the run is one on PostgreSQL (jest.config.js).
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshDatabase, type Database } from "./postgres/database.js";

export const onPostgres = (): boolean => (globalThis as { DATABASE?: string }).DATABASE === "postgres";

export async function aDatabase(): Promise<Database> {
  if (onPostgres()) return freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "bridge-database-"));
  return { url: `sqlite:${join(folder, "bridge.db")}`, drop: () => rm(folder, { recursive: true, force: true }) };
}
