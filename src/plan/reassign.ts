// What somebody is in against what the mapping puts them into: what to join, what to leave, and what to remember of it.
import { fold, type Section, type Wanted } from "../mapping/index.js";
import { isRole, rank, type Assignable, type AssignableKind, type ProjectRole } from "../membership/index.js";
import { isNameable, type Catalog, type Located } from "./catalog.js";
import type { Joining, Reassignment } from "./operation.js";

/** One thing that somebody is in, as last read. */
export interface Holding {
  readonly kind: AssignableKind;
  readonly id: number;
  /** A project's own role; undefined: none. */
  readonly role: string | undefined;
}

/** What the last look has left somebody in because the mapping says so. */
export interface Granted extends Holding {
  /** The bridge has put them there: under `additive` it takes away only that. */
  readonly ours: boolean;
}

/** What is to be remembered once a reassignment is done. */
export interface Ledger {
  readonly put: readonly Granted[];
  readonly drop: readonly { readonly kind: AssignableKind; readonly id: number }[];
}

export interface Desired {
  readonly of: Assignable;
  readonly role: ProjectRole;
  readonly wanted: Wanted;
}

export interface Lost {
  readonly of: Assignable;
  /** In it still, but with this role; undefined: taken out. */
  readonly role: string | undefined;
}

export interface Reassigned {
  readonly desired: readonly Desired[];
  /** undefined: they are in what they should be in. */
  readonly operation: Reassignment | undefined;
  /** Put there by an earlier look, and undone since at Label Studio. */
  readonly lost: readonly Lost[];
  readonly ledger: Ledger;
}

/** Everything known about one member's assignments at one moment. */
export interface Assigned {
  readonly userId: number;
  /** Of the organisation: a project's own role means something to annotators and reviewers only (contract 2.9). */
  readonly role: string | undefined;
  readonly located: readonly Located[];
  readonly holdings: readonly Holding[];
  readonly granted: readonly Granted[];
  /** A member before the bridge was, of whom no rule has said anything yet: nothing is taken away that others gave. */
  readonly awaitsFirstMatch: boolean;
}

export function reassign(assigned: Assigned, sections: readonly Section[], catalog: Catalog): Reassigned {
  const desired = strongest(assigned);
  const parts = sections.map((section) => ofSection(section, assigned, desired, catalog));
  const join = parts.flatMap((part) => part.join);
  const leave = parts.flatMap((part) => part.leave);
  const { userId } = assigned;
  return {
    desired,
    operation: join.length + leave.length > 0 ? { kind: "reassign", userId, join, leave } : undefined,
    lost: parts.flatMap((part) => part.lost),
    ledger: { put: parts.flatMap((part) => part.put), drop: parts.flatMap((part) => part.drop) },
  };
}

const keyOf = ({ kind, id }: { readonly kind: AssignableKind; readonly id: number }): string => `${kind} ${id}`;
const STRENGTH: Readonly<Record<ProjectRole, number>> = { inherit: 0, AN: 1, RE: 2 };

/** Each thing once, with the strongest of the roles that rules give in it. */
function strongest({ located, role: organizationRole }: Assigned): readonly Desired[] {
  const byKey = new Map<string, Desired>();
  for (const { of, wanted } of located.flatMap(places)) {
    const role = organizationRole === "AN" || organizationRole === "RE" ? wanted.role : "inherit";
    const key = of.id === NOT_YET ? `${of.kind} ${fold(of.name)}` : keyOf(of);
    const before = byKey.get(key);
    if (before === undefined || STRENGTH[role] > STRENGTH[before.role]) byKey.set(key, { of, role, wanted });
  }
  return [...byKey.values()];
}

/** What is made as soon as somebody is put into it has no id before. */
const NOT_YET = 0;

function places(located: Located): readonly { readonly of: Assignable; readonly wanted: Wanted }[] {
  if (located.kind === "found") return [located];
  const { wanted } = located;
  if (located.kind === "ambiguous" || !located.creatable || !("name" in wanted.named)) return [];
  return [{ of: { kind: wanted.kind, id: NOT_YET, name: wanted.named.name }, wanted }];
}

