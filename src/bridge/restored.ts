// A store out of a backup: docs/backup.md.
import type { Emit } from "../events.js";
import type { Clock, Store } from "../ports.js";

/** Before anything that could send. */
export async function pauseIfRestored(store: Store, clock: Clock, emit: Emit): Promise<void> {
  const pause = await store.rails.pauseIfRestored(new Date(clock.now()).toISOString());
  if (pause) emit({ kind: "restored", because: pause.because ?? "" });
}
