// What there is to put people into, and who is in it: read once, and again at each sweep and after a change of the mapping.
import { BridgeError } from "../../errors.js";
import { catalogIn } from "../../foresight/index.js";
import { mappingDigest, SECTION_KEYS, type Section } from "../../mapping/index.js";
import type { Assignable, AssignableKind } from "../../membership/index.js";
import { catalogOf, isNameable, namesIn, unknownNames, type Catalog } from "../../plan/index.js";
import type { Store } from "../../ports.js";
import type { ReconcileOptions } from "../options.js";
import type { Reading } from "../reading.js";
import { oneAtATime } from "../signals.js";

/** What an operator has to put right: a kind that cannot be worked on, or a name that nothing at Label Studio has. */
export interface SectionProblem {
  /** Key of the mapping. */
  readonly section: string;
  readonly problem: string;
}

/** A kind that cannot be worked on: Label Studio has none of it, refuses it, or cannot be asked. */
export interface Unusable {
  readonly kind: AssignableKind;
  readonly error: BridgeError;
}

export interface Places {
  /** Reads everything anew. */
  refresh(): Promise<void>;
  /** The same, unless it is known for this mapping, and nothing was unusable for a while. */
  ensure(): Promise<void>;
  readonly catalog: () => Promise<Catalog>;
  create(kind: AssignableKind, names: readonly string[]): Promise<void>;
  unusable(): readonly Unusable[];
  problems(): readonly SectionProblem[];
}

/** What could not be read is asked for again after this. */
const AGAIN_MS = 30_000;

type Parts = Pick<ReconcileOptions, "store" | "target" | "clock" | "emit" | "mapping"> & { readonly reading: Reading };

export function placesOf(parts: Parts): Places {
  const { store, clock, mapping, emit } = parts;
  const failed = new Map<AssignableKind, BridgeError>();
  const alone = oneAtATime();
  let unknown: readonly SectionProblem[] = [];
  let known: { readonly digest: string; readonly at: number } | undefined;
  let catalog: Promise<Catalog> | undefined;

  async function read(isAsked: (kind: AssignableKind) => boolean): Promise<void> {
    const rules = mapping();
    for (const kind of failed.keys()) if (!rules.sections.some((section) => section.kind === kind)) failed.delete(kind);
    for (const section of rules.sections.filter(({ kind }) => isAsked(kind)))
      try {
        await readSection(parts, section);
        failed.delete(section.kind);
      } catch (error) {
        if (!(error instanceof BridgeError)) throw error;
        failed.set(section.kind, error);
        emit({ kind: "section-unusable", section: SECTION_KEYS[section.kind].section, error });
      }
    catalog = undefined;
    unknown = await unknownIn(
      store,
      rules.sections.filter(({ kind }) => !failed.has(kind)),
    );
    for (const { section } of unknown) emit({ kind: "section-problem", section });
    known = { digest: mappingDigest(rules), at: clock.now() };
  }

  async function add(kind: AssignableKind, made: readonly Assignable[]): Promise<void> {
    const before = await store.assignments.catalog([kind]);
    const all = new Map([...before, ...made].map((each) => [each.id, each]));
    await store.assignments.putCatalog(kind, [...all.values()]);
    catalog = undefined;
  }

  /** What can be read is not read again for what cannot. */
  async function readUnknown(): Promise<void> {
    if (known?.digest !== mappingDigest(mapping())) return read(() => true);
    if (failed.size > 0 && clock.now() - known.at >= AGAIN_MS) await read((kind) => failed.has(kind));
  }

  return {
    refresh: () => alone(() => read(() => true)),
    ensure: () => alone(readUnknown),
    catalog: () =>
      (catalog ??= catalogIn(store, mapping()).catch((error: unknown) => {
        catalog = undefined;
        throw error;
      })),
    create: (kind, names) =>
      alone(async () => {
        if (kind === "project") return;
        await make(parts.target, kind, names, (made) => add(kind, made));
      }),
    problems: () => [
      ...unknown,
      ...[...failed].map(([kind, error]) => ({ section: SECTION_KEYS[kind].section, problem: error.message })),
    ],
    unusable: () => [...failed].map(([kind, error]) => ({ kind, error })),
  };
}

/** One of them may be refused, and the others be there all the same. */
async function make(
  target: ReconcileOptions["target"],
  kind: "tag" | "workspace",
  names: readonly string[],
  add: (made: readonly Assignable[]) => Promise<void>,
): Promise<void> {
  try {
    await add(await target.createAssignables(kind, names, "grant"));
  } catch (error) {
    await add((await target.assignables(kind, { ids: [], names: [] }, "grant")) ?? []);
    throw error;
  }
}

async function readSection({ store, target, reading, clock }: Parts, section: Section): Promise<void> {
  const { kind } = section;
  const given = await store.assignments.given([kind]);
  const all = await target.assignables(kind, namesIn(section, given), "sweep");
  if (all === undefined)
    throw new BridgeError("TARGET_REFUSED", `This Label Studio has no ${SECTION_KEYS[kind].section}.`, {
      reason: `${kind}:absent`,
    });
  await store.assignments.putCatalog(kind, all);
  // Tags come with the members' list.
  if (kind === "tag") return reading.tags();
  const ours = new Set(given.map(({ id }) => id));
  for (const of of all.filter((each) => ours.has(each.id) || isNameable(section, each))) {
    const askedAt = clock.now();
    await store.assignments.putAssignees(of, await target.assignees(of, "sweep"), askedAt);
  }
}

async function unknownIn(store: Store, sections: readonly Section[]): Promise<readonly SectionProblem[]> {
  if (sections.length === 0) return [];
  const catalog = catalogOf(await store.assignments.catalog(sections.map(({ kind }) => kind)));
  return sections.flatMap((each) =>
    unknownNames(each, catalog).map((problem) => ({ section: SECTION_KEYS[each.kind].section, problem })),
  );
}
