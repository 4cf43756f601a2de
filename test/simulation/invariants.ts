// What holds at every moment, and what holds once nothing is pending.
import { deepEqual } from "node:assert/strict";
import type { SandboxCall } from "../../src/sandbox/index.js";
import { disagreement } from "./expected.js";
import type { AuditView, PersonView, StoreView } from "../support/store-view.js";
import { memberOf, type Slot, type World } from "./world.js";

export function provesAlways(world: World, store: StoreView): void {
  const { t, strangers, faults } = world;
  deepEqual(faults, [], "an unforeseen fault");
  const now = [...strangers.keys()].map((email) => [email, memberOf(world, email)?.role]);
  deepEqual(now, [...strangers], "a stranger was touched");
  const protectedRoles = world.slots.filter(isProtected).map((slot) => disagreement(world, slot));
  deepEqual(protectedRoles.filter(Boolean), [], "somebody protected was touched");
  const addresses = t.sandbox.members().map(({ email }) => email.toLowerCase());
  deepEqual([...new Set(addresses)], addresses, "somebody has two accounts");
  const sent = store.sent();
  const unwritten = t.sandbox.calls.filter(isChanging).filter((call) => !sent.some((line) => tells(line, call)));
  deepEqual(unwritten, [], "changed without an audit line");
}

export function provesAtRest(world: World, store: StoreView): void {
  const people = store.people();
  const stateless = people.filter(({ living, waits, state }) => living && (waits || state === undefined));
  deepEqual(stateless, [], "somebody is in no state");
  const atWork = people.filter((person) => mustNotWork(person, people) && works(world, person));
  deepEqual(atWork, [], "a leaver is still at work");
  const wrong = world.slots.map((slot) => disagreement(world, slot));
  deepEqual(wrong.filter(Boolean), [], "somebody is not as the mapping says");
}

const isProtected = ({ kind }: Slot): boolean => kind === "owner" || kind === "key";

export const isChanging = ({ method, path }: SandboxCall): boolean =>
  method !== "GET" && !path.startsWith("/api/token/");

/** The line that announces this call: same account, same role, written before it. */
function tells({ at, action, detail }: AuditView, { method, path, body, at: calledAt }: SandboxCall): boolean {
  if (Date.parse(at) > calledAt) return false;
  const { user_id: userId, role } = (body ?? {}) as { user_id?: number; role?: string };
  const accountInPath = Number(/\/(\d+)\/$/.exec(path)?.[1]);
  if (path === "/api/users/") return action === "member.create-account";
  if (path === "/api/invite/send-email") return action === "member.invite" && detail["to"] === role;
  if (path === "/api/invite/revoke") return action === "member.revoke-invitation";
  if (method === "DELETE") return action === "member.soft-delete" && detail["userId"] === accountInPath;
  if (path.startsWith("/api/users/")) return action === "member.set-names" && detail["userId"] === accountInPath;
  if (detail["userId"] !== userId) return false;
  return (action === "member.set-role" && detail["to"] === role) || (action === "member.deactivate" && role === "DI");
}

/** Inactive, or deleted and nobody living has taken the account over. Who is held or failing has been told of. */
function mustNotWork({ living, active, tombstone, userId, state }: PersonView, people: readonly PersonView[]): boolean {
  if (userId === undefined || state === "held" || state === "failing") return false;
  if (living) return !active && !tombstone;
  // Several who were deleted had the account one after the other: the last of them answers for it.
  const answers = ({ living: lives, state: told }: PersonView): boolean =>
    lives || told === "held" || told === "failing";
  return tombstone && !people.some((other) => other.userId === userId && answers(other));
}

function works({ t, slotOf, rules }: World, { id, userId, living }: PersonView): boolean {
  const member = t.sandbox.members().find((each) => each.userId === userId);
  if (member === undefined || member.role === "DI") return false;
  // Deleted for good, or removed by hand before they were deleted, and invited again by hand: a stranger.
  const slot = slotOf.get(id);
  const wasGone = rules.delete !== "DI" || slot?.oddities.has("removed") === true;
  return living || !wasGone || slot?.oddities.has("added by hand") !== true;
}

/** Whom it is right to hold, or to be told of. */
export function isExcused(world: World, { id, state, userId }: PersonView): boolean {
  const slot = world.slotOf.get(id);
  if (state === "converged") return true;
  const isOwner = world.t.sandbox.members().some((member) => member.userId === userId && member.role === "OW");
  if (state === "held") return isOwner || slot?.kind === "view-only" || slot?.kind === "key";
  return slot === undefined || slot.oddities.size > 0;
}
