import type { GroupRef, UserRecord } from "../directory/index.js";
import type { AssignableKind, ProjectRole } from "../membership/index.js";
import { hits, type Matched } from "./matching.js";
import { namesFor, type Named } from "./naming.js";
import type { Mapping } from "./rules.js";

/** What a rule puts somebody into, as it names it. */
export interface Wanted {
  readonly kind: AssignableKind;
  readonly named: Named;
  readonly role: ProjectRole;
  readonly line: number;
  readonly matched: Matched;
}

/** What the mapping puts an active user into who is directly in these groups; the same may be there several times. */
export const wanted = ({ sections }: Mapping, user: UserRecord, groups: readonly GroupRef[]): readonly Wanted[] =>
  sections.flatMap(({ kind, index }) =>
    hits(index, user, groups).flatMap(({ rule: { to, role, line }, matched }) =>
      namesFor(to, user).map((named): Wanted => ({ kind, named, role, line, matched })),
    ),
  );
