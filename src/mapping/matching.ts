// Which rules match somebody: indexed by what they look at, so that nobody walks through all of them.
import type { GroupRef, UserRecord } from "../directory/index.js";
import { attributePath, textsAt } from "./attribute.js";
import { indexTexts, lookUp, type TextIndex } from "./texts.js";

export type Matcher =
  | { readonly kind: "group"; readonly name: string }
  | { readonly kind: "groupId"; readonly id: string }
  | {
      readonly kind: "user";
      readonly attribute: string;
      readonly comparison: "equals" | "matches";
      readonly text: string;
    };

interface Matching {
  readonly matcher: Matcher | undefined;
}

export interface MatcherIndex<Rule> {
  readonly groupNames: TextIndex<Rule>;
  readonly groupIds: ReadonlyMap<string, readonly Rule[]>;
  readonly attributes: readonly AttributeRules<Rule>[];
  /** Rules that look at nothing. */
  readonly always: readonly Rule[];
}

interface AttributeRules<Rule> {
  readonly attribute: string;
  readonly steps: readonly string[];
  readonly values: TextIndex<Rule>;
}

export type Matched =
  | { readonly kind: "group"; readonly group: GroupRef }
  | { readonly kind: "attribute"; readonly attribute: string; readonly value: string }
  | { readonly kind: "everybody" };

export interface Hit<Rule> {
  readonly rule: Rule;
  readonly matched: Matched;
}

export function indexMatchers<Rule extends Matching>(rules: readonly Rule[]): MatcherIndex<Rule> {
  const names = rules.flatMap((rule) =>
    rule.matcher?.kind === "group" ? [{ pattern: rule.matcher.name, globs: true, target: rule }] : [],
  );
  const ids = rules.flatMap((rule) => (rule.matcher?.kind === "groupId" ? [{ id: rule.matcher.id, rule }] : []));
  const byId = grouped(ids, ({ id }) => id);
  return {
    groupNames: indexTexts(names),
    groupIds: new Map([...byId].map(([id, same]) => [id, same.map(({ rule }) => rule)])),
    attributes: indexAttributes(rules),
    always: rules.filter(({ matcher }) => matcher === undefined),
  };
}

function indexAttributes<Rule extends Matching>(rules: readonly Rule[]): readonly AttributeRules<Rule>[] {
  const tests = rules.flatMap((rule) => (rule.matcher?.kind === "user" ? [{ ...rule.matcher, rule }] : []));
  const byAttribute = grouped(tests, ({ attribute }) => attribute.trim().toLowerCase());
  return [...byAttribute.values()].flatMap((same): AttributeRules<Rule>[] => {
    const attribute = same[0]?.attribute ?? "";
    const path = attributePath(attribute);
    if (path.kind === "problem") return [];
    const values = same.map(({ text, comparison, rule }) => ({
      pattern: text,
      globs: comparison === "matches",
      target: rule,
    }));
    return [{ attribute, steps: path.steps, values: indexTexts(values) }];
  });
}

function grouped<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Every rule and what it matched; a rule that matches two groups is here twice. */
export const hits = <Rule>(
  index: MatcherIndex<Rule>,
  user: UserRecord,
  groups: readonly GroupRef[],
): readonly Hit<Rule>[] => [
  ...groups.flatMap((group) => groupHits(index, group)),
  ...attributeHits(index, user),
  ...index.always.map((rule): Hit<Rule> => ({ rule, matched: { kind: "everybody" } })),
];

function groupHits<Rule>({ groupNames, groupIds }: MatcherIndex<Rule>, group: GroupRef): readonly Hit<Rule>[] {
  const byName = lookUp(groupNames, group.displayName);
  const byId = groupIds.get(group.id) ?? [];
  const byExternalId = group.externalId === undefined ? [] : (groupIds.get(group.externalId) ?? []);
  if (byName.length + byId.length + byExternalId.length === 0) return [];
  return [...new Set([...byName, ...byId, ...byExternalId])].map((rule) => ({
    rule,
    matched: { kind: "group", group },
  }));
}

function attributeHits<Rule>({ attributes }: MatcherIndex<Rule>, user: UserRecord): readonly Hit<Rule>[] {
  return attributes.flatMap(({ attribute, steps, values }) =>
    [...new Set(textsAt(user, steps))].flatMap((value) =>
      lookUp(values, value).map((rule): Hit<Rule> => ({ rule, matched: { kind: "attribute", attribute, value } })),
    ),
  );
}
