// What became of people (types only, part of the ports).

export type SettledState = "converged" | "held" | "failing";

/** Whom an operator asks for: in this state, or with a warning. */
export type PeopleAsked = SettledState | "warned";

/** The last settled outcome of a person. */
export interface Outcome {
  readonly state: SettledState;
  readonly reason: string;
  readonly warning: string | undefined;
  readonly role: string | undefined;
  readonly desiredRole: string | undefined;
  readonly lastError: string | undefined;
  /** Held for want of a seat, in milliseconds since the epoch; who waited already waits since then. */
  readonly seatSince?: number | undefined;
  /** Of the look that settled it, ISO 8601. */
  readonly at: string;
}

export interface PersonOutcome extends Outcome {
  readonly personId: string;
  /** undefined: deleted over SCIM. */
  readonly userName: string | undefined;
}

/**
 * What became of a living user: `pending` as long as a fresh look waits, everything else as last settled, and
 * since when it is so. `undefined`: not known yet.
 */
export type Standing = {
  readonly state: SettledState | "pending";
  /** The account in Label Studio. */
  readonly userId: number | undefined;
} & {
  readonly [Part in "role" | "desiredRole" | "reason" | "lastError" | "warning" | "changedAt"]: string | undefined;
};

export interface PeopleCounts {
  readonly converged: number;
  readonly pending: number;
  /** Of those: deactivated or deleted at the identity provider. */
  readonly leavers: number;
  readonly held: number;
  readonly failing: number;
  readonly warnings: number;
  readonly oldestPendingSeconds: number;
}
