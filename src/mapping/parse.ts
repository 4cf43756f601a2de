import { DEFAULT_EMAIL_ORDER, type EmailPreference } from "../directory/index.js";
import { failedCases } from "./cases.js";
import { readDocument, type MappingDocument } from "./document.js";
import { checkMeaning } from "./meaning.js";
import { inFileOrder, pathText, type Finding, type Path, type Problem } from "./problems.js";
import type { Matcher } from "./matching.js";
import { indexRules, type DriftPolicy, type Mapping, type Rule } from "./rules.js";
import { fullPrecedence, mappingFile, type MappingFile, type RuleEntry } from "./schema.js";
import { toSafety } from "./safety.js";
import { toSections } from "./sections.js";
import { explainIssues } from "./shape.js";

export type Parsed =
  | { readonly kind: "mapping"; readonly mapping: Mapping }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] };

/** Every problem at once; only a text that is not YAML, or is nested or aliased, hides what it may mean. */
export function parseMapping(text: string): Parsed {
  const reading = readDocument(text);
  if (reading.kind === "unreadable") return { kind: "problems", problems: inFileOrder(reading.problems) };
  const { document, problems } = reading;
  const file = mappingFile.safeParse(document.data);
  const findings = [...explainIssues(file.error?.issues ?? [], document.data), ...checkMeaning(document.data)];
  const all = [...problems, ...findings.map((finding) => located(document, finding))];
  if (all.length > 0 || !file.success) return { kind: "problems", problems: inFileOrder(all) };
  const mapping = toMapping(text, file.data, (path) => document.position(path, "value").line);
  const failed = failedCases(mapping, file.data.cases);
  if (failed.length > 0) return { kind: "problems", problems: failed.map((finding) => located(document, finding)) };
  return { kind: "mapping", mapping };
}

function located(document: MappingDocument, { path, at, message }: Finding): Problem {
  return { ...document.position(path, at), path: pathText(path), message };
}

function toMapping(text: string, file: MappingFile, lineOf: (path: Path) => number): Mapping {
  const rules = file.roles.rules.flatMap((entry, index): Rule[] => {
    const matcher = matcherOf(entry);
    return matcher ? [{ index, line: lineOf(["roles", "rules", index]), matcher, role: entry.role }] : [];
  });
  const precedence = fullPrecedence(file.roles.precedence);
  const ceilings = Object.entries(file.protect.ceilings).map(([address, role]) => ({ address, role }));
  const protect = { ...file.protect, ceilings };
  return {
    text,
    version: file.version,
    roles: { rules, precedence, default: file.roles.default },
    deprovision: file.deprovision,
    identity: { email: emailOrder(file.identity.email) },
    adopt: file.adopt,
    create: file.create,
    protect,
    drift: typeof file.drift === "string" ? driftAlike(file.drift) : file.drift,
    safety: toSafety(file.safety),
    seats: file.seats,
    sections: toSections(file, matcherOf, (section, index) => lineOf([section, "rules", index])),
    index: indexRules(rules, precedence, protect),
  };
}

const driftAlike = (policy: DriftPolicy): Mapping["drift"] => ({
  manual: policy,
  saml: policy,
  scim: policy,
  ldap: policy,
  api: policy,
  billing: policy,
  other: policy,
});

// checkMeaning has made sure of at most one, and of one wherever the rule needs it.
function matcherOf({ group, groupId, user }: Pick<RuleEntry, "group" | "groupId" | "user">): Matcher | undefined {
  if (group !== undefined) return { kind: "group", name: group };
  if (groupId !== undefined) return { kind: "groupId", id: groupId };
  if (user === undefined) return undefined;
  const { attribute, equals, matches } = user;
  if (matches !== undefined) return { kind: "user", attribute, comparison: "matches", text: matches };
  return { kind: "user", attribute, comparison: "equals", text: String(equals) };
}

/** Reorders, never forgets: what the file does not list is still looked at, after what it does. */
function emailOrder(preferences: readonly string[]): readonly EmailPreference[] {
  const listed = preferences.map(canonicalPreference);
  return [...listed, ...DEFAULT_EMAIL_ORDER.filter((preference) => !listed.includes(preference))];
}

const NAMED_PREFERENCES = ["primary", "only", "userName"];

// E-mail types are compared without case; the directory expects the three names that are no type as written here.
const canonicalPreference = (preference: string): string =>
  NAMED_PREFERENCES.find((name) => name.toLowerCase() === preference.toLowerCase()) ?? preference;
