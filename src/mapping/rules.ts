import type { EmailPreference } from "../directory/index.js";
import type { Role, RoleSource } from "../membership/index.js";
import { indexMatchers, type Matcher, type MatcherIndex } from "./matching.js";
import type { DRIFT_POLICIES } from "./schema.js";
import type { Safety } from "./safety.js";
import type { SeatRules } from "./seats.js";
import type { Section } from "./sections.js";
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
  /** tags, workspaces and projects, as far as the file has them: what it does not have is left alone. */
  readonly sections: readonly Section[];
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

/** The rules by what they look at, and what else is looked up for everybody. */
export interface RuleIndex extends MatcherIndex<Rule> {
  readonly rank: ReadonlyMap<Role, number>;
  readonly protectedPeople: TextIndex<string>;
  readonly ceilings: TextIndex<Ceiling>;
}

export function indexRules(
  rules: readonly Rule[],
  precedence: readonly Role[],
  { people, ceilings }: Mapping["protect"],
): RuleIndex {
  return {
    ...indexMatchers(rules),
    rank: new Map(precedence.map((role, at) => [role, at])),
    protectedPeople: indexTexts(people.map((address) => ({ pattern: address, globs: true, target: address }))),
    ceilings: indexTexts(ceilings.map((ceiling) => ({ pattern: ceiling.address, globs: true, target: ceiling }))),
  };
}
