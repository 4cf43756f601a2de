import { keepsRole } from "../operation.js";
import { each, userIdOf } from "./policy.js";

/** One Owner per organisation, moved by the vendor's support only (contract 1.4): nobody should lose it to a mapping. */
export const owners = each((change, { mapping, ownerIds }) => {
  const { operation, observed } = change;
  if (!mapping.protect.owners || keepsRole(operation)) return undefined;
  if ((operation.kind === "set-role" || operation.kind === "invite") && operation.role === "OW")
    return "protected: OW is never granted unless protect.owners is false";
  const userId = userIdOf(change);
  const isOwner = observed?.role === "OW" || (userId !== undefined && ownerIds?.includes(userId) === true);
  return isOwner ? "protected: an Owner is never changed unless protect.owners is false" : undefined;
});
