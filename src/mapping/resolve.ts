import type { GroupRef, UserRecord } from "../directory/index.js";
import type { Role } from "../membership/index.js";
import { hits, type Hit, type Matched } from "./matching.js";
import type { Mapping, Rule, RuleIndex } from "./rules.js";

export interface Resolution {
  readonly role: Role | "keep";
  /** False: no rule matched, the role is the default. */
  readonly matched: boolean;
  /** Everything that matched, strongest first; empty when nothing did. */
  readonly reasons: readonly Match[];
}

/** One rule and one thing that it matched: a rule that matches two groups is here twice. */
export interface Match {
  /** Index of the rule in the file, from 0. */
  readonly rule: number;
  readonly line: number;
  readonly role: Role;
  readonly matched: Matched;
  /** True of exactly one: the strongest role, of those the first rule in the file. */
  readonly won: boolean;
}

/** What the mapping says about an active user who is directly in these groups. */
export function resolve(mapping: Mapping, user: UserRecord, groups: readonly GroupRef[]): Resolution {
  const { index, roles } = mapping;
  const [winner, ...others] = hits(index, user, groups).toSorted(strongestFirst(index));
  if (winner === undefined) return { role: roles.default, matched: false, reasons: [] };
  const reasons = [toMatch(winner, true), ...others.map((hit) => toMatch(hit, false))];
  return { role: winner.rule.role, matched: true, reasons };
}

const strongestFirst =
  ({ rank }: RuleIndex) =>
  (a: Hit<Rule>, b: Hit<Rule>): number =>
    (rank.get(a.rule.role) ?? rank.size) - (rank.get(b.rule.role) ?? rank.size) || a.rule.index - b.rule.index;

function toMatch({ rule, matched }: Hit<Rule>, won: boolean): Match {
  return { rule: rule.index, line: rule.line, role: rule.role, matched, won };
}
