import { BridgeError } from "../../errors.js";
import { isAbout, reassignmentsOf, type Foreseen, type Reassigning } from "../../foresight/index.js";
import { SECTION_KEYS } from "../../mapping/index.js";
import type { AssignableKind } from "../../membership/index.js";
import type { Change, Located, Reassignment } from "../../plan/index.js";
import type { Claim, Hold } from "../../ports.js";
import type { Context } from "../context.js";

/** One person of a batch. */
export interface Todo {
  readonly claim: Claim;
  /** undefined: no active member any more; nothing is done for them. */
  readonly reassigning: Reassigning | undefined;
  /** What they are taken out of is held, or an operator has decided about it. */
  readonly hold: Hold | undefined;
  readonly changes: readonly Change<Reassignment>[];
  readonly rejected: Change<Reassignment> | undefined;
  /** Why they cannot be in all that the mapping says. */
  readonly problem: BridgeError | undefined;
}

export function todoOf(
  ctx: Context,
  claim: Claim,
  foreseen: Foreseen | undefined,
  unmade: ReadonlyMap<AssignableKind, BridgeError>,
): Todo {
  const reassigning = foreseen?.reassigning;
  const hold = foreseen?.row.assignHold;
  const usable = reassigning && without(ctx, reassigning);
  const changes = reassignmentsOf(usable, claim.personId, claim.origin, hold);
  const problem = reassigning && problemOf(ctx, reassigning, unmade);
  const about = hold && changes.find((change) => isAbout(hold, change));
  const rejected = hold?.decision === "rejected" ? about : undefined;
  // What somebody has decided about, or is to, is not told apart from the rest before all of it is clear.
  const unclear = hold !== undefined && about === undefined && problem !== undefined;
  return {
    claim,
    reassigning: usable,
    hold,
    changes: changes.filter((change) => change !== rejected && !(unclear && takes(change))),
    rejected,
    problem,
  };
}

const takes = ({ operation }: Change<Reassignment>): boolean => operation.leave.length > 0;

/** Something else is to be taken away by now, or nothing: the hold is over, and what was decided about it. */
export const isStale = ({ hold, changes, rejected, problem }: Todo): boolean =>
  hold !== undefined && !rejected && !problem && !changes.some((change) => isAbout(hold, change));

/** What cannot be worked on is nobody's affair but of those whom it is about. */
function without({ places, observeOnly }: Context, reassigning: Reassigning): Reassigning {
  // What could not be made has no id; it is named only where nothing is written.
  const usable = (of: { readonly kind: AssignableKind; readonly id: number }): boolean =>
    places.problemWith(of) === undefined && (of.id > 0 || observeOnly);
  const { operation, ledger } = reassigning;
  const join = operation?.join.filter(({ of }) => usable(of)) ?? [];
  const leave = operation?.leave.filter(usable) ?? [];
  return {
    ...reassigning,
    operation: operation && join.length + leave.length > 0 ? { ...operation, join, leave } : undefined,
    ledger: { put: ledger.put.filter(usable), drop: ledger.drop.filter(usable) },
  };
}

function problemOf(
  { places }: Context,
  { located, operation }: Reassigning,
  unmade: ReadonlyMap<AssignableKind, BridgeError>,
): BridgeError | undefined {
  const about = [
    ...located.map((each) => (each.kind === "found" ? each.of : { kind: each.wanted.kind })),
    ...(operation ? [...operation.join.map(({ of }) => of), ...operation.leave] : []),
  ];
  const [unusable] = about.flatMap((of) => places.problemWith(of) ?? []);
  if (unusable) return unusable;
  const problem = located.find((each) => each.kind === "ambiguous" || (each.kind === "missing" && !each.creatable));
  if (problem) return unknownName(problem);
  return located.flatMap(({ kind, wanted }) => (kind === "missing" ? (unmade.get(wanted.kind) ?? []) : []))[0];
}

function unknownName(located: Located): BridgeError | undefined {
  if (located.kind === "found") return undefined;
  const { section } = SECTION_KEYS[located.wanted.kind];
  const create = located.wanted.kind === "project" ? "" : `, or set ${section}.create: true`;
  const way = located.kind === "missing" ? `; correct the name, make it at Label Studio${create}` : "";
  return new BridgeError("TARGET_REFUSED", `${located.problem}${way}`, {
    reason: `${located.wanted.kind}:${located.kind}`,
  });
}
