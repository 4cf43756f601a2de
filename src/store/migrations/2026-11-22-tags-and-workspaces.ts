import { type Kysely } from "kysely";
import { flavourOf } from "../flavour.js";

export async function up(db: Kysely<unknown>): Promise<void> {
  const { textColumn: text, clustered } = flavourOf(db);
  await db.schema
    .createTable("assignables")
    .addColumn("kind", text, (column) => column.notNull())
    .addColumn("id", "bigint", (column) => column.notNull())
    .addColumn("name", text, (column) => column.notNull())
    .addColumn("read_at", "bigint")
    .addPrimaryKeyConstraint("assignables_key", ["kind", "id"])
    .modifyEnd(clustered)
    .execute();
  await db.schema
    .createTable("assignees")
    .addColumn("kind", text, (column) => column.notNull())
    .addColumn("target_id", "bigint", (column) => column.notNull())
    .addColumn("user_id", "bigint", (column) => column.notNull())
    .addColumn("role", text)
    .addPrimaryKeyConstraint("assignees_key", ["user_id", "kind", "target_id"])
    .modifyEnd(clustered)
    .execute();
  await db.schema.createIndex("assignees_target").on("assignees").columns(["kind", "target_id"]).execute();
  await db.schema
    .createTable("granted")
    .addColumn("user_id", "bigint", (column) => column.notNull())
    .addColumn("kind", text, (column) => column.notNull())
    .addColumn("target_id", "bigint", (column) => column.notNull())
    .addColumn("role", text)
    .addColumn("ours", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("granted_key", ["user_id", "kind", "target_id"])
    .modifyEnd(clustered)
    .execute();
}
