// What people are in against what they should be in, by what the store knows.
import { wanted, type Mapping } from "../mapping/index.js";
import type { Member } from "../membership/index.js";
import {
  awaitsFirstMatch,
  catalogOf,
  locate,
  reassign,
  type Account,
  type Catalog,
  type Holding,
  type Located,
  type Reassigned,
} from "../plan/index.js";
import type { PersonRow, Store } from "../ports.js";

export interface Reassigning extends Reassigned {
  readonly member: Member;
  readonly located: readonly Located[];
  readonly holdings: readonly Holding[];
}

interface Somebody {
  readonly row: PersonRow;
  readonly account: Account;
}

interface KnownPlaces {
  readonly store: Store;
  readonly mapping: () => Mapping;
  /** Where it is at hand already. */
  readonly catalog?: () => Promise<Catalog>;
}

/** By person id. Who is inactive or no member is left as they are: what they are in is theirs again when they come back. */
export async function reassigning(
  { store, mapping, catalog: known }: KnownPlaces,
  people: readonly Somebody[],
): Promise<ReadonlyMap<string, Reassigning>> {
  const rules = mapping();
  const { sections } = rules;
  const members = people.flatMap(({ row, account, account: { person, observed } }) =>
    row.user && person.standing === "active" && observed ? [{ row, account, user: row.user, member: observed }] : [],
  );
  if (sections.length === 0 || members.length === 0) return new Map();
  const catalog = await (known?.() ?? catalogIn(store, rules));
  const userIds = members.map(({ member }) => member.userId);
  const [held, granted] = [await store.assignments.holdings(userIds), await store.assignments.granted(userIds)];
  return new Map(
    members.map(({ row, account, user, member }) => {
      const located = locate(wanted(rules, user, row.groups), catalog, sections);
      const { userId, role } = member;
      const holdings = held.get(userId) ?? [];
      const own = granted.get(userId) ?? [];
      // Without rules for roles it is those of the sections that match first.
      const isNew = rules.roles.rules.length > 0 || located.length + own.length === 0;
      const awaiting = isNew && awaitsFirstMatch(account, rules);
      const known = { userId, role, located, holdings, granted: own, awaitsFirstMatch: awaiting };
      return [row.personId, { ...reassign(known, sections, catalog), member, located, holdings }];
    }),
  );
}

export const catalogIn = async (store: Store, { sections }: Mapping): Promise<Catalog> =>
  catalogOf(await store.assignments.catalog(sections.map(({ kind }) => kind)));
