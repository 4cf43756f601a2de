import { sql, type Kysely } from "kysely";
import { flavourOf } from "../flavour.js";

export async function up(db: Kysely<unknown>): Promise<void> {
  await directoryTables(db);
  await workTables(db);
  await recordTables(db);
}

async function directoryTables(db: Kysely<unknown>): Promise<void> {
  const text = flavourOf(db).textColumn;
  await resourceTable(db, "users", "user_name")
    .addColumn("active", "integer", (column) => column.notNull())
    .execute();
  await resourceTable(db, "groups", "display_name").execute();
  // Narrow, for finding where a page begins.
  await db.schema.createIndex("users_order").on("users").column("position").execute();
  await db.schema.createIndex("groups_order").on("groups").column("position").execute();
  await db.schema.createIndex("users_external_id").on("users").column("external_id").execute();
  await db.schema.createIndex("groups_external_id").on("groups").column("external_id").execute();
  await db.schema
    .createTable("members")
    .addColumn("group_id", text, (column) => column.notNull())
    .addColumn("member_id", text, (column) => column.notNull())
    .addColumn("type", text, (column) => column.notNull())
    .addColumn("display", text)
    .addPrimaryKeyConstraint("members_key", ["group_id", "member_id"])
    .modifyEnd(flavourOf(db).clustered)
    .execute();
  await db.schema.createIndex("members_member_id").on("members").column("member_id").execute();
  await db.schema
    .createTable("addresses")
    .addColumn("user_id", text, (column) => column.notNull())
    .addColumn("address", text, (column) => column.notNull())
    .addColumn("source", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("addresses_key", ["address", "user_id", "source"])
    .modifyEnd(flavourOf(db).clustered)
    .execute();
}

function resourceTable(db: Kysely<unknown>, table: string, name: string) {
  const { textColumn: text, positionColumn } = flavourOf(db);
  return db.schema
    .createTable(table)
    .addColumn("position", positionColumn, (column) => column.primaryKey())
    .addColumn("id", text, (column) => column.notNull().unique())
    .addColumn(name, text, (column) => column.notNull())
    .addColumn(`${name}_key`, text, (column) => column.notNull().unique())
    .addColumn("external_id", text)
    .addColumn("attributes", text, (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("created", text, (column) => column.notNull())
    .addColumn("last_modified", text, (column) => column.notNull());
}

async function workTables(db: Kysely<unknown>): Promise<void> {
  const text = flavourOf(db).textColumn;
  await db.schema
    .createTable("outbox")
    .addColumn("person_id", text, (column) => column.primaryKey())
    .addColumn("lane", "integer", (column) => column.notNull())
    .addColumn("cause", text, (column) => column.notNull())
    .addColumn("first_at", "bigint", (column) => column.notNull())
    .addColumn("due_at", "bigint", (column) => column.notNull())
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("leaver_seq", "integer", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("lease_until", "bigint", (column) => column.notNull())
    .addColumn("refusal", text)
    .addColumn("failing", "integer", (column) => column.notNull())
    .modifyEnd(flavourOf(db).clustered)
    .execute();
  await db.schema.createIndex("outbox_due").on("outbox").columns(["lane", "due_at"]).execute();
  await db.schema
    .createTable("refusals")
    .addColumn("reason", text, (column) => column.primaryKey())
    .addColumn("probed_at", "bigint", (column) => column.notNull())
    .execute();
  await linkTables(db);
}

async function linkTables(db: Kysely<unknown>): Promise<void> {
  const text = flavourOf(db).textColumn;
  await db.schema
    .createTable("links")
    .addColumn("person_id", text, (column) => column.primaryKey())
    .addColumn("user_id", "bigint", (column) => column.notNull())
    .addColumn("email", text, (column) => column.notNull())
    .addColumn("tombstone", "integer", (column) => column.notNull())
    .addColumn("created_by_us", "integer", (column) => column.notNull())
    .addColumn("ever_matched", "integer", (column) => column.notNull())
    .addColumn("role_before_deactivation", text)
    .addColumn("names_sent", text, (column) => column.notNull())
    .execute();
  // One living SCIM user at most holds an account.
  await sql`create unique index links_living_user on links (user_id) where tombstone = 0`.execute(db);
  await db.schema.createIndex("links_user_id").on("links").column("user_id").execute();
  await db.schema.createIndex("links_email").on("links").column("email").execute();
  await db.schema
    .createTable("tombstones")
    .addColumn("person_id", text, (column) => column.primaryKey())
    .addColumn("attributes", text, (column) => column.notNull())
    .addColumn("deleted_at", text, (column) => column.notNull())
    .execute();
}

async function recordTables(db: Kysely<unknown>): Promise<void> {
  const text = flavourOf(db).textColumn;
  await db.schema
    .createTable("outcomes")
    .addColumn("person_id", text, (column) => column.primaryKey())
    .addColumn("state", text, (column) => column.notNull())
    .addColumn("reason", text, (column) => column.notNull())
    .addColumn("warning", text)
    .addColumn("role", text)
    .addColumn("desired_role", text)
    .addColumn("last_error", text)
    .addColumn("at", text, (column) => column.notNull())
    .addColumn("changed_at", text, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("observed")
    .addColumn("user_id", "bigint", (column) => column.primaryKey())
    .addColumn("email", text, (column) => column.notNull())
    .addColumn("role", text)
    .addColumn("role_source", text)
    .addColumn("user_type", text)
    .addColumn("first_name", text, (column) => column.notNull())
    .addColumn("last_name", text, (column) => column.notNull())
    .addColumn("gone", "integer", (column) => column.notNull())
    .addColumn("seen_at", "bigint", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("observed_email").on("observed").column("email").execute();
  await db.schema
    .createTable("audit")
    .addColumn("position", flavourOf(db).positionColumn, (column) => column.primaryKey())
    .addColumn("at", text, (column) => column.notNull())
    .addColumn("actor", text, (column) => column.notNull())
    .addColumn("request_id", text)
    .addColumn("action", text, (column) => column.notNull())
    .addColumn("subject", text, (column) => column.notNull())
    .addColumn("detail", text, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("facts")
    .addColumn("name", text, (column) => column.primaryKey())
    .addColumn("value", text, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("leases")
    .addColumn("name", text, (column) => column.primaryKey())
    .addColumn("holder", text, (column) => column.notNull())
    .addColumn("until", "bigint", (column) => column.notNull())
    .execute();
}
