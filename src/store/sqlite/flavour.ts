import { sql } from "kysely";
import type { Flavour, JsonFlavour, JsonType, Sql } from "../flavour.js";

const NOTHING = sql``;

/** What json_each calls them (sqlite.org/json1.html#jeach). */
const TYPES = {
  object: sql`('object')`,
  text: sql`('text')`,
  number: sql`('integer', 'real')`,
  boolean: sql`('true', 'false')`,
  null: sql`('null')`,
} as const satisfies Record<JsonType, unknown>;

const column = (alias: string, name: string): Sql => sql`${sql.ref(`${alias}.${name}`)}`;
const value = (alias: string): Sql => column(alias, "value");
const type = (alias: string): Sql => column(alias, "type");

const json: JsonFlavour = {
  document: (text) => text,
  elements: (within, name, alias) => {
    const path = `$.${JSON.stringify(name)}`;
    return sql`json_each(case when json_type(${within}, ${path}) = 'array' then ${within} -> ${path}
        else json_array(json(${within} -> ${path})) end) as ${sql.ref(alias)}`;
  },
  place: (alias) => column(alias, "key"),
  isA: (alias, wanted) => sql`${type(alias)} in ${TYPES[wanted]}`,
  isPresent: (alias) => sql`(case when ${type(alias)} in ('object', 'array')
    then exists (select 1 from json_tree(${value(alias)}) as part where part.atom is not null and part.atom <> '')
    else ${type(alias)} <> 'null' and ${value(alias)} <> '' end)`,
  isPrimary: (alias) =>
    sql`(case when ${type(alias)} = 'object' then json_type(${value(alias)}, '$.primary') is 'true' else 0 end)`,
  value,
  text: value,
  number: value,
  boolean: value,
};

export const sqliteFlavour: Flavour = {
  singleWriter: true,
  textColumn: "text",
  positionColumn: "integer",
  clustered: sql`without rowid`,
  byIndex: (name) => sql`indexed by ${sql.ref(name)}`,
  lock: { toChange: NOTHING, toKeep: NOTHING, toRely: NOTHING, toClaim: NOTHING },
  now: sql`cast(unixepoch('subsec') * 1000 as integer)`,
  texts: (list) => sql`json_each(${list})`,
  objects: (list) => sql`json_each(${list})`,
  // Rows are read in the order of their table's key, being kept in it: to sort them again would cost as much as reading.
  joined: (text) => sql`group_concat(${text})`,
  joinedBy: (order, text) => sql`group_concat(${text} order by ${order})`,
  quoted: (text) => sql`json_quote(${text})`,
  fold: (text) => sql`fold(${text})`,
  bytewise: (text) => text,
  contains: (text, part) => sql`instr(${text}, ${part}) > 0`,
  json,
  // Of one column SQLite sorts numbers before texts. As reals: larger integers than JavaScript's could not be read.
  sortKey: { number: (number) => sql`${number} + 0.0`, text: (text) => text },
};
