// tags, workspaces, projects: the sections of the file that put people into something.
import { z } from "zod";
import { ASSIGNABLE_KINDS, PROJECT_ROLES, type AssignableKind, type ProjectRole } from "../membership/index.js";
import { indexMatchers, type Matcher, type MatcherIndex } from "./matching.js";
import { matchers, ONE_MATCHER, text } from "./matchers.js";
import { namingOf, type Naming } from "./naming.js";

const name = z.union([text, z.int().positive()]);

const manage = z
  .enum(["additive", "exact"])
  .default("additive")
  .describe(
    "additive: nothing is taken away but what the bridge gave; exact: nor is anything left that rules can name",
  );
const create = z
  .boolean()
  .default(false)
  .describe("Makes what is not there yet; else a name that is unknown is a problem");

const tagRule = z.strictObject({
  ...matchers,
  tag: name.describe("Label, or id as a number; {{attribute}} stands for each value of a user attribute"),
});
const workspaceRule = z
  .strictObject({ ...matchers, workspace: name.describe("Title, or id as a number") })
  .meta(ONE_MATCHER);
const projectRule = z
  .strictObject({
    ...matchers,
    project: name.describe("Title, or id as a number"),
    role: z.enum(PROJECT_ROLES).default("inherit").describe("Role in this project; the strongest wins"),
  })
  .meta(ONE_MATCHER);

export const sectionFiles = {
  tags: z.strictObject({ manage, create, rules: z.array(tagRule).default([]) }).optional(),
  workspaces: z.strictObject({ manage, create, rules: z.array(workspaceRule).default([]) }).optional(),
  projects: z.strictObject({ manage, rules: z.array(projectRule).default([]) }).optional(),
};

/** Key of the file for each kind, and of what its rules give. */
export const SECTION_KEYS = {
  workspace: { section: "workspaces", gives: "workspace" },
  project: { section: "projects", gives: "project" },
  tag: { section: "tags", gives: "tag" },
} as const satisfies Record<AssignableKind, { readonly section: keyof typeof sectionFiles; readonly gives: string }>;

/** Whoever matches is put into what it names. */
export interface AssignmentRule {
  readonly index: number;
  readonly line: number;
  /** undefined: everybody who has the attributes that the name is made of. */
  readonly matcher: Matcher | undefined;
  readonly to: Naming;
  /** Of a project; elsewhere always `inherit`. */
  readonly role: ProjectRole;
}

export interface Section {
  readonly kind: AssignableKind;
  readonly manage: "additive" | "exact";
  readonly create: boolean;
  readonly rules: readonly AssignmentRule[];
  readonly index: MatcherIndex<AssignmentRule>;
}

type RuleFile = z.output<typeof tagRule> | z.output<typeof workspaceRule> | z.output<typeof projectRule>;
type SectionFile = { readonly [Key in keyof typeof sectionFiles]?: z.output<(typeof sectionFiles)[Key]> };

/** Those that the file has, in the order in which they are carried out. */
export function toSections(
  file: SectionFile,
  matcherOf: (rule: RuleFile) => Matcher | undefined,
  lineOf: (section: string, index: number) => number,
): readonly Section[] {
  return ASSIGNABLE_KINDS.flatMap((kind): Section[] => {
    const { section } = SECTION_KEYS[kind];
    const written = file[section];
    if (written === undefined) return [];
    const entries: readonly RuleFile[] = written.rules;
    const rules = entries.map((rule, index): AssignmentRule => ({
      index,
      line: lineOf(section, index),
      matcher: matcherOf(rule),
      to: namingOf("tag" in rule ? rule.tag : "workspace" in rule ? rule.workspace : rule.project),
      role: "role" in rule ? rule.role : "inherit",
    }));
    const made = "create" in written && written.create;
    return [{ kind, manage: written.manage, create: made, rules, index: indexMatchers(rules) }];
  });
}
