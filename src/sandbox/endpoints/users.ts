import type { z } from "zod";
import { invalid, json, notFound, refused, type Answer } from "../answers.js";
import { userCreate, userUpdate, withBody } from "../bodies.js";
import type { ApiCall, Route, Site } from "../routing.js";
import { userRow } from "../rows.js";
import type { Membership } from "../state.js";
import { seatRefusal } from "./rules.js";

export const userRoutes: readonly Route[] = [
  { method: "GET", path: "/api/users/", needs: "organizations.view", handle: list },
  { method: "POST", path: "/api/users/", needs: "organizations.change", handle: withBody(userCreate, create) },
  { method: "GET", path: "/api/users/:user/", needs: "organizations.view", handle: one },
  { method: "PATCH", path: "/api/users/:user/", needs: "organizations.change", handle: withBody(userUpdate, update) },
];

const shown = (site: Site, membership: Membership) => userRow(membership, site.world, site.behaviour.title);

/** Never paginated; soft-deleted members stay, masked (contract 2.6). */
function list({ site }: ApiCall): Answer {
  const rows = site.world.memberships().map((membership) => shown(site, membership));
  return json(200, rows);
}

function one({ site, params }: ApiCall): Answer {
  const membership = site.world.membership(params["user"] ?? 0);
  return membership === undefined ? notFound() : json(200, shown(site, membership));
}

/** The account joins the caller's active organisation; `active_organization` itself stays null unless sent. */
function create({ site }: ApiCall, body: z.infer<typeof userCreate>): Answer {
  const { world, behaviour } = site;
  if (world.account(body.email) !== undefined) {
    return invalid({ email: ["user with this email address already exists."] });
  }
  const refusal =
    organizationRefusal(site, body.active_organization) ?? seatRefusal(site, behaviour.defaultRole, undefined);
  if (refusal !== undefined) return refusal;
  const account = world.createAccount({
    email: body.email,
    username: body.username,
    firstName: body.first_name,
    lastName: body.last_name,
    phone: body.phone,
    activeOrganization: body.active_organization,
  });
  return json(201, shown(site, world.join(account, behaviour.defaultRole, "api")));
}

/** The other fields are saved before an `email` is refused (contract 2.6). */
function update({ site, params }: ApiCall, body: z.infer<typeof userUpdate>): Answer {
  const membership = site.world.membership(params["user"] ?? 0);
  if (membership === undefined) return notFound();
  const refusal = organizationRefusal(site, body.active_organization);
  if (refusal !== undefined) return refusal;
  const { account } = membership;
  account.username = body.username ?? account.username;
  account.firstName = body.first_name ?? account.firstName;
  account.lastName = body.last_name ?? account.lastName;
  account.phone = body.phone ?? account.phone;
  if (body.active_organization !== undefined) account.activeOrganization = body.active_organization;
  site.world.changed();
  return body.email === undefined
    ? json(200, shown(site, membership))
    : refused(405, "Cannot update read-only field: email");
}

function organizationRefusal({ world }: Site, id: number | null | undefined): Answer | undefined {
  if (id === undefined || id === null || id === world.organizationId || id === world.elsewhereId) return undefined;
  return invalid({ active_organization: [`Invalid pk "${id}" - object does not exist.`] });
}
