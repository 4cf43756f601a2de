import type { GroupRef } from "../directory/index.js";
import { compileGlob, isGlob, matchesGlob } from "./glob.js";
import { hits, type MatcherIndex } from "./matching.js";
import type { Mapping, Rule } from "./rules.js";
import type { AssignmentRule } from "./sections.js";
import { someone } from "./someone.js";
import { fold } from "./texts.js";

/** What is valid and probably not meant. */
export interface Doubt {
  readonly line: number;
  readonly message: string;
}

/** `groups`: all that are known, or undefined where nobody can say. */
export function lint(mapping: Mapping, groups: readonly GroupRef[] | undefined): readonly Doubt[] {
  const { rules } = mapping.roles;
  return [
    ...rules.flatMap((rule) => shadowed(mapping, rule)),
    ...(groups ? withoutGroup(mapping, groups) : []),
    ...administrators(mapping),
  ].sort((a, b) => a.line - b.line);
}

/** Whoever this rule matches, another one that decides before it matches too. */
function shadowed({ roles, index }: Mapping, rule: Rule): readonly Doubt[] {
  const rank = ({ role }: Rule): number => index.rank.get(role) ?? index.rank.size;
  const before = (other: Rule): boolean =>
    rank(other) < rank(rule) || (rank(other) === rank(rule) && other.index < rule.index);
  const other = roles.rules.find((each) => each !== rule && before(each) && covers(each, rule));
  if (!other) return [];
  return [
    {
      line: rule.line,
      message: `never decides: the rule in line ${other.line} matches the same and gives ${other.role}`,
    },
  ];
}

function covers({ matcher: wide }: Rule, { matcher: narrow }: Rule): boolean {
  if (wide.kind === "group" && narrow.kind === "group") return coversText(wide.name, narrow.name, true);
  if (wide.kind === "groupId" && narrow.kind === "groupId") return wide.id === narrow.id;
  if (wide.kind !== "user" || narrow.kind !== "user") return false;
  return (
    fold(wide.attribute) === fold(narrow.attribute) &&
    coversText(wide.text, narrow.text, wide.comparison === "matches", narrow.comparison === "matches")
  );
}

/** A pattern in place of a text: what both leave open is taken for the same text. */
function coversText(wide: string, narrow: string, wideGlobs: boolean, narrowGlobs = true): boolean {
  const [a, b] = [fold(wide), fold(narrow)];
  if (a === b) return true;
  return wideGlobs && isGlob(a) && !(narrowGlobs && isGlob(b)) && matchesGlob(compileGlob(a), b);
}

function withoutGroup({ roles, index, sections }: Mapping, groups: readonly GroupRef[]): readonly Doubt[] {
  return [unmatched(roles.rules, index, groups), ...sections.map((each) => unmatched(each.rules, each.index, groups))]
    .flat()
    .map(({ line }) => ({ line, message: "matches no group that the identity provider has pushed" }));
}

function unmatched<R extends Rule | AssignmentRule>(
  rules: readonly R[],
  index: MatcherIndex<R>,
  groups: readonly GroupRef[],
): readonly { readonly line: number }[] {
  const matched = new Set(hits(index, someone(), groups).map(({ rule }) => rule));
  return rules.filter((rule) => rule.matcher !== undefined && rule.matcher.kind !== "user" && !matched.has(rule));
}

function administrators({ roles }: Mapping): readonly Doubt[] {
  if (roles.rules.length === 0 || roles.rules.some(({ role }) => role === "AD" || role === "OW")) return [];
  return [{ line: 1, message: "no rule gives AD: nobody becomes an administrator by this mapping" }];
}
