import type { z } from "zod";
import { empty, forbidden, invalid, json, notFound, type Answer } from "../answers.js";
import { projectCrowd, projectJoin, withBody } from "../bodies.js";
import { pageOf } from "../paging.js";
import type { Project } from "../places.js";
import type { ApiCall, Handle, Route, Site } from "../routing.js";
import { projectRow } from "../project-row.js";
import { tagRef, userRow } from "../rows.js";
import type { Membership } from "../state.js";
import { chosen, counted, ids, inBulk, offered, removed, removedOne } from "./crowd.js";
import { setRole } from "./project-roles.js";

const ALL = "/api/projects/";
const MEMBERS = "/api/projects/:project/members/";

export const inProject = (handle: (call: ApiCall, project: Project) => Answer): Handle =>
  offered("projects", (call) => {
    const project = call.site.world.places.projects.get(call.params["project"] ?? 0);
    return project === undefined ? notFound() : handle(call, project);
  });

const byHand = (handle: (call: ApiCall, project: Project) => Answer): Handle =>
  inProject((call, project) =>
    call.site.behaviour.manualProjectMemberManagement
      ? handle(call, project)
      : forbidden("Manual project member management is disabled for this organization."),
  );

const [VIEW, CHANGE] = ["organizations.view", "organizations.change"] as const;

export const projectRoutes: readonly Route[] = [
  // The Community Edition has projects, too.
  { method: "GET", path: ALL, needs: VIEW, handle: list },
  { method: "GET", path: `${MEMBERS}paginated/`, needs: VIEW, handle: inProject(paginated) },
  {
    method: "POST",
    path: MEMBERS,
    needs: CHANGE,
    handle: byHand((call, project) => withBody(projectJoin, (_, { user }) => joinOne(call, project, user))(call)),
  },
  { method: "DELETE", path: MEMBERS, needs: CHANGE, handle: byHand(leaveOne) },
  {
    method: "POST",
    path: `${MEMBERS}bulk/`,
    needs: CHANGE,
    handle: inBulk(byHand((call, project) => withBody(projectCrowd, (_, body) => joinAll(call, project, body))(call))),
  },
  { method: "DELETE", path: `${MEMBERS}bulk/`, needs: CHANGE, handle: inBulk(byHand(leaveAll)) },
];

function list(call: ApiCall): Answer {
  const { site, query } = call;
  if (site.behaviour.projects === "forbidden") return forbidden();
  const wanted = ids(query.get("ids"));
  const title = (query.get("title") ?? "").toLowerCase();
  const found = [...site.world.places.projects.values()].filter(
    (project) => (wanted.length === 0 || wanted.includes(project.id)) && project.title.toLowerCase().includes(title),
  );
  return pageOf(call, found, (project) => projectRow(project, site.world.places));
}

/** Members of the workspace, and who is in everything by their role, are implicit ones (contract 2.9). */
function paginated(call: ApiCall, project: Project): Answer {
  const { site, query } = call;
  const { places } = site.world;
  const inWorkspace = project.workspace === null ? undefined : places.workspaces.get(project.workspace)?.members;
  const wanted = ids(query.get("ids"));
  const isExplicit = ({ account }: Membership): boolean => project.members.has(account.id);
  const isImplicit = ({ account, role }: Membership): boolean =>
    role === "OW" || role === "AD" || inWorkspace?.has(account.id) === true;
  const found = site.world
    .memberships()
    .filter((member) => !member.deleted || query.get("with_deleted") === "true")
    .filter((member) => isExplicit(member) || (query.get("implicit") !== "false" && isImplicit(member)))
    .filter(({ account }) => wanted.length === 0 || wanted.includes(account.id));
  return pageOf(call, found, (member) => ({
    ...userRow(member, site.world, site.behaviour.title),
    user_type: member.userType,
    tags: places.tagsOf(member.account.id).map(tagRef),
    implicit_member: !isExplicit(member),
    project_role: project.roles.find(({ user }) => user === member.account.id)?.role ?? null,
  }));
}

function joinOne({ site }: ApiCall, project: Project, user: number): Answer {
  if (site.world.membership(user)?.deleted !== false)
    return invalid({ user: [`Invalid pk "${user}" - object does not exist.`] });
  if (project.members.has(user) && site.behaviour.joinTwice === "refused")
    return invalid({ non_field_errors: ["The fields user, project must make a unique set."] });
  project.members.add(user);
  return json(201, { user });
}

function leaveOne(call: ApiCall, project: Project): Answer {
  const user = removedOne(call, "user");
  if (user === undefined) return invalid({ user: ["This field is required."] });
  if (!project.members.has(user)) return notFound();
  dismiss(call.site, project, user);
  return empty(204);
}

/** Servers before September 2025 know no `roles` here; those before July 2026 do not name whom they skipped. */
function joinAll({ site }: ApiCall, project: Project, body: z.infer<typeof projectCrowd>): Answer {
  const { bulkRoles, namesSkipped } = site.behaviour;
  const who = chosen(
    site,
    body,
    site.world.members().map(({ userId }) => userId),
  );
  if ("kind" in who) return who;
  const before = project.members.size;
  for (const id of who.users) project.members.add(id);
  for (const { user_id, role } of body.roles ?? [])
    if (bulkRoles !== "ignored" && who.users.includes(user_id)) setRole(site, project, user_id, role);
  const more = namesSkipped ? { skipped_user_ids: who.skipped } : {};
  return counted(site, "assignments", project.members.size - before, who.users.length, more);
}

function leaveAll(call: ApiCall, project: Project): Answer {
  const asked = removed(call);
  if ("kind" in asked) return asked;
  const who = chosen(call.site, asked, [...project.members]);
  if ("kind" in who) return who;
  const before = project.members.size;
  for (const id of who.users) dismiss(call.site, project, id);
  return counted(call.site, "unassignments", before - project.members.size, who.users.length);
}

/** Whether the role stays behind is not known (contract 6, e): a choice. */
function dismiss({ world, behaviour }: Site, project: Project, user: number): void {
  project.members.delete(user);
  if (!behaviour.rolesStay) world.places.removeRoles((row, of) => of === project && row.user === user);
}
