import { sql, type Kysely } from "kysely";
import { flavourOf } from "../flavour.js";

export async function up(db: Kysely<unknown>): Promise<void> {
  const text = flavourOf(db).textColumn;
  // Which request a look is for, and when the deactivation was committed that it is to carry out.
  await db.schema.alterTable("outbox").addColumn("request_id", text).execute();
  await db.schema.alterTable("outbox").addColumn("leaver_at", "bigint").execute();
  await db.schema
    .createTable("audit_chain")
    .addColumn("place", "bigint", (column) => column.primaryKey())
    .addColumn("position", "bigint", (column) => column.notNull().unique())
    .addColumn("salt", text)
    .addColumn("personal", text, (column) => column.notNull())
    .addColumn("hash", text, (column) => column.notNull())
    .addColumn("chained_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("audit_ends")
    .addColumn("name", text, (column) => column.primaryKey())
    .addColumn("place", "bigint", (column) => column.notNull())
    .addColumn("hash", text, (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .execute();
  // There before anybody locks them.
  await sql`insert into audit_ends (name, place, hash, at)
    values ('head', 0, ${NOTHING_BEFORE}, 0), ('anchor', 0, ${NOTHING_BEFORE}, 0)`.execute(db);
}

const NOTHING_BEFORE = "0".repeat(64);
