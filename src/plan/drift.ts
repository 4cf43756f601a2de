import { sourceOf, type RoleSource } from "../membership/index.js";
import type { Account } from "./account.js";
import { settled, type Decision, type Rules } from "./decision.js";

/** How the last look at somebody ended when nothing was left to do. */
export interface LastSettled {
  readonly role: string | undefined;
  readonly desiredRole: string | undefined;
  readonly reason: string;
}

const REPORTED = "drift";

export interface Drift {
  readonly role: string | undefined;
  readonly desiredRole: string | undefined;
  readonly source: RoleSource;
}

/**
 * A role that only Label Studio can have changed since the last look. Drift is about the active: whoever the IdP has
 * deactivated or deleted is never left at work.
 */
export function driftOf(account: Account, decision: Decision, last: LastSettled): Drift | undefined {
  if (decision.kind !== "change" || decision.operation.kind !== "set-role") return undefined;
  const { observed } = account;
  const { desiredRole } = decision;
  // An invitation that was out is no role that anybody changed.
  if (last.role !== last.desiredRole && last.reason !== REPORTED) return undefined;
  // Another role than last time is wanted: that is a change of ours. Who has vanished may have been kept as they were.
  if (observed !== undefined && last.desiredRole !== desiredRole) return undefined;
  return { role: observed?.role, desiredRole, source: observed === undefined ? "manual" : sourceOf(observed) };
}

/** Undefined: it is put back. */
export function reported({ role, desiredRole, source }: Drift, { drift }: Rules): Decision | undefined {
  if (drift[source] === "enforce") return undefined;
  const what = role === undefined ? "removed from the organisation" : `role changed to ${role} (${source})`;
  const wanted = desiredRole === undefined ? "" : `; the mapping says ${desiredRole}`;
  return settled(REPORTED, desiredRole, `${what} at Label Studio${wanted}; drift: report leaves it so`);
}
