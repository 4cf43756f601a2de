import type { Change } from "../change.js";
import { keepsRole } from "../operation.js";
import { userIdOf, type Policy } from "./policy.js";

/** Even where owners may be changed, the last one stays. */
export const lastOwner: Policy = (changes, { ownerIds }) => {
  const held = new Map<Change, string>();
  if (ownerIds === undefined) return held;
  const leaving = changes.filter((change) => takesOwnership(change, ownerIds));
  if (leaving.length === 0 || leaving.length < ownerIds.length) return held;
  // Held are as many as needed, and always the same ones: those with the smallest user id.
  const [kept] = [...leaving].sort((a, b) => (userIdOf(a) ?? 0) - (userIdOf(b) ?? 0));
  if (kept) held.set(kept, "protected: the last Owner of the organisation is never changed");
  return held;
};

function takesOwnership(change: Change, ownerIds: readonly number[]): boolean {
  const userId = userIdOf(change);
  if (userId === undefined || !ownerIds.includes(userId)) return false;
  const { operation } = change;
  return !keepsRole(operation) && !(operation.kind === "set-role" && operation.role === "OW");
}
