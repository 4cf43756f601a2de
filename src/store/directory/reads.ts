import { sql, type Kysely, type RawBuilder, type Selectable } from "kysely";
import type { GroupRef, ListQuery, MemberRef, Page } from "../../directory/index.js";
import type { DirectoryReads } from "../../ports.js";
import type { GroupTable, Tables, UserTable } from "../tables.js";
import { filterSql, sortSql } from "./filter.js";
import { groupFromRow, memberFromRow, userFromRow } from "./rows.js";

type Db = Kysely<Tables>;

export function directoryReads(db: Db): DirectoryReads {
  return {
    user: async (id) => {
      const row = await db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
      return row && userFromRow(row);
    },
    group: async (id) => {
      const row = await db.selectFrom("groups").selectAll().where("id", "=", id).executeTakeFirst();
      return row && groupFromRow(row);
    },
    users: (query) => list(db, "users", query, (row: Selectable<UserTable>) => userFromRow(row)),
    groups: (query) => list(db, "groups", query, (row: Selectable<GroupTable>) => groupFromRow(row)),
    groupsOf: (userIds) => groupsOf(db, userIds),
    membersOf: (groupIds) => membersOf(db, groupIds),
    kinds: (ids) => kinds(db, ids),
  };
}

async function list<Row, Item>(
  db: Db,
  table: "users" | "groups",
  query: ListQuery,
  read: (row: Row) => Item,
): Promise<Page<Item>> {
  const where: RawBuilder<unknown> = query.filter ? sql`where ${filterSql(table, query.filter)}` : sql``;
  const from = sql`from ${sql.table(table)} ${where}`;
  const counted = await sql<{ total: number }>`select count(*) as total ${from}`.execute(db);
  const total = Number(counted.rows[0]?.total ?? 0);
  if (query.count === 0 || query.startIndex > total) return { total, rows: [] };
  const window = sql`limit ${query.count} offset ${query.startIndex - 1}`;
  const found = await sql<Row>`select * ${from} order by ${sortSql(table, query.sort)} ${window}`.execute(db);
  return { total, rows: found.rows.map(read) };
}

/** Bound parameters per statement: SQLite allows 32,766, PostgreSQL 65,535. */
const MOST_IDS = 10_000;

const chunks = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / MOST_IDS) }, (_, index) =>
    all.slice(index * MOST_IDS, (index + 1) * MOST_IDS),
  );

function collect<Key, Value>(pairs: readonly (readonly [Key, Value])[]): ReadonlyMap<Key, readonly Value[]> {
  const byKey = new Map<Key, Value[]>();
  for (const [key, value] of pairs) {
    const values = byKey.get(key);
    if (values) values.push(value);
    else byKey.set(key, [value]);
  }
  return byKey;
}

async function groupsOf(db: Db, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly GroupRef[]>> {
  const pairs: (readonly [string, GroupRef])[] = [];
  for (const ids of chunks(userIds)) {
    const rows = await db
      .selectFrom("members")
      .innerJoin("groups", "groups.id", "members.group_id")
      .select(["members.member_id", "groups.id", "groups.external_id", "groups.display_name"])
      .where("members.member_id", "in", ids)
      .orderBy("groups.position")
      .execute();
    for (const row of rows)
      pairs.push([
        row.member_id,
        { id: row.id, externalId: row.external_id ?? undefined, displayName: row.display_name },
      ]);
  }
  return collect(pairs);
}

async function membersOf(db: Db, groupIds: readonly string[]): Promise<ReadonlyMap<string, readonly MemberRef[]>> {
  const pairs: (readonly [string, MemberRef])[] = [];
  for (const ids of chunks(groupIds)) {
    const rows = await db.selectFrom("members").selectAll().where("group_id", "in", ids).execute();
    for (const row of rows) pairs.push([row.group_id, memberFromRow(row)]);
  }
  return collect(pairs);
}

async function kinds(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, MemberRef["type"]>> {
  const found = new Map<string, MemberRef["type"]>();
  for (const some of chunks(ids)) {
    for (const row of await db.selectFrom("users").select("id").where("id", "in", some).execute())
      found.set(row.id, "User");
    for (const row of await db.selectFrom("groups").select("id").where("id", "in", some).execute())
      found.set(row.id, "Group");
  }
  return found;
}
