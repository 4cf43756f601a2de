import { sql } from "kysely";
import { emailAddresses, valuesAt, type Attributes, type MemberRef, type UserRecord } from "../../directory/index.js";
import { BridgeError } from "../../errors.js";
import type { Transaction } from "../../ports.js";
import { appendAudit } from "../audit.js";
import { boundOnce, type Db } from "../engine.js";
import { isUniqueViolation } from "../faults.js";
import { flavourOf } from "../flavour.js";
import { holdGroupsOf } from "../locks.js";
import { compilable, prepared } from "../prepared.js";
import type { NewUserRow } from "../tables.js";
import { enqueue } from "../work/enqueue.js";
import { directoryReads, lockingReads } from "./reads.js";
import { groupToRow, memberFromRow, userToRow } from "./rows.js";

export const directoryTransaction = boundOnce((db: Db): Transaction => {
  return {
    ...directoryReads(db),
    ...lockingReads(db),
    insertUser: async (user) => {
      await unique(`A user with the userName ${quoted(user.userName)} already exists.`, () =>
        insertUserRow(db, ...columns(userToRow(user), USER_COLUMNS)),
      );
      await putAddresses(db, user);
    },
    putUser: (next, seenVersion) => putUser(db, next, seenVersion),
    removeUser: (id, at) => removeUser(db, id, at),
    insertGroup: async (group) => {
      await unique(`A group with the displayName ${quoted(group.displayName)} already exists.`, () =>
        db.insertInto("groups").values(groupToRow(group)).execute(),
      );
    },
    putGroup: async (next, seenVersion) => {
      const row = groupToRow(next);
      const written = await unique(`A group with the displayName ${quoted(next.displayName)} already exists.`, () =>
        db
          .updateTable("groups")
          .set(row)
          .where("id", "=", next.id)
          .where("version", "=", seenVersion)
          .executeTakeFirst(),
      );
      if (written.numUpdatedRows === 0n) throw conflict("Group", next.id, seenVersion);
    },
    removeGroup: async (id) => {
      // The group first: whoever was about to refer to it has done so when it goes.
      await db.deleteFrom("groups").where("id", "=", id).execute();
      const rows = await db.deleteFrom("members").where("group_id", "=", id).returningAll().execute();
      await db.deleteFrom("members").where("member_id", "=", id).execute();
      return rows.map(memberFromRow);
    },
    touchGroups: (ids, at) => touchGroups(db, ids, at),
    addMembers: (groupId, members) => addMembers(db, groupId, members),
    removeMembers: (groupId, ids) => removeMembers(db, groupId, ids),
    enqueue: (request) => enqueue(db, request),
    audit: (line) => appendAudit(db, line),
  };
});

const quoted = (name: string): string => JSON.stringify(name);

const conflict = (type: string, id: string, version: number): BridgeError =>
  new BridgeError("VERSION_CONFLICT", `${type} ${id} is no longer at version ${version}; read it again.`);

async function unique<T>(message: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isUniqueViolation(error)) throw new BridgeError("UNIQUENESS", message, { scimType: "uniqueness" });
    throw error;
  }
}

const USER_COLUMNS = [
  "id",
  "external_id",
  "attributes",
  "version",
  "created",
  "last_modified",
  "user_name",
  "user_name_key",
  "active",
] as const satisfies readonly (keyof NewUserRow)[];

type Value = string | number | null;

const columns = (row: NewUserRow, names: typeof USER_COLUMNS): readonly Value[] =>
  names.map((name) => row[name] ?? null);

const named = sql.join(USER_COLUMNS.map((name) => sql.ref(name)));

const insertUserRow = prepared((db, ...values: readonly Value[]) =>
  compilable(db, sql`insert into users (${named}) values (${sql.join(values)})`),
);

const updateUserRow = prepared((db, ...values: readonly Value[]) =>
  compilable(
    db,
    sql`update users set (${named}) = (${sql.join(values.slice(0, -2))})
      where id = ${values.at(-2)} and version = ${values.at(-1)} returning id`,
  ),
);

async function putUser(db: Db, next: UserRecord, seenVersion: number): Promise<void> {
  await deleteAddresses(db, next.id);
  const written = await unique(`A user with the userName ${quoted(next.userName)} already exists.`, () =>
    updateUserRow(db, ...columns(userToRow(next), USER_COLUMNS), next.id, seenVersion),
  );
  if (written.length === 0) throw conflict("User", next.id, seenVersion);
  await putAddresses(db, next);
}

