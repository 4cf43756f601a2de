import type { Change } from "./change.js";
import { ceiling } from "./policies/ceiling.js";
import { lastAdministrator } from "./policies/last-administrator.js";
import { lastOwner } from "./policies/last-owner.js";
import { massChange } from "./policies/mass-change.js";
import { observeMode } from "./policies/observe-mode.js";
import { owners } from "./policies/owners.js";
import { ownPrincipal } from "./policies/own-principal.js";
import type { Policy, RailContext } from "./policies/policy.js";
import { protectedPeople } from "./policies/protected-people.js";
import { seats } from "./policies/seats.js";
import { untouchable } from "./policies/untouchable.js";

/** First named, first asked; a person held by one is not asked about by the next. */
const PROTECTIONS: readonly Policy[] = [
  ownPrincipal,
  owners,
  protectedPeople,
  untouchable,
  ceiling,
  lastOwner,
  lastAdministrator,
];
/** What these hold, an operator may let go. */
const BREAKERS: readonly Policy[] = [massChange];
/** After the breakers: whoever waits for a decision leaves the seat to others. */
const POLICIES: readonly Policy[] = [...PROTECTIONS, ...BREAKERS, seats, observeMode];

/**
 * Asks every policy until none of them holds anything more: what one policy holds can change what another counts.
 * Terminates because a change only ever goes from allowed to held.
 */
export function applyRails<C extends Change>(changes: readonly C[], context: RailContext): readonly C[] {
  let current = changes;
  for (;;) {
    const next = POLICIES.reduce((sofar, policy) => hold(sofar, policy, policy(allowed(sofar), context)), current);
    if (allowed(next).length === allowed(current).length) return next;
    current = next;
  }
}

const allowed = <C extends Change>(changes: readonly C[]): readonly C[] =>
  changes.filter((change) => change.verdict.kind === "allowed");

function hold<C extends Change>(
  changes: readonly C[],
  policy: Policy,
  reasons: ReadonlyMap<Change, string>,
): readonly C[] {
  if (reasons.size === 0) return changes;
  const approvable = BREAKERS.includes(policy);
  const seatless = policy === seats;
  return changes.map((change) => {
    const reason = reasons.get(change);
    return reason === undefined ? change : { ...change, verdict: { kind: "held", reason, approvable, seatless } };
  });
}
