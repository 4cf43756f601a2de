import { setImmediate } from "node:timers/promises";
import type { ListedPerson, PeopleFilter, Store } from "../ports.js";

export interface PeoplePage {
  readonly people: readonly ListedPerson[];
  /** Where the next page begins; undefined: this is the end. */
  readonly next: string | undefined;
  /** How many have been looked into; fewer found than asked for, and a next page: there may be more behind these. */
  readonly examined: number;
}

/** One look into so many is a moment; between two of them everybody else has a turn. */
const AT_ONCE = 500;
/** Of very many people a search looks into a part at a time. */
const MOST_EXAMINED = 50_000;

export async function search(store: Store, filter: PeopleFilter, afterId: string, limit: number): Promise<PeoplePage> {
  const exact = afterId === "" && filter.text !== "" ? await exactly(store, filter) : undefined;
  const people: ListedPerson[] = exact ? [exact] : [];
  let last = afterId;
  let examined = 0;
  while (examined < MOST_EXAMINED) {
    const ids = await store.lists.candidates(filter, last, AT_ONCE);
    const found = (await store.lists.people(ids, filter)).filter(({ personId }) => personId !== exact?.personId);
    const taken = found.slice(0, limit - people.length);
    people.push(...taken);
    if (taken.length < found.length || (people.length === limit && ids.length === AT_ONCE))
      return { people, next: taken.at(-1)?.personId ?? last, examined: examined + ids.length };
    if (ids.length < AT_ONCE) return { people, next: undefined, examined: examined + ids.length };
    last = ids.at(-1) ?? last;
    examined += ids.length;
    await setImmediate();
  }
  return { people, next: last, examined };
}

/** Who is meant by the whole of a userName, an address or an id comes first, wherever they are in the list. */
async function exactly({ inquiries, lists }: Store, filter: PeopleFilter): Promise<ListedPerson | undefined> {
  const found = await inquiries.find(filter.text);
  if (found?.kind !== "person" || filter.groupId !== undefined) return undefined;
  return (await lists.people([found.id], { ...filter, text: "" }))[0];
}
