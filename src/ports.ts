// The edges of the bridge: types only. Store and Target each have one conformance suite that every implementation passes.
import type {
  Attributes,
  GroupRecord,
  GroupRef,
  ListQuery,
  MemberRef,
  Page,
  Shown,
  UserRecord,
  View,
} from "./directory/index.js";
import type { Member, Role } from "./membership/index.js";
import type { Assigner, Urgency } from "./ports/assigner.js";
import type { Effect, MemberOperation } from "./plan/index.js";
import type { Outcome, PeopleAsked, PeopleCounts, PersonOutcome, Standing } from "./ports/outcomes.js";
import type { Claim, Lane, Unclaimed } from "./ports/claims.js";
import type { Errand } from "./ports/errand.js";
import type { Credentials } from "./ports/credentials.js";
import type { Hold, Rails } from "./ports/holds.js";
import type { Heir, Link, LinksMoved, Move } from "./ports/links.js";
import type { AuditLine, Inquiries } from "./ports/inquiries.js";
import type { Assignments } from "./ports/assignments.js";
import type { Lists } from "./ports/lists.js";
import type { SeatLedger, Seats } from "./ports/seats.js";
import type { Trail } from "./ports/trail.js";
import type { Turns } from "./ports/turns.js";

export type { Assigned, Assigner, ListedMember, MemberFilter, Urgency } from "./ports/assigner.js";
export type { Outcome, PeopleAsked, PeopleCounts, PersonOutcome, SettledState, Standing } from "./ports/outcomes.js";
export type { Claim, Lane, Unclaimed } from "./ports/claims.js";
export type { Errand } from "./ports/errand.js";
export type { Credential, CredentialKind, Credentials, SigningKey } from "./ports/credentials.js";
export type { Effect } from "./plan/index.js";
export type { Approved, Chosen, HeldPerson, Hold, HoldKind, Pause, Rails, Unforeseen } from "./ports/holds.js";
export type {
  HeldOrigin,
  LineFilter,
  LineKind,
  ListedHold,
  ListedPerson,
  ListedState,
  Lists,
  Mark,
  PeopleFilter,
  PlacedLine,
} from "./ports/lists.js";
export type { AuditLine, Erased, Inquiries, StoreReport, Waiting } from "./ports/inquiries.js";
export type { Heir, Link, LinksMoved, Move } from "./ports/links.js";
export type { SeatLedger, SeatMonth, Seats, SeatsRead, Supply } from "./ports/seats.js";
export type { ChainEnd, Extended, Recorded, RecordsPage, Seal, Sealed, Trail } from "./ports/trail.js";
export type { Paced, PaceReport, Permit, Turns } from "./ports/turns.js";
export type { Assignments, Managed, Moved } from "./ports/assignments.js";

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

// ── Target: Label Studio ─────────────────────────────────────────────────────────────────────────────────────────

/** Who the API key is: `GET /api/current-user/whoami`. */
export interface Principal {
  readonly userId: number;
  readonly email: string;
  readonly organizationId: number | undefined;
  readonly role: string | undefined;
  readonly permissions: readonly string[];
  readonly keyKind: "legacy token" | "personal access token";
}

export interface Organization {
  readonly id: number;
  readonly title: string;
  readonly defaultRole: string | undefined;
  /** False: Label Studio's own SAML and SCIM decide. undefined where the server does not say. */
  readonly manualRoleManagement: boolean | undefined;
  /** The same for who is in workspaces; for projects hardly any server says it (contract 3). */
  readonly manualWorkspaceManagement: boolean | undefined;
  readonly manualProjectMemberManagement: boolean | undefined;
}

/** A group that Label Studio itself gives a role by. */
export interface GroupRoles {
  readonly by: "scim" | "saml";
  readonly group: string;
  readonly role: Role;
}

/**
 * Label Studio as the bridge needs it. Everything throws BridgeError: TARGET_RATE_LIMITED and TARGET_UNAVAILABLE (try
 * again), TARGET_REFUSED (the vendor's words in the message, `facts.reason` the same for all refused alike),
 * TARGET_UNAUTHORIZED (the key is dead). No method ever reports "nobody there" after a failed or partial read.
 */
export interface Target extends Assigner {
  whoAmI(): Promise<Principal>;
  organization(): Promise<Organization>;
  /** Nothing is known of them on servers that do not tell, or not to this key. */
  seats(): Promise<Seats>;
  /** By its own SCIM and SAML settings; empty where they give none, or are not shown. */
  groupRoles(): Promise<readonly GroupRoles[]>;
  /** Every member, page by page, by page number. Soft-deleted (masked) rows are left out. */
  observe(): AsyncIterable<readonly Member[]>;
  /** One member by lower-cased address, compared whole on our side; undefined when a complete read has no such row. */
  findByEmail(email: string, urgency: Urgency): Promise<Member | undefined>;
  /** The same by user id; the address only narrows the search. */
  findById(userId: number, email: string, urgency: Urgency): Promise<Member | undefined>;
  /** Everybody whose role is OW, filtered on the server and again here. */
  owners(urgency: Urgency): Promise<readonly Member[]>;
  /**
   * Carries out one operation; safe to repeat; success when it is already so. Answers the member as Label Studio now
   * reports it; undefined when there is no membership (after soft-delete, or an invitation). `stillWanted` is asked when
   * the call has its turn in the pace: false sends nothing and throws VERSION_CONFLICT.
   */
  apply(
    operation: MemberOperation,
    urgency: Urgency,
    stillWanted?: () => Promise<boolean>,
    errand?: Errand,
  ): Promise<Member | undefined>;
  close(): Promise<void>;
}

