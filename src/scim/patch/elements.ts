// Elements of a multi-valued attribute: union, removal by value, selection by a filter.
import { isDeepStrictEqual } from "node:util";
import type { Filter, Json } from "../../directory/index.js";
import type { AttributeRule } from "../attributes.js";
import { matches } from "../filter/index.js";
import { refusal } from "../filter/refusal.js";
import { isObject, own, put, type JsonObject } from "./json.js";
import type { AttributeOperation } from "./operation.js";
import { isBare, MOST_VALUES } from "./values.js";

/** RFC 7644 §3.5.2.1: a value that is there already is not added again; what else it says is taken over. */
export function addTo(
  before: readonly Json[],
  added: readonly Json[],
  rule: AttributeRule | undefined,
): readonly Json[] {
  const after = [...before];
  // Of several stored alike the first one counts.
  const places = new Map<string, number>(before.map((element, at) => [identity(element, rule), at] as const).reverse());
  for (const element of added) {
    const key = identity(element, rule);
    const at = places.get(key);
    if (at === undefined) places.set(key, after.push(element) - 1);
    else after[at] = merged(after[at], element);
  }
  return bounded(after);
}

/** By `value` where there is one (Entra sends display and type beside it), else by all parts that are given. */
export function removeFrom(
  before: readonly Json[],
  removed: readonly Json[],
  rule: AttributeRule | undefined,
): readonly Json[] {
  const values = new Set(removed.flatMap((element) => valueOf(element, rule) ?? []));
  const others = removed.filter(isObject).filter((element) => valueOf(element, rule) === undefined);
  return before.filter((element) => {
    const value = valueOf(element, rule);
    return !(value !== undefined && values.has(value)) && !others.some((other) => includes(element, other));
  });
}

/** `emails[type eq "work"].value`: the elements that the filter selects; created when there is none to give it to. */
export function select(before: readonly Json[], filter: Filter, operation: AttributeOperation): readonly Json[] {
  const { op, path, value } = operation;
  const selected = before.map((element) => matches(filter, element));
  if (op !== "remove" && !selected.includes(true)) return bounded([...before, created(filter, operation)]);
  return before.flatMap((element, at) => {
    if (selected[at] !== true) return [element];
    if (path.sub !== undefined) return withPart(element, path.sub, value) ?? [];
    return op === "remove" ? [] : [merged(element, value ?? element)];
  });
}

export function partOfAll(before: readonly Json[], sub: string, value: Json | undefined): readonly Json[] {
  if (before.length === 0) return value === undefined ? [] : [{ [sub]: value }];
  return before.flatMap((element) => withPart(element, sub, value) ?? []);
}

/** Undefined when nothing but labels is left of the element. */
function withPart(element: Json, sub: string, value: Json | undefined): Json | undefined {
  const holder = isObject(element) ? element : { value: element };
  if (own(holder, sub) === value) return element;
  const next = put(holder, sub, value);
  return value === undefined && isBare(next) ? undefined : next;
}

/** The stored element itself when it says the same: what did not change must not win the primary. */
function merged(before: Json | undefined, element: Json): Json {
  if (!isObject(before) || !isObject(element)) return element;
  const next = { ...before, ...element };
  return isDeepStrictEqual(next, before) ? before : next;
}

/**
 * Entra addresses `emails[type eq "work"].value` before there is one, with add and with replace. A whole element that
 * is to be replaced stays noTarget (RFC 7644 §3.5.2.3), and so does a filter that no new element could be made from.
 */
function created(filter: Filter, { op, path, value }: AttributeOperation): Json {
  const labels = path.sub === undefined && op === "replace" ? undefined : labelsOf(filter);
  const parts = path.sub === undefined ? value : value === undefined ? undefined : { [path.sub]: value };
  const keepsLabels = labels && (path.sub === undefined || !Object.hasOwn(labels, path.sub));
  if (keepsLabels && isObject(parts)) return { ...parts, ...labels };
  throw refusal("noTarget", `PATCH ${op} ${path.attribute}[…]: no value of ${path.attribute} fulfils the filter.`);
}

function labelsOf(filter: Filter): JsonObject | undefined {
  if (filter.kind === "compare") {
    const [name, ...deeper] = filter.path;
    const isLabel = filter.operator === "eq" && name !== undefined && name !== "value" && deeper.length === 0;
    return isLabel ? { [name]: filter.value } : undefined;
  }
  if (filter.kind !== "and") return undefined;
  const labels = filter.of.map(labelsOf);
  return labels.every((each) => each !== undefined)
    ? Object.fromEntries(labels.flatMap(Object.entries<Json>))
    : undefined;
}

/** RFC 7643 §2.4: value and type together make an element. */
function identity(element: Json, rule: AttributeRule | undefined): string {
  if (!isObject(element)) return JSON.stringify(fold(element, rule));
  const names = Object.keys(element).sort();
  if (own(element, "value") === undefined) return JSON.stringify(names.map((name) => [name, element[name] ?? null]));
  const type = own(element, "type") ?? null;
  return JSON.stringify([valueOf(element, rule), typeof type === "string" ? type.toLowerCase() : type]);
}

function valueOf(element: Json, rule: AttributeRule | undefined): Json | undefined {
  const value = isObject(element) ? own(element, "value") : element;
  return value === undefined ? undefined : fold(value, rule);
}

const fold = (value: Json, rule: AttributeRule | undefined): Json =>
  typeof value === "string" && rule?.sub.get("value")?.caseExact === false ? value.toLowerCase() : value;

const includes = (element: Json, parts: JsonObject): boolean =>
  isObject(element) &&
  Object.entries(parts).every(([name, part]: [string, Json]) => isDeepStrictEqual(own(element, name), part));

function bounded(values: readonly Json[]): readonly Json[] {
  if (values.length <= MOST_VALUES) return values;
  throw refusal("invalidValue", `An attribute would have ${values.length} values; at most ${MOST_VALUES} are kept.`);
}
