import type { Clock } from "../ports.js";

/** Wakes whoever waits; a ring that nobody waits for wakes the next one who does. */
export interface Bell {
  ring(): void;
  rung(): Promise<void>;
}

export function bell(): Bell {
  let pending = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      pending = wake === undefined;
      wake?.();
      wake = undefined;
    },
    rung: () => {
      if (pending) {
        pending = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
  };
}

/** However often it is asked, `act` runs once in `ms`, at their end. */
export function calmly(ms: number, clock: Clock, signal: AbortSignal, act: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    void clock.sleep(ms, signal).then(() => {
      asked = false;
      act();
    });
  };
}

/** Closed once, open for ever after. */
export interface Gate {
  open(): void;
  isOpen(): boolean;
}

export function gate(): Gate {
  let open = false;
  return {
    open: () => {
      open = true;
    },
    isOpen: () => open,
  };
}

/** A queue of one: each piece of work begins when the one before has ended, however it ended. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
