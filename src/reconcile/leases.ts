import type { Claim } from "../ports.js";
import type { ReconcileOptions } from "./options.js";

/** After a crash the leases are forgotten at start; another process waits for this. */
export const LEASE_MS = 120_000;
const RENEW_MS = LEASE_MS / 4;

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
