// One comparison of a filter in standard form: what the attribute's type makes of operator and literal.
import type { CompareOperator, Filter } from "../../directory/index.js";
import type { AttributeRule } from "../attributes.js";
import { refusal, type ScimType } from "./refusal.js";

export interface Target {
  readonly path: readonly string[];
  readonly rule: AttributeRule | undefined;
}

export type Literal = string | number | boolean | null;

const OPERATORS: ReadonlySet<string> = new Set(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]);
const TEXT_ONLY: ReadonlySet<CompareOperator> = new Set(["co", "sw", "ew"]);

export const isOperator = (text: string): text is CompareOperator => OPERATORS.has(text);

/**
 * `ne` becomes not(eq), so that it holds for a person without the attribute; `eq null` is its absence (RFC 7643 §2.5).
 */
export function comparison(target: Target, operator: CompareOperator, literal: Literal, scimType: ScimType): Filter {
  if (operator === "ne") return { kind: "not", of: comparison(target, "eq", literal, scimType) };
  if (literal === null && operator === "eq") return { kind: "not", of: { kind: "present", path: target.path } };
  const { path, rule } = valueOf(target, scimType);
  const value = typed(rule, path, literal, operator, scimType);
  return { kind: "compare", path, operator, value, caseExact: rule?.caseExact ?? false };
}

/** `emails eq "x"` and `members eq "id"` mean the value of an element (RFC 7644 §3.4.2.2, note on complex attributes). */
export function valueOf({ path, rule }: Target, scimType: ScimType): Target {
  if (rule?.type !== "complex") return { path, rule };
  const value = rule.sub.get("value");
  if (value) return { path: [...path, value.name], rule: value };
  const subs = [...rule.sub.values()].map((sub) => sub.name).join(", ");
  throw refusal(
    scimType,
    `${rule.name} has no value of its own to compare or sort by; name one of its parts: ${subs}.`,
  );
}

function typed(
  rule: AttributeRule | undefined,
  path: readonly string[],
  literal: Literal,
  operator: CompareOperator,
  scimType: ScimType,
): string | number | boolean {
  // A part of an instant is no instant: it is looked for in the text.
  const value = rule?.type === "dateTime" && TEXT_ONLY.has(operator) ? textOnly(literal) : converted(rule, literal);
  const name = path.join(".");
  if (value === undefined || value === null)
    throw refusal(scimType, `${name} is a ${rule?.type ?? "value"} and cannot be compared with ${kindOf(literal)}.`);
  if (typeof value !== "string" && TEXT_ONLY.has(operator))
    throw refusal(scimType, `"${operator}" compares text; ${name} was compared with a ${typeof value}.`);
  if (typeof value === "boolean" && operator !== "eq")
    throw refusal(scimType, `"${operator}" cannot order true and false (${name}); use eq or ne.`);
  return value;
}

/** Undefined: this literal cannot be a value of the attribute. */
function converted(rule: AttributeRule | undefined, literal: Literal): Literal | undefined {
  switch (rule?.type) {
    case undefined:
      return literal;
    case "boolean":
      return typeof literal === "string" ? BOOLEANS.get(literal.toLowerCase()) : boolean(literal);
    case "integer":
    case "decimal":
      return typeof literal === "number" ? literal : undefined;
    case "dateTime":
      return instant(literal);
    case "string":
    case "reference":
    case "binary":
    case "complex":
      return textOnly(literal);
  }
}

const textOnly = (literal: Literal): string | undefined => (typeof literal === "string" ? literal : undefined);

// Entra compares with "True".
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

const boolean = (literal: Literal): boolean | undefined => (typeof literal === "boolean" ? literal : undefined);

/** In the form that is stored, so that the order of texts is the order of times. */
function instant(literal: Literal): string | undefined {
  const time = typeof literal === "string" ? Date.parse(literal) : NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

const kindOf = (literal: Literal): string => (literal === null ? "null" : `this ${typeof literal}`);
