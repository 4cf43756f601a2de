// Ways through stored attributes, which are JSON.
import { sql } from "kysely";
import type { JsonFlavour, Sql } from "../flavour.js";

/** What is asked of, or made of, the value in the table of this alias. */
export type OfValue = (alias: string) => Sql;

export const NEVER: Sql = sql`1 = 0`;

let aliases = 0;

/** The same query is the same text each time, so that its statement is prepared once. */
export function resetAliases(): void {
  aliases = 0;
}

const nextAlias = (): string => `j${aliases++}`;

/** True when any value at the path passes. */
export function anyAt(json: JsonFlavour, within: Sql, path: readonly string[], passes: OfValue): Sql {
  const [name, ...rest] = path;
  if (name === undefined) return NEVER;
  const alias = nextAlias();
  return sql`exists (select 1 from ${json.elements(within, name, alias)} where ${anyBelow(json, alias, rest, passes)})`;
}

/** The same from the value in the table of this alias on. */
export const anyBelow = (json: JsonFlavour, alias: string, path: readonly string[], passes: OfValue): Sql =>
  below(json, alias, path, { deeper: anyAt, here: passes, otherwise: NEVER });

/** The value at the path that a resource is sorted by: of several the primary one, else the first (RFC 7644 §3.4.2.3). */
export function firstAt(json: JsonFlavour, within: Sql, path: readonly string[], made: OfValue): Sql {
  const [name, ...rest] = path;
  if (name === undefined) return sql`null`;
  const alias = nextAlias();
  const found = below(json, alias, rest, { deeper: firstAt, here: made, otherwise: sql`null` });
  return sql`(select ${found} from ${json.elements(within, name, alias)}
    order by ${json.isPrimary(alias)} desc, ${json.place(alias)} limit 1)`;
}

interface Ways {
  readonly deeper: typeof anyAt;
  readonly here: OfValue;
  readonly otherwise: Sql;
}

/** A simple value counts as its own `.value`. */
function below(json: JsonFlavour, alias: string, path: readonly string[], { deeper, here, otherwise }: Ways): Sql {
  if (path.length === 0) return here(alias);
  const isOwn = path.length === 1 && path[0] === "value";
  return sql`(case when ${json.isA(alias, "object")} then ${deeper(json, json.value(alias), path, here)}
    else ${isOwn ? here(alias) : otherwise} end)`;
}
