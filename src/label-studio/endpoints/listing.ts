import type { Member } from "../../membership/index.js";
import type { ListedMember, MemberFilter } from "../../ports.js";
import { asObject, integer, readMember, text, unreadable } from "../wire.js";
import { FULL_PAGE, memberRows } from "./members.js";
import { projectMembers } from "./projects.js";
import type { Site } from "./site.js";
import { workspaceMembers } from "./workspaces.js";

/**
 * `GET /api/organizations/{id}/memberships` with its filters (contract 2.4). A server ignores those it does not know: all
 * but `search` are checked again here.
 */
export async function* listMembers(site: Site, filter: MemberFilter): AsyncGenerator<readonly ListedMember[]> {
  const { transport, organizationId, urgency } = site;
  const excluded = await excludedBy(site, filter);
  for await (const rows of memberRows(transport, organizationId, queryOf(filter), FULL_PAGE, urgency)) {
    const members = rows.map(readListed).filter((member) => matches(member, filter));
    yield members.filter((member) => !excluded(member));
  }
}

function queryOf(filter: MemberFilter): Readonly<Record<string, string>> {
  const query: Readonly<Record<string, string | undefined>> = {
    search: filter.search,
    ordering: filter.ordering,
    role: filter.roles?.join(","),
    tags: filter.tags?.join(","),
    user_type: filter.userTypes?.join(","),
    is_deleted: filter.isDeleted === true ? "true" : undefined,
    exclude_project_id: filter.excludeProjectId?.toString(),
    exclude_workspace_id: filter.excludeWorkspaceId?.toString(),
    contributed_to_projects: filter.contributedToProjects === true ? "true" : undefined,
    user__last_activity__gte: filter.lastActivityFrom,
    user__last_activity__lte: filter.lastActivityUntil,
  };
  return Object.fromEntries(
    Object.entries(query).flatMap(([key, value]) => (value === undefined || value === "" ? [] : [[key, value]])),
  );
}

/** Owners and administrators are in everything by their role, whatever the lists say. */
async function excludedBy(site: Site, { excludeProjectId, excludeWorkspaceId }: MemberFilter) {
  const inside = new Set<number>();
  const note = ({ userId }: { readonly userId: number }): void => void inside.add(userId);
  if (excludeProjectId !== undefined)
    (await projectMembers(site, { kind: "project", id: excludeProjectId, name: "" })).forEach(note);
  if (excludeWorkspaceId !== undefined)
    (await workspaceMembers(site, { kind: "workspace", id: excludeWorkspaceId, name: "" })).forEach(note);
  const asked = excludeProjectId !== undefined || excludeWorkspaceId !== undefined;
  return ({ userId, role }: Member): boolean => asked && (inside.has(userId) || role === "OW" || role === "AD");
}

function matches(member: ListedMember, filter: MemberFilter): boolean {
  const { roles, tags, userTypes, lastActivityFrom, lastActivityUntil } = filter;
  const activeAt = Date.parse(member.lastActivity ?? "");
  return (
    member.deleted === (filter.isDeleted === true) &&
    (roles === undefined || roles.includes(member.role ?? "")) &&
    (tags === undefined || tags.some((tag) => member.tags?.includes(tag) === true)) &&
    // Servers that know no other type do not name this one.
    (userTypes === undefined || userTypes.includes(member.userType ?? "standard")) &&
    (lastActivityFrom === undefined || activeAt >= Date.parse(lastActivityFrom)) &&
    (lastActivityUntil === undefined || activeAt <= Date.parse(lastActivityUntil))
  );
}

function readListed(row: unknown): ListedMember {
  const member = readMember(row);
  if (member === "unreadable") throw unreadable("memberships.list", "a row has no user.id");
  const user = asObject(asObject(row)?.["user"]);
  const lastActivity = text(user?.["last_activity"]);
  const contributedToProjects =
    projectsIn(asObject(row)?.["contributed_to_projects"]) ?? projectsIn(user?.["contributed_to_projects"]);
  const deleted = member === "deleted";
  return { ...(deleted ? masked(row) : member), lastActivity, deleted, contributedToProjects };
}

/** What is left to see of somebody soft-deleted; without an id on some servers. */
function masked(row: unknown): Member {
  const fields = asObject(row);
  const user = asObject(fields?.["user"]);
  return {
    userId: integer(user?.["id"]) ?? 0,
    email: text(user?.["email"])?.toLowerCase() ?? "",
    role: text(fields?.["role"]),
    roleSource: text(fields?.["role_source"]),
    userType: text(fields?.["user_type"]),
    firstName: text(user?.["first_name"]) ?? "",
    lastName: text(user?.["last_name"]) ?? "",
  };
}

function projectsIn(value: unknown): ListedMember["contributedToProjects"] {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((project: unknown) => {
    const id = integer(asObject(project)?.["id"]);
    return id === undefined ? [] : [{ id, title: text(asObject(project)?.["title"]) ?? "" }];
  });
}
