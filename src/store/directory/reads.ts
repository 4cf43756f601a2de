import { sql, type Kysely } from "kysely";
import type { GroupRef, MemberRef } from "../../directory/index.js";
import type { DirectoryReads } from "../../ports.js";
import { flavourOf } from "../flavour.js";
import type { Tables } from "../tables.js";
import { compilable, prepared } from "../prepared.js";
import { standings } from "../work/standings.js";
import { list } from "./list.js";
import { groupFromRow, memberFromRow, userFromRow } from "./rows.js";
import { shown } from "./shown.js";

type Db = Kysely<Tables>;

export function directoryReads(db: Db): DirectoryReads {
  return {
    user: async (id) => {
      const [row] = await userById(db, id);
      return row && userFromRow(row);
    },
    group: async (id) => {
      const [row] = await groupById(db, id);
      return row && groupFromRow(row);
    },
    shownUser: (id, view) => shown(db, "users", id, view),
    shownGroup: (id, view) => shown(db, "groups", id, view),
    users: (query, view) => list(db, "users", query, view),
    groups: (query, view) => list(db, "groups", query, view),
    groupsOf: (userIds) => groupsOf(db, userIds),
    membersOf: (groupIds) => membersOf(db, groupIds),
    standings: (userIds) => standings(db, userIds),
    kinds: (ids) => kinds(db, ids),
  };
}

const userById = prepared((db, id: string) => db.selectFrom("users").selectAll().where("id", "=", id));
const groupById = prepared((db, id: string) => db.selectFrom("groups").selectAll().where("id", "=", id));

/** What a transaction reads in order to write it is nobody else's until it ends. */
export function lockingReads(db: Db): Pick<DirectoryReads, "user" | "group"> {
  return {
    user: async (id) => {
      const [row] = await lockedUser(db, id);
      return row && userFromRow(row);
    },
    group: async (id) => {
      const [row] = await lockedGroup(db, id);
      return row && groupFromRow(row);
    },
  };
}

const lockedUser = prepared((db, id: string) =>
  db.selectFrom("users").selectAll().where("id", "=", id).modifyEnd(flavourOf(db).lock.toChange),
);
const lockedGroup = prepared((db, id: string) =>
  db.selectFrom("groups").selectAll().where("id", "=", id).modifyEnd(flavourOf(db).lock.toChange),
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

// Lists of ids are one parameter: the statement stays the same however many they are.
const groupRows = prepared((db, ids: string) =>
  db
    .selectFrom("members")
    .innerJoin("groups", "groups.id", "members.group_id")
    .select(["members.member_id", "groups.id", "groups.external_id", "groups.display_name"])
    .where("members.member_id", "in", sql<string>`(select value from ${flavourOf(db).texts(ids)})`)
    .orderBy("groups.position"),
);

async function groupsOf(db: Db, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly GroupRef[]>> {
  const rows = await groupRows(db, JSON.stringify(userIds));
  return collect(
    rows.map((row) => [
      row.member_id,
      { id: row.id, externalId: row.external_id ?? undefined, displayName: row.display_name },
    ]),
  );
}

const memberRows = prepared((db, ids: string) =>
  db
    .selectFrom("members")
    .select(["group_id", "member_id", "type", "display"])
    .where("group_id", "in", sql<string>`(select value from ${flavourOf(db).texts(ids)})`),
);

async function membersOf(db: Db, groupIds: readonly string[]): Promise<ReadonlyMap<string, readonly MemberRef[]>> {
  const rows = await memberRows(db, JSON.stringify(groupIds));
  return collect(rows.map((row) => [row.group_id, memberFromRow(row)]));
}

/** Asked for in order to refer to them: none of them is deleted before that is written. */
const kindRows = prepared((db, users: string, groups: string) => {
  const { texts, lock } = flavourOf(db);
  const among = (table: "users" | "groups", ids: string) =>
    sql`(select id from ${sql.table(table)} where id in (select value from ${texts(ids)}) ${lock.toKeep}) as known`;
  return compilable<{ id: string; type: "User" | "Group" }>(
    db,
    sql`select id, 'User' as type from ${among("users", users)} union all
      select id, 'Group' as type from ${among("groups", groups)}`,
  );
});

async function kinds(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, MemberRef["type"]>> {
  const list = JSON.stringify(ids);
  const rows = await kindRows(db, list, list);
  return new Map(rows.map((row) => [row.id, row.type]));
}
