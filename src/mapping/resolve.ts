import type { GroupRef, UserRecord } from "../directory/index.js";
import type { Role } from "../membership/index.js";
import { textsAt } from "./attribute.js";
import type { Mapping, Rule, RuleIndex } from "./rules.js";
import { lookUp } from "./texts.js";

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

type Matched =
  | { readonly kind: "group"; readonly group: GroupRef }
  | { readonly kind: "attribute"; readonly attribute: string; readonly value: string };

interface Hit {
  readonly rule: Rule;
  readonly matched: Matched;
}

/** What the mapping says about an active user who is directly in these groups. */
export function resolve(mapping: Mapping, user: UserRecord, groups: readonly GroupRef[]): Resolution {
  const { index, roles } = mapping;
  const hits = [...groups.flatMap((group) => groupHits(index, group)), ...attributeHits(index, user)];
  const [winner, ...others] = hits.sort(strongestFirst(index));
  if (winner === undefined) return { role: roles.default, matched: false, reasons: [] };
  const reasons = [toMatch(winner, true), ...others.map((hit) => toMatch(hit, false))];
  return { role: winner.rule.role, matched: true, reasons };
}

function groupHits({ groupNames, groupIds }: RuleIndex, group: GroupRef): readonly Hit[] {
  const byName = lookUp(groupNames, group.displayName);
  const byId = groupIds.get(group.id) ?? [];
  const byExternalId = group.externalId === undefined ? [] : (groupIds.get(group.externalId) ?? []);
  if (byName.length + byId.length + byExternalId.length === 0) return [];
  return [...new Set([...byName, ...byId, ...byExternalId])].map((rule) => ({
    rule,
    matched: { kind: "group", group },
  }));
}

function attributeHits({ attributes }: RuleIndex, user: UserRecord): readonly Hit[] {
  return attributes.flatMap(({ attribute, steps, values }) =>
    [...new Set(textsAt(user, steps))].flatMap((value) =>
      lookUp(values, value).map((rule): Hit => ({ rule, matched: { kind: "attribute", attribute, value } })),
    ),
  );
}

const strongestFirst =
  ({ rank }: RuleIndex) =>
  (a: Hit, b: Hit): number =>
    (rank.get(a.rule.role) ?? rank.size) - (rank.get(b.rule.role) ?? rank.size) || a.rule.index - b.rule.index;

function toMatch({ rule, matched }: Hit, won: boolean): Match {
  return { rule: rule.index, line: rule.line, role: rule.role, matched, won };
}
