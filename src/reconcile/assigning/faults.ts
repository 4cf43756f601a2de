// What is wrong with the sections of the mapping, as far as Label Studio has been asked.
import { isRetryable, type BridgeError } from "../../errors.js";
import { SECTION_KEYS } from "../../mapping/index.js";
import type { Assignable, AssignableKind } from "../../membership/index.js";
import type { Unread } from "./section.js";

/** What an operator has to put right: a kind that cannot be worked on, or a name that nothing at Label Studio has. */
export interface SectionProblem {
  /** Key of the mapping. */
  readonly section: string;
  readonly problem: string;
}

/** Rules of one kind that name what is not there, in the words of an operator. */
export interface Unknown {
  readonly kind: AssignableKind;
  readonly problem: string;
}

export interface Faults {
  /** Label Studio has none of this kind, refuses it, or could not be asked. */
  failed(kind: AssignableKind, error: BridgeError): void;
  hasFailed(kind: AssignableKind): boolean;
  /** The kind has been read, but for these. */
  read(kind: AssignableKind, unread: Unread): void;
  /** Whether it is to be read again who is in it. */
  isDoubted(kind: AssignableKind, id: number): boolean;
  name(unknown: readonly Unknown[]): void;
  /** A call has failed: what there is of the kind may be something else by now, and so may be who is in these. */
  doubt(kind: AssignableKind, ids?: readonly number[]): void;
  /** Whether it is to be read again, so long after the last time. */
  isOpen(kind: AssignableKind, ageMs: number): boolean;
  /** The mapping has no section of this kind. */
  forget(kind: AssignableKind): void;
  /** Why nobody can be put into it or taken out; without an id, into anything of the kind. */
  problemWith(of: { readonly kind: AssignableKind; readonly id?: number }): BridgeError | undefined;
  problems(): readonly SectionProblem[];
}

/** What Label Studio has refused, or does not have, is asked for again after this. */
const AGAIN_MS = 30_000;
/** What it could not answer, or what it has refused to somebody since. */
const SOON_MS = 1_000;

export function sectionFaults(): Faults {
  const failures = new Map<AssignableKind, BridgeError>();
  const unread = new Map<AssignableKind, Unread>();
  const doubted = new Map<AssignableKind, readonly number[]>();
  let unknown: readonly Unknown[] = [];
  const errors = (kind: AssignableKind): readonly BridgeError[] => [
    ...[failures.get(kind)].filter((error) => error !== undefined),
    ...[...(unread.get(kind)?.values() ?? [])].map(({ error }) => error),
  ];
  return {
    failed: (kind, error) => void failures.set(kind, error),
    hasFailed: (kind) => failures.has(kind),
    read: (kind, but) => {
      failures.delete(kind);
      doubted.delete(kind);
      unread.set(kind, but);
    },
    isDoubted: (kind, id) => unread.get(kind)?.has(id) === true || doubted.get(kind)?.includes(id) === true,
    name: (all) => (unknown = all),
    doubt: (kind, ids = []) => void doubted.set(kind, [...new Set([...(doubted.get(kind) ?? []), ...ids])]),
    isOpen: (kind, ageMs) => {
      const isSoon = doubted.has(kind) || errors(kind).some(isRetryable);
      if (ageMs < AGAIN_MS) return ageMs >= SOON_MS && isSoon;
      return isSoon || errors(kind).length > 0 || unknown.some((each) => each.kind === kind);
    },
    forget: (kind) => [failures, unread, doubted].forEach((of) => of.delete(kind)),
    problemWith: ({ kind, id }) =>
      failures.get(kind) ?? (id === undefined ? undefined : unread.get(kind)?.get(id)?.error),
    problems: () => [
      ...unknown.map(({ kind, problem }) => told(kind, problem)),
      ...[...failures].map(([kind, error]) => told(kind, error.message)),
      ...[...unread].flatMap(([kind, all]) => [...all.values()].map((each) => told(kind, unreadable(each)))),
    ],
  };
}

const told = (kind: AssignableKind, problem: string): SectionProblem => ({
  section: SECTION_KEYS[kind].section,
  problem,
});

const unreadable = ({ of: { kind, id, name }, error }: { readonly of: Assignable; readonly error: BridgeError }) =>
  `${kind} ${id} ${JSON.stringify(name)}: ${error.message}`;