// ── Store: the durable side ──────────────────────────────────────────────────────────────────────────────────────

export interface DirectoryReads {
  user(id: string): Promise<UserRecord | undefined>;
  group(id: string): Promise<GroupRecord | undefined>;
  shownUser(id: string, view: View): Promise<Shown | undefined>;
  shownGroup(id: string, view: View): Promise<Shown | undefined>;
  users(query: ListQuery, view: View): Promise<Page>;
  groups(query: ListQuery, view: View): Promise<Page>;
  /** Groups that each user is directly in, by user id; ids without groups are absent. */
  groupsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly GroupRef[]>>;
  membersOf(groupIds: readonly string[]): Promise<ReadonlyMap<string, readonly MemberRef[]>>;
  /** Where these users stand, by their id, in one statement; who has never been put into the outbox is absent. */
  standings(userIds: readonly string[]): Promise<ReadonlyMap<string, Standing>>;
  /** Which of these ids are living users or groups; unknown ids are absent. */
  kinds(ids: readonly string[]): Promise<ReadonlyMap<string, MemberRef["type"]>>;
}

/** Everything awaited inside is this transaction; all of it is durable when `transaction` resolves, or none. */
export interface Transaction extends DirectoryReads {
  /** UNIQUENESS when the userName is taken, whatever its letter case. */
  insertUser(user: UserRecord): Promise<void>;
  /** VERSION_CONFLICT unless the stored version is `seenVersion`; UNIQUENESS as above. */
  putUser(next: UserRecord, seenVersion: number): Promise<void>;
  /** Removes user and memberships, keeps the link as a tombstone; answers the ids of the groups left (not yet touched). */
  removeUser(id: string, at: string): Promise<readonly string[]>;
  /** UNIQUENESS when the displayName is taken, whatever its letter case. */
  insertGroup(group: GroupRecord): Promise<void>;
  putGroup(next: GroupRecord, seenVersion: number): Promise<void>;
  /** Removes the group and its member rows; answers who was a member. */
  removeGroup(id: string): Promise<readonly MemberRef[]>;
  /** Raises version and lastModified of groups whose members changed. */
  touchGroups(ids: readonly string[], at: string): Promise<void>;
  /** Answers the ids that were not members before. */
  addMembers(groupId: string, members: readonly MemberRef[]): Promise<readonly string[]>;
  /** `"all"` empties the group. Answers the ids that were members. */
  removeMembers(groupId: string, ids: readonly string[] | "all"): Promise<readonly string[]>;
  /** Puts these people, and everybody who shares one of the addresses with them, into the outbox. */
  enqueue(request: EnqueueRequest): Promise<void>;
  audit(line: AuditLine): Promise<void>;
}

export interface EnqueueRequest {
  readonly people: readonly string[];
  /** Lower-cased addresses that the change touches (before and after): whoever shares one is looked at too. */
  readonly addresses: readonly string[];
  readonly lane: Lane;
  readonly cause: string;
  /** Whose doing it is: `group <id>`, `request <id>`. */
  readonly origin: string;
  readonly requestId?: string;
  readonly now: number;
}

/** What the loop needs to know of a person; `user` undefined: deleted over SCIM. */
export interface PersonRow {
  readonly personId: string;
  readonly user: UserRecord | undefined;
  readonly groups: readonly GroupRef[];
  readonly link: Link | undefined;
  /** userName and emails of a deleted user: what identifies the account of one who was never linked. */
  readonly former: Attributes | undefined;
  /** What an operator has to decide about their role, or has decided. */
  readonly hold: Hold | undefined;
  /** The same of what they are taken out of. */
  readonly assignHold: Hold | undefined;
  /** Their seat was another person's who had it too short; it would have rested until then, in milliseconds since the epoch. */
  readonly rotatedUntil: number | undefined;
}

/** What a read that was asked for at this time, or our own write, has shown. */
export interface Observation {
  readonly members: readonly Member[];
  readonly askedAt: number;
}

