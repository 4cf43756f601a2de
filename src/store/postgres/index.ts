import { Kysely, sql } from "kysely";
import type { Engine } from "../engine.js";
import { codeOf } from "../faults.js";
import type { Tables } from "../tables.js";
import { postgresDialect } from "./dialect.js";
import { clusterIdentity } from "./identity.js";

/** One transaction a write, at READ COMMITTED: what must not change meanwhile is locked (../locks.ts, Flavour.lock). */
export async function postgresEngine(url: string, prepare: (db: Engine["reads"]) => Promise<void>): Promise<Engine> {
  const db = new Kysely<Tables>({ dialect: postgresDialect(url) });
  let ended: Promise<void> | undefined;
  const close = (): Promise<void> => (ended ??= db.destroy());
  try {
    await ICU.execute(db);
    await prepare(db);
  } catch (error) {
    await close();
    throw error;
  }
  const write: Engine["write"] = (body) => untilWon(() => db.transaction().execute(body));
  return { reads: db, write, note: write, identity: clusterIdentity, close };
}

/** Folds letter case in filters; a server that was built without it is told of at start and not at the first filter. */
const ICU = sql`select lower('A' collate "und-x-icu")`;

/** SQLSTATE serialization_failure, deadlock_detected: another one has won and nothing of this one is left. */
const LOST_RACE = new Set<unknown>(["40001", "40P01"]);
const MOST_RACES = 5;

async function untilWon<T>(attempt: () => Promise<T>): Promise<T> {
  for (let race = 1; ; race++)
    try {
      return await attempt();
    } catch (error) {
      if (race === MOST_RACES || !LOST_RACE.has(codeOf(error))) throw error;
    }
}
