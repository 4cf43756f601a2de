// One loop at a time, across processes: Label Studio's rate limit is for all of them together, and two loops would undo each
// other's work. Whoever has lost it finds out before the next call, also after having slept through the end of the lease.
import type { Clock, Permit, Turns } from "../ports.js";

/** A process that dies is replaced after this; one that only pauses has lost nothing before. */
const LEASE_MS = 5_000;
const RENEW_MS = 1_500;

export interface Lease extends Permit {
  /** Who holds it, another name each time: what is left over of an earlier term is not mistaken for this one. */
  readonly holder: string;
  /** When the store was last asked whose it is, and has answered; in milliseconds since the epoch. */
  toldAt(): number | undefined;
  /** False: it is somebody else's. */
  take(): Promise<boolean>;
  /** Keeps it until somebody else has it, or the signal aborts. While the store cannot say, it runs out by itself. */
  keep(signal: AbortSignal): Promise<void>;
  leave(): Promise<void>;
}

export interface LeaseOptions {
  readonly store: Turns;
  readonly clock: Clock;
  readonly newHolder: () => string;
}

export function loopLease({ store, clock, newHolder }: LeaseOptions): Lease {
  let holder = newHolder();
  let until = -Infinity;
  let toldAt: number | undefined;
  const ask = async (question: "takeLoop" | "keepLoop"): Promise<boolean> => {
    // Counted from before the question, so that it ends here no later than there.
    const asked = clock.now();
    const ours = await store[question](holder, LEASE_MS);
    until = ours ? asked + LEASE_MS : -Infinity;
    toldAt = asked;
    return ours;
  };
  return {
    get holder() {
      return holder;
    },
    toldAt: () => toldAt,
    leftMs: () => until - clock.now(),
    renew: () => ask("keepLoop").catch(() => false),
    take: () => {
      holder = newHolder();
      return ask("takeLoop");
    },
    keep: async (signal) => {
      while (!signal.aborted) {
        await clock.sleep(RENEW_MS, signal);
        const ours = signal.aborted || (await ask("keepLoop").catch(() => true));
        if (!ours) return;
      }
    },
    leave: async () => {
      until = -Infinity;
      await store.leaveLoop(holder);
    },
  };
}
