import { sql, type Kysely } from "kysely";

/** What operators look up in lists that may be long. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex("audit_subject").on("audit").columns(["subject", "position"]).execute();
  await sql`create index outcomes_unsettled on outcomes (state, person_id) where state <> 'converged'`.execute(db);
  await db.schema.createIndex("holds_origin").on("holds").columns(["origin", "person_id"]).execute();
}
