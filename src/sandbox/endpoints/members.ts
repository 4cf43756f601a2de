import { empty, forbidden, json, notFound, type Answer } from "../answers.js";
import { roleUpdate, withBody } from "../bodies.js";
import { pageOf } from "../paging.js";
import type { ApiCall, Route } from "../routing.js";
import { memberRow } from "../rows.js";
import type { Membership } from "../state.js";
import { selectMembers } from "./member-filters.js";
import { organizationRefusal, roleRefusal, seatRefusal, softDeleteIn } from "./rules.js";

const LIST = "/api/organizations/:organization/memberships";
const ONE = "/api/organizations/:organization/memberships/:user/";
const OTHER_ORGANIZATION = "You can delete members only for your current active organization";
const NO_MANUAL_ROLES = "Manual role management is disabled for this organization.";

export const memberRoutes: readonly Route[] = [
  { method: "GET", path: LIST, needs: "organizations.view", handle: list },
  { method: "PATCH", path: LIST, needs: "organizations.change", handle: withBody(roleUpdate, patchRole) },
  { method: "GET", path: ONE, needs: "organizations.view", handle: one },
  { method: "DELETE", path: ONE, needs: "organizations.change", handle: softDelete },
];

function list(call: ApiCall): Answer {
  const { site, params, query } = call;
  const contributions = query.get("contributed_to_projects") === "true";
  return (
    organizationRefusal(params["organization"], site) ??
    pageOf(call, selectMembers(site, call.query), (member) => memberRow(member, { ...site, contributions }))
  );
}

function patchRole({ site, params }: ApiCall, body: { user_id: number; role?: string | undefined }): Answer {
  const { world, behaviour } = site;
  const outside = organizationRefusal(params["organization"], site);
  if (outside !== undefined) return outside;
  if (!behaviour.manualRoleManagement) return forbidden(NO_MANUAL_ROLES);
  const membership = world.membership(body.user_id);
  const role = body.role ?? membership?.role ?? "NO";
  const badRole = body.role === undefined ? undefined : roleRefusal(role, site);
  if (badRole !== undefined) return badRole;
  if (membership === undefined) return notFound();
  return membership.deleted ? patchDeleted(site, membership, role) : grant(site, membership, role, membership.role);
}

/** A 200 that changes nothing looks like success: only the list tells (contract 6, question b). */
function patchDeleted(site: ApiCall["site"], membership: Membership, role: string): Answer {
  switch (site.behaviour.patchRevives) {
    case "no":
      return notFound();
    case "silent":
      return json(200, { ...memberRow(membership, { ...site, masked: false }), role, role_source: "api" });
    case "yes":
      return grant(site, membership, role, undefined);
  }
}

function grant(site: ApiCall["site"], membership: Membership, role: string, present: string | undefined): Answer {
  const full = seatRefusal(site, role, present);
  if (full !== undefined) return full;
  if (membership.deleted) site.world.join(membership.account, role, "api");
  else site.world.setRole(membership, role, "api");
  return json(200, memberRow(membership, site));
}

/** Counts, without a role; soft-deleted members answer too (contract 2.4). */
function one({ site, params }: ApiCall): Answer {
  const outside = organizationRefusal(params["organization"], site);
  if (outside !== undefined) return outside;
  const membership = site.world.membership(params["user"] ?? 0);
  if (membership === undefined) return notFound();
  return json(200, {
    user: membership.account.id,
    organization: membership.organizationId,
    created_at: membership.created,
    annotations_count: 0,
    contributed_projects_count: 0,
    created_projects: null,
    contributed_to_projects: null,
  });
}

function softDelete({ site, params }: ApiCall): Answer {
  const outside = organizationRefusal(params["organization"], site, OTHER_ORGANIZATION);
  if (outside !== undefined) return outside;
  const membership = site.world.membership(params["user"] ?? 0);
  if (membership === undefined || membership.deleted) return notFound();
  // Without the envelope (contract 2.1).
  if (membership === site.principal) return json(405, { detail: "User cannot soft delete self" });
  softDeleteIn(site, membership);
  return empty(204);
}
