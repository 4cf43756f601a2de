import { reassigning, type Reassigning } from "../../foresight/index.js";
import type { Lost } from "../../plan/index.js";
import type { Claim } from "../../ports.js";
import type { Context } from "../context.js";
import { DAY_MS, MOST_ROUNDS } from "../drifting.js";
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
  const held = row.assignHold !== undefined;
  // Nobody is taken out of anything who is inactive, or where nothing is mapped.
  if (held && (account.person.standing !== "active" || ctx.mapping().sections.length === 0))
    await ctx.store.rails.forgetHold(row.personId, "assign");
  if (ctx.mapping().sections.length === 0) return ending;
  const known = { store: ctx.store, mapping: ctx.mapping, catalog: ctx.places.catalog };
  const found = (await reassigning(known, [{ row, account }])).get(row.personId);
  if (!found || !isOpen(found, held)) return ending;
  const left = claim.lane === "sweep" ? await leftAsDrift(ctx, found, row.personId) : undefined;
  if (left !== undefined) return { ...ending, warning: joined(ending.warning, left) };
  const effect = found.operation && found.operation.leave.length > 0 ? "unassign" : undefined;
  await ctx.store.work.handOn(claim, ctx.clock.now() + GATHER_MS, effect, outcomeOf(ctx, ending));
  return undefined;
}

/** There is something to do, or to say. */
export const isOpen = ({ operation, ledger, located }: Reassigning, held: boolean): boolean =>
  held ||
  operation !== undefined ||
  ledger.put.length + ledger.drop.length > 0 ||
  located.some(({ kind }) => kind !== "found");

/** Drift: nothing but what somebody has undone at Label Studio. Undefined: it is put back. */
async function leftAsDrift(
  { mapping, store, clock }: Context,
  { operation, lost }: Reassigning,
  personId: string,
): Promise<string | undefined> {
  const undone = new Set(lost.map(({ of }) => of));
  if (!operation || lost.length === 0 || operation.leave.length > 0) return undefined;
  if (!operation.join.every(({ of }) => undone.has(of))) return undefined;
  const words = lost.map(lostWords).join(", ");
  if (mapping().drift.manual === "report")
    return `${words} at Label Studio, which the mapping says otherwise; drift: report leaves it so`;
  const rounds = await store.rails.putBack(personId, clock.now() - DAY_MS);
  if (rounds >= MOST_ROUNDS)
    return `tug-of-war: ${words} at Label Studio, after changes of this person were put back ${rounds} times within a day; the bridge leaves it so. Find out who undoes it, or set drift.manual: report`;
  await store.rails.spend(personId, "drift", false, clock.now());
  return undefined;
}

const lostWords = ({ of: { kind, name }, role }: Lost): string =>
  role === undefined
    ? `taken out of ${kind} ${JSON.stringify(name)}`
    : `made ${role} in ${kind} ${JSON.stringify(name)}`;

const joined = (warning: string | undefined, told: string): string =>
  warning === undefined ? told : `${warning}; ${told}`;
