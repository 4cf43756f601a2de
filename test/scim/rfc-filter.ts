// Filters and sorting as RFC 7644 §3.4.2.2 and §3.4.2.3 put them, evaluated on resources as they are read. It shares
// nothing with src: attributes and their characteristics are written down from RFC 7643 §4 once more.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Resource = { readonly [key: string]: Json };

export type Comparator = "eq" | "ne" | "co" | "sw" | "ew" | "gt" | "ge" | "lt" | "le";
export type Literal = string | number | boolean | null;

export type Expression =
  | { readonly kind: "and" | "or"; readonly of: readonly Expression[] }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "pr"; readonly path: readonly string[] }
  | { readonly kind: "test"; readonly path: readonly string[]; readonly op: Comparator; readonly literal: Literal }
  | { readonly kind: "within"; readonly attribute: readonly string[]; readonly of: Expression };

export type Type = "string" | "exact" | "boolean" | "dateTime" | "any" | "complex";

export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** Attribute → type and, if complex, the sub-attributes that are compared. References and ids are exact. */
const COMMON = {
  id: "exact",
  externalId: "exact",
  schemas: "exact",
  "meta.resourceType": "exact",
  "meta.version": "exact",
  "meta.location": "exact",
  "meta.created": "dateTime",
  "meta.lastModified": "dateTime",
  // Of no schema: whatever was sent, compared without case.
  mixed: "any",
  "mixed.inner": "any",
} as const;

const USER: Readonly<Record<string, Type>> = {
  ...COMMON,
  userName: "string",
  "name.givenName": "string",
  "name.familyName": "string",
  displayName: "string",
  title: "string",
  profileUrl: "exact",
  active: "boolean",
  ...labelled("emails", "string"),
  ...labelled("roles", "string"),
  "addresses.locality": "string",
  "addresses.type": "string",
  "addresses.primary": "boolean",
  ...labelled("groups", "exact", "groups.$ref"),
  [`${ENTERPRISE}:department`]: "string",
  [`${ENTERPRISE}:manager.value`]: "exact",
  [`${ENTERPRISE}:manager.displayName`]: "string",
};

const GROUP: Readonly<Record<string, Type>> = {
  ...COMMON,
  displayName: "string",
  ...labelled("members", "exact", "members.$ref"),
};

function labelled(name: string, value: Type, reference?: string): Record<string, Type> {
  return {
    [name]: "complex",
    [`${name}.value`]: value,
    [`${name}.display`]: "string",
    [`${name}.type`]: "string",
    ...(reference === undefined ? { [`${name}.primary`]: "boolean" } : { [reference]: "exact" }),
  };
}

export type Kind = "User" | "Group";
export const TYPES = { User: USER, Group: GROUP } as const satisfies Record<Kind, Readonly<Record<string, Type>>>;

// ── Evaluation ───────────────────────────────────────────────────────────────────────────────────────────────────────

export function selects(kind: Kind, expression: Expression, resource: Resource): boolean {
  return holds(expression, resource, (path) => TYPES[kind][nameOf(path)] ?? "any");
}

/** Of one element of a multi-valued attribute; paths are relative to it. */
export const selectsElement = (attribute: string, expression: Expression, element: Json): boolean =>
  holds(expression, element, (path) => USER[`${attribute}.${path.join(".")}`] ?? "any");

type TypeOf = (path: readonly string[]) => Type;

function holds(expression: Expression, subject: Json, typeOf: TypeOf): boolean {
  switch (expression.kind) {
    case "and":
      return expression.of.every((part) => holds(part, subject, typeOf));
    case "or":
      return expression.of.some((part) => holds(part, subject, typeOf));
    case "not":
      return !holds(expression.of, subject, typeOf);
    case "pr":
      return isPresent(valuesAt(subject, expression.path));
    case "test":
      return tested(expression, subject, typeOf);
    case "within": {
      const inner: TypeOf = (path) => typeOf([...expression.attribute, ...path]);
      return valuesAt(subject, expression.attribute).some((element) => holds(expression.of, element, inner));
    }
  }
}

function tested({ path, op, literal }: Extract<Expression, { kind: "test" }>, subject: Json, typeOf: TypeOf): boolean {
  // RFC 7643 §2.5: null and no value are the same. RFC 7644: `ne` is what `eq` is not.
  if (op === "ne") return !tested({ kind: "test", path, op: "eq", literal }, subject, typeOf);
  if (literal === null) return !isPresent(valuesAt(subject, path));
  const type = typeOf(path);
  const [whole, valueType] = type === "complex" ? [[...path, "value"], typeOf([...path, "value"])] : [path, type];
  return valuesAt(subject, whole).some((value) => compares(value, op, literal, valueType, nameOf(whole)));
}

