import type { Change } from "../change.js";
import { userIdOf, type Policy } from "./policy.js";

const ADMINISTRATES: readonly (string | undefined)[] = ["OW", "AD"];

/** The mapping never takes the last one who could undo what it does; whoever the IdP deactivates leaves all the same. */
export const lastAdministrator: Policy = (changes, { administrators }) => {
  const held = new Map<Change, string>();
  if (administrators === undefined) return held;
  const demoted = changes
    .filter(({ operation, observed }) => operation.kind === "set-role" && ADMINISTRATES.includes(observed?.role))
    .filter(({ operation }) => operation.kind === "set-role" && !ADMINISTRATES.includes(operation.role))
    .sort((a, b) => (userIdOf(a) ?? 0) - (userIdOf(b) ?? 0));
  const [kept] = demoted;
  // Held is always the same one: with the smallest user id.
  if (kept && demoted.length >= administrators)
    held.set(kept, "protected: the last administrator (OW or AD) is never demoted by the mapping");
  return held;
};
