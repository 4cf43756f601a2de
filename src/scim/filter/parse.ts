// Recursive descent over the grammar of RFC 7644 §3.4.2.2, for filters and for PATCH paths (§3.5.2); depth is capped.
import { LABEL_STUDIO_EXTENSION, type Filter } from "../../directory/index.js";
import { resolvePath, type AttributeRule, type ResolvedPath, type ResourceKind } from "../attributes.js";
import { comparison, isOperator, type Literal, type Target } from "./compare.js";
import { quoted, refusal, type ScimType } from "./refusal.js";
import { noun, tokens, type Token } from "./tokens.js";

/** Parentheses, brackets and `not` inside one another; people write three, generators a few more. */
export const DEEPEST_FILTER = 32;
/** Comparisons in one filter: each is evaluated for each resource, and people write three. */
export const MOST_COMPARISONS = 100;

interface Reader {
  readonly kind: ResourceKind;
  readonly scimType: ScimType;
  readonly tokens: readonly Token[];
  next: number;
  depth: number;
  comparisons: number;
  /** Inside brackets: the attribute whose elements are tested. */
  element: { readonly rule: AttributeRule | undefined } | undefined;
}

export interface ParsedPath extends ResolvedPath {
  readonly filter: Filter | undefined;
}

export function parseFilter(kind: ResourceKind, text: string): Filter {
  const reader = readerOf(kind, text, "invalidFilter");
  const filter = disjunction(reader);
  expectEnd(reader);
  return filter;
}

export function parsePath(kind: ResourceKind, text: string): ParsedPath {
  const reader = readerOf(kind, text, "invalidPath");
  const resolved = resolve(reader, take(reader, "word", "an attribute name"));
  const filter = current(reader).text === "[" ? elementFilter(reader, resolved.rule) : undefined;
  if (filter === undefined || current(reader).kind === "end") {
    expectEnd(reader);
    return { ...resolved, filter };
  }
  const sub = take(reader, "sub", "a sub-attribute such as .value").text.slice(1);
  expectEnd(reader);
  const whole = resolvePath(kind, `${text.slice(0, text.indexOf("[")).trimEnd()}.${sub}`);
  if (!whole) throw refusal("invalidPath", `The path ${quoted(text)} names a sub-attribute that cannot be.`);
  return { ...whole, filter };
}

const readerOf = (kind: ResourceKind, text: string, scimType: ScimType): Reader => ({
  kind,
  scimType,
  tokens: tokens(text, scimType),
  next: 0,
  depth: 0,
  comparisons: 0,
  element: undefined,
});

function disjunction(reader: Reader): Filter {
  return joined(reader, "or", conjunction);
}

function conjunction(reader: Reader): Filter {
  return joined(reader, "and", term);
}

function joined(reader: Reader, kind: "and" | "or", part: (reader: Reader) => Filter): Filter {
  const first = part(reader);
  const of = [first];
  while (isWord(current(reader), kind)) {
    advance(reader);
    of.push(part(reader));
  }
  return of.length === 1 ? first : { kind, of };
}

function term(reader: Reader): Filter {
  const token = current(reader);
  if (token.text === "(" && token.kind === "bracket") return enclosed(reader, ")", () => disjunction(reader));
  if (isWord(token, "not") && reader.tokens[reader.next + 1]?.text === "(") {
    advance(reader);
    return { kind: "not", of: enclosed(reader, ")", () => disjunction(reader)) };
  }
  return expression(reader);
}

/** `path op value`, `path pr`, `path[…]`, and Entra's `path[…].sub op value`. */
function expression(reader: Reader): Filter {
  const target = targetOf(reader, take(reader, "word", "an attribute name"));
  if (current(reader).text !== "[" || current(reader).kind !== "bracket") return tested(reader, target);
  const inner = elementFilter(reader, target.rule);
  const sub = current(reader);
  if (sub.kind !== "sub") return element(target.path, inner);
  advance(reader);
  const rule = target.rule?.sub.get(sub.text.slice(1).toLowerCase());
  const outer = tested(reader, { path: [rule?.name ?? sub.text.slice(1)], rule });
  return element(target.path, { kind: "and", of: [inner, outer] });
}

/** One comparison in brackets says the same as a dotted path, which the store answers from an index. */
const element = (path: readonly string[], of: Filter): Filter =>
  of.kind === "compare" || of.kind === "present"
    ? { ...of, path: [...path, ...of.path] }
    : { kind: "element", path, of };