/** Durable work of the reconcile loop. */
export interface Work {
  /** All of it or nothing; everybody is looked at after it. */
  moveTo(move: Move): Promise<LinksMoved>;
  /** Everybody living, and the deleted whose deletion is held or failing; who waits already is due now. */
  enqueueEveryone(lane: Lane, cause: string, origin: string, now: number): Promise<number>;
  /**
   * After a complete read, into the sweep lane: whoever is not as the last look has left them, whoever is held and has an account, and whose
   * address an account has that nobody holds. Answers how many.
   */
  enqueueDrifted(cause: string, now: number): Promise<number>;
  /** Leases due rows, leavers first. Only the lanes named. */
  claim(lanes: readonly Lane[], limit: number, leaseMs: number, now: number): Promise<readonly Claim[]>;
  /** People in hand stay leased; who has been let go of stays so. */
  renewLeases(personIds: readonly string[], until: number): Promise<void>;
  /** Forgets leases of a process that died. */
  releaseLeases(): Promise<void>;
  /** Milliseconds since the epoch of the next due row in these lanes, undefined when nothing waits. */
  nextDue(lanes: readonly Lane[]): Promise<number | undefined>;
  /** False when a newer change of this person has arrived since the claim. */
  isCurrent(claim: Claim): Promise<boolean>;
  people(ids: readonly string[]): Promise<readonly PersonRow[]>;
  /** Living people who name this address anywhere, oldest first. */
  peopleWithAddress(address: string): Promise<readonly PersonRow[]>;
  linkOfAccount(userId: number): Promise<Link | undefined>;
  /** The newest tombstone of an account that had this address. */
  tombstoneOf(address: string): Promise<Link | undefined>;
  /** The newest tombstone of this account. */
  tombstoneOfAccount(userId: number): Promise<Link | undefined>;
  /** Stores or moves the link: UNIQUENESS when another living person holds the account. */
  putLink(link: Link): Promise<void>;
  /** The link is the heir's, who is looked at; all of it or nothing. UNIQUENESS as above. */
  handOver(link: Link, heir: Heir): Promise<void>;
  /** The row leaves the outbox, unless a newer change has arrived. Without an outcome the person is forgotten (deleted). */
  settle(claim: Claim, outcome: Outcome | undefined): Promise<void>;
  /** Due rows of these lanes that nobody has in hand and nothing was tried for, in their order after this one. */
  unclaimed(
    lanes: readonly Lane[],
    after: Unclaimed | undefined,
    limit: number,
    now: number,
  ): Promise<readonly Unclaimed[]>;
  /** These rows leave the outbox as they were found, unless anything has become of them since; answers whose have. */
  settleUnclaimed(
    settled: readonly (Unclaimed & {
      readonly outcome: Outcome;
      /** What it has to remember from now on. */
      readonly link?: Link | undefined;
    })[],
  ): Promise<readonly string[]>;
  /** The look is over with this outcome, and what they are in is next: the row waits in lane `assign`, unless a newer change has arrived. */
  handOn(claim: Claim, dueAt: number, effect: Effect | undefined, outcome: Outcome): Promise<void>;
  /** The row stays and is due again later. With an outcome the person counts as failing, without as pending. */
  retry(claim: Claim, dueAt: number, refusal: string | undefined, outcome: Outcome | undefined): Promise<void>;
  /** Everybody refused for this reason is due now. */
  release(refusal: string, now: number): Promise<void>;
  /** One person of each reason that nobody has probed since `probedBefore` is due now. */
  probeRefusals(now: number, probedBefore: number): Promise<void>;
  observed(userIds: readonly number[]): Promise<ReadonlyMap<number, Member>>;
  observedByEmail(emails: readonly string[]): Promise<ReadonlyMap<string, Member>>;
  /** What a read that was asked for at this time has shown; whoever something newer is known of stays as they are. */
  putObserved(members: readonly Member[], askedAt: number): Promise<void>;
  /** The same where nobody was found. */
  forgetObserved(userIds: readonly number[], askedAt: number): Promise<void>;
  /** Before the first page of a complete read. */
  beginFullRead(startedAt: number): Promise<void>;
  /** After its last page: drops whom nothing has been learned of since its start. */
  endFullRead(startedAt: number): Promise<void>;
  audit(line: AuditLine): Promise<void>;
  /** The same for how something ended whose beginning is on disk: a power cut may take it. With it, what it has shown. */
  auditAnswer(line: AuditLine, shown?: Observation): Promise<void>;
  outcome(personId: string): Promise<Outcome | undefined>;
  /** People last settled so, in the order of their ids after `afterId`; for operators. */
  outcomes(asked: PeopleAsked, afterId: string, limit: number): Promise<readonly PersonOutcome[]>;
  counts(now: number): Promise<PeopleCounts>;
}

export interface Store extends Turns {
  readonly directory: DirectoryReads;
  readonly work: Work;
  readonly rails: Rails;
  readonly seats: SeatLedger;
  readonly inquiries: Inquiries;
  readonly trail: Trail;
  readonly assignments: Assignments;
  readonly lists: Lists;
  readonly credentials: Credentials;
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Small facts that outlive a restart (verified upstream, mapping digest). */
  recall(name: string): Promise<string | undefined>;
  remember(name: string, value: string): Promise<void>;
  forget(name: string): Promise<void>;
  /** The same store, whose writes fail (STORE_UNAVAILABLE, nothing changed) unless the loop is this holder's. */
  heldBy(holder: string): Store;
  /** STORE_UNAVAILABLE when it cannot answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
