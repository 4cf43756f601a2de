// Whether Label Studio may be gone: a call has failed as if it were, and none has got through since.
import { hasCode } from "../errors.js";
import type { Clock } from "../ports.js";

/** A dead key, a wrong organisation or an unreachable server is probed by one call this often at least. */
export const PROBE_MS = 30_000;
export const FIRST_PROBE_MS = 1_000;

export interface Doubt {
  readonly raise: () => void;
  /** A call has got through. */
  readonly trust: () => void;
  /** Whatever was doubted before is being asked about. */
  readonly answer: () => void;
  /** A refused key waits for its probe; what merely failed is asked about soon, but not with every failure. */
  readonly lasts: (isRefused: () => boolean, signal: AbortSignal) => Promise<void>;
}

export function doubt(clock: Clock): Doubt {
  let raised = new AbortController();
  let trusted = false;
  const answer = (): void => {
    raised = new AbortController();
  };
  return {
    answer,
    raise: () => {
      if (!raised.signal.aborted) trusted = false;
      raised.abort();
    },
    trust: () => {
      trusted = true;
    },
    lasts: async (isRefused, signal) => {
      for (;;) {
        await untilAborted(signal, raised.signal);
        await clock.sleep(isRefused() ? PROBE_MS : FIRST_PROBE_MS, signal);
        if (signal.aborted || isRefused() || !trusted) return;
        answer();
      }
    },
  };
}

const untilAborted = (...signals: readonly AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    // Nothing of it is left behind at a signal that outlives the other.
    const done = (): void => {
      for (const signal of signals) signal.removeEventListener("abort", done);
      resolve();
    };
    for (const signal of signals) signal.addEventListener("abort", done);
    if (signals.some(({ aborted }) => aborted)) done();
  });

/** Nothing has been carried out: it was refused, or not even sent. */
export const isAnswered = (error: unknown): boolean =>
  (["TARGET_REFUSED", "TARGET_UNAUTHORIZED", "TARGET_RATE_LIMITED", "VERSION_CONFLICT"] as const).some((code) =>
    hasCode(error, code),
  );
