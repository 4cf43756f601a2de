import { sql, type Kysely } from "kysely";
import { flavourOf } from "../flavour.js";

/** Of one person a change of role can be held, and what they are taken out of: neither decision is about the other. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { textColumn: text } = flavourOf(db);
  // SQLite changes no key of a table that is there.
  await db.schema.alterTable("holds").renameTo("holds_before").execute();
  await db.schema
    .createTable("holds")
    .addColumn("person_id", text, (column) => column.notNull())
    .addColumn("kind", text, (column) => column.notNull())
    .addColumn("effect", text, (column) => column.notNull())
    .addColumn("from_role", text)
    .addColumn("to_role", text, (column) => column.notNull())
    .addColumn("origin", text, (column) => column.notNull())
    .addColumn("cause", text, (column) => column.notNull())
    .addColumn("reason", text, (column) => column.notNull())
    .addColumn("at", text, (column) => column.notNull())
    .addColumn("decision", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("holds_key", ["person_id", "kind"])
    .execute();
  await sql`insert into holds (person_id, kind, effect, from_role, to_role, origin, cause, reason, at, decision)
    select person_id, case effect when 'unassign' then 'assign' else 'role' end,
      effect, from_role, to_role, origin, cause, reason, at, decision
    from holds_before`.execute(db);
  await db.schema.dropTable("holds_before").execute();
  await db.schema.createIndex("holds_origin").on("holds").columns(["origin", "person_id"]).execute();
}
