// What there is to put people into, and who is in it: read once, and again at each sweep and after a change of the mapping.
import { BridgeError } from "../../errors.js";
import { catalogIn } from "../../foresight/index.js";
import { mappingDigest, SECTION_KEYS, type Section } from "../../mapping/index.js";
import { ASSIGNABLE_KINDS, type Assignable, type AssignableKind } from "../../membership/index.js";
import { catalogOf, unknownNames, type Catalog } from "../../plan/index.js";
import type { Store } from "../../ports.js";
import type { ReconcileOptions } from "../options.js";
import type { Reading } from "../reading.js";
import { oneAtATime } from "../signals.js";
import { sectionFaults, type Faults, type Unknown } from "./faults.js";
import { readSection } from "./section.js";

export interface Places extends Pick<Faults, "doubt" | "problemWith" | "problems"> {
  /** Reads everything anew. */
  refresh(): Promise<void>;
  /** The same, unless it is known for this mapping; then what may be another by now, or could not be read, after a while. */
  ensure(): Promise<void>;
  readonly catalog: () => Promise<Catalog>;
  create(kind: AssignableKind, names: readonly string[]): Promise<void>;
}

type Parts = Pick<ReconcileOptions, "store" | "target" | "clock" | "emit" | "mapping"> & { readonly reading: Reading };

export function placesOf(parts: Parts): Places {
  const { store, clock, mapping, emit, target } = parts;
  const faults = sectionFaults();
  const alone = oneAtATime();
  let known: { readonly digest: string; readonly at: number } | undefined;
  let catalog: Promise<Catalog> | undefined;

  async function read(sections: readonly Section[], anew: boolean): Promise<void> {
    for (const section of sections) {
      const error = await readInto(faults, parts, section, anew);
      if (error) emit({ kind: "section-unusable", section: SECTION_KEYS[section.kind].section, error });
    }
    catalog = undefined;
    const rules = mapping();
    const unknown = await unknownIn(
      store,
      rules.sections.filter(({ kind }) => !faults.hasFailed(kind)),
    );
    for (const { kind } of unknown) emit({ kind: "section-problem", section: SECTION_KEYS[kind].section });
    faults.name(unknown);
    known = { digest: mappingDigest(rules), at: clock.now() };
  }

  function readAll(): Promise<void> {
    const { sections } = mapping();
    for (const kind of ASSIGNABLE_KINDS) if (!sections.some((section) => section.kind === kind)) faults.forget(kind);
    return read(sections, true);
  }

  /** What can be read is not read again for what cannot. */
  async function readOpen(): Promise<void> {
    if (known?.digest !== mappingDigest(mapping())) return readAll();
    const ageMs = clock.now() - known.at;
    const open = mapping().sections.filter(({ kind }) => faults.isOpen(kind, ageMs));
    if (open.length > 0) await read(open, false);
  }

  async function add(kind: AssignableKind, made: readonly Assignable[]): Promise<void> {
    const before = await store.assignments.catalog([kind]);
    const all = new Map([...before, ...made].map((each) => [each.id, each]));
    await store.assignments.putCatalog(kind, [...all.values()]);
    catalog = undefined;
  }

  return {
    ...faults,
    refresh: () => alone(readAll),
    ensure: () => alone(readOpen),
    catalog: () =>
      (catalog ??= catalogIn(store, mapping()).catch((error: unknown) => {
        catalog = undefined;
        throw error;
      })),
    create: (kind, names) =>
      alone(async () => {
        if (kind !== "project") await make(target, kind, names, (made) => add(kind, made));
      }),
  };
}

/** Answers what has kept it from being read, or something of it. */
async function readInto(
  faults: Faults,
  parts: Parts,
  section: Section,
  anew: boolean,
): Promise<BridgeError | undefined> {
  const { kind } = section;
  const all = anew || faults.hasFailed(kind);
  try {
    const unread = await readSection(parts, section, all, (id) => faults.isDoubted(kind, id));
    faults.read(kind, unread);
    return [...unread.values()][0]?.error;
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    faults.failed(kind, error);
    return error;
  }
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

async function unknownIn(store: Store, sections: readonly Section[]): Promise<readonly Unknown[]> {
  if (sections.length === 0) return [];
  const catalog = catalogOf(await store.assignments.catalog(sections.map(({ kind }) => kind)));
  return sections.flatMap((each) =>
    unknownNames(each, catalog).map((problem): Unknown => ({ kind: each.kind, problem })),
  );
}
