import { canName, fold, MOST_NAMES, type Naming, type Section, type Wanted } from "../mapping/index.js";
import type { Assignable, AssignableKind } from "../membership/index.js";

/** What there is at Label Studio, by id and by name. */
export interface Catalog {
  readonly all: readonly Assignable[];
  find(kind: AssignableKind, named: Wanted["named"]): readonly Assignable[];
  get(kind: AssignableKind, id: number): Assignable | undefined;
}

export function catalogOf(all: readonly Assignable[]): Catalog {
  const byId = new Map(all.map((each) => [`${each.kind} ${each.id}`, each]));
  const byName = new Map<string, Assignable[]>();
  for (const each of all) {
    const key = `${each.kind} ${fold(each.name)}`;
    byName.set(key, [...(byName.get(key) ?? []), each]);
  }
  const get = (kind: AssignableKind, id: number): Assignable | undefined => byId.get(`${kind} ${id}`);
  return {
    all,
    get,
    find: (kind, named) => {
      if ("template" in named) return [];
      if ("name" in named) return byName.get(`${kind} ${fold(named.name)}`) ?? [];
      const found = get(kind, named.id);
      return found ? [found] : [];
    },
  };
}

export type Located =
  | { readonly kind: "found"; readonly wanted: Wanted; readonly of: Assignable }
  /** Nothing of that name or id is there. */
  | { readonly kind: "missing"; readonly wanted: Wanted; readonly creatable: boolean; readonly problem: string }
  /** It is not clear which one is meant, or too many are. */
  | { readonly kind: "ambiguous"; readonly wanted: Wanted; readonly problem: string };

export const locate = (wanted: readonly Wanted[], catalog: Catalog, sections: readonly Section[]): readonly Located[] =>
  wanted.map((each): Located => {
    if ("template" in each.named) return { kind: "ambiguous", wanted: each, problem: tooMany(each, each.named.names) };
    const [of, ...others] = catalog.find(each.kind, each.named);
    if (of === undefined) {
      const creatable = "name" in each.named && sections.some(({ kind, create }) => kind === each.kind && create);
      return { kind: "missing", wanted: each, creatable, problem: missing(each) };
    }
    if (others.length > 0)
      return {
        kind: "ambiguous",
        wanted: each,
        problem: ambiguous(
          each,
          [of, ...others].map(({ id }) => id),
        ),
      };
    return { kind: "found", wanted: each, of };
  });

const shown = ({ kind, named, line }: Wanted): string => `${kind} ${nameOf(named)} (line ${line} of the mapping)`;

const nameOf = (named: Wanted["named"]): string =>
  "id" in named ? String(named.id) : JSON.stringify("name" in named ? named.name : named.template);

const missing = (wanted: Wanted): string => `${shown(wanted)} does not exist at Label Studio`;

const tooMany = (wanted: Wanted, names: number): string =>
  `${shown(wanted)} makes ${names} names of this person's attributes, ${MOST_NAMES} at most: none of them is given`;

const ambiguous = (wanted: Wanted, ids: readonly number[]): string =>
  `${shown(wanted)} is the name of ${ids.length} at Label Studio (${ids.join(", ")}); name it by its id`;

/** Whether the rules of a section can put anybody into this. */
export function isNameable(section: Section, of: Assignable): boolean {
  const { ids, names, templates } = nameablesOf(section);
  return ids.has(of.id) || names.has(fold(of.name)) || templates.some((to) => canName(to, of));
}

interface Nameables {
  readonly ids: ReadonlySet<number>;
  readonly names: ReadonlySet<string>;
  readonly templates: readonly Naming[];
}

/** Asked of everything that everybody is in: with a thousand rules one by one that held everything up for seconds. */
const known = new WeakMap<Section, Nameables>();

function nameablesOf(section: Section): Nameables {
  const before = known.get(section);
  if (before) return before;
  const all = section.rules.map(({ to }) => to);
  const found: Nameables = {
    ids: new Set(all.flatMap((to) => (to.kind === "id" ? [to.id] : []))),
    names: new Set(all.flatMap((to) => (to.kind === "name" ? [fold(to.name)] : []))),
    templates: all.filter(({ kind }) => kind === "template"),
  };
  known.set(section, found);
  return found;
}

/** Rules that name what is not there, or not clearly. */
const unknownOf = (section: Section, catalog: Catalog): readonly Exclude<Located, { kind: "found" }>[] =>
  section.rules.flatMap(({ to, line, role }) => {
    if (to.kind === "template") return [];
    const named = to.kind === "id" ? { id: to.id } : { name: to.name };
    const wanted: Wanted = { kind: section.kind, named, role, line, matched: { kind: "everybody" } };
    return locate([wanted], catalog, [section]).flatMap((each) =>
      each.kind === "found" || (each.kind === "missing" && each.creatable) ? [] : [each],
    );
  });

/** The same in the words of an operator. */
export const unknownNames = (section: Section, catalog: Catalog): readonly string[] =>
  unknownOf(section, catalog).map(({ problem }) => problem);

/** What the rules name is all that is said: it may be there, and not have been read yet. */
export const unknownThings = (section: Section, catalog: Catalog): readonly string[] =>
  unknownOf(section, catalog).map(({ wanted }) => shown(wanted));

/** What a server has to be asked for, also for what was given under other rules. */
export function namesIn(
  { rules }: Section,
  given: readonly Pick<Assignable, "id">[] = [],
): { readonly ids: readonly number[]; readonly names: readonly string[] } {
  const ids = rules.flatMap(({ to }) => (to.kind === "id" ? [to.id] : []));
  const names = rules.flatMap(({ to }) => (to.kind === "name" ? [to.name] : []));
  return { ids: [...new Set([...ids, ...given.map(({ id }) => id)])], names: [...new Set(names)] };
}
