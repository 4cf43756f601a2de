// A look at a database before anything is started on it: nothing is created, migrated or written.
import { Migrator, sql } from "kysely";
import { BridgeError } from "../errors.js";
import type { StoreReport } from "../ports.js";
import type { Db, Inspected } from "./engine.js";
import { reasonOf } from "./faults.js";
import { migrations } from "./migrations/index.js";
import { shown } from "./open.js";
import { inspectPostgres } from "./postgres/inspect.js";
import { inspectSqlite } from "./sqlite/inspect.js";
import { counts } from "./work/outcomes.js";

/** STORE_UNAVAILABLE with the reason when it cannot be opened. */
export async function inspectStore(url: string, now: number): Promise<StoreReport> {
  const file = /^sqlite:(.+)$/.exec(url)?.[1];
  const at = file ?? shown(url);
  try {
    const found = await (file === undefined ? inspectPostgres(url) : inspectSqlite(file));
    try {
      return await reportOf(found, at, now);
    } finally {
      await found.close();
    }
  } catch (error) {
    const problem = `Cannot open the database ${at}: ${reasonOf(error)}`;
    throw new BridgeError("STORE_UNAVAILABLE", problem, { cause: error });
  }
}

async function reportOf({ db, engine, bytes, readOnly }: Inspected, at: string, now: number): Promise<StoreReport> {
  const { stepsToDo, unknownSteps } = await history(db);
  const current = db !== undefined && stepsToDo === 0 && unknownSteps.length === 0;
  return { at, engine, bytes, readOnly, stepsToDo, unknownSteps, known: current ? await knownBy(db, now) : undefined };
}

async function history(db: Db | undefined): Promise<Pick<StoreReport, "stepsToDo" | "unknownSteps">> {
  const names = Object.keys(migrations);
  if (db === undefined) return { stepsToDo: names.length, unknownSteps: [] };
  const provider = { getMigrations: () => Promise.resolve(migrations) };
  const steps = await new Migrator({ db, provider }).getMigrations();
  const stepsToDo = steps.filter(({ executedAt }) => executedAt === undefined).length;
  if (stepsToDo === steps.length) return { stepsToDo, unknownSteps: [] };
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return { stepsToDo, unknownSteps: rows.map(({ name }) => name).filter((name) => !names.includes(name)) };
}

async function knownBy(db: Db, now: number): Promise<StoreReport["known"]> {
  const { pending, oldestPendingSeconds } = await counts(db, now);
  const rows = await db.selectFrom("groups").select(["id", "external_id", "display_name"]).execute();
  const groups = rows.map(({ id, external_id, display_name }) => {
    return { id, externalId: external_id ?? undefined, displayName: display_name };
  });
  return { pending, oldestPendingSeconds, groups };
}
