// Filter → SQL. Indexed columns where one serves; everything else by the database's JSON functions on the stored attributes.
import { sql } from "kysely";
import { LABEL_STUDIO_EXTENSION, type CompareOperator, type Filter, type Sort } from "../../directory/index.js";
import type { Flavour, JsonFlavour, Sql } from "../flavour.js";
import { standingSql } from "../work/standings.js";

type Table = "users" | "groups";
type Comparison = Extract<Filter, { kind: "compare" }>;

/** Canonical path → column; `key` columns hold the lower-cased value. */
const COLUMNS: Record<Table, ReadonlyMap<string, { readonly column: string; readonly key: boolean }>> = {
  users: columns("userName", "user_name_key"),
  groups: columns("displayName", "display_name_key"),
};

function columns(name: string, nameColumn: string) {
  return new Map([
    [name, { column: nameColumn, key: true }],
    ["id", { column: "id", key: false }],
    ["externalId", { column: "external_id", key: false }],
    ["meta.created", { column: "created", key: false }],
    ["meta.lastModified", { column: "last_modified", key: false }],
  ]);
}

/** The same filter is the same text each time, so that its statement is prepared once. */
export function whereSql({ json }: Flavour, table: Table, filter: Filter): Sql {
  aliases = 0;
  return filterSql(json, table, filter);
}

function filterSql(json: JsonFlavour, table: Table, filter: Filter): Sql {
  const document = (): Sql => json.document(attributes(table));
  switch (filter.kind) {
    case "and":
    case "or":
      return sql`(${sql.join(
        filter.of.map((part) => filterSql(json, table, part)),
        filter.kind === "and" ? sql` and ` : sql` or `,
      )})`;
    case "not":
      // NULL, of who has no such value, is not true either.
      return sql`(${filterSql(json, table, filter.of)}) is not true`;
    case "compare":
      return onColumn(table, filter) ?? onJson(json, document(), filter.path, test(json, filter));
    case "present":
      return presentColumn(table, filter.path) ?? onJson(json, document(), filter.path, present(json));
    case "element":
      return onJson(json, document(), filter.path, (alias) => elementSql(json, json.value(alias), filter.of));
  }
}

const attributes = (table: Table): Sql => sql`${sql.ref(`${table}.attributes`)}`;

function onColumn(table: Table, filter: Comparison): Sql | undefined {
  const standing = standingAt(table, filter.path);
  if (standing) return onStanding(standing, filter);
  const path = filter.path.join(".");
  const known = COLUMNS[table].get(path);
  if (known && typeof filter.value === "string") {
    const value = known.key ? filter.value.trim().toLowerCase() : filter.value;
    return textTest(sql.ref(`${table}.${known.column}`), filter.operator, value);
  }
  if (table === "users" && path === "active" && typeof filter.value === "boolean" && isEquality(filter.operator))
    return sql`users.active ${sql.raw(filter.operator === "eq" ? "=" : "<>")} ${filter.value ? 1 : 0}`;
  return onRows(table, path, filter);
}

/** What became of a user is not in its attributes. */
const standingAt = (table: Table, [schema, name = ""]: readonly string[]): Sql | undefined =>
  table === "users" && schema === LABEL_STUDIO_EXTENSION ? standingSql(name) : undefined;

function onStanding(standing: Sql, { operator, value, caseExact }: Comparison): Sql {
  if (typeof value !== "string") return sql`${standing} ${comparison(operator)} ${value}`;
  return caseExact ? textTest(standing, operator, value) : textTest(sql`lower(${standing})`, operator, lower(value));
}

const isEquality = (operator: CompareOperator): boolean => operator === "eq" || operator === "ne";

/** Attributes that are rows of their own. */
function onRows(table: Table, path: string, filter: Comparison): Sql | undefined {
  if (filter.operator !== "eq" || typeof filter.value !== "string") return undefined;
  if (table === "users" && (path === "emails.value" || path === "emails"))
    return sql`exists (select 1 from addresses where user_id = users.id and source = 'email'
      and address = ${filter.value.trim().toLowerCase()})`;
  if (table === "users" && (path === "groups.value" || path === "groups"))
    return sql`exists (select 1 from members where member_id = users.id and group_id = ${filter.value})`;
  if (table === "groups" && (path === "members.value" || path === "members"))
    return sql`exists (select 1 from members where group_id = groups.id and member_id = ${filter.value})`;
  return undefined;
}

