// One connection to the file through the node:sqlite API, with every statement prepared once.
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from "@photostructure/sqlite";

export type Row = Record<string, unknown>;
type Parameters = (null | number | bigint | string | Uint8Array)[];

export interface Connection {
  /** Compiles anew each time, which is when SQLite carries out a pragma such as `synchronous` (sqlite.org/pragma.html). */
  readonly setPragma: (setting: string) => void;
  readonly all: (sql: string, parameters: readonly unknown[]) => Row[];
  readonly run: (
    sql: string,
    parameters: readonly unknown[],
  ) => { changes: number | bigint; lastInsertRowid: number | bigint };
  readonly iterate: (sql: string, parameters: readonly unknown[]) => IterableIterator<Row>;
  readonly close: () => void;
}

// Parsing costs more than most of our statements.
const MOST_PREPARED = 500;

/** A waiting second process (a CLI command) gets this long before SQLITE_BUSY. */
const BUSY_MS = 5_000;

const WRITER = ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"];

/** SQLite's own lower() knows ASCII only: it would find neither "ärzte" in "Ärzte" nor what a key column holds. */
const fold = (text: unknown): string | null => (typeof text === "string" ? text.toLowerCase() : null);

/**
 * A URL may say `immutable=1`: nothing beside the file is looked at or made (sqlite.org/uri.html). `edit`: one file, without
 * a write-ahead log beside it.
 */
export function connect(file: string | URL, use: "read" | "write" | "edit"): Connection {
  const database = new DatabaseSync(file, { timeout: BUSY_MS, readOnly: use === "read" });
  if (use === "write") for (const pragma of WRITER) database.exec(`PRAGMA ${pragma}`);
  database.function("fold", { deterministic: true }, fold);
  const prepared = new Map<string, StatementSyncInstance>();
  const prepare = (sql: string): StatementSyncInstance => {
    const known = prepared.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    if (prepared.size < MOST_PREPARED) prepared.set(sql, statement);
    return statement;
  };
  return {
    setPragma: (setting) => database.exec(`PRAGMA ${setting}`),
    all: (sql, parameters) => prepare(sql).all(...(parameters as Parameters)) as Row[],
    run: (sql, parameters) => prepare(sql).run(...(parameters as Parameters)),
    iterate: (sql, parameters) => prepare(sql).iterate(...(parameters as Parameters)) as IterableIterator<Row>,
    close: () => {
      if (!database.isOpen) return;
      prepared.clear();
      if (use === "write") emptyLog(database);
      database.close();
    },
  };
}

/**
 * Closing would do so if the driver finished its statements before; whoever copies the file alone would have next to
 * nothing. Nobody is waited for, and what stays in the log is read from there at the next start.
 */
function emptyLog(database: Pick<DatabaseSyncInstance, "exec">): void {
  try {
    database.exec("PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // The disk is full, or gone.
  }
}
