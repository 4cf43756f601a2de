// What Label Studio reports, through the cache in the store. A failed read throws; it never means that nobody is there.
import type { Member } from "../membership/index.js";
import type { Urgency } from "../ports.js";
import type { ReconcileOptions } from "./options.js";

/** How fresh the list of Owners must be before anything destructive. */
const OWNERS_FRESH_MS = 5_000;
/** A second complete read within this time would tell nothing new about an address that is said to exist. */
const FULL_READ_FRESH_MS = 60_000;

export interface Reading {
  /** Reads everybody into the cache. */
  all(urgency?: Urgency): Promise<void>;
  /** The same, unless that has just been done. */
  allIfStale(): Promise<void>;
  /** From the cache; missing there is not gone: confirmed singly. */
  member(userId: number, email: string, urgency: Urgency): Promise<Member | undefined>;
  memberByEmail(email: string, urgency: Urgency): Promise<Member | undefined>;
  /** Asks Label Studio, whatever the cache says. */
  confirm(userId: number, email: string, urgency: Urgency): Promise<Member | undefined>;
  /**
   * User ids of all Owners, at most 5 s old; everybody found is put into the cache. Anything destructive asks for itself:
   * what was read for a grant moments ago does not do.
   */
  ownerIds(urgency: Urgency, destructive: boolean): Promise<readonly number[]>;
  learn(member: Member): Promise<void>;
  unlearn(userId: number): Promise<void>;
}

interface OwnersRead {
  readonly at: number;
  readonly ids: Promise<readonly number[]>;
  readonly destructive: boolean;
}

export function readings({ store, target, clock, emit }: ReconcileOptions): Reading {
  const { work } = store;
  let owners: OwnersRead | undefined;
  let fullReadAt = -Infinity;

  async function all(): Promise<void> {
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

  async function readOwners(urgency: Urgency): Promise<readonly number[]> {
    const found = await target.owners(urgency);
    await work.putObserved(found, clock.now());
    return found.map((member) => member.userId);
  }

  /** Our own write may have made or unmade an Owner. */
  async function ownersAfter(userId: number, isOwner: boolean): Promise<void> {
    const known: readonly number[] = (await owners?.ids.catch(() => [])) ?? [];
    if (isOwner !== known.includes(userId)) owners = undefined;
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
    memberByEmail: async (email, urgency) =>
      (await work.observedByEmail([email])).get(email) ?? fresh(target.findByEmail(email, urgency)),
    confirm: async (userId, email, urgency) => {
      const member = await fresh(target.findById(userId, email, urgency));
      if (!member) await work.forgetObserved([userId]);
      return member;
    },
    ownerIds: async (urgency, destructive) => {
      const usable = owners && clock.now() - owners.at < OWNERS_FRESH_MS && (owners.destructive || !destructive);
      if (!owners || !usable) {
        const ids = readOwners(urgency);
        owners = { at: clock.now(), ids, destructive };
        ids.catch(() => (owners = undefined));
      }
      return owners.ids;
    },
    learn: async (member) => {
      await ownersAfter(member.userId, member.role === "OW");
      await work.putObserved([member], clock.now());
    },
    unlearn: async (userId) => {
      await ownersAfter(userId, false);
      await work.forgetObserved([userId]);
    },
  };
}
