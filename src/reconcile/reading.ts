// What Label Studio reports, through the cache in the store. A failed read throws; it never means that nobody is there.
import type { Member } from "../membership/index.js";
import type { Urgency } from "../ports.js";
import type { ReconcileOptions } from "./options.js";
import { ownersRead } from "./owners.js";

/** How fresh the list of Owners must be before anything destructive. */
const OWNERS_FRESH_MS = 5_000;
/** What the cache takes for a grant demotes whoever has become Owner since it was read. */
const GRANT_FRESH_MS = 60_000;
const ADOPT_FRESH_MS = 10 * 60_000;
/** A second complete read within this time would tell nothing new about an address that is said to exist. */
const FULL_READ_FRESH_MS = 60_000;

export interface Reading {
  /** Reads everybody into the cache. */
  all(): Promise<void>;
  /** The same, unless that has just been done. */
  allIfStale(): Promise<void>;
  /** From the cache; missing there is not gone: confirmed singly. */
  member(userId: number, email: string, urgency: Urgency): Promise<Member | undefined>;
  memberByEmail(email: string, urgency: Urgency): Promise<Member | undefined>;
  /** Asks Label Studio, whatever the cache says. */
  confirm(userId: number, email: string, urgency: Urgency): Promise<Member | undefined>;
  /** User ids of all Owners, at most 5 s old: for anything destructive. Everybody found is put into the cache. */
  readonly ownerIds: (urgency: Urgency) => Promise<readonly number[]>;
  /** The same for grants: asked for only when neither Owners nor everybody have been read for a minute. */
  readonly ownerIdsForGrant: (urgency: Urgency) => Promise<readonly number[] | undefined>;
  learn(member: Member): Promise<void>;
  unlearn(userId: number): Promise<void>;
}

export function readings({ store, target, clock, emit }: ReconcileOptions): Reading {
  const { work } = store;
  const owners = ownersRead({ store, target, clock });
  let fullReadAt = -Infinity;
  let reading: Promise<void> | undefined;

  /** One complete read for all who ask meanwhile. */
  function all(): Promise<void> {
    reading ??= readAll().finally(() => (reading = undefined));
    return reading;
  }

  async function readAll(): Promise<void> {
    const startedAt = clock.now();
    let members = 0;
    for await (const page of target.observe()) {
      members += page.length;
      await work.putObserved(page, clock.now());
    }
    await work.endFullRead(startedAt);
    fullReadAt = startedAt;
    emit({ kind: "observed", members, durationMs: clock.now() - startedAt });
  }

  async function fresh(find: Promise<Member | undefined>): Promise<Member | undefined> {
    const member = await find;
    if (member) await work.putObserved([member], clock.now());
    return member;
  }

  return {
    all,
    allIfStale: async () => {
      if (clock.now() - fullReadAt > FULL_READ_FRESH_MS) await all();
    },
    member: async (userId, email, urgency) =>
      (await work.observed([userId])).get(userId) ?? fresh(target.findById(userId, email, urgency)),
    memberByEmail: async (email, urgency) => {
      const cached = async () => (await work.observedByEmail([email])).get(email);
      const known = await cached();
      if (!known) return fresh(target.findByEmail(email, urgency));
      if (clock.now() - fullReadAt < ADOPT_FRESH_MS) return known;
      // Addresses change hands: nobody is adopted by what was read long ago.
      await all();
      return (await cached()) ?? fresh(target.findByEmail(email, urgency));
    },
    confirm: async (userId, email, urgency) => {
      const member = await fresh(target.findById(userId, email, urgency));
      if (!member) await work.forgetObserved([userId]);
      return member;
    },
    ownerIds: (urgency) => owners.within(OWNERS_FRESH_MS, urgency),
    ownerIdsForGrant: async (urgency) => {
      if (!owners.known() && clock.now() - fullReadAt < GRANT_FRESH_MS) return undefined;
      return owners.within(GRANT_FRESH_MS, urgency);
    },
    learn: async (member) => {
      await owners.after(member.userId, member.role === "OW");
      await work.putObserved([member], clock.now());
    },
    unlearn: async (userId) => {
      await owners.after(userId, false);
      await work.forgetObserved([userId]);
    },
  };
}
