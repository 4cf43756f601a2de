import type { Selectable } from "kysely";
import type { Attributes, GroupRecord, MemberRef, UserRecord } from "../../directory/index.js";
import type { GroupTable, NewGroupRow, NewUserRow, UserTable } from "../tables.js";

/** How names are compared for uniqueness and filters (RFC 7643 §4.1.1, caseExact false). */
export const nameKey = (name: string): string => name.trim().toLowerCase();

export const userFromRow = (row: Selectable<UserTable>): UserRecord => new StoredUser(row);

export const groupFromRow = (row: Selectable<GroupTable>): GroupRecord => new StoredGroup(row);

/** The attributes are parsed when somebody looks at them. */
abstract class StoredRecord {
  readonly id: string;
  readonly externalId: string | undefined;
  readonly version: number;
  readonly created: string;
  readonly lastModified: string;
  readonly #json: string;
  #attributes: Attributes | undefined;

  constructor(row: Omit<Selectable<GroupTable>, "display_name" | "display_name_key">) {
    this.id = row.id;
    this.externalId = row.external_id ?? undefined;
    this.version = row.version;
    this.created = row.created;
    this.lastModified = row.last_modified;
    this.#json = row.attributes;
  }

  get attributes(): Attributes {
    return (this.#attributes ??= JSON.parse(this.#json) as Attributes);
  }
}

class StoredUser extends StoredRecord {
  readonly userName: string;
  readonly active: boolean;

  constructor(row: Selectable<UserTable>) {
    super(row);
    this.userName = row.user_name;
    this.active = row.active === 1;
  }
}

class StoredGroup extends StoredRecord {
  readonly displayName: string;

  constructor(row: Selectable<GroupTable>) {
    super(row);
    this.displayName = row.display_name;
  }
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
