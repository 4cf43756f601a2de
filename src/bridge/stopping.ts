// The end of the bridge, in order; a part of the composition root.
import type { Server } from "node:http";
import { drained } from "./door.js";
import type { Clock, Store, Target } from "../ports.js";
import type { Reconciler } from "../reconcile/index.js";

/** The loop's last calls may take this long; what is cut off here is found again at the next start. */
const LOOP_DRAIN_MS = 4_000;

export async function stopInOrder(
  servers: readonly Server[],
  { reconciler, target, store }: { readonly reconciler: Reconciler; readonly target: Target; readonly store: Store },
  clock: Clock,
): Promise<void> {
  await Promise.all(servers.map(drained));
  const rested = new AbortController();
  await Promise.race([reconciler.stop(), clock.sleep(LOOP_DRAIN_MS, rested.signal)]);
  rested.abort();
  await target.close();
  await store.close();
}
