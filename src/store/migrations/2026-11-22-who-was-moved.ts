import type { Kysely } from "kysely";

/** A read that was asked for before a call of the bridge's own says nothing about whom that has moved. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable("assignees")
    .addColumn("moved_at", "bigint", (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable("assignees")
    .addColumn("gone", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
}