/** By what the stored attributes say: addresses are found by address, and by nothing else. */
async function deleteAddresses(db: Db, id: string): Promise<void> {
  const [stored] = await storedAttributes(db, id);
  if (stored) await deleteAddressRows(db, id, JSON.stringify(addressesOf(JSON.parse(stored.attributes) as Attributes)));
}

const storedAttributes = prepared((db, id: string) => db.selectFrom("users").select("attributes").where("id", "=", id));

const deleteAddressRows = prepared((db, id: string, rows: string) =>
  compilable(
    db,
    sql`delete from addresses where user_id = ${id}
      and address in (select value ->> 'address' from ${flavourOf(db).objects(rows)})`,
  ),
);

const insertAddresses = prepared((db, id: string, rows: string) =>
  compilable(
    db,
    sql`insert into addresses (user_id, address, source)
      select ${id}, value ->> 'address', value ->> 'source' from ${flavourOf(db).objects(rows)}`,
  ),
);

/** Both what identifies the person and what `emails.value eq` finds; compared lower-cased. */
async function putAddresses(db: Db, user: UserRecord): Promise<void> {
  const rows = addressesOf(user.attributes);
  if (rows.length > 0) await insertAddresses(db, user.id, JSON.stringify(rows));
}

function addressesOf(attributes: Attributes): readonly { readonly address: string; readonly source: string }[] {
  const emails = valuesAt(attributes, ["emails", "value"])
    .filter((value): value is string => typeof value === "string")
    .map((value) => value.trim().toLowerCase());
  const others = emailAddresses(attributes).filter((address) => !emails.includes(address));
  return [
    ...[...new Set(emails)].map((address) => ({ address, source: "email" })),
    ...others.map((address) => ({ address, source: "userName" })),
  ];
}

async function removeUser(db: Db, id: string, at: string): Promise<readonly string[]> {
  await holdGroupsOf(db, id);
  await deleteAddresses(db, id);
  const row = await db.deleteFrom("users").where("id", "=", id).returning("attributes").executeTakeFirst();
  const { userName = null, emails = null } = JSON.parse(row?.attributes ?? "{}") as Attributes;
  await db
    .insertInto("tombstones")
    .values({ person_id: id, attributes: JSON.stringify({ userName, emails }), deleted_at: at })
    .execute();
  await db.updateTable("links").set({ tombstone: 1 }).where("person_id", "=", id).execute();
  const left = await db.deleteFrom("members").where("member_id", "=", id).returning("group_id").execute();
  return left.map((member) => member.group_id);
}

const touchRows = prepared((db, at: string, ids: string) => {
  const { texts, lock } = flavourOf(db);
  // In the order of their ids, so that two who touch the same groups do not wait for each other.
  const touched = sql`select id from groups where id in (select value from ${texts(ids)}) order by id ${lock.toChange}`;
  return compilable(db, sql`update groups set version = version + 1, last_modified = ${at} where id in (${touched})`);
});

async function touchGroups(db: Db, ids: readonly string[], at: string): Promise<void> {
  if (ids.length > 0) await touchRows(db, at, JSON.stringify(ids));
}

const insertMembers = prepared((db, groupId: string, members: string) =>
  compilable<{ member_id: string }>(
    db,
    sql`insert into members (group_id, member_id, type, display)
      select ${groupId}, value ->> 'id', value ->> 'type', value ->> 'display' from ${flavourOf(db).objects(members)} where true
      on conflict do nothing returning member_id`,
  ),
);

async function addMembers(db: Db, groupId: string, members: readonly MemberRef[]): Promise<readonly string[]> {
  const rows = await insertMembers(db, groupId, JSON.stringify(members));
  return rows.map((row) => row.member_id);
}

const deleteMembers = prepared((db, groupId: string, ids: string) =>
  db
    .deleteFrom("members")
    .where("group_id", "=", groupId)
    .where("member_id", "in", sql<string>`(select value from ${flavourOf(db).texts(ids)})`)
    .returning("member_id"),
);

async function removeMembers(db: Db, groupId: string, ids: readonly string[] | "all"): Promise<readonly string[]> {
  const rows =
    ids === "all"
      ? await db.deleteFrom("members").where("group_id", "=", groupId).returning("member_id").execute()
      : await deleteMembers(db, groupId, JSON.stringify(ids));
  return rows.map((row) => row.member_id);
}
