import { sql, type Kysely, type Selectable } from "kysely";
import type { Claim, Effect, Lane, Outcome, Work } from "../../ports.js";
import type { OutboxTable, Tables } from "../tables.js";
import { flavourOf, type Sql } from "../flavour.js";
import { number } from "../number.js";
import { compilable, prepared } from "../prepared.js";
import { LANES } from "./enqueue.js";
import { putOutcome } from "./outcomes.js";

type Db = Kysely<Tables>;
type Outbox = Pick<
  Work,
  | "claim"
  | "renewLeases"
  | "releaseLeases"
  | "nextDue"
  | "isCurrent"
  | "settle"
  | "handOn"
  | "retry"
  | "release"
  | "probeRefusals"
>;

export const codes = (lanes: readonly Lane[]): readonly number[] => lanes.map((lane) => LANES[lane]);

export function outbox(db: Db): Outbox {
  return {
    claim: (lanes, limit, leaseMs, now) => claim(db, lanes, limit, leaseMs, now),
    renewLeases: async (personIds, until) => {
      if (personIds.length === 0) return;
      const inHand = db.updateTable("outbox").where("person_id", "in", personIds).where("lease_until", ">", 0);
      await inHand.set({ lease_until: until }).execute();
    },
    releaseLeases: async () => {
      await db.updateTable("outbox").set({ lease_until: 0 }).where("lease_until", ">", 0).execute();
    },
    nextDue: async (lanes) => {
      const [row] = await ofLanes(nexts, lanes, nextStatement)(db);
      return row?.due ?? undefined;
    },
    isCurrent: async (held) => {
      if (held.lane === "assign") return isInBatch(db, held);
      const [row] = await seqOf(db, held.personId);
      return row?.seq === held.seq;
    },
    settle: async (held, outcome) => void (await settle(db, held, outcome)),
    handOn: (held, dueAt, effect, outcome) => handOn(db, held, dueAt, effect, outcome),
    retry: (held, dueAt, refusal, outcome) => retry(db, held, dueAt, refusal, outcome),
    release: async (refusal, now) => {
      await db
        .updateTable("outbox")
        .set({ due_at: now })
        .where("refusal", "=", refusal)
        .where("due_at", ">", now)
        .execute();
      await db.deleteFrom("refusals").where("reason", "=", refusal).execute();
    },
    probeRefusals: (now, probedBefore) => probeRefusals(db, now, probedBefore),
  };
}

async function claim(
  db: Db,
  lanes: readonly Lane[],
  limit: number,
  leaseMs: number,
  now: number,
): Promise<readonly Claim[]> {
  const rows = await ofLanes(claims, lanes, claimStatement)(db, now, limit, now + leaseMs);
  // One push makes many due together: among them the first to wait is first.
  return rows.toSorted((a, b) => a.lane - b.lane || a.due_at - b.due_at || a.first_at - b.first_at).map(claimFromRow);
}

/** Lanes are part of the statement: as parameters they would keep the index from giving the order. */
export function ofLanes<Of>(known: Map<string, Of>, lanes: readonly Lane[], make: (lanes: Sql) => Of): Of {
  const key = codes(lanes).join();
  const of = known.get(key) ?? make(sql.join(codes(lanes).map((code) => sql.lit(code))));
  known.set(key, of);
  return of;
}

const claimStatement = (lanes: Sql) =>
  prepared((db, now: number, limit: number, until: number) =>
    compilable<Selectable<OutboxTable>>(
      db,
      sql`with due as (select person_id from outbox
          where lane in (${lanes}) and due_at <= ${number(now)} and lease_until <= ${number(now)}
          order by lane, due_at limit ${number(limit)} ${flavourOf(db).lock.toClaim})
        update outbox set lease_until = ${number(until)} where person_id in (select person_id from due) returning *`,
    ),
  );
const claims = new Map<string, ReturnType<typeof claimStatement>>();

const nextStatement = (lanes: Sql) =>
  prepared((db) =>
    compilable<{ due: number | null }>(
      db,
      sql`select min(due_at) as due from outbox where lane in (${lanes}) and lease_until = 0`,
    ),
  );
const nexts = new Map<string, ReturnType<typeof nextStatement>>();

export const LANE_NAMES = ["leaver", "change", "review", "sweep", "assign"] as const satisfies readonly Lane[];

const claimFromRow = (row: Selectable<OutboxTable>): Claim => ({
  personId: row.person_id,
  seq: row.seq,
  lane: LANE_NAMES[row.lane] ?? "sweep",
  cause: row.cause,
  origin: row.origin,
  attempts: row.attempts,
  leaverDue: row.leaver_seq > 0,
  refusal: row.refusal ?? undefined,
  requestId: row.request_id ?? undefined,
  leaverAt: row.leaver_seq > 0 ? (row.leaver_at ?? undefined) : undefined,
});

const seqOf = prepared((db, personId: string) =>
  db.selectFrom("outbox").select(["seq", "lane", "lease_until"]).where("person_id", "=", personId),
);

