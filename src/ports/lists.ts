// Lists that operators page through (types only, part of the ports). Each answers a bounded number of rows in bounded time.
import type { GroupRef } from "../directory/index.js";
import type { AuditLine } from "./inquiries.js";
import type { Effect } from "../plan/index.js";
import type { SettledState } from "./outcomes.js";

export type ListedState = SettledState | "pending";

export interface PeopleFilter {
  /** Part of a name, an address or a userName, in lower case; empty: whoever. */
  readonly text: string;
  readonly groupId: string | undefined;
  readonly state: ListedState | undefined;
  /** Of the held, those about whom there is nothing to decide: a protection holds them, or the want of a seat. */
  readonly withoutHold?: boolean;
}

export interface ListedPerson {
  readonly personId: string;
  /** undefined: deleted over SCIM. */
  readonly userName: string | undefined;
  /** As the identity provider writes it, if it does. */
  readonly name: string | undefined;
  readonly active: boolean;
  /** undefined: never looked at. */
  readonly state: ListedState | undefined;
  readonly role: string | undefined;
  readonly desiredRole: string | undefined;
  readonly reason: string | undefined;
  readonly warning: string | undefined;
  readonly changedAt: string | undefined;
}

/** A line of the audit log with its place in it. */
export interface PlacedLine extends AuditLine {
  readonly position: number;
}

/** Which lines of the audit log: places between the two, exclusive. */
export interface LineFilter {
  readonly after: number;
  readonly before: number;
  readonly kind: LineKind;
  /** A whole action; undefined: any. */
  readonly action: string | undefined;
  /** ISO 8601; undefined: any time. */
  readonly since: string | undefined;
  readonly until: string | undefined;
}

/**
 * `sent`, `done`, `failed`: that stage of a change at Label Studio. `directory`: what the identity provider has written.
 * `other`: decisions of operators, and what became of the bridge itself.
 */
export type LineKind = "sent" | "done" | "failed" | "directory" | "other";

/** What a chart needs of a line. */
export interface Mark {
  readonly position: number;
  readonly at: string;
  readonly subject: string;
  readonly kind: "done" | "failed" | "left" | "asked-to-leave" | "asked-to-stay";
}

export interface HeldOrigin {
  readonly origin: string;
  readonly groupName: string | undefined;
  readonly effect: Effect;
  readonly decision: "waiting" | "approved" | "rejected";
  readonly people: number;
  /** With the numbers that made it too many. */
  readonly reason: string;
  /** The first of them, ISO 8601. */
  readonly since: string;
}

export interface Lists {
  /** Ids in the order of the list, after this one: of the group or the state if one is asked for. `text` is not looked at yet. */
  candidates(filter: PeopleFilter, afterId: string, limit: number): Promise<readonly string[]>;
  /** Those of these people who pass the filter, in the order given. */
  people(ids: readonly string[], filter: PeopleFilter): Promise<readonly ListedPerson[]>;
  group(id: string): Promise<GroupRef | undefined>;
  /** Whose names begin so, in the order of their names. */
  groupsNamed(prefix: string, limit: number): Promise<readonly GroupRef[]>;
  /** Newest first. */
  lines(filter: LineFilter, limit: number): Promise<readonly PlacedLine[]>;
  /** The same of one person or group. */
  linesOf(subject: string, filter: LineFilter, limit: number): Promise<readonly PlacedLine[]>;
  /**
   * The nearest line of the same subject and action after each of these, or before it; absent: there is none.
   * By the position that was asked with.
   */
  beside(
    lines: readonly Pick<PlacedLine, "position" | "subject" | "action">[],
    side: "after" | "before",
  ): Promise<ReadonlyMap<number, PlacedLine>>;
  /** The first place whose line was written at this time or later: lines are in the order of their times, but for clocks. */
  placeAt(instant: string): Promise<number>;
  /** One more than the newest place. */
  end(): Promise<number>;
  marks(after: number, before: number): Promise<readonly Mark[]>;
  origins(limit: number): Promise<readonly HeldOrigin[]>;
  /** How many people wait for a decision because of it, each once. */
  waitingBecauseOf(origin: string): Promise<number>;
  /** Who is held because of it, so many people in the order of their ids, all that is held of each. */
  heldBecauseOf(origin: string, afterId: string, limit: number): Promise<readonly ListedHold[]>;
}

export interface ListedHold {
  readonly personId: string;
  readonly userName: string | undefined;
  readonly from: string | undefined;
  readonly to: string;
  readonly decision: "waiting" | "approved" | "rejected";
}
