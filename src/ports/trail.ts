// The audit log as a chain: each record's hash covers the one before it (types only, part of the ports).

import type { AuditLine } from "./inquiries.js";

/** A line of the audit log as it is stored. */
export interface Recorded {
  /** What the database counts; two processes at work at once become visible in any order. */
  readonly position: number;
  readonly at: string;
  readonly actor: string;
  readonly requestId: string | null;
  readonly action: string;
  readonly subject: string;
  /** JSON. */
  readonly detail: string;
}

/** An end of the chain: how many records it has had, and the hash of the last of them. */
export interface ChainEnd {
  readonly place: number;
  /** SHA-256, hex. */
  readonly hash: string;
}

export interface Seal extends ChainEnd {
  /** null: what was personal has been erased. */
  readonly salt: string | null;
  /** Digest of what is personal in the detail, with the salt. */
  readonly personal: string;
}

export interface Sealed {
  readonly seal: Seal & { readonly position: number };
  /** undefined: the record is not there any more. */
  readonly record: Recorded | undefined;
}

export interface Trail {
  /**
   * Puts behind the end of the chain whatever is committed and not in it yet. Looks at `limit` positions after `after`, and
   * answers where to go on.
   */
  extend(asked: {
    readonly after: number;
    readonly limit: number;
    readonly now: number;
    /** Called inside the transaction. */
    seal(record: Recorded, before: ChainEnd): Seal;
  }): Promise<Extended>;
  /** The newest record that is in the chain, and when it was put there (milliseconds since the epoch). */
  head(): Promise<ChainEnd & { readonly at: number }>;
  /** What the chain begins behind; place 0 unless its beginning has been cut off. */
  anchor(): Promise<ChainEnd>;
  /** In the order of the chain. */
  sealed(afterPlace: number, limit: number): Promise<readonly Sealed[]>;
  /** Records in no chain yet, in the order of their positions. */
  unsealed(limit: number): Promise<readonly Recorded[]>;
  /**
   * Records in the order of their positions, with their place in the chain; looks at `limit` positions at most and answers where
   * to go on, undefined at the end.
   */
  records(afterPosition: number, limit: number): Promise<RecordsPage>;
  /**
   * Cuts off the oldest records of the chain up to the first that is not older than `before` (ISO 8601), `limit` at most, and
   * records that; answers how many.
   */
  cut(asked: {
    readonly before: string;
    readonly limit: number;
    readonly now: number;
    line(cut: ChainEnd & { readonly records: number }): AuditLine;
  }): Promise<number>;
}

export interface Extended {
  readonly sealed: number;
  /** The position of the newest record that could be seen. */
  readonly last: number;
  /** undefined: nothing is recorded after it. */
  readonly next: number | undefined;
}

export interface RecordsPage {
  readonly records: readonly (Recorded & Partial<ChainEnd>)[];
  readonly next: number | undefined;
}
