import { sql } from "kysely";
import type { SeatLedger, SeatsRead } from "../../ports.js";
import type { Db, Engine } from "../engine.js";
import { number } from "../number.js";
import { enqueueIdle } from "./enqueue.js";
import { free, observe, restingOf, take, useUp } from "./tenures.js";

/** A fact about the server that the store belongs to. */
const SEATS_READ = "seats.read";

export function seats({ reads, write, note }: Engine): SeatLedger {
  return {
    lastRead: async () => {
      const row = await reads.selectFrom("facts").select("value").where("name", "=", SEATS_READ).executeTakeFirst();
      return row && (JSON.parse(row.value) as SeatsRead);
    },
    putRead: (read) => note((db) => putRead(db, JSON.stringify(read))),
    waiting: async (limit) => {
      const rows = await seatless(reads)
        .select("person_id")
        .orderBy("seat_since")
        .orderBy("person_id")
        .limit(number(limit))
        .execute();
      return rows.map(({ person_id }) => person_id);
    },
    howManyWait: async () => {
      const row = await seatless(reads)
        .select((eb) => eb.fn.countAll().as("n"))
        .executeTakeFirst();
      return Number(row?.n ?? 0);
    },
    recall: (limit, now) => write((db) => recall(db, limit, now)),
    resting: async (minimumMs, now) =>
      (await restingOf(reads, minimumMs, now)).map(({ userId, until }) => ({ userId, until })),
    take: (userId, now, supply) => note((db) => take(db, userId, now, supply)),
    free: (userId, now) => note((db) => free(db, userId, now)),
    useUp: (left, minimumMs, at) => note((db) => useUp(db, left, minimumMs, at)),
    observe: (now) => note((db) => observe(db, now)),
    months: async (howMany, now) => {
      const starts = Array.from({ length: howMany + 1 }, (_, back) => monthStart(now, back - 1));
      return Promise.all(starts.slice(1).map((start, at) => month(reads, start, starts[at] ?? now)));
    },
    queued: async (afterId, limit) => {
      const after = reads.selectFrom("outbox").select("person_id").where("person_id", ">", afterId);
      return (await after.orderBy("person_id").limit(number(limit)).execute()).map(({ person_id }) => person_id);
    },
  };
}

/** User ids and numbers of another server say nothing here. */
export async function forgetSeats(db: Db): Promise<void> {
  await db.deleteFrom("tenures").execute();
  await db.deleteFrom("facts").where("name", "=", SEATS_READ).execute();
}

async function putRead(db: Db, value: string): Promise<void> {
  await db
    .insertInto("facts")
    .values({ name: SEATS_READ, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}

const seatless = (db: Db) => db.selectFrom("outcomes").where("seat_since", "is not", null);

/** Whoever waits in the outbox already is looked at anyway. What an operator has approved is for its origin only. */
async function recall(db: Db, limit: number, now: number): Promise<void> {
  const first = sql`select person_id,
      coalesce((select origin from holds where holds.person_id = outcomes.person_id and kind = 'role'), 'seats') as origin
    from outcomes where seat_since is not null order by seat_since, person_id limit ${number(limit)}`;
  await enqueueIdle(db, { lane: "change", cause: "a seat is free", now }, first);
}

function monthStart(now: number, back: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back, 1);
}

async function month(db: Db, start: number, end: number) {
  const within = (column: string) =>
    sql`${sql.ref(column)} >= ${number(start)} and ${sql.ref(column)} < ${number(end)}`;
  const { rows } = await sql<{ taken: number; freed: number; rotated: number }>`
    select count(*) filter (where ${within("taken_at")}) as taken,
      count(*) filter (where ${within("freed_at")}) as freed,
      count(*) filter (where rotated_until is not null and ${within("taken_at")}) as rotated
    from tenures`.execute(db);
  const { taken = 0, freed = 0, rotated = 0 } = rows[0] ?? {};
  const month = new Date(start).toISOString().slice(0, 7);
  return { month, taken: Number(taken), freed: Number(freed), rotatedEarly: Number(rotated) };
}