function compares(value: Json, op: Comparator, literal: string | number | boolean, type: Type, name: string): boolean {
  if (typeof value === "boolean" || typeof literal === "boolean") return op === "eq" && value === literal;
  if (typeof value === "number" && typeof literal === "number") return ordered(value - literal, op);
  if (typeof value !== "string" || typeof literal !== "string") return false;
  if (type === "dateTime" && !["co", "sw", "ew"].includes(op))
    return ordered(Date.parse(value) - Date.parse(literal), op);
  // Names are kept without outer space, and found by what was sent.
  const wanted = op === "eq" && (name === "userName" || name === "displayName") ? literal.trim() : literal;
  const [left, right] = type === "exact" || type === "dateTime" ? [value, wanted] : [fold(value), fold(wanted)];
  if (op === "co") return left.includes(right);
  if (op === "sw") return left.startsWith(right);
  if (op === "ew") return left.endsWith(right);
  return ordered(byCodePoint(left, right), op);
}

const fold = (text: string): string => text.toLowerCase();
const byCodePoint = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

function ordered(difference: number, op: Comparator): boolean {
  if (op === "eq") return difference === 0;
  if (op === "gt" || op === "ge") return difference > 0 || (op === "ge" && difference === 0);
  return (op === "lt" || op === "le") && (difference < 0 || (op === "le" && difference === 0));
}

/** Every value at the path; a multi-valued attribute has several. */
const valuesAt = (subject: Json, path: readonly string[]): readonly Json[] =>
  path.reduce<readonly Json[]>((values, name) => values.flatMap((value) => listed(partOf(value, name))), [subject]);

function partOf(value: Json, name: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return name === "value" ? value : null;
  return (value as Resource)[name] ?? null;
}

const listed = (value: Json): readonly Json[] =>
  value === null ? [] : Array.isArray(value) ? (value as readonly Json[]).filter((part) => part !== null) : [value];

const isPresent = (values: readonly Json[]): boolean => values.some(hasNode);

function hasNode(value: Json): boolean {
  if (value === null || value === "") return false;
  return typeof value === "object" ? Object.values(value).some(hasNode) : true;
}

const nameOf = (path: readonly string[]): string =>
  path[0] === ENTERPRISE ? `${ENTERPRISE}:${path.slice(1).join(".")}` : path.join(".");

/** `urn:…:User:manager.value` → its steps. */
export const stepsOf = (name: string): readonly string[] =>
  name.startsWith(ENTERPRISE) ? [ENTERPRISE, ...name.slice(ENTERPRISE.length + 1).split(".")] : name.split(".");

// ── Sorting ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export const sortable = (kind: Kind): readonly string[] =>
  Object.keys(TYPES[kind]).filter((name) => !name.startsWith("mixed") && name !== "schemas");

/** `resources` in order of arrival, which is kept among equals. */
export function sorted(
  kind: Kind,
  resources: readonly Resource[],
  by: string,
  descending: boolean,
): readonly Resource[] {
  const sign = descending ? -1 : 1;
  const keyed = resources.map((resource) => ({ resource, key: keyOf(kind, resource, by) }));
  // No value: last when ascending, first when descending.
  const rank = (key: Json): number => (key === null ? 1 : 0);
  keyed.sort((a, b) => sign * (rank(a.key) - rank(b.key) || byKey(a.key, b.key)));
  return keyed.map(({ resource }) => resource);
}

const byKey = (a: Json, b: Json): number =>
  typeof a === "string" && typeof b === "string" ? byCodePoint(a, b) : Number(a) - Number(b);

function keyOf(kind: Kind, resource: Resource, by: string): Json {
  const complex = TYPES[kind][by] === "complex";
  const name = complex ? `${by}.value` : by;
  const value = stepsOf(name).reduce<Json>((found, step) => partOf(theOne(found), step), resource);
  const key = theOne(value);
  return typeof key === "string" && TYPES[kind][name] === "string" ? fold(key) : key;
}

function theOne(value: Json): Json {
  if (!Array.isArray(value)) return value;
  const elements = value as readonly Json[];
  return elements.find((element) => partOf(element, "primary") === true) ?? elements[0] ?? null;
}

/** As a client writes it. */
export function written(expression: Expression): string {
  switch (expression.kind) {
    case "and":
    case "or":
      return `(${expression.of.map(written).join(` ${expression.kind} `)})`;
    case "not":
      return `not (${written(expression.of)})`;
    case "pr":
      return `${nameOf(expression.path)} pr`;
    case "test":
      return `${nameOf(expression.path)} ${expression.op} ${JSON.stringify(expression.literal)}`;
    case "within":
      return `${nameOf(expression.attribute)}[${written(expression.of)}]`;
  }
}
