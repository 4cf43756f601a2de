import type { Emit } from "../events.js";
import type { Mapping } from "../mapping/index.js";
import type { Clock, Store, Target } from "../ports.js";

/** What is done beside the loop by whoever runs it, until the signal aborts; with a store that nobody else writes to for it. */
export type Duty = (store: Store, signal: AbortSignal) => Promise<void>;

export interface ReconcileOptions {
  readonly store: Store;
  readonly target: Target;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly mapping: () => Mapping;
  /** BRIDGE_MODE=observe: nothing is ever written to Label Studio. */
  readonly observeOnly: boolean;
  /** URL of Label Studio, origin and path: what links and cache in the store are bound to. */
  readonly server: string;
  /** Stands for this URL, organisation and key; what has been verified once is remembered under it. */
  readonly fingerprint: string;
  /** Calls a second that the pace allows, 0 for no limit: no more people are taken in hand than have their turn soon. */
  readonly maxRps: number;
  /** How often everybody is read again; undefined: at start only. */
  readonly sweepIntervalMs: number | undefined;
  /** 0 ≤ n < 1, for jitter. */
  readonly random: () => number;
}