async function isInBatch(db: Db, { personId, seq }: Claim): Promise<boolean> {
  const [row] = await seqOf(db, personId);
  return row?.seq === seq && row.lane === LANES.assign && row.lease_until > 0;
}

const leave = prepared((db, personId: string, seq: number) =>
  db.deleteFrom("outbox").where("person_id", "=", personId).where("seq", "=", seq).returning("person_id"),
);

/** A newer change keeps the row; what this look has carried out need not be carried out again. */
const stay = prepared((db, seq: number, personId: string) =>
  db
    .updateTable("outbox")
    .set({ lease_until: sql.lit(0), leaver_seq: sql`case when leaver_seq <= ${seq} then 0 else leaver_seq end` })
    .where("person_id", "=", personId),
);

/**
 * A newer change takes the row out of a batch of lane `assign`, and somebody else may have worked it off by now: nothing
 * of it is the batch's any more.
 */
const leaveBatch = prepared((db, personId: string, seq: number) =>
  db
    .deleteFrom("outbox")
    .where("person_id", "=", personId)
    .where("seq", "=", seq)
    .where("lane", "=", sql.lit(LANES.assign))
    .where("lease_until", ">", sql.lit(0))
    .returning("person_id"),
);

/** False: it was not this claim's to settle any more. */
export async function settle(db: Db, held: Claim, outcome: Outcome | undefined): Promise<boolean> {
  if (held.lane === "assign" && (await leaveBatch(db, held.personId, held.seq)).length === 0) return false;
  if (held.lane !== "assign") await leaveOrStay(db, held);
  if (outcome) await putOutcome(db, held.personId, outcome);
  else await forgetPerson(db, held.personId);
  return true;
}

async function forgetPerson(db: Db, personId: string): Promise<void> {
  await db.deleteFrom("outcomes").where("person_id", "=", personId).execute();
  await db.deleteFrom("holds").where("person_id", "=", personId).execute();
}

async function leaveOrStay(db: Db, held: Claim): Promise<void> {
  const left = await leave(db, held.personId, held.seq);
  if (left.length === 0) await stay(db, held.seq, held.personId);
}

async function handOn(db: Db, held: Claim, dueAt: number, effect: Effect | undefined, outcome: Outcome): Promise<void> {
  const moved = await move(db, dueAt, effect ?? "none", held.personId, held.seq);
  if (moved.length === 0) await stay(db, held.seq, held.personId);
  await putOutcome(db, held.personId, outcome);
}

const move = prepared((db, dueAt: number, effect: string, personId: string, seq: number) =>
  compilable<{ person_id: string }>(
    db,
    sql`update outbox set lane = ${sql.lit(LANES.assign)}, due_at = ${number(dueAt)}, effect = ${effect},
        leaver_seq = 0, attempts = 0, refusal = null, failing = 0, lease_until = 0
      where person_id = ${personId} and seq = ${number(seq)} returning person_id`,
  ),
);

async function retry(
  db: Db,
  held: Claim,
  dueAt: number,
  refusal: string | undefined,
  outcome: Outcome | undefined,
): Promise<void> {
  if (held.lane === "assign" && !(await isInBatch(db, held))) return;
  if (outcome) await putOutcome(db, held.personId, outcome);
  const waits = await db
    .updateTable("outbox")
    .set({
      due_at: dueAt,
      attempts: held.attempts + 1,
      lease_until: 0,
      refusal: refusal ?? null,
      failing: outcome ? 1 : 0,
    })
    .where("person_id", "=", held.personId)
    .where("seq", "=", held.seq)
    .executeTakeFirst();
  if (waits.numUpdatedRows === 0n && held.lane !== "assign")
    await db.updateTable("outbox").set({ lease_until: 0 }).where("person_id", "=", held.personId).execute();
  if (refusal !== undefined)
    await db
      .insertInto("refusals")
      .values({ reason: refusal, probed_at: 0 })
      .onConflict((conflict) => conflict.column("reason").doNothing())
      .execute();
}

/** Everybody refused alike waits; the one who is due soonest asks on behalf of all. */
async function probeRefusals(db: Db, now: number, probedBefore: number): Promise<void> {
  const reasons = await db.selectFrom("refusals").select("reason").where("probed_at", "<=", probedBefore).execute();
  for (const { reason } of reasons) {
    const first = await db
      .selectFrom("outbox")
      .select("person_id")
      .where("refusal", "=", reason)
      .orderBy("due_at")
      .limit(1)
      .executeTakeFirst();
    if (!first) {
      await db.deleteFrom("refusals").where("reason", "=", reason).execute();
      continue;
    }
    await db
      .updateTable("outbox")
      .set({ due_at: now })
      .where("person_id", "=", first.person_id)
      .where("due_at", ">", now)
      .execute();
    await db.updateTable("refusals").set({ probed_at: now }).where("reason", "=", reason).execute();
  }
}
