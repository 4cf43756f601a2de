// Filter → SQL. Indexed columns where one serves; everything else by the database's JSON functions on the stored attributes.
// Every test is true or false, never null: `not` of null would be neither.
import { sql } from "kysely";
import type { Filter } from "../../directory/index.js";
import type { Flavour, Sql } from "../flavour.js";
import { columnOf, relatedOf, type Column, type Related, type Source, type Table } from "./columns.js";
import { elementPasses, numberPasses, textPasses, textTest, type Comparison } from "./compare.js";
import { anyAt, anyBelow, NEVER, resetAliases, type OfValue } from "./json.js";

type Leaf = Exclude<Filter, { readonly kind: "and" | "or" | "not" }>;
/** What tests below `and`, `or` and `not` are made of: the resource, one element in JSON, or one related row. */
type Scope = (leaf: Leaf) => Sql;

const ALWAYS: Sql = sql`1 = 1`;

export function whereSql(source: Source, filter: Filter): Sql {
  resetAliases();
  return filterSql(filter, resource(source));
}

function filterSql(filter: Filter, scope: Scope): Sql {
  switch (filter.kind) {
    case "and":
    case "or":
      return sql`(${sql.join(
        filter.of.map((part) => filterSql(part, scope)),
        filter.kind === "and" ? sql` and ` : sql` or `,
      )})`;
    case "not":
      return sql`not ${filterSql(filter.of, scope)}`;
    case "compare":
    case "present":
    case "element":
      return scope(filter);
  }
}

const resource =
  (source: Source): Scope =>
  (leaf) => {
    const { flavour, table } = source;
    const related = relatedOf(source, leaf.path[0]);
    const tested = related ? onRows(flavour, related, leaf) : (onColumn(source, leaf) ?? onAttributes(source, leaf));
    const candidates = candidatesOf(table, leaf);
    return candidates ? sql`(${sql.ref(`${table}.id`)} in (${candidates}) and ${tested})` : tested;
  };

/** Who can pass at all, from an index: `emails[type eq "work"].value eq "x"` is what Entra finds people by. */
function candidatesOf(table: Table, leaf: Leaf): Sql | undefined {
  const value = valueAskedFor(leaf);
  if (value === undefined) return undefined;
  switch (`${table}.${leaf.path[0]}`) {
    case "users.emails":
      return sql`select user_id from addresses where source = 'email' and address = ${value.trim().toLowerCase()}`;
    case "users.groups":
      return sql`select member_id from members where group_id = ${value}`;
    case "groups.members":
      return sql`select group_id from members where member_id = ${value}`;
    default:
      return undefined;
  }
}

/** The text that the `value` of an element must equal, if there is one such. */
function valueAskedFor(leaf: Leaf): string | undefined {
  if (leaf.kind === "compare") return leaf.path.slice(1).join(".") === "value" ? equalText(leaf) : undefined;
  return leaf.kind === "element" && leaf.path.length === 1 ? valueRequired(leaf.of) : undefined;
}

function valueRequired(filter: Filter): string | undefined {
  if (filter.kind === "and") return filter.of.map(valueRequired).find((value) => value !== undefined);
  return filter.kind === "compare" && filter.path.join(".") === "value" ? equalText(filter) : undefined;
}

const equalText = ({ operator, value }: Comparison): string | undefined =>
  operator === "eq" && typeof value === "string" ? value : undefined;

// ── Attributes: JSON ─────────────────────────────────────────────────────────────────────────────────────────────────

function onAttributes({ flavour, table }: Source, leaf: Leaf): Sql {
  const document = flavour.json.document(sql`${sql.ref(`${table}.attributes`)}`);
  return anyAt(flavour.json, document, leaf.path, testOf(flavour, leaf));
}

const inElement =
  (flavour: Flavour, alias: string): Scope =>
  (leaf) =>
    anyBelow(flavour.json, alias, leaf.path, testOf(flavour, leaf));

const testOf =
  (flavour: Flavour, leaf: Leaf): OfValue =>
  (alias) => {
    switch (leaf.kind) {
      case "compare":
        return elementPasses(flavour, alias, leaf);
      case "present":
        return flavour.json.isPresent(alias);
      case "element":
        // Without the attribute there is no element either, whatever would be true of an empty one.
        return sql`(not ${flavour.json.isA(alias, "null")} and ${filterSql(leaf.of, inElement(flavour, alias))})`;
    }
  };

// ── Columns ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function onColumn(source: Source, leaf: Leaf): Sql | undefined {
  if (leaf.kind === "element") return undefined;
  if (leaf.kind === "present" && leaf.path.join() === "meta") return ALWAYS;
  const column = columnOf(source, leaf.path);
  if (!column) return leaf.kind === "compare" ? isActive(source.table, leaf) : undefined;
  if (leaf.kind === "present") return column.nullable ? sql`${column.sql} is not null` : ALWAYS;
  return columnPasses(source.flavour, column, leaf);
}

function columnPasses(flavour: Flavour, column: Column, leaf: Comparison): Sql {
  const { operator, value } = leaf;
  if (column.kind === "number")
    return typeof value === "number" ? sql`(${numberPasses(column.sql, operator, value)}) is true` : NEVER;
  if (typeof value !== "string") return NEVER;
  if (column.kind === "text") return sql`(${textPasses(flavour, column.sql, leaf, value)}) is true`;
  const passed = textTest(flavour, column.sql, operator, column.kind === "key" ? nameLiteral(leaf, value) : value);
  // Not `is true`, which would keep SQLite from its index.
  return column.nullable ? sql`(${column.sql} is not null and ${passed})` : passed;
}

/** Names are stored without outer space, so the one that was sent is found as well; a part of a name may begin with one. */
const nameLiteral = ({ operator }: Comparison, literal: string): string =>
  (operator === "eq" ? literal.trim() : literal).toLowerCase();

const isActive = (table: Table, { path, operator, value }: Comparison): Sql | undefined =>
  table === "users" && path.join(".") === "active" && operator === "eq" && typeof value === "boolean"
    ? sql`users.active = ${value ? 1 : 0}`
    : undefined;

// ── Members and groups: rows of their own ────────────────────────────────────────────────────────────────────────────

function onRows(flavour: Flavour, related: Related, leaf: Leaf): Sql {
  const [, ...path] = leaf.path;
  const one = leaf.kind === "element" ? leaf.of : ({ ...leaf, path } as Filter);
  return sql`exists (select 1 ${related.rows} and ${filterSql(one, relatedRow(flavour, related))})`;
}

const relatedRow =
  (flavour: Flavour, { field }: Related): Scope =>
  (leaf) => {
    const [sub, ...deeper] = leaf.path;
    // An element is there: `members pr`.
    if (sub === undefined) return leaf.kind === "present" ? ALWAYS : NEVER;
    const text = deeper.length === 0 ? field(sub) : undefined;
    if (!text || leaf.kind === "element") return NEVER;
    if (leaf.kind === "present") return sql`(${text} is not null and ${text} <> '')`;
    if (typeof leaf.value !== "string") return NEVER;
    return sql`(${text} is not null and ${textPasses(flavour, text, leaf, leaf.value)})`;
  };
