// Rows of the outbox whose people need no claim: nothing has to be sent for them.
import { sql, type Selectable } from "kysely";
import type { Lane, Unclaimed, Work } from "../../ports.js";
import type { Db } from "../engine.js";
import { number } from "../number.js";
import type { Sql } from "../flavour.js";
import { compilable, prepared } from "../prepared.js";
import type { OutboxTable } from "../tables.js";
import { LANES } from "./enqueue.js";
import { putLink } from "./links.js";
import { LANE_NAMES, ofLanes } from "./outbox.js";
import { putOutcome } from "./outcomes.js";

export async function unclaimed(
  db: Db,
  lanes: readonly Lane[],
  after: Unclaimed | undefined,
  limit: number,
  now: number,
): Promise<readonly Unclaimed[]> {
  const { dueAt = 0, personId = "" } = after ?? {};
  const rows = await ofLanes(statements, lanes, statement)(db, dueAt, personId, now, limit);
  return rows.map(({ person_id, seq, lane, due_at }) => {
    return { personId: person_id, seq, lane: LANE_NAMES[lane] ?? "sweep", dueAt: due_at };
  });
}

const statement = (lanes: Sql) =>
  prepared((db, dueAt: number, personId: string, now: number, limit: number) =>
    compilable<Pick<Selectable<OutboxTable>, "person_id" | "seq" | "lane" | "due_at">>(
      db,
      sql`select person_id, seq, lane, due_at from outbox
        where lane in (${lanes}) and lease_until = 0 and leaver_seq = 0 and attempts = 0
          and due_at between ${number(dueAt)} and ${number(now)}
          and (due_at > ${number(dueAt)} or person_id > ${personId})
        order by due_at, person_id limit ${number(limit)}`,
    ),
  );
const statements = new Map<string, ReturnType<typeof statement>>();

/**
 * The number alone does not tell a row: a crew leaves it as it is when somebody is to be seen later, and who comes back into
 * the outbox is counted from one again.
 */
const leave = prepared((db, personId: string, seq: number, lane: number, dueAt: number) =>
  db
    .deleteFrom("outbox")
    .where("person_id", "=", personId)
    .where("seq", "=", seq)
    .where("lane", "=", lane)
    .where("due_at", "=", dueAt)
    .where("attempts", "=", sql.lit(0))
    .where("leaver_seq", "=", sql.lit(0))
    .where("lease_until", "=", sql.lit(0))
    .returning("person_id"),
);

export async function settleUnclaimed(
  db: Db,
  settled: Parameters<Work["settleUnclaimed"]>[0],
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { personId, seq, lane, dueAt, outcome, link } of settled) {
    if ((await leave(db, personId, seq, LANES[lane], dueAt)).length === 0) continue;
    if (link) await putLink(db, link);
    await putOutcome(db, personId, outcome);
    left.push(personId);
  }
  return left;
}