interface SectionPart {
  readonly join: readonly Joining[];
  readonly leave: readonly Assignable[];
  readonly lost: readonly Lost[];
  readonly put: readonly Granted[];
  readonly drop: Ledger["drop"];
}

function ofSection(
  section: Section,
  { holdings, granted, located, awaitsFirstMatch }: Assigned,
  all: readonly Desired[],
  catalog: Catalog,
): SectionPart {
  const isOfKind = ({ kind }: { readonly kind: AssignableKind }): boolean => kind === section.kind;
  const desired = all.filter(({ of }) => isOfKind(of));
  const held = new Map(holdings.filter(isOfKind).map((each) => [each.id, each]));
  const before = new Map(granted.filter(isOfKind).map((each) => [each.id, each]));
  const wantedIds = new Set(desired.map(({ of }) => of.id));
  const join = desired.filter(({ of, role }) => !isIn(section, held.get(of.id), role, before.get(of.id)));
  // What is not there under its name may be there under another: then nobody knows who is in it by mistake.
  const isClear = !located.some((each) => isOfKind(each.wanted) && isUnknown(each));
  const over = isClear ? [...held.values()].filter(({ id }) => !wantedIds.has(id)) : [];
  const leave = over.flatMap((holding) => {
    const of = catalog.get(holding.kind, holding.id);
    const isOurs = before.get(holding.id)?.ours === true;
    return of && (isOurs || (!awaitsFirstMatch && mayTakeAnybodys(section, of))) ? [of] : [];
  });
  const put = desired.flatMap(({ of, role }): Granted[] => {
    const known = before.get(of.id);
    const ours = known?.ours ?? !held.has(of.id);
    const stored = storedRole(role);
    return known !== undefined && known.role === stored ? [] : [{ kind: of.kind, id: of.id, role: stored, ours }];
  });
  return {
    join: join.map(({ of, role }) => ({ of, role })),
    leave,
    lost: join.flatMap(({ of, role }) => lostOf(of, role, held.get(of.id), before.get(of.id))),
    put,
    drop: isClear ? [...before.values()].filter(({ id }) => !wantedIds.has(id)) : [],
  };
}

const storedRole = (role: ProjectRole): string | undefined => (role === "inherit" ? undefined : role);

/** Another role than last time's is the mapping's doing. */
function lostOf(
  of: Assignable,
  role: ProjectRole,
  held: Holding | undefined,
  known: Granted | undefined,
): readonly Lost[] {
  if (known === undefined) return [];
  if (held === undefined) return [{ of, role: undefined }];
  return known.role === storedRole(role) ? [{ of, role: held.role ?? "inherit" }] : [];
}

const isUnknown = (located: Located): boolean =>
  located.kind === "ambiguous" || (located.kind === "missing" && !located.creatable);

/** Additive takes nothing but what the bridge has given; exact takes whatever its rules could give. */
const mayTakeAnybodys = (section: Section, of: Assignable): boolean =>
  section.manage === "exact" && isNameable(section, of);

/** A stronger role of a project that was given by hand is not lowered under `additive`. */
function isIn(section: Section, held: Holding | undefined, role: ProjectRole, known: Granted | undefined): boolean {
  if (held === undefined) return false;
  const present = held.role ?? "inherit";
  if (present === role) return true;
  if (section.kind !== "project") return true;
  const isOurs = known?.ours === true && (known.role ?? "inherit") === present;
  const isStronger = role === "inherit" || (isRole(present) && rank(present) > rank(role));
  return section.manage === "additive" && !isOurs && isStronger;
}

/** In the words of plans and holds: `+workspace Vision -tag night-shift`. */
export const reassigned = ({ join, leave }: Reassignment): string =>
  [
    ...join.map(({ of, role }) => `+${of.kind} ${of.name}${role === "inherit" ? "" : ` as ${role}`}`),
    ...leave.map(({ kind, name }) => `-${kind} ${name}`),
  ].join(", ");