function presentColumn(table: Table, path: readonly string[]): Sql | undefined {
  const name = path.join(".");
  const standing = standingAt(table, path);
  if (standing) return sql`${standing} is not null`;
  if (name === "externalId") return sql`${sql.ref(`${table}.external_id`)} is not null`;
  if (COLUMNS[table].has(name)) return sql`1 = 1`;
  if (table === "groups" && path[0] === "members")
    return sql`exists (select 1 from members where group_id = groups.id)`;
  if (table === "users" && path[0] === "groups") return sql`exists (select 1 from members where member_id = users.id)`;
  return undefined;
}

// ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is asked of the element in the table of this alias. */
type LeafTest = (alias: string) => Sql;
let aliases = 0;

/** True when any value at the path passes; a simple value counts as its own `.value`. */
function onJson(json: JsonFlavour, within: Sql, path: readonly string[], leaf: LeafTest): Sql {
  const [name, ...rest] = path;
  if (name === undefined) return NEVER;
  const alias = `j${aliases++}`;
  const inner =
    rest.length === 0
      ? leaf(alias)
      : sql`(case when ${json.isA(alias, "object")} then ${onJson(json, json.value(alias), rest, leaf)} else ${
          rest.length === 1 && rest[0] === "value" ? leaf(alias) : NEVER
        } end)`;
  return sql`exists (select 1 from ${json.elements(within, name, alias)} where ${inner})`;
}

const NEVER = sql`1 = 0`;

function elementSql(json: JsonFlavour, element: Sql, filter: Filter): Sql {
  switch (filter.kind) {
    case "and":
    case "or":
      return sql`(${sql.join(
        filter.of.map((part) => elementSql(json, element, part)),
        filter.kind === "and" ? sql` and ` : sql` or `,
      )})`;
    case "not":
      return sql`not ${elementSql(json, element, filter.of)}`;
    case "compare":
      return onJson(json, element, filter.path, test(json, filter));
    case "present":
      return onJson(json, element, filter.path, present(json));
    case "element":
      return onJson(json, element, filter.path, (alias) => elementSql(json, json.value(alias), filter.of));
  }
}

const present =
  (json: JsonFlavour): LeafTest =>
  (alias) =>
    sql`not (${json.isA(alias, "null")} or (${json.isA(alias, "text")} and ${json.text(alias)} = ''))`;

const test =
  (json: JsonFlavour, { operator, value: wanted, caseExact }: Comparison): LeafTest =>
  (alias) => {
    if (wanted === null) return operator === "ne" ? present(json)(alias) : json.isA(alias, "null");
    if (typeof wanted === "boolean")
      return sql`(${json.isA(alias, "boolean")} and ${json.boolean(alias)} ${comparison(operator)} ${wanted ? 1 : 0})`;
    if (typeof wanted === "number")
      return sql`(${json.isA(alias, "number")} and ${json.number(alias)} ${comparison(operator)} ${wanted})`;
    const text = json.text(alias);
    const found = caseExact ? textTest(text, operator, wanted) : textTest(sql`lower(${text})`, operator, lower(wanted));
    return sql`(${json.isA(alias, "text")} and ${found})`;
  };

/** As both databases do it: the letters of ASCII only. */
const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

function textTest(text: Sql, operator: CompareOperator, wanted: string): Sql {
  switch (operator) {
    case "co":
      return wanted === "" ? sql`${text} is not null` : sql`replace(${text}, ${wanted}, '') <> ${text}`;
    case "sw":
      return sql`substr(${text}, 1, length(${wanted})) = ${wanted}`;
    case "ew":
      return sql`(length(${text}) >= length(${wanted}) and substr(${text}, length(${text}) - length(${wanted}) + 1) = ${wanted})`;
    case "eq":
    case "ne":
    case "gt":
    case "ge":
    case "lt":
    case "le":
      return sql`${text} ${comparison(operator)} ${wanted}`;
  }
}

const SYMBOLS = { eq: "=", ne: "<>", gt: ">", ge: ">=", lt: "<", le: "<=" } as const;
const comparison = (operator: CompareOperator): Sql =>
  sql.raw(operator in SYMBOLS ? SYMBOLS[operator as keyof typeof SYMBOLS] : "=");

/** Unsorted lists follow the order of arrival; it also breaks ties, so that pages never overlap. */
export function sortSql({ json }: Flavour, table: Table, sort: Sort | undefined): Sql {
  const position = sql.ref(`${table}.position`);
  if (!sort) return position;
  const known = COLUMNS[table].get(sort.path.join("."));
  const column = known ? sql.ref(`${table}.${known.column}`) : standingAt(table, sort.path);
  const key = column ?? sql`lower(${json.textAt(attributes(table), sort.path)})`;
  return sql`${key} ${sql.raw(sort.descending ? "desc" : "asc")} nulls last, ${position}`;
}
