import { sql, type Kysely } from "kysely";
import { flavourOf } from "../flavour.js";

export async function up(db: Kysely<unknown>): Promise<void> {
  const text = flavourOf(db).textColumn;
  await db.schema
    .alterTable("outbox")
    .addColumn("origin", text, (column) => column.notNull().defaultTo(""))
    .execute();
  await db.schema.alterTable("outbox").addColumn("effect", text).execute();
  await sql`create index outbox_unforeseen on outbox (lane) where effect is null`.execute(db);
  await sql`create index outbox_effect on outbox (effect) where effect <> 'none'`.execute(db);
  await db.schema
    .createTable("holds")
    .addColumn("person_id", text, (column) => column.primaryKey())
    .addColumn("effect", text, (column) => column.notNull())
    .addColumn("from_role", text)
    .addColumn("to_role", text, (column) => column.notNull())
    .addColumn("origin", text, (column) => column.notNull())
    .addColumn("cause", text, (column) => column.notNull())
    .addColumn("reason", text, (column) => column.notNull())
    .addColumn("at", text, (column) => column.notNull())
    .addColumn("decision", text, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("spent")
    .addColumn("person_id", text, (column) => column.notNull())
    .addColumn("effect", text, (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("lost_role", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("spent_key", ["effect", "at", "person_id"])
    .modifyEnd(flavourOf(db).clustered)
    .execute();
}
