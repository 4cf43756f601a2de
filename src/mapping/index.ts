// mapping: the operator's YAML file → Mapping, or every problem in it with line and column; a user and groups → a role.
// Invariant: pure and total: any text gives a Mapping or Problems, never an exception, in time linear in the text.
// Flow: bridge and cli hand in the text; reconcile asks resolve() what a person should be, explain prints the reasons.
// Only the active are asked about here: what happens to inactive and deleted people is plan's.
export { mappingDigest } from "./digest.js";
export { parseMapping, type Parsed } from "./parse.js";
export { formatProblems, type Problem } from "./problems.js";
export { lint, type Doubt } from "./lint.js";
export { ceilingOf, protectedBy } from "./protect.js";
export { someone } from "./someone.js";
export { resolve, type Match, type Resolution } from "./resolve.js";
export type { Matched, Matcher } from "./matching.js";
export { canName, MOST_NAMES, type Named, type Naming } from "./naming.js";
export type { Mapping, Rule } from "./rules.js";
export type { Limit, Safety } from "./safety.js";
export { mappingJsonSchema } from "./schema.js";
export { SECTION_KEYS, type Section } from "./sections.js";
export { fold } from "./texts.js";
export { wanted, type Wanted } from "./wanted.js";
