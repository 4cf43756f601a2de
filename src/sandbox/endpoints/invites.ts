import type { z } from "zod";
import { empty, forbidden, invalid, json, type Answer } from "../answers.js";
import { revokeInvite, sendInvite, withBody } from "../bodies.js";
import type { ApiCall, Route } from "../routing.js";
import { INVITE_TOKEN } from "./organization.js";
import { roleRefusal, seatRefusal } from "./rules.js";

export const inviteRoutes: readonly Route[] = [
  { method: "GET", path: "/api/invite", needs: "organizations.invite", handle: link },
  {
    method: "POST",
    path: "/api/invite/send-email",
    needs: "organizations.invite",
    handle: withBody(sendInvite, send),
  },
  {
    method: "POST",
    path: "/api/invite/revoke",
    needs: "organizations.invite",
    handle: withBody(revokeInvite, ({ site }, { email }) => {
      site.invitations.splice(0, Infinity, ...site.invitations.filter((invitation) => invitation.email !== email));
      return empty(200);
    }),
  },
];

const INVITES_OFF = "Organization does not allow to invite people";

function link({ site }: ApiCall): Answer {
  if (!site.behaviour.allowInvites) return forbidden(INVITES_OFF);
  return json(200, { token: INVITE_TOKEN, invite_url: `/user/signup/?token=${INVITE_TOKEN}` });
}

/** The documented way back for somebody soft-deleted (contract 3, re-adding); everybody else waits as an invitation. */
function send({ site }: ApiCall, body: z.infer<typeof sendInvite>): Answer {
  const { world, behaviour, invitations } = site;
  if (!behaviour.allowInvites) return forbidden(INVITES_OFF);
  const isViewOnly = body.user_type === "viewonly";
  if (isViewOnly === (body.role !== undefined)) {
    return invalid({ role: [isViewOnly ? "A view-only user has no role." : "This field is required."] });
  }
  const role = body.role ?? "VO";
  const refusal = isViewOnly ? undefined : (roleRefusal(role, site) ?? seatRefusal(site, role, undefined));
  if (refusal !== undefined) return refusal;
  for (const email of body.emails) {
    invitations.push({ email, role });
    const account = world.account(email);
    if (account && world.membership(account.id)?.deleted === true) world.join(account, role, "manual", body.user_type);
  }
  return empty(200);
}
