import { sql, type Kysely } from "kysely";

/** Whoever has a warning, among everybody: a few, counted at each scrape. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index outcomes_warned on outcomes (person_id) where warning is not null`.execute(db);
}
