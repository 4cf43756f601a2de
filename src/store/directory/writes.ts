import { sql, type Transaction as Tx } from "kysely";
import { emailAddresses, valuesAt, type Attributes, type MemberRef, type UserRecord } from "../../directory/index.js";
import { BridgeError } from "../../errors.js";
import type { Transaction } from "../../ports.js";
import { appendAudit } from "../audit.js";
import { isUniqueViolation } from "../faults.js";
import type { Tables } from "../tables.js";
import { enqueue } from "../work/enqueue.js";
import { directoryReads } from "./reads.js";
import { groupToRow, memberFromRow, userToRow } from "./rows.js";

type Db = Tx<Tables>;

export function directoryTransaction(db: Db): Transaction {
  return {
    ...directoryReads(db),
    insertUser: async (user) => {
      await unique(`A user with the userName ${quoted(user.userName)} already exists.`, () =>
        db.insertInto("users").values(userToRow(user)).execute(),
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
      const rows = await db.deleteFrom("members").where("group_id", "=", id).returningAll().execute();
      await db.deleteFrom("members").where("member_id", "=", id).execute();
      await db.deleteFrom("groups").where("id", "=", id).execute();
      return rows.map(memberFromRow);
    },
    touchGroups: (ids, at) => touchGroups(db, ids, at),
    addMembers: (groupId, members) => addMembers(db, groupId, members),
    removeMembers: (groupId, ids) => removeMembers(db, groupId, ids),
    enqueue: (request) => enqueue(db, request),
    audit: (line) => appendAudit(db, line),
  };
}

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

async function putUser(db: Db, next: UserRecord, seenVersion: number): Promise<void> {
  const written = await unique(`A user with the userName ${quoted(next.userName)} already exists.`, () =>
    db
      .updateTable("users")
      .set(userToRow(next))
      .where("id", "=", next.id)
      .where("version", "=", seenVersion)
      .executeTakeFirst(),
  );
  if (written.numUpdatedRows === 0n) throw conflict("User", next.id, seenVersion);
  await db.deleteFrom("addresses").where("user_id", "=", next.id).execute();
  await putAddresses(db, next);
}

/** Both what identifies the person and what `emails.value eq` finds; compared lower-cased. */
async function putAddresses(db: Db, user: UserRecord): Promise<void> {
  const emails = valuesAt(user.attributes, ["emails", "value"])
    .filter((value): value is string => typeof value === "string")
    .map((value) => value.trim().toLowerCase());
  const rows = [
    ...[...new Set(emails)].map((address) => ({ user_id: user.id, address, source: "email" as const })),
    ...emailAddresses(user.attributes)
      .filter((address) => !emails.includes(address))
      .map((address) => ({ user_id: user.id, address, source: "userName" as const })),
  ];
  if (rows.length > 0) await db.insertInto("addresses").values(rows).execute();
}

async function removeUser(db: Db, id: string, at: string): Promise<readonly string[]> {
  const row = await db.deleteFrom("users").where("id", "=", id).returning("attributes").executeTakeFirst();
  const { userName = null, emails = null } = JSON.parse(row?.attributes ?? "{}") as Attributes;
  await db
    .insertInto("tombstones")
    .values({ person_id: id, attributes: JSON.stringify({ userName, emails }), deleted_at: at })
    .execute();
  await db.updateTable("links").set({ tombstone: 1 }).where("person_id", "=", id).execute();
  await db.deleteFrom("addresses").where("user_id", "=", id).execute();
  const left = await db.deleteFrom("members").where("member_id", "=", id).returning("group_id").execute();
  return left.map((member) => member.group_id);
}

async function touchGroups(db: Db, ids: readonly string[], at: string): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable("groups")
    .set({ version: sql`version + 1`, last_modified: at })
    .where("id", "in", ids)
    .execute();
}

/** Rows per statement: four parameters each, far below every database's limit. */
const ROWS_AT_ONCE = 2_000;

async function addMembers(db: Db, groupId: string, members: readonly MemberRef[]): Promise<readonly string[]> {
  const added: string[] = [];
  for (let start = 0; start < members.length; start += ROWS_AT_ONCE) {
    const rows = await db
      .insertInto("members")
      .values(
        members.slice(start, start + ROWS_AT_ONCE).map((member) => ({
          group_id: groupId,
          member_id: member.id,
          type: member.type,
          display: member.display ?? null,
        })),
      )
      .onConflict((onConflict) => onConflict.doNothing())
      .returning("member_id")
      .execute();
    added.push(...rows.map((row) => row.member_id));
  }
  return added;
}

async function removeMembers(db: Db, groupId: string, ids: readonly string[] | "all"): Promise<readonly string[]> {
  const removed: string[] = [];
  const rows = db.deleteFrom("members").where("group_id", "=", groupId).returning("member_id");
  if (ids === "all") return (await rows.execute()).map((row) => row.member_id);
  for (let start = 0; start < ids.length; start += ROWS_AT_ONCE) {
    const some = ids.slice(start, start + ROWS_AT_ONCE);
    removed.push(...(await rows.where("member_id", "in", some).execute()).map((row) => row.member_id));
  }
  return removed;
}
