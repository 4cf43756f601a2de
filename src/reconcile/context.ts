import type { Claim, Clock, Pause } from "../ports.js";
import type { Licence } from "./licence.js";
import type { ReconcileOptions } from "./options.js";
import type { Reading } from "./reading.js";
import type { Places } from "./assigning/places.js";
import type { Upstream } from "./upstream.js";

/** What every step of the loop is handed. */
export interface Context extends ReconcileOptions {
  readonly upstream: Upstream;
  readonly reading: Reading;
  readonly places: Places;
  readonly paused: () => Promise<Pause | undefined>;
  readonly licence: Licence;
  /**
   * Accounts that a call was about whose answer was lost: it may have been carried out. In memory only, as whoever starts
   * reads everybody anew.
   */
  readonly doubtful: Set<number>;
  /** Whose look came to no end because the store had failed, and who are leased until they are let go. */
  readonly unsettled: Set<Claim>;
  /** Runs one after the other whatever is handed to it. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** The same for taking people in hand, and letting go of them. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

export const isoNow = (clock: Clock): string => new Date(clock.now()).toISOString();
