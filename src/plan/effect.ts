import { isRole, isWorking, lowers, type Member } from "../membership/index.js";
import type { Operation } from "./operation.js";
import { reassigned } from "./reassign.js";

/** What a change does to somebody that too many at once must not have done to them. */
export const EFFECTS = ["leave", "lower", "administer", "seat", "unassign"] as const;
export type Effect = (typeof EFFECTS)[number];

/** undefined: nothing that is counted. A leaver without access (NO, DI) loses none. */
export function effectOf(
  operation: Operation,
  observed: Pick<Member, "role"> | undefined,
  desiredRole: string | undefined,
): Effect | undefined {
  switch (operation.kind) {
    case "deactivate":
    case "soft-delete":
      return isRole(operation.from) && !isWorking(operation.from) ? undefined : "leave";
    case "set-role":
      return observed !== undefined && lowers(observed.role, operation.role)
        ? "lower"
        : raising(observed?.role, operation.role);
    case "create-account":
    case "invite":
      return raising(undefined, desiredRole);
    case "revoke-invitation":
    case "set-names":
      return undefined;
    case "reassign":
      return operation.leave.length > 0 ? "unassign" : undefined;
  }
}

function raising(from: string | undefined, to: string | undefined): Effect | undefined {
  if (from === to) return undefined;
  if (to === "AD" || to === "MA" || to === "OW") return "administer";
  return isWorking(to) && !isWorking(from) ? "seat" : undefined;
}

/** Where an operation leaves somebody, in the words of a plan. */
export function destination(operation: Operation, desiredRole: string | undefined): string {
  switch (operation.kind) {
    case "deactivate":
      return "DI";
    case "soft-delete":
      return "deleted";
    case "revoke-invitation":
      return "not invited";
    case "set-role":
      return operation.role;
    case "create-account":
    case "invite":
    case "set-names":
      return desiredRole ?? "default";
    case "reassign":
      return reassigned(operation);
  }
}
