// Who runs the loop: one row, by the database's own clock, so that processes whose clocks differ agree.
import { sql } from "kysely";
import { BridgeError } from "../../errors.js";
import type { Db, Engine, Write } from "../engine.js";
import { flavourOf } from "../flavour.js";
import { compilable, prepared } from "../prepared.js";

const LOOP = "loop";

const end = (db: Db, leaseMs: number) => sql<number>`${flavourOf(db).now} + cast(${leaseMs} as bigint)`;

/** False while it is somebody's. */
export async function takeLoop(db: Db, holder: string, leaseMs: number): Promise<boolean> {
  const until = end(db, leaseMs);
  const taken = await db
    .insertInto("leases")
    .values({ name: LOOP, holder, until })
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet({ holder, until })
        .where("leases.until", "<=", sql<number>`${flavourOf(db).now}`),
    )
    .returning("holder")
    .execute();
  return taken.length > 0;
}

/** A lease that has run out can be kept as long as nobody has taken it. */
export async function keepLoop(db: Db, holder: string, leaseMs: number): Promise<boolean> {
  const kept = await db
    .updateTable("leases")
    .set({ until: end(db, leaseMs) })
    .where("holder", "=", holder)
    .returning("holder")
    .execute();
  return kept.length > 0;
}

export async function leaveLoop(db: Db, holder: string): Promise<void> {
  await db.deleteFrom("leases").where("holder", "=", holder).execute();
}

/** The same database, for as long as the loop is this holder's: nobody else can take it while one of its writes is under way. */
export function heldBy(engine: Engine, holder: string): Engine {
  const fenced =
    (commit: Write): Write =>
    (body) =>
      commit(async (db) => {
        await expectHolder(db, holder);
        return body(db);
      });
  return { ...engine, write: fenced(engine.write), note: fenced(engine.note) };
}

async function expectHolder(db: Db, holder: string): Promise<void> {
  const [row] = await loopRow(db);
  if (row?.holder !== holder)
    throw new BridgeError(
      "STORE_UNAVAILABLE",
      "Another process runs the loop by now: what this one knows is outdated.",
    );
}

const loopRow = prepared((db) =>
  compilable<{ holder: string }>(
    db,
    sql`select holder from leases where name = ${sql.lit(LOOP)} ${flavourOf(db).lock.toRely}`,
  ),
);
