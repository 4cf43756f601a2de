import type { z } from "zod";
import { near } from "./near.js";
import type { Finding, Path } from "./problems.js";
import { mappingJsonSchema } from "./schema.js";

type Issue = z.core.$ZodIssue;

/** What the schema says about the data, in words for the person who wrote it. */
export function explainIssues(issues: readonly Issue[], data: unknown): readonly Finding[] {
  if (issues.length === 0) return [];
  const schema: SchemaNode = mappingJsonSchema();
  return issues.flatMap(insideUnion).flatMap((issue) => {
    const path = pathOf(issue);
    if (issue.code === "unrecognized_keys") return unknownKeys(issue.keys, path, keysAt(schema, path));
    const value = valueAt(data, path);
    const message = `${subject(path)} is ${shown(value)}: expected ${accepted(issue, value)}${hint(issue, value)}`;
    return [{ path, at: "value", message } as const];
  });
}

/** Of what may be a word or a block, a block is read as one: its own keys and values are what is wrong with it. */
function insideUnion(issue: Issue): readonly Issue[] {
  if (issue.code !== "invalid_union") return [issue];
  const blocks = issue.errors.filter((branch) =>
    branch.every((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
  );
  const [block] = blocks;
  if (block === undefined) return [issue];
  return block.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function unknownKeys(keys: readonly string[], path: Path, known: readonly string[]): readonly Finding[] {
  return keys.map((key) => {
    const close = near(key, known);
    const way = close === undefined ? `accepted here: ${known.join(", ")}` : `did you mean "${close}"?`;
    return { path: [...path, key], at: "key", message: `unknown key "${clipped(key)}": ${way}` };
  });
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

// The schema is closed: every path that it reports a key under is one that it describes.
function keysAt(schema: SchemaNode, path: Path): readonly string[] {
  const down = (node: SchemaNode | undefined, step: string | number): SchemaNode | undefined =>
    typeof step === "number" ? node?.items : node?.properties?.[step];
  const node = path.reduce(down, schema);
  return Object.keys((node?.properties ? node : node?.anyOf?.find(({ properties }) => properties))?.properties ?? {});
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    const inside = typeof value === "object" && value !== null && Object.hasOwn(value, step);
    return inside ? (value as Readonly<Record<string | number, unknown>>)[step] : undefined;
  }, data);
}

const subject = (path: Path): string => path.findLast((step) => typeof step === "string") ?? "the file";

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null || value === "") return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a block of keys";
  return clipped(JSON.stringify(value));
}

const pathOf = (issue: Issue): Path => issue.path.map((step) => (typeof step === "number" ? step : String(step)));

const LIMIT = "off, or a block of share, from, atMost and window";
const NAME = "a name, or an id as a whole number";
const UNIONS: Readonly<Record<string, string>> = {
  tag: NAME,
  workspace: NAME,
  project: NAME,
  massChange: LIMIT,
  massGrant: LIMIT,
  newSeats: LIMIT,
  drift: "report, enforce, or a block that says so for manual, saml, scim, ldap, api, billing, other",
};

const FORMATS: Readonly<Record<string, string>> = {
  share: "a percentage such as 20%",
  window: "a duration such as 30m, 1h or 1d",
};

const LONGEST_SHOWN = 60;
const clipped = (text: string): string => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);

const TYPES: Readonly<Record<string, string>> = {
  object: "a block of keys",
  array: "a list",
  string: "text",
  boolean: "true or false",
  int: "a whole number",
  number: "a whole number",
  record: "a block of keys",
};

function accepted(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case "invalid_value":
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(", ")}`;
    case "invalid_type":
      return issue.path.length === 0 ? "a block of keys that begins with version: 1" : typeName(issue.expected, value);
    case "invalid_union":
      return UNIONS[subject(pathOf(issue))] ?? "text, a number, true or false";
    case "too_small":
      return issue.origin === "array" ? "at least one entry" : `${issue.minimum} or more`;
    case "too_big":
      return `at most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}`;
    case "invalid_format":
      return FORMATS[subject(pathOf(issue))] ?? "text that is not blank";
    case "custom":
    case "invalid_element":
    case "invalid_key":
    case "not_multiple_of":
    case "unrecognized_keys":
      return issue.message;
  }
}

function typeName(expected: string, value: unknown): string {
  const scalar = typeof value === "number" || typeof value === "boolean";
  return (TYPES[expected] ?? expected) + (expected === "string" && scalar ? ", write it in quotes" : "");
}

function hint(issue: Issue, value: unknown): string {
  if (issue.code !== "invalid_value" || typeof value !== "string") return "";
  const close = near(value, issue.values.map(String));
  return close === undefined ? "" : `; did you mean ${close}?`;
}
