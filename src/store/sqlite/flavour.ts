import { sql } from "kysely";
import type { Flavour, JsonType } from "../flavour.js";

const NOTHING = sql``;

/** What json_each calls them (sqlite.org/json1.html#jeach). */
const TYPES = {
  object: sql`('object')`,
  text: sql`('text')`,
  number: sql`('integer', 'real')`,
  boolean: sql`('true', 'false')`,
  null: sql`('null')`,
} as const satisfies Record<JsonType, unknown>;

const pathTo = (names: readonly string[]): string => `$${names.map((name) => `.${JSON.stringify(name)}`).join("")}`;

const value = (alias: string) => sql`${sql.ref(`${alias}.value`)}`;

export const sqliteFlavour: Flavour = {
  singleWriter: true,
  textColumn: "text",
  positionColumn: "integer",
  clustered: sql`without rowid`,
  byIndex: (name) => sql`indexed by ${sql.ref(name)}`,
  lock: { toChange: NOTHING, toKeep: NOTHING, toRely: NOTHING, toClaim: NOTHING },
  now: sql`cast(unixepoch('subsec') * 1000 as integer)`,
  texts: (json) => sql`json_each(${json})`,
  objects: (json) => sql`json_each(${json})`,
  joined: (text) => sql`group_concat(${text})`,
  quoted: (column) => sql`json_quote(${column})`,
  json: {
    document: (column) => column,
    elements: (json, name, alias) => {
      const path = pathTo([name]);
      return sql`json_each(case when json_type(${json}, ${path}) = 'array' then ${json} -> ${path}
        else json_array(json(${json} -> ${path})) end) as ${sql.ref(alias)}`;
    },
    isA: (alias, type) => sql`${sql.ref(`${alias}.type`)} in ${TYPES[type]}`,
    value,
    text: value,
    number: value,
    boolean: value,
    textAt: (column, path) => sql`${column} ->> ${pathTo(path)}`,
  },
};
