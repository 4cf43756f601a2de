import type { Mapping } from "../mapping/index.js";
import type { MemberOperation } from "./operation.js";

/** The part of the mapping that is about accounts rather than roles. */
export type Rules = Pick<Mapping, "deprovision" | "create" | "adopt" | "protect" | "drift">;

/**
 * The next step for one account. `change` is one operation at a time: after it the account is looked at again, so that
 * a crash between two operations loses nothing. `settled` means that nothing is left to do.
 */
export type Decision =
  | {
      readonly kind: "settled";
      readonly reason: string;
      readonly desiredRole: string | undefined;
      readonly warning: string | undefined;
    }
  | {
      readonly kind: "change";
      readonly operation: MemberOperation;
      readonly reason: string;
      readonly desiredRole: string | undefined;
    }
  | { readonly kind: "failing"; readonly reason: string; readonly desiredRole: string | undefined };

export const settled = (reason: string, desiredRole: string | undefined, warning?: string): Decision => ({
  kind: "settled",
  reason,
  desiredRole,
  warning,
});
