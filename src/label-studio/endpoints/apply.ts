import { BridgeError } from "../../errors.js";
import { isRole, type Member, type Role } from "../../membership/index.js";
import type { MemberOperation } from "../../plan/index.js";
import type { Urgency } from "../../ports.js";
import { reasonOf } from "../refusal.js";
import type { Caller } from "../transport.js";
import { asObject, readCreatedUser, readMember, unreadable } from "../wire.js";
import { findById } from "./members.js";
import { userPath } from "./paths.js";

type Of<Kind extends MemberOperation["kind"]> = Extract<MemberOperation, { kind: Kind }>;

/** Where and how urgently an operation is carried out. */
interface Site {
  readonly transport: Caller;
  readonly organizationId: number;
  readonly urgency: Urgency;
}

/** Label Studio is asked to confirm whenever its answer leaves open whether the change has happened. */
export function apply(
  { transport, ...rest }: Site,
  operation: MemberOperation,
  stillWanted?: () => Promise<boolean>,
): Promise<Member | undefined> {
  const careful: Caller = {
    call: (call) => transport.call(stillWanted && call.method !== "GET" ? { ...call, stillWanted } : call),
  };
  const site: Site = { ...rest, transport: careful };
  switch (operation.kind) {
    case "create-account":
      return createAccount(site, operation);
    case "invite":
      return invite(site, operation);
    case "revoke-invitation":
      return revokeInvitation(site, operation);
    case "set-role":
      return setRole(site, operation, operation.role);
    case "deactivate":
      return deactivate(site, operation);
    case "soft-delete":
      return softDelete(site, operation);
    case "set-names":
      return setNames(site, operation);
  }
}

/**
 * `active_organization` is sent because the Community Edition leaves it null otherwise (contract 2.6); lower-cased, as a
 * mixed-case account could not log in and could be made twice (contract 3).
 */
async function createAccount(site: Site, operation: Of<"create-account">): Promise<Member> {
  const email = operation.email.toLowerCase();
  const names = { first_name: operation.firstName, last_name: operation.lastName };
  const body = { username: email, email, ...names, active_organization: site.organizationId };
  const call = { name: "users.create", method: "POST", path: "/api/users/", body, urgency: site.urgency } as const;
  return readCreatedUser((await site.transport.call(call)).json, site.organizationId, email);
}

async function invite(site: Site, { email, role }: Of<"invite">): Promise<undefined> {
  const body = { emails: [email], role: assignable(role, "invite.send") };
  const call = { name: "invite.send", method: "POST", path: "/api/invite/send-email", body } as const;
  await site.transport.call({ ...call, urgency: site.urgency });
}

/** A 404 may be a server that cannot revoke: the invitation would still be open (contract 2.0, 2.7). */
async function revokeInvitation(site: Site, { email }: Of<"revoke-invitation">): Promise<undefined> {
  const call = { name: "invite.revoke", method: "POST", path: "/api/invite/revoke", body: { email } } as const;
  await site.transport.call({ ...call, urgency: site.urgency });
}

async function setRole(site: Site, of: Of<"set-role" | "deactivate">, role: Role): Promise<Member> {
  const { json } = await site.transport.call(rolePatch(site, of.userId, role));
  return confirmedRole(site, of, role, json);
}

/** A membership that is gone needs no deactivation; but a 404 alone does not say that it is gone. */
async function deactivate(site: Site, operation: Of<"deactivate">): Promise<Member | undefined> {
  const answer = await site.transport.call({ ...rolePatch(site, operation.userId, "DI"), alsoFine: [404] });
  if (answer.status !== 404) return confirmedRole(site, operation, "DI", answer.json);
  const listed = await lookUp(site, operation);
  if (listed === undefined || listed.role === "DI") return listed;
  throw notDone("memberships.patch", 404, operation.userId, `is still listed with role ${listed.role ?? "unknown"}`);
}

/** 204 is what the server answers when it has happened (contract 2.4); anything else leaves it open. */
async function softDelete(site: Site, operation: Of<"soft-delete">): Promise<undefined> {
  const path = userPath(`/api/organizations/${site.organizationId}/memberships`, operation.userId);
  const call = { name: "memberships.delete", method: "DELETE", path, urgency: site.urgency, alsoFine: [404] } as const;
  const { status } = await site.transport.call(call);
  if (status === 204 || (await lookUp(site, operation)) === undefined) return;
  throw notDone("memberships.delete", status, operation.userId, "is still listed");
}

/** The answer is a user, not a membership: the member is read back, lest its user type be lost. */
async function setNames(site: Site, operation: Of<"set-names">): Promise<Member | undefined> {
  const { userId, firstName, lastName } = operation;
  const body = { first_name: firstName, last_name: lastName };
  const call = { name: "users.patch", method: "PATCH", path: userPath("/api/users", userId), body } as const;
  const { json } = await site.transport.call({ ...call, urgency: site.urgency });
  const user = asObject(json);
  if (user?.["id"] !== userId) throw unreadable("users.patch", "it is not about the user who was renamed");
  const { email } = user;
  return lookUp(site, { userId, email: typeof email === "string" ? email : "" });
}

function rolePatch(site: Site, userId: number, role: Role) {
  const path = `/api/organizations/${site.organizationId}/memberships`;
  userPath(path, userId);
  const body = { user_id: userId, role: assignable(role, "memberships.patch") };
  return { name: "memberships.patch", method: "PATCH", path, body, urgency: site.urgency } as const;
}

/** A 2xx is not yet success: the role in the answer decides, or else the list. */
async function confirmedRole(
  site: Site,
  of: Of<"set-role" | "deactivate">,
  role: Role,
  json: unknown,
): Promise<Member> {
  const told = readMember(json);
  const readable = typeof told === "object" && told.userId === of.userId && told.role !== undefined;
  const member = readable ? told : await lookUp(site, of);
  if (member?.role === role) return member;
  const is = member === undefined ? "is not a member" : `still has role ${member.role ?? "unknown"}`;
  throw notDone("memberships.patch", 200, of.userId, `${is}, not ${role}`);
}

const lookUp = (site: Site, of: { readonly userId: number; readonly email: string }): Promise<Member | undefined> =>
  findById(site.transport, site.organizationId, of.userId, of.email, site.urgency);

function notDone(call: string, status: number, userId: number, words: string): BridgeError {
  const message = `${call}: Label Studio answered ${status}, but user ${userId} ${words}`;
  return new BridgeError("TARGET_REFUSED", message, { reason: reasonOf(call, status, words) });
}

/** Codes outside the vendor's enum are never sent, whoever built the operation (contract 2.2). */
function assignable(role: Role, call: string): Role {
  if (isRole(role)) return role;
  const words = `${String(role)} is not a role that can be assigned; nothing was sent`;
  throw new BridgeError("TARGET_REFUSED", `${call}: ${words}`, { reason: `${call}:not assignable` });
}
