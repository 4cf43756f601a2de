import type { z } from "zod";
import { empty, forbidden, invalid, json, NOT_FOUND_PAGE, notFound, type Answer } from "../answers.js";
import { crowd, withBody, workspaceCreate, workspaceJoin } from "../bodies.js";
import { pageOf } from "../paging.js";
import type { Workspace } from "../places.js";
import type { ApiCall, Handle, Route, Site } from "../routing.js";
import { userRow } from "../rows.js";
import { chosen, counted, ids, inBulk, offered, removed, removedOne } from "./crowd.js";

const ALL = "/api/workspaces/";
const MEMBERS = "/api/workspaces/:workspace/memberships/";

const here = (handle: (call: ApiCall, workspace: Workspace) => Answer): Handle =>
  offered("workspaces", (call) => {
    const workspace = call.site.world.places.workspaces.get(call.params["workspace"] ?? 0);
    return workspace === undefined ? notFound() : handle(call, workspace);
  });

/** Membership that only SCIM and SAML may change; the vendor's words are not known (contract 3). */
const byHand = (handle: (call: ApiCall, workspace: Workspace) => Answer): Handle =>
  here((call, workspace) =>
    call.site.behaviour.manualWorkspaceManagement
      ? handle(call, workspace)
      : forbidden("Manual workspace management is disabled for this organization."),
  );

const [VIEW, CHANGE] = ["organizations.view", "organizations.change"] as const;

export const workspaceRoutes: readonly Route[] = [
  { method: "GET", path: ALL, needs: VIEW, handle: offered("workspaces", list) },
  { method: "POST", path: ALL, needs: CHANGE, handle: offered("workspaces", withBody(workspaceCreate, create)) },
  { method: "GET", path: MEMBERS, needs: VIEW, handle: here(members) },
  {
    method: "POST",
    path: MEMBERS,
    needs: CHANGE,
    handle: byHand((call, workspace) => withBody(workspaceJoin, (_, { user }) => joinOne(call, workspace, user))(call)),
  },
  { method: "DELETE", path: MEMBERS, needs: CHANGE, handle: byHand(leaveOne) },
  { method: "GET", path: `${MEMBERS}paginated/`, needs: VIEW, handle: here(paginated) },
  {
    method: "POST",
    path: `${MEMBERS}bulk/`,
    needs: CHANGE,
    handle: inBulk(byHand((call, workspace) => withBody(crowd, (_, body) => joinAll(call, workspace, body))(call))),
  },
  { method: "DELETE", path: `${MEMBERS}bulk/`, needs: CHANGE, handle: inBulk(byHand(leaveAll)) },
];

/** Personal workspaces of others are in it only when `include_all_workspaces` is asked for. */
function list({ site, query }: ApiCall): Answer {
  const everyone = query.get("include_all_workspaces") === "true";
  const found = [...site.world.places.workspaces.values()].filter(
    (workspace) => (everyone || !workspace.isPersonal) && query.get("is_archived") !== String(!workspace.isArchived),
  );
  return json(
    200,
    found.map((workspace) => row(site, workspace)),
  );
}

function create({ site }: ApiCall, { title, is_personal, is_archived }: z.infer<typeof workspaceCreate>): Answer {
  const flags = { isPersonal: is_personal, isArchived: is_archived };
  return json(201, row(site, site.world.places.newWorkspace(title, flags)));
}

function members({ site }: ApiCall, workspace: Workspace): Answer {
  return json(
    200,
    people(site, workspace).map((user) => ({ user, workspace: workspace.id })),
  );
}

function paginated(call: ApiCall, workspace: Workspace): Answer {
  if (call.site.behaviour.bulk === "absent") return NOT_FOUND_PAGE;
  const wanted = ids(call.query.get("ids"));
  const rows = people(call.site, workspace).filter(({ id }) => wanted.length === 0 || wanted.includes(Number(id)));
  return pageOf(call, rows, (user) => user);
}

function joinOne({ site }: ApiCall, workspace: Workspace, user: number): Answer {
  if (site.world.membership(user)?.deleted !== false)
    return invalid({ user: [`Invalid pk "${user}" - object does not exist.`] });
  if (workspace.members.has(user) && site.behaviour.joinTwice === "refused")
    return invalid({ non_field_errors: ["The fields user, workspace must make a unique set."] });
  workspace.members.add(user);
  return json(200, { user, workspace: workspace.id });
}

function leaveOne(call: ApiCall, workspace: Workspace): Answer {
  const user = removedOne(call, "user_id");
  if (user === undefined) return invalid({ user_id: ["This field is required."] });
  return workspace.members.delete(user) ? empty(204) : notFound();
}

function joinAll({ site }: ApiCall, workspace: Workspace, body: z.infer<typeof crowd>): Answer {
  const who = chosen(
    site,
    body,
    site.world.members().map(({ userId }) => userId),
  );
  if ("kind" in who) return who;
  const before = workspace.members.size;
  for (const id of who.users) workspace.members.add(id);
  return counted(site, "assignments", workspace.members.size - before, who.users.length);
}

function leaveAll(call: ApiCall, workspace: Workspace): Answer {
  const asked = removed(call);
  if ("kind" in asked) return asked;
  const who = chosen(call.site, asked, [...workspace.members]);
  if ("kind" in who) return who;
  const before = workspace.members.size;
  for (const id of who.users) workspace.members.delete(id);
  return counted(call.site, "unassignments", before - workspace.members.size, who.users.length);
}

const people = (site: Site, { members }: Workspace): readonly Readonly<Record<string, unknown>>[] =>
  [...members].flatMap((id) => {
    const membership = site.world.membership(id);
    return membership === undefined ? [] : [userRow(membership, site.world, site.behaviour.title)];
  });

const row = (site: Site, { id, title, isPersonal, isArchived }: Workspace) => ({
  id,
  title,
  description: "",
  color: "#4caf50",
  is_personal: isPersonal,
  is_archived: isArchived,
  created_by: site.world.owner()?.account.id ?? site.principal.account.id,
  created_by_user: null,
  projects_count: [...site.world.places.projects.values()].filter(({ workspace }) => workspace === id).length,
  membership: null,
});
