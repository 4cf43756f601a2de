// What becomes of a role that was changed at Label Studio: told, or put back, unless somebody else changes it each time.
import { driftOf, reported, settled, type Account, type Decision, type Drift } from "../plan/index.js";
import type { Context } from "./context.js";

/** Put back so often within a day, and changed again: two systems undo each other's work for ever. */
export const MOST_ROUNDS = 3;
export const DAY_MS = 86_400_000;

/** Whoever is looked at for no other reason than what Label Studio may say has had their last look settled by us. */
export async function leftAsDrift(ctx: Context, account: Account, decision: Decision): Promise<Decision | undefined> {
  const personId = account.person.id;
  const last = decision.kind === "change" ? await ctx.store.work.outcome(personId) : undefined;
  const drift = last?.state === "converged" ? driftOf(account, decision, last) : undefined;
  if (!drift) return undefined;
  const left = reported(drift, ctx.mapping()) ?? (await tugOfWar(ctx, personId, drift));
  if (left) ctx.emit({ kind: "drift", personId, ...drift });
  return left;
}

async function tugOfWar(
  { store, clock }: Context,
  personId: string,
  { role, desiredRole, source }: Drift,
): Promise<Decision | undefined> {
  const rounds = await store.rails.putBack(personId, clock.now() - DAY_MS);
  if (rounds < MOST_ROUNDS) {
    await store.rails.spend(personId, "drift", false, clock.now());
    return undefined;
  }
  const what =
    `tug-of-war: put back to ${desiredRole ?? "none"} ${rounds} times within a day, and changed to ${role ?? "none"} (${source}) ` +
    `each time; the bridge leaves it so. Switch off the role mapping of the other side, or set drift.${source}: report`;
  return settled("drift", desiredRole, what);
}
