import type { Claim, Lane } from "../ports.js";
import type { Context } from "./context.js";
import type { ReconcileOptions } from "./options.js";
import { tryLater } from "./settle.js";

/** After a crash the leases are forgotten at start; another process waits for this. */
export const LEASE_MS = 120_000;
const RENEW_MS = LEASE_MS / 4;
const LET_GO_MS = 500;

/** Whoever is in hand stays so, however long the pace or Label Studio takes: nobody is worked on twice at a time. */
export async function keepLeases(
  { store, clock, emit }: Pick<ReconcileOptions, "store" | "clock" | "emit">,
  inHand: ReadonlySet<Claim>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(RENEW_MS, signal);
    try {
      const people = [...inHand].map(({ personId }) => personId);
      await store.work.renewLeases(people, clock.now() + LEASE_MS);
    } catch (error) {
      emit({ kind: "loop-fault", error });
    }
  }
}

/**
 * Never while somebody is let go of. Whose lease had ended before the store answered again is in hand anew, and is not to be
 * taken away from there.
 */
export function take({ store, clock, unsettled, inTurn }: Context, lanes: readonly Lane[], atMost: number, soonMs = 0) {
  return inTurn(async () => {
    const claims = await store.work.claim(lanes, atMost, LEASE_MS, clock.now() + soonMs);
    const people = new Set(claims.map(({ personId }) => personId));
    for (const claim of unsettled) if (people.has(claim.personId)) unsettled.delete(claim);
    return claims;
  });
}

/** As soon as the store answers again: a leaver cannot wait for a lease to end. */
export async function letGo(ctx: Context, onLetGo: () => void, signal: AbortSignal): Promise<void> {
  const { clock, emit, unsettled } = ctx;
  while (!signal.aborted) {
    await clock.sleep(LET_GO_MS, signal);
    if (unsettled.size === 0) continue;
    try {
      for (const claim of unsettled) {
        await ctx.inTurn(async () => {
          if (unsettled.has(claim)) await tryLater(ctx, claim);
          unsettled.delete(claim);
        });
      }
      onLetGo();
    } catch (error) {
      emit({ kind: "loop-fault", error });
    }
  }
}
