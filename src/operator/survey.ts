// What the page shows and the commands do not ask: lists that one searches and pages through, and what has happened lately.
import type { GroupRef } from "../directory/index.js";
import { lint, type Doubt, type Mapping } from "../mapping/index.js";
import type { Clock, HeldOrigin, ListedHold, ListedPerson, PeopleFilter, Store } from "../ports.js";
import { activity, type Activity } from "./activity.js";
import { changes, type ChangeFilter, type ChangePage } from "./changes.js";
import { search, type PeoplePage } from "./search.js";

export interface Survey {
  /** Whoever passes the filter, in the order of their names, or of their ids where they are of a group or a state. */
  search(filter: PeopleFilter, afterId: string, limit: number): Promise<PeoplePage>;
  people(ids: readonly string[]): Promise<ReadonlyMap<string, ListedPerson>>;
  group(id: string): Promise<GroupRef | undefined>;
  groupsNamed(prefix: string, limit: number): Promise<readonly GroupRef[]>;
  /** `before`: place of the last one shown; undefined: from the newest. */
  changes(filter: ChangeFilter, before: number | undefined, limit: number): Promise<ChangePage>;
  activity(): Promise<Activity>;
  origins(): Promise<readonly HeldOrigin[]>;
  waitingBecauseOf(origin: string): Promise<number>;
  heldBecauseOf(origin: string, afterId: string, limit: number): Promise<readonly ListedHold[]>;
  mapping(): Promise<MappingShown>;
  seats(): Promise<SeatsShown>;
}

export interface MappingShown {
  readonly mapping: Mapping;
  readonly doubts: readonly Doubt[];
}

/** As Label Studio has last told; it is not asked for it here. */
export interface SeatsShown {
  readonly used: number | undefined;
  readonly limit: number | undefined;
  readonly free: number | undefined;
  /** ISO 8601; undefined: Label Studio has never been asked. */
  readonly at: string | undefined;
  readonly waiting: number;
}

interface Options {
  readonly store: Store;
  readonly clock: Clock;
  readonly mapping: () => Mapping;
}

const MOST_ORIGINS = 100;
/** With more the mapping is looked at without them: whether a rule matches none cannot be said. */
const MOST_GROUPS = 5_000;
/** A chart of a day need not be newer. */
const ACTIVITY_KEPT_MS = 15_000;

export function survey({ store, clock, mapping }: Options): Survey {
  const { lists } = store;
  let known: { readonly at: number; readonly activity: Promise<Activity> } | undefined;
  return {
    search: (filter, afterId, limit) => search(store, filter, afterId, limit),
    people: async (ids) =>
      new Map((await lists.people([...new Set(ids)], WHOEVER)).map((person) => [person.personId, person])),
    group: (id) => lists.group(id),
    groupsNamed: (prefix, limit) => lists.groupsNamed(prefix, limit),
    changes: (filter, before, limit) => changes(store, filter, before, limit),
    activity: () => {
      if (known === undefined || clock.now() - known.at > ACTIVITY_KEPT_MS)
        known = { at: clock.now(), activity: activity({ store, clock }) };
      const { activity: latest } = known;
      latest.catch(() => (known = undefined));
      return latest;
    },
    origins: () => lists.origins(MOST_ORIGINS),
    waitingBecauseOf: (origin) => lists.waitingBecauseOf(origin),
    heldBecauseOf: (origin, afterId, limit) => lists.heldBecauseOf(origin, afterId, limit),
    mapping: async () => {
      const groups = await lists.groupsNamed("", MOST_GROUPS);
      const inForce = mapping();
      return { mapping: inForce, doubts: lint(inForce, groups.length < MOST_GROUPS ? groups : undefined) };
    },
    seats: () => seatsOf(store),
  };
}

const WHOEVER: PeopleFilter = { text: "", groupId: undefined, state: undefined };

async function seatsOf({ seats }: Store): Promise<SeatsShown> {
  const { used, limit, at } = (await seats.lastRead()) ?? { used: undefined, limit: undefined, at: undefined };
  const free = used === undefined || limit === undefined ? undefined : Math.max(0, limit - used);
  return { used, limit, free, at, waiting: await seats.howManyWait() };
}
