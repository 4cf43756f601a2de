// Rows of the outbox whose people need no claim: nothing has to be sent for them.
import { sql } from "kysely";
import type { Lane, Unclaimed, Work } from "../../ports.js";
import type { Db } from "../engine.js";
import { number } from "../number.js";
import { prepared } from "../prepared.js";
import { codes } from "./outbox.js";
import { putOutcome } from "./outcomes.js";

export async function unclaimed(
  db: Db,
  lanes: readonly Lane[],
  after: Unclaimed | undefined,
  limit: number,
  now: number,
): Promise<readonly Unclaimed[]> {
  const place = sql`(${number(after?.dueAt ?? 0)}, ${after?.personId ?? ""})`;
  const rows = await db
    .selectFrom("outbox")
    .select(["person_id", "seq", "due_at"])
    .where("lane", "in", codes(lanes))
    .where("lease_until", "=", 0)
    .where("leaver_seq", "=", 0)
    .where("attempts", "=", 0)
    .where("due_at", "<=", now)
    .where("due_at", ">=", after?.dueAt ?? 0)
    .where(sql<boolean>`(due_at, person_id) > ${place}`)
    .orderBy("due_at")
    .orderBy("person_id")
    .limit(limit)
    .execute();
  return rows.map(({ person_id, seq, due_at }) => ({ personId: person_id, seq, dueAt: due_at }));
}

const leave = prepared((db, personId: string, seq: number) =>
  db
    .deleteFrom("outbox")
    .where("person_id", "=", personId)
    .where("seq", "=", seq)
    .where("lease_until", "=", sql.lit(0))
    .returning("person_id"),
);

export async function settleUnclaimed(
  db: Db,
  settled: Parameters<Work["settleUnclaimed"]>[0],
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { personId, seq, outcome } of settled) {
    if ((await leave(db, personId, seq)).length === 0) continue;
    await putOutcome(db, personId, outcome);
    left.push(personId);
  }
  return left;
}
