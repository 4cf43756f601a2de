// What the store keeps of tags, workspaces and projects (types only, part of the ports).
import type { Assignable, AssignableKind, Assignee } from "../membership/index.js";
import type { AuditLine } from "./inquiries.js";
import type { Granted, Holding, Ledger } from "../plan/index.js";

/** What calls have changed: a cache of what Label Studio would report now. */
export interface Moved {
  readonly joined: readonly (Holding & { readonly userId: number })[];
  readonly left: readonly (Pick<Holding, "kind" | "id"> & { readonly userId: number })[];
}

/** Kinds that the mapping has a section for, and what only those may be in of whom it says so. */
export interface Managed {
  readonly kinds: readonly AssignableKind[];
  readonly exact: readonly Pick<Assignable, "kind" | "id">[];
}

/** As last read, a cache; and what the bridge has put people into, which is durable. */
export interface Assignments {
  /** Everything of these kinds; `readAt`, in milliseconds: when everybody in it was read. */
  catalog(kinds: readonly AssignableKind[]): Promise<readonly (Assignable & { readonly readAt: number | undefined })[]>;
  /** All there is of a kind: what is gone goes with everybody who was in it. */
  putCatalog(kind: AssignableKind, all: readonly Assignable[]): Promise<void>;
  /** Everybody who is in it, as read after `askedAt`: whom the bridge has moved since is where it has put them. */
  putAssignees(of: Assignable, assignees: readonly Assignee[], askedAt: number): Promise<void>;
  /** All tags of each of these; `askedAt` likewise. */
  putTags(
    members: readonly { readonly userId: number; readonly tags: readonly number[] }[],
    askedAt: number,
  ): Promise<void>;
  moved(moved: Moved, at: number): Promise<void>;
  /** By a call of our own these have these tags, and no other. */
  retagged(userIds: readonly number[], tags: readonly number[], at: number): Promise<void>;
  holdings(userIds: readonly number[]): Promise<ReadonlyMap<number, readonly Holding[]>>;
  granted(userIds: readonly number[]): Promise<ReadonlyMap<number, readonly Granted[]>>;
  /** What the bridge has put anybody into. */
  given(kinds: readonly AssignableKind[]): Promise<readonly Pick<Assignable, "kind" | "id">[]>;
  remember(ledgers: readonly (Ledger & { readonly userId: number })[]): Promise<void>;
  /**
   * After a complete read, into the sweep lane: whoever is not in what the bridge has left them in, or is in something of
   * `exact` that it has not. Answers how many.
   */
  enqueueMisplaced(managed: Managed, cause: string, now: number): Promise<number>;
  /** Lines that belong together, in one write. */
  audit(lines: readonly AuditLine[]): Promise<void>;
}
