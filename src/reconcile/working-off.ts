// A first sync, or a new mapping, is many people: how many are left is told now and then.
import type { Store } from "../ports.js";
import type { ReconcileOptions } from "./options.js";

/** Fewer are done before anybody wonders. */
const MANY = 100;
const LOOK_MS = 10_000;
/** Counting everybody takes a fiftieth of the time at most. */
const SHARE = 50;

export async function tellProgress(
  store: Store,
  { clock, emit }: Pick<ReconcileOptions, "clock" | "emit">,
  signal: AbortSignal,
): Promise<void> {
  for (let waitMs = LOOK_MS, told = 0; ;) {
    await clock.sleep(waitMs, signal);
    if (signal.aborted) return;
    const asked = clock.now();
    const pending = await store.work.counts(asked).then(
      (counts) => counts.pending,
      () => 0,
    );
    if (pending >= MANY) emit({ kind: "working-off", pending, fewer: told === 0 ? 0 : told - pending });
    told = pending >= MANY ? pending : 0;
    waitMs = Math.max(LOOK_MS, SHARE * (clock.now() - asked));
  }
}
