import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Kysely, Migrator, sql, type Transaction as Tx } from "kysely";
import { BridgeError } from "../errors.js";
import type { Store } from "../ports.js";
import { directoryReads } from "./directory/reads.js";
import { directoryTransaction } from "./directory/writes.js";
import { asStoreError, guarded } from "./faults.js";
import { migrations } from "./migrations/index.js";
import { sqliteDialect } from "./sqlite/dialect.js";
import type { Tables } from "./tables.js";
import { work } from "./work/index.js";

export interface StoreOptions {
  /** `sqlite:<file>` or `sqlite::memory:`. */
  readonly url: string;
}

/** Opens (and creates or migrates) the database. STORE_UNAVAILABLE with the reason when that fails. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const db = await connect(options.url);
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  }).migrateToLatest();
  if (error !== undefined) throw asStoreError(error);
  return assemble(db);
}

async function connect(url: string): Promise<Kysely<Tables>> {
  const file = /^sqlite:(.+)$/.exec(url)?.[1];
  if (file === undefined) throw new BridgeError("CONFIG_INVALID", "DATABASE_URL must be sqlite:<file>.");
  try {
    if (file !== ":memory:") await mkdir(dirname(file), { recursive: true });
    return new Kysely<Tables>({ dialect: sqliteDialect(file) });
  } catch (error) {
    throw new BridgeError("STORE_UNAVAILABLE", `Cannot open the database ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function assemble(db: Kysely<Tables>): Store {
  return {
    directory: guarded(directoryReads(db)),
    work: guarded(work(db)),
    transaction: async (body) => {
      try {
        return await db.transaction().execute((tx: Tx<Tables>) => body(directoryTransaction(tx)));
      } catch (error) {
        throw asStoreError(error);
      }
    },
    ...guarded({
      recall: async (name: string) =>
        (await db.selectFrom("facts").select("value").where("name", "=", name).executeTakeFirst())?.value,
      remember: async (name: string, value: string) => {
        await db
          .insertInto("facts")
          .values({ name, value })
          .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
          .execute();
      },
      forget: async (name: string) => {
        await db.deleteFrom("facts").where("name", "=", name).execute();
      },
      ping: async () => {
        await sql`select 1`.execute(db);
      },
    }),
    close: () => db.destroy(),
  };
}
