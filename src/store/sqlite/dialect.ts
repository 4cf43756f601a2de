// Lets Kysely's SqliteDialect (written for better-sqlite3) drive the node:sqlite API.
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from "@photostructure/sqlite";
import { SqliteDialect, type SqliteDatabase } from "kysely";

type Row = Record<string, unknown>;
type Parameters = (null | number | bigint | string | Uint8Array)[];

// Prepared once per text: parsing costs more than most of our statements.
const MOST_PREPARED = 500;

/** A waiting second process (a CLI command) gets this long before SQLITE_BUSY. */
const BUSY_MS = 5_000;

export function sqliteDialect(file: string): SqliteDialect {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  // FULL: an acknowledged write survives a power cut, not only a crash (sqlite.org/pragma.html#pragma_synchronous).
  for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"])
    database.exec(`PRAGMA ${pragma}`);
  return new SqliteDialect({ database: adapt(database) });
}

function adapt(database: DatabaseSyncInstance): SqliteDatabase {
  const prepared = new Map<string, StatementSyncInstance>();
  const prepare = (text: string): StatementSyncInstance => {
    // A deferred transaction that turns writer late can fail at once when another process has written meanwhile.
    const sql = text === "begin" ? "begin immediate" : text;
    const known = prepared.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    if (prepared.size < MOST_PREPARED) prepared.set(sql, statement);
    return statement;
  };
  return {
    close: () => {
      prepared.clear();
      database.close();
    },
    prepare: (sql) => {
      const statement = prepare(sql);
      return {
        reader: /^\s*(select|with|pragma)\b|\breturning\b/i.test(sql),
        all: (parameters) => statement.all(...(parameters as Parameters)) as Row[],
        run: (parameters) => statement.run(...(parameters as Parameters)),
        iterate: (parameters) => statement.iterate(...(parameters as Parameters)) as IterableIterator<Row>,
      };
    },
  };
}
