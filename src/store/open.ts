import { Migrator, sql } from "kysely";
import { BridgeError } from "../errors.js";
import type { Store } from "../ports.js";
import { credentials } from "./credentials.js";
import { directoryReads } from "./directory/reads.js";
import { directoryTransaction } from "./directory/writes.js";
import type { Db, Engine } from "./engine.js";
import { asStoreError, guarded, reasonOf } from "./faults.js";
import { migrations } from "./migrations/index.js";
import { postgresEngine } from "./postgres/index.js";
import { sqliteEngine } from "./sqlite/index.js";
import { lists } from "./lists/index.js";
import { work } from "./work/index.js";
import { assignments } from "./work/assignments.js";
import { inquiries } from "./work/inquiries.js";
import { rails } from "./work/rails.js";
import { seats } from "./work/seats.js";
import { trail } from "./trail.js";
import { heldBy, keepLoop, leaveLoop, takeLoop } from "./work/lease.js";

export interface StoreOptions {
  /** `sqlite:<file>`, `sqlite::memory:` or `postgres://…`. */
  readonly url: string;
}

/** Opens (and creates or migrates) the database. STORE_UNAVAILABLE with the reason when that fails. */
export async function openStore({ url }: StoreOptions): Promise<Store> {
  try {
    return assemble(await engine(url));
  } catch (error) {
    if (error instanceof BridgeError) throw error;
    const problem = `Cannot open the database ${shown(url)}: ${reasonOf(error)}`;
    throw new BridgeError("STORE_UNAVAILABLE", problem, { cause: error });
  }
}

async function engine(url: string): Promise<Engine> {
  if (/^postgres(ql)?:/.test(url)) return postgresEngine(url, migrate);
  const file = /^sqlite:(.+)$/.exec(url)?.[1];
  if (file !== undefined) return sqliteEngine(file, migrate);
  throw new BridgeError("CONFIG_INVALID", "DATABASE_URL must be sqlite:<file> or postgres://<user>@<host>/<database>.");
}

/** Without user, password and options. */
export const shown = (url: string): string =>
  url
    .replace(/^sqlite:/, "")
    .replace(/:\/\/.*@/, "://")
    .replace(/\?.*/, "");

async function migrate(db: Db): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve(migrations) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw newerVersion(error) ?? (error as Error);
}

/** Kysely takes a database that has come further than the program for a corrupted one. */
function newerVersion(error: unknown): Error | undefined {
  const step = /previously executed migration (\S+) is missing/.exec(reasonOf(error))?.[1];
  const words = `a newer version of the bridge has changed it (${step}); start that version, or restore a backup`;
  return step === undefined ? undefined : new Error(words, { cause: error });
}

function assemble(engine: Engine): Store {
  const { reads, write, note } = engine;
  return {
    directory: guarded(directoryReads(reads)),
    work: guarded(work(engine)),
    rails: guarded(rails(engine)),
    seats: guarded(seats(engine)),
    inquiries: guarded(inquiries(engine)),
    trail: guarded(trail(engine)),
    assignments: guarded(assignments(engine)),
    lists: guarded(lists(engine)),
    credentials: guarded(credentials(engine)),
    transaction: async (body) => {
      try {
        return await write((db) => body(directoryTransaction(db)));
      } catch (error) {
        throw asStoreError(error);
      }
    },
    ...guarded({
      recall: async (name: string) =>
        (await reads.selectFrom("facts").select("value").where("name", "=", name).executeTakeFirst())?.value,
      remember: (name: string, value: string) =>
        write(async (db) => {
          await db
            .insertInto("facts")
            .values({ name, value })
            .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
            .execute();
        }),
      forget: (name: string) =>
        write(async (db) => {
          await db.deleteFrom("facts").where("name", "=", name).execute();
        }),
      takeLoop: (holder: string, leaseMs: number) => write((db) => takeLoop(db, holder, leaseMs)),
      keepLoop: (holder: string, leaseMs: number) => note((db) => keepLoop(db, holder, leaseMs)),
      leaveLoop: (holder: string) => write((db) => leaveLoop(db, holder)),
      ping: async () => {
        await sql`select 1`.execute(reads);
      },
    }),
    heldBy: (holder) => assemble(heldBy(engine, holder)),
    close: engine.close,
  };
}
