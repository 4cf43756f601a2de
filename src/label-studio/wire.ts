import { BridgeError } from "../errors.js";
import type { Member } from "../membership/index.js";
import type { Organization, Principal, Seats } from "../ports.js";

type Fields = Readonly<Record<string, unknown>>;

/** One page of a DRF list (contract 2.0). */
export function readPage(json: unknown, call: string): { readonly count: number; readonly rows: readonly unknown[] } {
  const page = asObject(json);
  const count = integer(page?.["count"]);
  const rows: unknown = page?.["results"];
  if (count === undefined || !Array.isArray(rows)) throw unreadable(call, "count and results are missing");
  return { count, rows };
}

/** Whose row it is; a masked one may be without an id and is nobody else's. */
export const memberKey = (row: unknown): number | symbol =>
  integer(asObject(asObject(row)?.["user"])?.["id"]) ?? Symbol("masked");

/** undefined: soft-deleted. To drop an unreadable row silently would make a person look gone. */
export function listed(row: unknown): Member | undefined {
  const member = readMember(row);
  if (member === "unreadable") throw unreadable("memberships.list", "a row has no user.id");
  return member === "deleted" ? undefined : member;
}

/**
 * One membership row as sent since November 2025, since May 2026, or by the Community Edition (no role). Soft-deleted
 * rows are marked by flags or by an address masked as "Deleted" (contract 2.6, 5).
 */
export function readMember(row: unknown): Member | "deleted" | "unreadable" {
  const fields = asObject(row);
  const user = asObject(fields?.["user"]);
  if (isDeleted(fields) || isDeleted(user)) return "deleted";
  const userId = integer(user?.["id"]);
  if (fields === undefined || user === undefined || userId === undefined) return "unreadable";
  const email = address(user["email"]);
  if (email === undefined) return "deleted";
  const roleSource = text(fields["role_source"]);
  const userType = text(fields["user_type"]);
  const tags = tagIds(fields["tags"]);
  return { userId, email, role: text(fields["role"]), roleSource, userType, ...names(user), ...(tags && { tags }) };
}

/** undefined where the row does not say, or not in a way that can be read: that is not "no tags". */
function tagIds(value: unknown): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const ids = value.map((tag: unknown) => integer(tag) ?? integer(asObject(tag)?.["id"]));
  return ids.every((id) => id !== undefined) ? ids : undefined;
}

/** The answer of `POST /api/users/` (contract 2.6). */
export function readCreatedUser(json: unknown, organizationId: number, email: string): Member {
  const user = asObject(json);
  const userId = integer(user?.["id"]);
  if (user === undefined || userId === undefined) throw unreadable("users.create", "the answer has no numeric id");
  const role = roleIn(user, organizationId);
  const told = address(user["email"]) ?? email;
  return { userId, email: told, role, roleSource: undefined, userType: undefined, ...names(user) };
}

/** `GET /api/current-user/whoami` (contract 2.6). */
export function readPrincipal(json: unknown, keyKind: Principal["keyKind"]): Principal {
  const user = asObject(json);
  const userId = integer(user?.["id"]);
  if (user === undefined || userId === undefined) throw unreadable("whoami", "the answer has no numeric id");
  const organizationId = integer(user["active_organization"]);
  const permissions: unknown = user["permissions"];
  return {
    userId,
    email: address(user["email"]) ?? "",
    organizationId,
    role: organizationId === undefined ? undefined : roleIn(user, organizationId),
    permissions: Array.isArray(permissions) ? permissions.filter((name) => typeof name === "string") : [],
    keyKind,
  };
}

/** `GET /api/organizations/{id}` (contract 2.3). Its `token` is the invitation secret and is left where it is. */
export function readOrganization(json: unknown, id: number): Organization {
  const organization = asObject(json);
  if (organization === undefined) throw unreadable("organization.get", "the answer is not an object");
  const billing = asObject(organization["billing"]);
  return {
    id,
    title: text(organization["title"]) ?? "",
    defaultRole: text(organization["default_role"]),
    manualRoleManagement: flag(billing?.["manual_role_management"]),
    manualWorkspaceManagement: flag(billing?.["manual_workspace_management"]),
    manualProjectMemberManagement: flag(billing?.["manual_project_member_management"]),
  };
}

/**
 * `billing_checks.users` of `GET /api/billing/info` (contract 2.10). A limit below 0 is none; so is 0, which is what the
 * vendor's examples say of whatever is not limited.
 */
export function readSeats(json: unknown): Seats {
  const users = asObject(asObject(asObject(json)?.["billing_checks"])?.["users"]);
  const limit = integer(users?.["limit"]);
  const used = integer(users?.["count"]);
  if (!limit || used === undefined) return { used, limit: undefined };
  // What the server goes by, whatever it counts.
  return { used: users?.["reached"] === true ? Math.max(used, limit) : used, limit };
}

/** `org_membership[]` is the older form of `organization_membership` (contract 2.6). */
function roleIn(user: Fields, organizationId: number): string | undefined {
  const older: unknown = user["org_membership"];
  return [user["organization_membership"], ...(Array.isArray(older) ? (older as readonly unknown[]) : [])]
    .map((membership) => asObject(membership))
    .filter((membership) => integer(membership?.["organization_id"]) === organizationId)
    .map((membership) => text(membership?.["role"]))
    .find((role) => role !== undefined);
}

const isDeleted = (fields: Fields | undefined): boolean =>
  fields?.["is_deleted"] === true || text(fields?.["deleted_at"]) !== undefined;

const names = (user: Fields): Pick<Member, "firstName" | "lastName"> => ({
  firstName: text(user["first_name"]) ?? "",
  lastName: text(user["last_name"]) ?? "",
});

const address = (value: unknown): string | undefined => {
  const lowered = text(value)?.trim().toLowerCase();
  return lowered?.includes("@") === true ? lowered : undefined;
};

const flag = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);

export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

export const integer = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

export const asObject = (value: unknown): Fields | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

export const unreadable = (call: string, why: string): BridgeError =>
  new BridgeError("TARGET_UNAVAILABLE", `${call}: Label Studio's answer cannot be used: ${why}`);
