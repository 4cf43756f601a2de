import { sql } from "kysely";
import type { LinksMoved, Move } from "../../ports.js";
import { appendAudit } from "../audit.js";
import type { Db } from "../engine.js";
import { forgetAssignments } from "./assignments.js";
import { enqueueEveryone } from "./enqueue.js";
import { putObserved } from "./observed.js";
import { forgetSeats } from "./seats.js";

/** The fact is written with everything else: after a crash the store is still wholly the old server's. */
export async function moveTo(db: Db, move: Move): Promise<LinksMoved> {
  await db.deleteFrom("observed").execute();
  await forgetSeats(db);
  await putObserved(db, move.members, move.askedAt);
  const links = await dropUnconfirmed(db);
  await forgetAssignments(db);
  // What was held, approved and counted was about the accounts of the old server.
  await db.deleteFrom("holds").execute();
  await db.deleteFrom("spent").execute();
  for (const prefix of move.forget) await db.deleteFrom("facts").where("name", "like", `${prefix}%`).execute();
  await enqueueEveryone(db, "review", move.cause, move.cause, move.now);
  await appendAudit(db, move.audit(links));
  const { name, value } = move.fact;
  await db.updateTable("facts").set({ value }).where("name", "=", name).execute();
  return links;
}

async function dropUnconfirmed(db: Db): Promise<LinksMoved> {
  const confirmed = sql<boolean>`exists (
    select 1 from observed where observed.user_id = links.user_id and observed.email = links.email)`;
  const { numDeletedRows } = await db
    .deleteFrom("links")
    .where(sql<boolean>`not ${confirmed}`)
    .executeTakeFirstOrThrow();
  const { kept } = await db
    .selectFrom("links")
    .select((eb) => eb.fn.countAll().as("kept"))
    .executeTakeFirstOrThrow();
  return { kept: Number(kept), dropped: Number(numDeletedRows) };
}
