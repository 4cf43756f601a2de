import { sql, type Selectable } from "kysely";
import type { Approved, AuditLine, Chosen, Effect, HeldPerson, Hold } from "../../ports.js";
import { appendAudit } from "../audit.js";
import type { Db } from "../engine.js";
import type { Tables } from "../tables.js";
import { enqueueOne } from "./enqueue.js";

export const holdFromRow = (row: Selectable<Tables["holds"]>): Hold => ({
  personId: row.person_id,
  effect: row.effect as Effect,
  from: row.from_role ?? undefined,
  to: row.to_role,
  origin: row.origin,
  reason: row.reason,
  at: row.at,
  decision: row.decision as Hold["decision"],
});

export async function holdsAfter(db: Db, afterId: string, limit: number): Promise<readonly HeldPerson[]> {
  const rows = await db
    .selectFrom("holds")
    .leftJoin("users", "users.id", "holds.person_id")
    .leftJoin("groups", (join) => join.on("holds.origin", "=", sql<string>`'group ' || groups.id`))
    .selectAll("holds")
    .select(["users.user_name", "groups.display_name"])
    .where("person_id", ">", afterId)
    .orderBy("person_id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...holdFromRow(row),
    userName: row.user_name ?? undefined,
    groupName: row.display_name ?? undefined,
  }));
}

export async function upsertHold(db: Db, hold: Hold, cause: string): Promise<void> {
  const { personId: person_id, effect, from = null, to, origin, reason, at, decision } = hold;
  const row = { effect, from_role: from, to_role: to, origin, cause, reason, at, decision };
  await db
    .insertInto("holds")
    .values({ person_id, ...row })
    .onConflict((conflict) => conflict.column("person_id").doUpdateSet(row))
    .execute();
}

export async function approve(
  db: Db,
  changes: readonly Approved[],
  origin: string,
  line: AuditLine,
  now: number,
): Promise<void> {
  await appendAudit(db, line);
  const at = new Date(now).toISOString();
  for (const { personId, effect, from, to } of changes) {
    if (effect)
      await upsertHold(db, { personId, effect, from, to, origin, reason: origin, at, decision: "approved" }, "plan");
    await enqueueOne(db, personId, { lane: effect === "leave" ? "leaver" : "change", cause: "plan", origin, now });
  }
}

/** An approved change is made by the look that follows; of a rejected one that look says that it is left alone. */
export async function decide(
  db: Db,
  chosen: Chosen,
  decision: "approved" | "rejected",
  line: (personId: string) => AuditLine,
  now: number,
): Promise<readonly string[]> {
  let waiting = db.updateTable("holds").set({ decision }).where("decision", "=", "waiting");
  if (chosen !== "all")
    waiting =
      "origin" in chosen
        ? waiting.where("origin", "=", chosen.origin)
        : waiting.where("person_id", "in", chosen.people.length > 0 ? chosen.people : [""]);
  const decided = await waiting.returning(["person_id", "effect", "cause", "origin"]).execute();
  for (const { person_id, effect, cause, origin } of decided) {
    const lane = decision === "rejected" ? "sweep" : effect === "leave" ? "leaver" : "change";
    await enqueueOne(db, person_id, { lane, cause, origin, now });
    await appendAudit(db, line(person_id));
  }
  return decided.map(({ person_id }) => person_id);
}
