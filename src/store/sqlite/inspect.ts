import { access, constants, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Kysely, sql } from "kysely";
import type { Inspected } from "../engine.js";
import type { Tables } from "../tables.js";
import { connect } from "./connection.js";
import { sqliteDialect } from "./dialect.js";

export async function inspectSqlite(file: string): Promise<Inspected> {
  const [bytes, logBytes] = [await sizeOf(file), await sizeOf(`${file}-wal`)];
  const readOnly = await unwritable(file);
  if (bytes === undefined)
    return { engine: "SQLite", bytes: 0, readOnly, db: undefined, close: () => Promise.resolve() };
  const connection = connect(logBytes ? file : untouched(file), "read");
  const db = new Kysely<Tables>({ dialect: sqliteDialect(connection) });
  const close = async (): Promise<void> => {
    await db.destroy();
    connection.close();
  };
  try {
    const { rows } = await sql<{ version: string }>`select sqlite_version() as version`.execute(db);
    return { engine: `SQLite ${rows[0]?.version}`, bytes: bytes + (logBytes ?? 0), readOnly, db, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Even a reader leaves files beside a database in WAL mode, which is complete while its log is empty (sqlite.org/wal.html). */
function untouched(file: string): URL {
  const url = pathToFileURL(resolve(file));
  url.searchParams.set("immutable", "1");
  return url;
}

async function unwritable(file: string): Promise<string | undefined> {
  const folder = await nearest(dirname(resolve(file)));
  // The log beside the file is made anew at each start.
  for (const path of (await sizeOf(file)) === undefined ? [folder] : [file, folder])
    try {
      await access(path, constants.W_OK);
    } catch (error) {
      return `${path}: ${(error as NodeJS.ErrnoException).code ?? "cannot be written"}`;
    }
  return (await stat(folder)).isDirectory() ? undefined : `${folder} is no folder`;
}

const nearest = async (folder: string): Promise<string> =>
  (await sizeOf(folder)) === undefined ? nearest(dirname(folder)) : folder;

/** undefined: there is nothing. */
const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
