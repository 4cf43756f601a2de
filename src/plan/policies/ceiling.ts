import { ceilingOf } from "../../mapping/index.js";
import { rank } from "../../membership/index.js";
import { keepsRole } from "../operation.js";
import { each } from "./policy.js";

/** Contractors and the like never get more than their domain may have, whatever group somebody puts them into. */
export const ceiling = each(({ addresses, operation, observed, desiredRole }, { mapping }) => {
  if (keepsRole(operation)) return undefined;
  const most = ceilingOf(mapping, addresses);
  if (most === undefined || rank(desiredRole) <= rank(most.role) || rank(desiredRole) <= rank(observed?.role))
    return undefined;
  return `protected: protect.ceilings gives ${JSON.stringify(most.address)} ${most.role} at most, the mapping says ${desiredRole}`;
});
