// What Label Studio reports, through the cache in the store. A failed read throws; it never means that nobody is there.
import type { Member } from "../membership/index.js";
import type { AuditLine, Urgency } from "../ports.js";
import type { ReconcileOptions } from "./options.js";
import { crowds } from "./crowd.js";
import { fullReads } from "./full-read.js";
import { ownersRead } from "./owners.js";

/** How fresh the list of Owners must be before anything destructive. */
const OWNERS_FRESH_MS = 5_000;
/** What the cache takes for a grant demotes whoever has become Owner since it was read. */
const GRANT_FRESH_MS = 60_000;
const ADOPT_FRESH_MS = 10 * 60_000;

export interface Reading {
  /** Reads everybody into the cache. */
  all(): Promise<void>;
  /** The same, with a read that begins after this call. */
  allAnew(): Promise<void>;
  /** The same, unless that has just been done. */
  allIfStale(): Promise<void>;
  /** From the cache; missing there is not gone: confirmed singly. */
  member(userId: number, email: string, urgency: Urgency): Promise<Member | undefined>;
  memberByEmail(email: string, urgency: Urgency): Promise<Member | undefined>;
  /** The same, of somebody whom a read of a minute ago may not know yet: always asked for. */
  searchByEmail(email: string, urgency: Urgency): Promise<Member | undefined>;
  /** Asks Label Studio, whatever the cache says. */
  confirm(userId: number, email: string, urgency: Urgency): Promise<Member | undefined>;
  /** User ids of all Owners, at most 5 s old: for anything destructive. Everybody found is put into the cache. */
  readonly ownerIds: (urgency: Urgency) => Promise<readonly number[]>;
  /** The same for grants: asked for only when neither Owners nor everybody have been read for a minute. */
  readonly ownerIdsForGrant: (urgency: Urgency) => Promise<readonly number[] | undefined>;
  /** Everybody's tags are in the store. */
  tags(): Promise<void>;
  learn(member: Member): Promise<void>;
  /** The same together with the line that says what was answered. */
  answered(line: AuditLine, member: Member): Promise<void>;
  unlearn(userId: number): Promise<void>;
}

export function readings({ store, target, clock, emit, mapping }: ReconcileOptions): Reading {
  const { work } = store;
  const owners = ownersRead({ store, target, clock });
  const everybody = fullReads({ store, target, clock, emit, mapping });
  const crowd = crowds(everybody, clock);

  async function fresh(find: () => Promise<Member | undefined>): Promise<Member | undefined> {
    const askedAt = clock.now();
    const member = await find();
    if (member) await work.putObserved([member], askedAt);
    return member;
  }

  const search = (email: string, urgency: Urgency) => fresh(() => target.findByEmail(email, urgency));

  /** When our own write is known: what was asked for in the same millisecond may have been answered before it. */
  const written = (): number => clock.now() + 1;

  return {
    all: () => everybody.all(),
    allAnew: () => everybody.anew(),
    allIfStale: () => everybody.ifStale(),
    member: async (userId, email, urgency) =>
      (await work.observed([userId])).get(userId) ?? fresh(() => target.findById(userId, email, urgency)),
    memberByEmail: async (email, urgency) => {
      const cached = async () => (await work.observedByEmail([email])).get(email);
      const known = await cached();
      if (!known) return (await crowd.takes(email)) ? cached() : search(email, urgency);
      if (everybody.ageMs() < ADOPT_FRESH_MS) return known;
      // Addresses change hands: nobody is adopted by what was read long ago.
      await everybody.all();
      return (await cached()) ?? search(email, urgency);
    },
    searchByEmail: search,
    confirm: async (userId, email, urgency) => {
      const askedAt = clock.now();
      const member = await fresh(() => target.findById(userId, email, urgency));
      if (!member) await work.forgetObserved([userId], askedAt);
      return member;
    },
    ownerIds: (urgency) => owners.within(OWNERS_FRESH_MS, urgency),
    ownerIdsForGrant: async (urgency) => {
      if (!owners.known() && everybody.ageMs() < GRANT_FRESH_MS) return undefined;
      return owners.within(GRANT_FRESH_MS, urgency);
    },
    tags: () => everybody.withTags(),
    learn: async (member) => {
      await owners.after(member.userId, member.role === "OW");
      await work.putObserved([member], written());
    },
    answered: async (line, member) => {
      await owners.after(member.userId, member.role === "OW");
      await work.auditAnswer(line, { members: [member], askedAt: written() });
    },
    unlearn: async (userId) => {
      await owners.after(userId, false);
      await work.forgetObserved([userId], written());
    },
  };
}
