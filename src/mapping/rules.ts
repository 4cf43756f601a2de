import type { EmailPreference } from "../directory/index.js";
import type { Role, RoleSource } from "../membership/index.js";
import { attributePath } from "./attribute.js";
import type { DRIFT_POLICIES } from "./schema.js";
import type { Safety } from "./safety.js";
import type { SeatRules } from "./seats.js";
import { indexTexts, type TextIndex } from "./texts.js";

/** What the file says, with every default filled in. */
export interface Mapping {
  /** As written. */
  readonly text: string;
  readonly version: 1;
  readonly roles: {
    readonly rules: readonly Rule[];
    /** All roles, strongest first. */
    readonly precedence: readonly Role[];
    readonly default: Role | "keep";
  };
  readonly deprovision: { readonly deactivate: "DI"; readonly delete: "soft-delete" | "DI" };
  readonly identity: { readonly email: readonly EmailPreference[] };
  readonly adopt: "gentle" | "strict";
  readonly create: "api" | "invite" | "never";
  readonly protect: {
    readonly owners: boolean;
    /** Addresses and globs that are never touched. */
    readonly people: readonly string[];
    readonly ceilings: readonly Ceiling[];
  };
  /** What becomes of a role that somebody changed at Label Studio, by who did. */
  readonly drift: Readonly<Record<RoleSource, DriftPolicy>>;
  readonly safety: Safety;
  readonly seats: SeatRules;
  readonly index: RuleIndex;
}

export type DriftPolicy = (typeof DRIFT_POLICIES)[number];

/** The most that people with such an address may get. */
export interface Ceiling {
  readonly address: string;
  readonly role: Role;
}

export interface Rule {
  /** Position in the file, from 0. */
  readonly index: number;
  readonly line: number;
  readonly matcher: Matcher;
  readonly role: Role;
}

export type Matcher =
  | { readonly kind: "group"; readonly name: string }
  | { readonly kind: "groupId"; readonly id: string }
  | {
      readonly kind: "user";
      readonly attribute: string;
      readonly comparison: "equals" | "matches";
      readonly text: string;
    };

/** The rules by what they look at, so that resolving a person does not walk through all of them. */
export interface RuleIndex {
  readonly groupNames: TextIndex<Rule>;
  readonly groupIds: ReadonlyMap<string, readonly Rule[]>;
  readonly attributes: readonly AttributeRules[];
  readonly rank: ReadonlyMap<Role, number>;
  readonly protectedPeople: TextIndex<string>;
  readonly ceilings: TextIndex<Ceiling>;
}

export interface AttributeRules {
  readonly attribute: string;
  readonly steps: readonly string[];
  readonly values: TextIndex<Rule>;
}

export function indexRules(
  rules: readonly Rule[],
  precedence: readonly Role[],
  { people, ceilings }: Mapping["protect"],
): RuleIndex {
  const names = rules.flatMap((rule) =>
    rule.matcher.kind === "group" ? [{ pattern: rule.matcher.name, globs: true, target: rule }] : [],
  );
  const ids = rules.filter(({ matcher }) => matcher.kind === "groupId");
  return {
    groupNames: indexTexts(names),
    groupIds: grouped(ids, ({ matcher }) => (matcher.kind === "groupId" ? matcher.id : "")),
    attributes: indexAttributes(rules),
    rank: new Map(precedence.map((role, at) => [role, at])),
    protectedPeople: indexTexts(people.map((address) => ({ pattern: address, globs: true, target: address }))),
    ceilings: indexTexts(ceilings.map((ceiling) => ({ pattern: ceiling.address, globs: true, target: ceiling }))),
  };
}

function indexAttributes(rules: readonly Rule[]): readonly AttributeRules[] {
  const tests = rules.flatMap((rule) => (rule.matcher.kind === "user" ? [{ ...rule.matcher, rule }] : []));
  const byAttribute = grouped(tests, ({ attribute }) => attribute.trim().toLowerCase());
  return [...byAttribute.values()].flatMap((same): AttributeRules[] => {
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
