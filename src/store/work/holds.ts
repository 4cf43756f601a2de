import { sql, type Selectable } from "kysely";
import type { Approved, AuditLine, Chosen, Effect, HeldPerson, Hold, HoldKind, Lane } from "../../ports.js";
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

const kindOf = (effect: Effect): HoldKind => (effect === "unassign" ? "assign" : "role");

/** A page ends with a person, not within what is held of one. */
export const peopleHeld = (db: Db, afterId: string, limit: number) =>
  db
    .selectFrom("holds")
    .select("person_id")
    .distinct()
    .where("person_id", ">", afterId)
    .orderBy("person_id")
    .limit(limit);

export async function holdsAfter(db: Db, afterId: string, limit: number): Promise<readonly HeldPerson[]> {
  const rows = await db
    .selectFrom("holds")
    .leftJoin("users", "users.id", "holds.person_id")
    .leftJoin("groups", (join) => join.on("holds.origin", "=", sql<string>`'group ' || groups.id`))
    .selectAll("holds")
    .select(["users.user_name", "groups.display_name"])
    .where("person_id", "in", peopleHeld(db, afterId, limit))
    .orderBy("person_id")
    .orderBy("kind", "desc")
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
    .values({ person_id, kind: kindOf(effect), ...row })
    .onConflict((conflict) => conflict.columns(["person_id", "kind"]).doUpdateSet(row))
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
    // Who waits because of a group would stay the group's: by its origin the look tells what is approved from what is new since.
    await db.updateTable("outbox").set({ origin }).where("person_id", "=", personId).execute();
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
  // Only of people who are named is it known that somebody means to decide anew.
  const named = chosen !== "all" && chosen.origin === undefined;
  let meant = db.updateTable("holds").set({ decision });
  meant = named ? meant.where("decision", "<>", decision) : meant.where("decision", "=", "waiting");
  if (chosen !== "all" && "people" in chosen)
    meant = meant.where("person_id", "in", chosen.people.length > 0 ? chosen.people : [""]);
  if (chosen !== "all" && chosen.origin !== undefined) meant = meant.where("origin", "=", chosen.origin);
  const decided = await meant.returning(["person_id", "kind", "effect", "cause", "origin"]).execute();
  // A decision about a role stands for its origin only: that is whose doing the look is, whatever else was decided.
  const rolesLast = decided.toSorted((a, b) => Number(a.kind === "role") - Number(b.kind === "role"));
  const byPerson = new Map(rolesLast.map((row) => [row.person_id, row]));
  for (const [personId, { kind, effect, cause, origin }] of byPerson) {
    await enqueueOne(db, personId, { lane: laneAfter(decision, kind, effect), cause, origin, now });
    await appendAudit(db, line(personId));
  }
  return [...byPerson.keys()];
}

/** What somebody is taken out of is no news of their role: in lane `change` it would end what was decided about that. */
function laneAfter(decision: "approved" | "rejected", kind: HoldKind, effect: string): Lane {
  if (decision === "rejected") return "sweep";
  if (kind === "assign") return "review";
  return effect === "leave" ? "leaver" : "change";
}
