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

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Sleeps count in elapsed time, `now` in wall-clock time, as on a real machine. `quietTurns`: so many turns of the event
 * loop in a row must pass without anybody asking for the time before it goes on. With more than one, whole programs that
 * talk over the loopback come to rest first: whatever they do asks for the time every few turns.
 */
export function fakeClock(start = 0, quietTurns = 1): FakeClock {
  let asked = 0;
  const settle = async (): Promise<void> => {
    for (let before = -1; before !== asked;) {
      before = asked;
      for (let turns = 0; turns < quietTurns; turns++) await turn();
      if (quietTurns === 1) return;
    }
  };
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
      next.wake();
      await settle();
    }
    elapsed = Math.max(elapsed, until);
  };
  return {
    now: () => {
      asked++;
      return Math.floor(wallAtZero + elapsed);
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        asked++;
        if (signal?.aborted === true) return resolve();
        const wake = (): void => {
          asked++;
          signal?.removeEventListener("abort", wake);
          sleepers = sleepers.filter((other) => other !== sleeper);
          resolve();
        };
        const sleeper = { at: elapsed + ms, wake };
        sleepers = [...sleepers, sleeper];
        signal?.addEventListener("abort", wake);
      }),
    advance,
    step: (ms) => {
      wallAtZero += ms;
    },
  };
}
