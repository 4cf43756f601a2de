// Stored records as the SCIM resources that an IdP reads (RFC 7643 §3.1, §4).
import SCIMMY from "scimmy";
import type { Attributes, GroupRecord, GroupRef, Json, MemberRef, UserRecord } from "../../directory/index.js";
import type { ResourceKind } from "../pure.js";
import { versionTag } from "./change.js";

const ENDPOINTS = { User: "/Users", Group: "/Groups" } as const satisfies Record<ResourceKind, string>;

export const locationOf = (baseUrl: string, kind: ResourceKind, id: string): string =>
  `${baseUrl}${ENDPOINTS[kind]}/${encodeURIComponent(id)}`;

/** Without `groups` when they were not read. */
export const userResource = (
  user: UserRecord,
  groups: readonly GroupRef[] | undefined,
  baseUrl: string,
): Attributes => ({
  ...head(user, SCIMMY.Schemas.User.id),
  active: user.active,
  ...(groups && {
    groups: groups.map((group) => ({
      value: group.id,
      $ref: locationOf(baseUrl, "Group", group.id),
      display: group.displayName,
      type: "direct",
    })),
  }),
  meta: metaOf(user, "User", baseUrl),
});

/** Without `members` when they were not read. */
export const groupResource = (
  group: GroupRecord,
  members: readonly MemberRef[] | undefined,
  baseUrl: string,
): Attributes => ({
  ...head(group, SCIMMY.Schemas.Group.id),
  ...(members && {
    members: members.map((member) => ({
      value: member.id,
      $ref: locationOf(baseUrl, member.type, member.id),
      ...(member.display !== undefined && { display: member.display }),
      type: member.type,
    })),
  }),
  meta: metaOf(group, "Group", baseUrl),
});

function head({ id, attributes }: UserRecord | GroupRecord, schema: string): Attributes {
  const { schemas = [schema], ...rest } = attributes;
  return { schemas, id, ...rest };
}

function metaOf(record: UserRecord | GroupRecord, resourceType: ResourceKind, baseUrl: string): Json {
  const { created, lastModified } = record;
  const location = locationOf(baseUrl, resourceType, record.id);
  return { resourceType, created, lastModified, location, version: versionTag(record) };
}
