import type { Operation } from "../operation.js";
import { reassigned } from "../reassign.js";
import { each } from "./policy.js";

/** A first look at a real organisation: everything is worked out, nothing is written. */
export const observeMode = each(({ operation }, { observeOnly }) =>
  observeOnly ? `BRIDGE_MODE=observe: would ${describe(operation)}` : undefined,
);

function describe(operation: Operation): string {
  switch (operation.kind) {
    case "create-account":
      return "create the account";
    case "invite":
      return `send an invitation as ${operation.role}`;
    case "revoke-invitation":
      return "revoke the invitation";
    case "set-role":
      return `change the role from ${operation.from ?? "none"} to ${operation.role}`;
    case "deactivate":
      return `deactivate (${operation.from ?? "unknown role"} to DI)`;
    case "soft-delete":
      return "soft-delete the membership";
    case "set-names":
      return "change first and last name";
    case "reassign":
      return `reassign (${reassigned(operation)})`;
  }
}
