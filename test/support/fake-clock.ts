import type { Clock } from "../../src/ports.js";

export interface FakeClock extends Clock {
  /** Lets time pass: wakes every sleeper at its own instant, in order, and lets what it set off run. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock without waking anybody. */
  step(ms: number): void;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Sleeps count in elapsed time, `now` in wall-clock time, as on a real machine. */
export function fakeClock(start = 0): FakeClock {
  let elapsed = 0;
  let wallAtZero = start;
  let sleepers: readonly Sleeper[] = [];
  const advance = async (ms: number): Promise<void> => {
    const until = elapsed + ms;
    await settle();
    for (;;) {
      const next = [...sleepers].sort((a, b) => a.at - b.at).find((sleeper) => sleeper.at <= until);
      if (next === undefined) break;
      elapsed = Math.max(elapsed, next.at);
      sleepers = sleepers.filter((sleeper) => sleeper !== next);
      next.wake();
      await settle();
    }
    elapsed = until;
  };
  return {
    now: () => wallAtZero + elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const sleeper = { at: elapsed + ms, wake: resolve };
        sleepers = [...sleepers, sleeper];
        const cancel = (): void => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          resolve();
        };
        signal?.addEventListener("abort", cancel, { once: true });
      }),
    advance,
    step: (ms) => {
      wallAtZero += ms;
    },
  };
}