function tested(reader: Reader, target: Target): Filter {
  if (++reader.comparisons > MOST_COMPARISONS)
    throw refusal(reader.scimType, `The ${noun(reader.scimType)} has more than ${MOST_COMPARISONS} comparisons.`);
  const token = take(reader, "word", "an operator such as eq");
  const operator = token.text.toLowerCase();
  if (operator === "pr") return { kind: "present", path: target.path };
  if (!isOperator(operator)) throw unexpected(reader, token, "one of eq, ne, co, sw, ew, gt, ge, lt, le, pr");
  return comparison(target, operator, literal(reader), reader.scimType);
}

const WORDS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function literal(reader: Reader): Literal {
  const token = current(reader);
  const value = token.kind === "word" ? WORDS.get(token.text.toLowerCase()) : token.value;
  if (value === undefined) throw unexpected(reader, token, "a value; text stands in double quotes");
  advance(reader);
  return value;
}

function elementFilter(reader: Reader, rule: AttributeRule | undefined): Filter {
  if (reader.element || (rule && !(rule.multiValued && rule.type === "complex")))
    throw unexpected(reader, current(reader), "no value filter here: it selects elements of a multi-valued attribute");
  reader.element = { rule };
  const filter = enclosed(reader, "]", () => disjunction(reader));
  reader.element = undefined;
  return filter;
}

function enclosed(reader: Reader, close: ")" | "]", inside: () => Filter): Filter {
  if (++reader.depth > DEEPEST_FILTER)
    throw refusal(reader.scimType, `The ${noun(reader.scimType)} is nested more than ${DEEPEST_FILTER} deep.`);
  advance(reader);
  const filter = inside();
  const token = take(reader, "bracket", `"${close}"`);
  if (token.text !== close) throw unexpected(reader, token, `"${close}"`);
  reader.depth--;
  return filter;
}

function targetOf(reader: Reader, token: Token): Target {
  if (!reader.element) {
    const resolved = resolve(reader, token);
    expectOurs(reader.kind, resolved, token.text);
    const { schema, attribute, rule, sub, subRule } = resolved;
    const path = [schema, attribute, sub].filter((name) => name !== undefined);
    return { path, rule: sub === undefined ? rule : subRule };
  }
  const { rule } = reader.element;
  const found = rule?.sub.get(token.text.toLowerCase());
  if (!found && (token.text.includes(":") || !resolvePath(reader.kind, `any.${token.text}`)))
    throw unexpected(reader, token, "a sub-attribute such as type or value");
  return { path: [found?.name ?? token.text], rule: found };
}

/** An unknown attribute is one that nobody has; a slip in a name of ours must not read as "nobody is failing". */
function expectOurs(kind: ResourceKind, { schema, attribute, rule }: ResolvedPath, text: string): void {
  if (kind !== "User" || rule || ![schema, attribute].includes(LABEL_STUDIO_EXTENSION)) return;
  const where = `/Schemas/${LABEL_STUDIO_EXTENSION}`;
  throw refusal("invalidFilter", `${quoted(text)} is no attribute to filter by; GET ${where} lists those there are.`);
}

function resolve(reader: Reader, token: Token): ResolvedPath {
  const resolved = resolvePath(reader.kind, token.text);
  if (!resolved) throw unexpected(reader, token, "an attribute name such as userName or name.familyName");
  if (resolved.sub !== undefined && resolved.rule && resolved.rule.type !== "complex")
    throw refusal(reader.scimType, `${resolved.rule.name} has no sub-attribute ${quoted(resolved.sub)}.`);
  return resolved;
}

const END: Token = { kind: "end", text: "", at: 1 };
const current = (reader: Reader): Token => reader.tokens[reader.next] ?? END;
const isWord = (token: Token, word: string): boolean => token.kind === "word" && token.text.toLowerCase() === word;

function advance(reader: Reader): void {
  reader.next++;
}

function take(reader: Reader, kind: Token["kind"], wanted: string): Token {
  const token = current(reader);
  if (token.kind !== kind) throw unexpected(reader, token, wanted);
  advance(reader);
  return token;
}

function expectEnd(reader: Reader): void {
  if (current(reader).kind !== "end") throw unexpected(reader, current(reader), "nothing more");
}

function unexpected(reader: Reader, token: Token, wanted: string) {
  const found = token.kind === "end" ? "it ends" : `there is ${quoted(token.text)}`;
  return refusal(
    reader.scimType,
    `The ${noun(reader.scimType)} is malformed: at position ${token.at} ${found}, expected ${wanted}.`,
  );
}
