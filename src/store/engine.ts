import type { DialectAdapter, Kysely } from "kysely";
import type { StoreReport } from "../ports.js";
import type { Tables } from "./tables.js";

export type Db = Kysely<Tables>;

export type Write = <T>(body: (db: Db) => Promise<T>) => Promise<T>;

/** Statements as methods of one connection, made once for it: SQLite writes all on the same. */
export function boundOnce<Bound>(bind: (db: Db) => Bound): (db: Db) => Bound {
  const known = new WeakMap<Db, Bound>();
  return (db) => {
    const bound = known.get(db) ?? bind(db);
    known.set(db, bound);
    return bound;
  };
}

/** What the rest of the store needs of a database. */
export interface Engine {
  /** Sees what is committed, and nothing else. */
  readonly reads: Db;
  /** Carries out one atomic write; on disk when it resolves, and without any effect when it rejects. */
  readonly write: Write;
  /** The same for what a look at Label Studio tells again: survives the process, but a power cut may take the last of it. */
  readonly note: Write;
  readonly identity: Identity;
  readonly close: () => Promise<void>;
}

/** A database that is looked at only. `db` undefined: there is none yet. */
export interface Inspected extends Pick<StoreReport, "engine" | "bytes" | "readOnly"> {
  readonly db: Db | undefined;
  readonly close: () => Promise<void>;
}

/** Tells a database from a copy of it, which is what a restored one is. */
export interface Identity {
  readonly read: (db: Db) => Promise<string>;
  /** Whether what was remembered is of the database that this was read from; unknown parts are no difference. */
  readonly isSame: (remembered: string, read: string) => boolean;
}

/** An adapter that runs a compiled statement at once: Kysely's way to the same connection costs several times the statement. */
export interface RunsDirectly extends DialectAdapter {
  readonly all: (sql: string, parameters: readonly unknown[]) => Record<string, unknown>[];
}

export const runsDirectly = (adapter: DialectAdapter): adapter is RunsDirectly => "all" in adapter;
