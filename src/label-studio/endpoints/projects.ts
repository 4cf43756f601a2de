import { BridgeError } from "../../errors.js";
import type { Assignable, Assignee, ProjectRole } from "../../membership/index.js";
import type { Assigned } from "../../ports.js";
import { asObject, integer, text, unreadable } from "../wire.js";
import { allRows } from "./paging.js";
import { join, leave, type Place } from "./places.js";
import { dropRoles, giveRole, projectRoles } from "./project-roles.js";
import { checked, membersPath, nameKey, type Site } from "./site.js";

const PAGE = 100;
const MEMBERS_PAGE = 500;
// In the URL, with their commas.
const MOST_IDS = 200;

/**
 * `GET /api/projects/`: those with one of the ids, and those with one of the titles, several of the same one too. The server
 * looks for titles that contain the text, or ignores the filter: what comes back is compared here.
 */
export async function projects(
  site: Site,
  { ids, names }: { readonly ids: readonly number[]; readonly names: readonly string[] },
): Promise<readonly Assignable[] | undefined> {
  const found = new Map<number, Assignable>();
  const distinct = [...new Map(names.map((name) => [nameKey(name), name.trim()])).entries()].filter(
    ([key]) => key !== "",
  );
  const queries = [
    ...parts([...new Set(ids)].map(checked)).map((part) => ({
      query: { ids: part.join(",") },
      matches: ({ id }: Assignable) => part.includes(id),
    })),
    ...distinct.map(([key, title]) => ({ query: { title }, matches: ({ name }: Assignable) => nameKey(name) === key })),
  ];
  for (const { query, matches } of queries) {
    const list = { name: "projects.list", path: "/api/projects/", pageSize: PAGE, urgency: site.urgency };
    // What is costly to count and to send is left out, where the server knows how.
    const slim = { ...query, include: "task_number", members_limit: "1" };
    const rows = await allRows(site.transport, { ...list, query: slim, keyOf: (row) => readProject(row).id });
    if (rows === undefined) return undefined;
    for (const project of rows.map(readProject)) if (matches(project)) found.set(project.id, project);
  }
  return [...found.values()];
}

const parts = (ids: readonly number[]): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(ids.length / MOST_IDS) }, (_, at) => ids.slice(at * MOST_IDS, (at + 1) * MOST_IDS));

function readProject(row: unknown): Assignable {
  const id = integer(asObject(row)?.["id"]);
  if (id === undefined) throw unreadable("projects.list", "a project has no id");
  return { kind: "project", id, name: text(asObject(row)?.["title"]) ?? "" };
}

/** Who is explicitly in it, each with their own role. */
export async function projectMembers(site: Site, of: Assignable): Promise<readonly Assignee[]> {
  const userIds = await explicitMembers(site, of);
  const roles = new Map((await projectRoles(site, of)).map(({ userId, role }) => [userId, role]));
  return userIds.map((userId) => ({ userId, role: roles.get(userId) }));
}

async function explicitMembers(
  { transport, urgency }: Site,
  of: Assignable,
  narrowed: readonly number[] = [],
): Promise<readonly number[]> {
  const ids: Record<string, string> =
    narrowed.length === 0 || narrowed.length > MOST_IDS ? {} : { ids: narrowed.join(",") };
  const path = `${membersPath(of)}paginated/`;
  const call = { name: "projects.members", path, query: { ...ids, implicit: "false" }, urgency };
  const rows = await allRows(transport, { ...call, pageSize: MEMBERS_PAGE, keyOf: memberOf });
  if (rows === undefined) throw noSuchProject(of);
  return rows.filter((row) => asObject(row)?.["implicit_member"] !== true).map(memberOf);
}

function noSuchProject({ id }: Assignable): BridgeError {
  const words = `projects.members: Label Studio answered 404: it has no project ${id}, or no list of its members`;
  return new BridgeError("TARGET_REFUSED", words, { reason: "projects.members:404:no such project" });
}

function memberOf(row: unknown): number {
  const id = integer(asObject(row)?.["id"]);
  if (id === undefined) throw unreadable("projects.members", "a row has no user id");
  return id;
}

/** With the role in the same call where the server knows how; it is looked at, and made so, in any case. */
export async function joinProject(
  site: Site,
  of: Assignable,
  role: ProjectRole,
  userIds: readonly number[],
): Promise<Assigned> {
  const { done, refused } = await join(site, projectPlace(site, of, role), userIds);
  if (done.length === 0) return { done, refused };
  const given = await giveRole(site, of, role, done);
  return { done: given.done, refused: [...refused, ...given.refused] };
}

/** A role that stayed behind would be there again with the next membership. */
export async function leaveProject(site: Site, of: Assignable, userIds: readonly number[]): Promise<Assigned> {
  const left = await leave(site, projectPlace(site, of, "inherit"), userIds);
  if (left.done.length > 0) await dropRoles(site, of, left.done);
  return left;
}

const projectPlace = (site: Site, of: Assignable, role: ProjectRole): Place => ({
  of,
  calls: "projects",
  assignees: async (userIds) =>
    (await explicitMembers(site, of, userIds)).map((userId) => ({ userId, role: undefined })),
  bulkBody: (userIds) => (role === "inherit" ? {} : { roles: userIds.map((user_id) => ({ user_id, role })) }),
  one: (userId) => ({ query: { user: String(userId) }, body: { user: userId } }),
});
