// Licensed seats: what Label Studio says of them, who waits for one, who had one and how long (types only, part of the ports).
import type { Resting } from "../plan/index.js";

/** Each working role takes one. */
export interface Seats {
  readonly used: number | undefined;
  /** undefined: there is none, or the server does not say. */
  readonly limit: number | undefined;
}

export interface SeatsRead extends Seats {
  /** When it was asked for, ISO 8601. */
  readonly at: string;
}

/** What there is to give, for telling whose seat a new holder gets. */
export interface Supply {
  /** The one that is about to be taken is among them. */
  readonly free: number;
  /** How long a seat stays with one person. */
  readonly minimumMs: number;
}

export interface SeatMonth {
  /** `2026-11`, in UTC. */
  readonly month: string;
  readonly taken: number;
  readonly freed: number;
  /** Taken over from somebody who had it too short. */
  readonly rotatedEarly: number;
}

export interface SeatLedger {
  /** What Label Studio has last told, for operators. */
  lastRead(): Promise<SeatsRead | undefined>;
  putRead(read: SeatsRead): Promise<void>;
  /** Who is held for want of a seat, the longest first. */
  waiting(limit: number): Promise<readonly string[]>;
  howManyWait(): Promise<number>;
  /** So many of them are looked at again, the longest first. */
  recall(limit: number, now: number): Promise<void>;
  /** Seats that were given up too early and that nobody has been given since, the first to be free of it first. */
  resting(minimumMs: number, now: number): Promise<readonly Resting[]>;
  /**
   * `supply` undefined: as many as one likes, and none of them was another person's. Answers until when the seat would
   * have rested, when it was another person's who had it too short.
   */
  take(userId: number, now: number, supply: Supply | undefined): Promise<number | undefined>;
  free(userId: number, now: number): Promise<void>;
  /** So many were free at that time: seats that rested then beyond these have been given on by hand, the first that may be first. */
  useUp(free: number, minimumMs: number, at: number): Promise<void>;
  /** After a complete read: who has a working role, or none any more, by somebody else's doing. */
  observe(now: number): Promise<void>;
  /** The calendar months in UTC up to now, the newest first. */
  months(howMany: number, now: number): Promise<readonly SeatMonth[]>;
  /** Who is in the outbox, in the order of their ids after `afterId`. */
  queued(afterId: string, limit: number): Promise<readonly string[]>;
}
