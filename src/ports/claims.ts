// Rows of the outbox (types only, part of the ports).

/**
 * Which lane of the outbox a person waits in, first goes first. `review`: the mapping or the server is another, so that
 * what they should be may be, or an operator has approved what they are taken out of; `sweep`: only what Label Studio
 * reports may be; `assign`: their role is settled, and what they are in is next, for many at once.
 */
export type Lane = "leaver" | "change" | "review" | "sweep" | "assign";

/** A claimed row of the outbox. A change that arrives meanwhile raises the stored `seq` above the one held here. */
export interface Claim {
  readonly personId: string;
  readonly seq: number;
  readonly lane: Lane;
  readonly cause: string;
  readonly origin: string;
  readonly attempts: number;
  /** The IdP deactivated or deleted since the last settled look: DI or delete is sent whatever the cache says. */
  readonly leaverDue: boolean;
  /** Set when the last attempt was refused. */
  readonly refusal: string | undefined;
  /** Of the newest request that it is about; undefined: the bridge looks of its own accord. */
  readonly requestId: string | undefined;
  /** When the deactivation or deletion that is due was stored, in milliseconds since the epoch. */
  readonly leaverAt: number | undefined;
}

/** A row that nobody has in hand; its place in the order is when it is due, then the person. */
export interface Unclaimed {
  readonly personId: string;
  readonly seq: number;
  readonly lane: Lane;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
}
