// What the breaker holds and what it counts (types only, part of the ports).
import type { Claim } from "./claims.js";
import type { AuditLine } from "./inquiries.js";
import type { Outcome } from "./outcomes.js";
import type { Effect } from "../plan/index.js";

/** What is held of somebody: their role, or what they are taken out of. They may wait for both at a time. */
export type HoldKind = "role" | "assign";

/** A change that an operator has to decide about. An approval is for this person, from → to and origin, and nothing else. */
export interface Hold {
  readonly personId: string;
  readonly effect: Effect;
  /** Role last observed; undefined: no membership. */
  readonly from: string | undefined;
  /** Role code, `deleted`, or `default`. */
  readonly to: string;
  readonly origin: string;
  /** With the numbers that made it too many. */
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
  readonly decision: "waiting" | "approved" | "rejected";
}

export interface HeldPerson extends Hold {
  /** undefined: deleted over SCIM. */
  readonly userName: string | undefined;
  /** displayName of the group that the origin is; undefined: it is none, or is gone. */
  readonly groupName: string | undefined;
}

/** What an operator has agreed to before it was ever held. */
export interface Approved {
  readonly personId: string;
  /** undefined: nothing that is limited. */
  readonly effect: Effect | undefined;
  readonly from: string | undefined;
  readonly to: string;
}

/** Somebody in the outbox of whom it is not known yet what will be done to them. */
export type Unforeseen = Pick<Claim, "personId" | "seq" | "lane" | "origin" | "leaverDue">;

/** Which holds an operator means. */
export type Chosen =
  | "all"
  | { readonly origin: string }
  /** With an origin: what is held of them because of it, and nothing else. */
  | { readonly people: readonly string[]; readonly origin?: string };

/** Nothing goes out but leavers; `all`: not even these. */
export interface Pause {
  readonly all: boolean;
  /** ISO 8601. */
  readonly at: string;
  /** undefined: an operator has said so. */
  readonly because?: string | undefined;
}

export interface WaitingOrigin {
  readonly origin: string;
  /** Those of them who are held already count too. */
  readonly people: number;
  readonly held: boolean;
}

export interface Rails {
  pause(): Promise<Pause | undefined>;
  setPause(pause: Pause | undefined, line: AuditLine): Promise<void>;
  /**
   * Before anything else is done at a start: a store that is a restored backup, or a copy, is paused with its leavers, once.
   * Answers the pause that this has made.
   */
  pauseIfRestored(at: string): Promise<Pause | undefined>;
  /** Who waits in these lanes without a note of what will be done to them. */
  unforeseen(lanes: readonly Claim["lane"][]): Promise<readonly Unforeseen[]>;
  /** Notes it, unless a newer change has arrived. */
  foresee(
    people: readonly { readonly personId: string; readonly seq: number; readonly effect: Effect | undefined }[],
  ): Promise<void>;
  /** People, each once: to whom it was done since then, and to whom it is about to be, by origin, the oldest first. */
  spent(
    effect: Effect,
    since: number,
  ): Promise<{
    readonly applied: number;
    readonly waiting: readonly WaitingOrigin[];
  }>;
  /**
   * Of how many people too many would be: of those who have a working role, or have lost it since then; grants may be to
   * everybody whom the identity provider calls active.
   */
  among(effect: Effect, since: number): Promise<number>;
  /** User ids of the members with one of these roles, as last read. */
  membersWith(roles: readonly string[]): Promise<readonly number[]>;
  /** `lostRole`: a working role is gone by it. `drift`: put back, whatever it was. Approved changes are not spent. */
  spend(personId: string, effect: Effect | "drift", lostRole: boolean, now: number): Promise<void>;
  /** How often drift of this person was put back since then. */
  putBack(personId: string, since: number): Promise<number>;
  /** The row leaves the outbox with this outcome, and waits for an operator. */
  hold(claim: Claim, outcome: Outcome, hold: Hold): Promise<void>;
  /** The same of somebody who is failing for another reason: the row stays for that. */
  holdBeside(claim: Claim, hold: Hold): Promise<void>;
  forgetHold(personId: string, kind: HoldKind): Promise<void>;
  /** Of so many people in the order of their ids after `afterId`, all that is held of each; leavers first is the reader's affair. */
  holds(afterId: string, limit: number): Promise<readonly HeldPerson[]>;
  /** Lets exactly these changes go, also where they are too many, and has these people looked at. */
  approve(changes: readonly Approved[], origin: string, line: AuditLine, now: number): Promise<void>;
  /**
   * Whoever is chosen and waits for a decision, or by name has another one; they are looked at again. Answers their ids,
   * each once.
   */
  decide(
    chosen: Chosen,
    decision: "approved" | "rejected",
    line: (personId: string) => AuditLine,
    now: number,
  ): Promise<readonly string[]>;
}
