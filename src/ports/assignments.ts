// What the store keeps of tags, workspaces and projects (types only, part of the ports).
import type { Assignable, AssignableKind, Assignee } from "../membership/index.js";
import type { AuditLine } from "./inquiries.js";
import type { Granted, Holding, Ledger } from "../plan/index.js";

/** What calls have changed: a cache of what Label Studio would report now. */
export interface Moved {
  readonly joined: readonly (Holding & { readonly userId: number })[];
  readonly left: readonly (Pick<Holding, "kind" | "id"> & { readonly userId: number })[];
}

/** Kinds that the mapping has a section for, and those of them that are exactly as it says. */
export interface Managed {
  readonly kinds: readonly AssignableKind[];
  readonly exact: readonly AssignableKind[];
}

/** As last read, a cache; and what the bridge has put people into, which is durable. */
export interface Assignments {
  /** Everything of these kinds; `readAt`, in milliseconds: when everybody in it was read. */
  catalog(kinds: readonly AssignableKind[]): Promise<readonly (Assignable & { readonly readAt: number | undefined })[]>;
  /** All there is of a kind: what is gone goes with everybody who was in it. */
  putCatalog(kind: AssignableKind, all: readonly Assignable[]): Promise<void>;
  /** Everybody who is in it. */
  putAssignees(of: Assignable, assignees: readonly Assignee[], readAt: number): Promise<void>;
  /** All tags of each of these. */
  putTags(members: readonly { readonly userId: number; readonly tags: readonly number[] }[]): Promise<void>;
  moved(moved: Moved): Promise<void>;
  holdings(userIds: readonly number[]): Promise<ReadonlyMap<number, readonly Holding[]>>;
  granted(userIds: readonly number[]): Promise<ReadonlyMap<number, readonly Granted[]>>;
  /** What the bridge has put anybody into. */
  given(kinds: readonly AssignableKind[]): Promise<readonly Pick<Assignable, "kind" | "id">[]>;
  remember(ledgers: readonly (Ledger & { readonly userId: number })[]): Promise<void>;
  /**
   * After a complete read, into the sweep lane: whoever is not in what the bridge has left them in, or, where the mapping is
   * exact, in something else. Answers how many.
   */
  enqueueMisplaced(managed: Managed, cause: string, now: number): Promise<number>;
  /** Lines that belong together, in one write. */
  audit(lines: readonly AuditLine[]): Promise<void>;
}
