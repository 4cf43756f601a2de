import type { Clock, Permit } from "../ports.js";

/** For who asks only, and alone. */
export const ALWAYS: Permit = { leftMs: () => Infinity, renew: () => Promise.resolve(true) };

export const isPermitted = async (permit: Permit): Promise<boolean> => permit.leftMs() > 0 || permit.renew();

/** Clocks round; a sleep that ends a little early must not turn into a busy wait. */
const SHORTEST_MS = 10;

/** True when the permit is lost before the call has finished. */
export async function permitLost(
  { permit, clock }: { readonly permit: Permit; readonly clock: Clock },
  finished: AbortSignal,
): Promise<boolean> {
  while (permit.leftMs() < Infinity && !finished.aborted) {
    if (!(await isPermitted(permit))) return !finished.aborted;
    await clock.sleep(Math.max(SHORTEST_MS, permit.leftMs()), finished);
  }
  return false;
}
