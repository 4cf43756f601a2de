// The complete read of an organisation into the cache; what fails or ends early says nothing about who is not there.
import type { ReconcileOptions } from "./options.js";

export interface FullRead {
  /** One for all who ask meanwhile. */
  all(): Promise<void>;
  /** One that begins after this call, for all who ask before it begins. */
  anew(): Promise<void>;
  /** How long ago the last complete one was asked for. */
  ageMs(): number;
}

type Parts = Pick<ReconcileOptions, "store" | "target" | "clock" | "emit">;

export function fullReads({ store, target, clock, emit }: Parts): FullRead {
  let lastAt = -Infinity;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const startedAt = clock.now();
    let members = 0;
    let askedAt = startedAt;
    await store.work.beginFullRead(startedAt);
    for await (const page of target.observe()) {
      members += page.length;
      await store.work.putObserved(page, askedAt);
      askedAt = clock.now();
    }
    await store.work.endFullRead(startedAt);
    lastAt = startedAt;
    emit({ kind: "observed", members, durationMs: clock.now() - startedAt });
  }

  function all(): Promise<void> {
    reading ??= read().finally(() => (reading = undefined));
    return reading;
  }

  return {
    all,
    anew: () => (reading === undefined ? all() : reading.then(all, all)),
    ageMs: () => clock.now() - lastAt,
  };
}
