import type { Selectable } from "kysely";
import type { Attributes, GroupRecord, MemberRef, UserRecord } from "../../directory/index.js";
import type { GroupTable, NewGroupRow, NewUserRow, UserTable } from "../tables.js";

/** How names are compared for uniqueness and filters (RFC 7643 §4.1.1, caseExact false). */
export const nameKey = (name: string): string => name.trim().toLowerCase();

export const userFromRow = (row: Selectable<UserTable>): UserRecord => ({
  ...recordFromRow(row),
  userName: row.user_name,
  active: row.active === 1,
});

export const groupFromRow = (row: Selectable<GroupTable>): GroupRecord => ({
  ...recordFromRow(row),
  displayName: row.display_name,
});

function recordFromRow(row: Omit<Selectable<GroupTable>, "display_name" | "display_name_key">) {
  return {
    id: row.id,
    externalId: row.external_id ?? undefined,
    attributes: JSON.parse(row.attributes) as Attributes,
    version: row.version,
    created: row.created,
    lastModified: row.last_modified,
  };
}

export const userToRow = (user: UserRecord): NewUserRow => ({
  ...recordToRow(user),
  user_name: user.userName,
  user_name_key: nameKey(user.userName),
  active: user.active ? 1 : 0,
});

export const groupToRow = (group: GroupRecord): NewGroupRow => ({
  ...recordToRow(group),
  display_name: group.displayName,
  display_name_key: nameKey(group.displayName),
});

function recordToRow(record: Omit<GroupRecord, "displayName">) {
  return {
    id: record.id,
    external_id: record.externalId ?? null,
    attributes: JSON.stringify(record.attributes),
    version: record.version,
    created: record.created,
    last_modified: record.lastModified,
  };
}

export const memberFromRow = (row: { member_id: string; type: string; display: string | null }): MemberRef => ({
  id: row.member_id,
  type: row.type === "Group" ? "Group" : "User",
  display: row.display ?? undefined,
});
