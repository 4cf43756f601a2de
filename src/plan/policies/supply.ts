/** A seat that somebody had for less than the mapping's minimumDays. */
export interface Resting {
  /** Who gave it up, and may have it back at any time. */
  readonly userId: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Licensed seats, where there is a limit. */
export interface SeatSupply {
  /** As last read, and what the bridge has given since. */
  readonly used: number;
  readonly limit: number;
  /** Not to be given on yet, the first that may be first; empty where that is only reported. */
  readonly resting: readonly Resting[];
  /** Who waits already, the longest first; as many as there can be seats for are enough. */
  readonly waiting: readonly string[];
}
