import { reassigning, type Reassigning } from "../../foresight/index.js";
import type { Claim } from "../../ports.js";
import type { Context } from "../context.js";
import type { AccountLook } from "../look.js";
import { outcomeOf, type Ending } from "../settle.js";

/** Whoever is to join the same thing is to be in the same call. */
const GATHER_MS = 1_000;

/** Undefined: what they are in is looked at next; else how the look ends. */
export async function handOn(
  ctx: Context,
  claim: Claim,
  look: AccountLook,
  ending: Ending,
): Promise<Ending | undefined> {
  const { row, account } = look;
  if (ending.state !== "converged") return ending;
  const held = row.hold?.effect === "unassign";
  // Nobody is taken out of anything who is inactive, or where nothing is mapped.
  if (held && (account.person.standing !== "active" || ctx.mapping().sections.length === 0))
    await ctx.store.rails.forgetHold(row.personId);
  if (ctx.mapping().sections.length === 0) return ending;
  const known = { store: ctx.store, mapping: ctx.mapping, catalog: ctx.places.catalog };
  const found = (await reassigning(known, [{ row, account }])).get(row.personId);
  if (!found || !isOpen(found, held)) return ending;
  if (claim.lane === "sweep" && isLeft(ctx, found)) return { ...ending, warning: takenOut(ending, found) };
  const effect = found.operation && found.operation.leave.length > 0 ? "unassign" : undefined;
  await ctx.store.work.handOn(claim, ctx.clock.now() + GATHER_MS, effect, outcomeOf(ctx, ending));
  return undefined;
}

const isOpen = ({ operation, ledger, located }: Reassigning, held: boolean): boolean =>
  held ||
  operation !== undefined ||
  ledger.put.length + ledger.drop.length > 0 ||
  located.some(({ kind }) => kind !== "found");

/** Drift: nothing but what somebody has undone at Label Studio, and it is only to be told. */
function isLeft({ mapping }: Context, { operation, lost }: Reassigning): boolean {
  if (!operation || lost.length === 0 || mapping().drift.manual !== "report") return false;
  return operation.leave.length === 0 && operation.join.every(({ of }) => lost.includes(of));
}

function takenOut({ warning }: Ending, { lost }: Reassigning): string {
  const names = lost.map(({ kind, name }) => `${kind} ${JSON.stringify(name)}`).join(", ");
  const told = `taken out of ${names} at Label Studio, which the mapping gives; drift: report leaves it so`;
  return warning === undefined ? told : `${warning}; ${told}`;
}
