import { empty, forbidden, invalid, json, notFound, type Answer } from "../answers.js";
import type { z } from "zod";
import { projectRole, withBody } from "../bodies.js";
import type { Project, ProjectRoleRow } from "../places.js";
import type { ApiCall, Route, Site } from "../routing.js";
import { offered } from "./crowd.js";

const ROLES = "/api/projects/roles/";

export const projectRoleRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/api/projects/:project/roles",
    needs: "organizations.view",
    handle: offered("projects", list),
  },
  {
    method: "POST",
    path: ROLES,
    needs: "organizations.change",
    handle: offered("projects", withBody(projectRole, create)),
  },
  { method: "DELETE", path: `${ROLES}:role/`, needs: "organizations.change", handle: offered("projects", remove) },
];

function list({ site, params }: ApiCall): Answer {
  const project = site.world.places.projects.get(params["project"] ?? 0);
  return project === undefined
    ? notFound()
    : json(
        200,
        project.roles.map((role) => row(project, role)),
      );
}

/** What a second role does is not known (contract 2.9): refused, as there is no way to change one. */
function create({ site }: ApiCall, { user, project: id, role }: z.infer<typeof projectRole>): Answer {
  const { world, behaviour } = site;
  const project = world.places.projects.get(id);
  if (project === undefined) return invalid({ project: [`Invalid pk "${id}" - object does not exist.`] });
  if (world.membership(user)?.deleted !== false)
    return invalid({ user: [`Invalid pk "${user}" - object does not exist.`] });
  if (!behaviour.manualProjectMemberManagement)
    return forbidden("Manual project member management is disabled for this organization.");
  if (project.roles.some((present) => present.user === user))
    return invalid({ non_field_errors: ["The fields user, project must make a unique set."] });
  return json(201, row(project, world.places.addRole(project, user, role, "api")));
}

function remove({ site, params }: ApiCall): Answer {
  return site.world.places.removeRoles(({ id }) => id === params["role"]) ? empty(204) : notFound();
}

/** As the bulk call does it: whether it changes a role that is there is a choice. */
export function setRole({ world, behaviour }: Site, project: Project, user: number, role: string): void {
  if (project.roles.some((present) => present.user === user)) {
    if (behaviour.bulkRoles === "new only") return;
    world.places.removeRoles((present, of) => of === project && present.user === user);
  }
  world.places.addRole(project, user, role, "api");
}

const row = ({ id: project }: Project, { id, user, role, source }: ProjectRoleRow) => ({
  id,
  user,
  project,
  role,
  role_source: source,
});
