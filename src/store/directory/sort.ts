// The order of a list and the place of a row in it (RFC 7644 §3.4.2.3, RFC 9865): key first, order of arrival second,
// so that no two rows have the same place and pages neither overlap nor leave anybody out.
import { sql, type RawBuilder } from "kysely";
import type { Anchor, Sort } from "../../directory/index.js";
import type { Flavour, Sql } from "../flavour.js";
import { number } from "../number.js";
import { columnOf, relatedOf, type Column, type Source } from "./columns.js";
import { firstAt, resetAliases, type OfValue } from "./json.js";

/** Of texts that are not sorted by an index this many characters count: the last one of a page travels in the cursor. */
const SORTED_CHARACTERS = sql.lit(250);

/** The part of a list that is asked for. */
export interface Window {
  readonly after?: Anchor | undefined;
  readonly offset: number;
  readonly limit: number;
}

export interface Placed {
  readonly text: string;
  readonly position: number;
  /** What the row was sorted by. */
  readonly place_key: Anchor["key"];
}

/** The rows of a list, each as this text. */
export function sortedSql(
  source: Source,
  text: Sql,
  where: Sql,
  sort: Sort | undefined,
  window: Window,
): RawBuilder<Placed> {
  const { table } = source;
  const order = orderOf(source, sort);
  const name = sql.table(table);
  const position = sql.ref(`${table}.position`);
  if (!order.computed)
    return sql`select ${text} as text, ${position}, ${order.key ?? sql`null`} as place_key from ${name}
      where ${where} and ${part({ ...order, position }, window)}`;
  // Keys that take work are computed once a row, and sorted without the rows that they belong to.
  const placed = { ...order, key: sql.ref("place_key"), position: sql.ref("position") };
  return sql`with placed as materialized (select ${position}, ${order.key} as place_key from ${name} where ${where}),
    page as (select * from placed where ${part(placed, window)})
    select ${text} as text, ${position}, place_key from page join ${name} on ${position} = page.position
    order by ${ordering({ ...placed, position })}`;
}

interface Order {
  /** Undefined: order of arrival. */
  readonly key: Sql | undefined;
  readonly nullable: boolean;
  readonly computed: boolean;
  readonly descending: boolean;
}

type Ordered = Order & { readonly position: Sql };

function orderOf(source: Source, sort: Sort | undefined): Order {
  if (!sort) return { key: undefined, nullable: false, computed: false, descending: false };
  const { descending } = sort;
  const column = columnOf(source, sort.path);
  if (column?.kind === "key" || column?.kind === "exact")
    return { key: column.sql, nullable: column.nullable, computed: false, descending };
  resetAliases();
  return { key: keySql(source, column, sort), nullable: true, computed: true, descending };
}

function keySql(source: Source, column: Column | undefined, sort: Sort): Sql {
  const { flavour, table } = source;
  if (column) return column.kind === "number" ? flavour.sortKey.number(column.sql) : textKey(flavour, column.sql, sort);
  const [name, sub = "value"] = sort.path;
  const related = relatedOf(source, name);
  if (related)
    return sql`(select ${textKey(flavour, related.field(sub) ?? sql`null`, sort)} ${related.rows}
      order by ${related.order} limit 1)`;
  const document = flavour.json.document(sql`${sql.ref(`${table}.attributes`)}`);
  return firstAt(flavour.json, document, sort.path, elementKey(flavour, sort));
}

const textKey = ({ fold }: Flavour, text: Sql, { caseExact }: Sort): Sql =>
  sql`substr(${caseExact ? text : fold(text)}, 1, ${SORTED_CHARACTERS})`;

/** Attributes of no schema may be text of one and a number of another. */
const elementKey =
  (flavour: Flavour, sort: Sort): OfValue =>
  (alias) => {
    const { json, sortKey } = flavour;
    return sql`case when ${json.isA(alias, "text")} then ${sortKey.text(textKey(flavour, json.text(alias), sort))}
      when ${json.isA(alias, "boolean")} then ${sortKey.number(json.boolean(alias))}
      when ${json.isA(alias, "number")} then ${sortKey.number(json.number(alias))} end`;
  };

const part = (placed: Ordered, { after, offset, limit }: Window): Sql =>
  sql`${after ? behind(placed, after) : sql`1 = 1`} order by ${ordering(placed)} limit ${number(limit)} offset ${number(offset)}`;

/** RFC 7644 §3.4.2.3: who has no value comes last when ascending and first when descending. */
function ordering({ key, nullable, descending, position }: Ordered): Sql {
  if (!key) return position;
  const direction = sql.raw(descending ? "desc" : "asc");
  return sql`${nullable ? sql`(${key} is null) ${direction}, ` : sql``}${key} ${direction}, ${position}`;
}

function behind({ key, nullable, position, descending }: Ordered, place: Anchor): Sql {
  const later = sql`${position} > ${place.position}`;
  if (!key) return later;
  if (place.key === null)
    return descending ? sql`(${key} is not null or ${later})` : sql`(${key} is null and ${later})`;
  // The first condition says nothing new, but an index can begin with it.
  const [from, beyond] = descending ? [sql`<=`, sql`<`] : [sql`>=`, sql`>`];
  const reached = sql`(${key} ${from} ${place.key} and (${key} ${beyond} ${place.key} or ${later}))`;
  return nullable && !descending ? sql`(${key} is null or ${reached})` : reached;
}
