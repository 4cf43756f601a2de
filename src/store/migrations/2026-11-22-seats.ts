import { sql, type Kysely } from "kysely";
import { flavourOf } from "../flavour.js";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("outcomes").addColumn("seat_since", "bigint").execute();
  await sql`create index outcomes_seatless on outcomes (seat_since) where seat_since is not null`.execute(db);
  await db.schema
    .createTable("tenures")
    .addColumn("position", flavourOf(db).positionColumn, (column) => column.primaryKey())
    .addColumn("user_id", "bigint", (column) => column.notNull())
    .addColumn("taken_at", "bigint")
    .addColumn("freed_at", "bigint")
    .addColumn("passed_on", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("rotated_until", "bigint")
    .execute();
  await sql`create unique index tenures_held on tenures (user_id) where freed_at is null`.execute(db);
  await sql`create index tenures_rotated on tenures (user_id) where rotated_until is not null`.execute(db);
  await sql`create index tenures_freed on tenures (freed_at) where passed_on = 0`.execute(db);
}
