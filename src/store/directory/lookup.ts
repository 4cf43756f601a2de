// What IdPs find a resource by before they create or change it: one column that an index begins with. Their statements
// are compiled once, as building the SQL of a filter costs more than running it.
import { sql } from "kysely";
import type { Filter, View } from "../../directory/index.js";
import type { Db } from "../engine.js";
import { flavourOf } from "../flavour.js";
import { number } from "../number.js";
import { compilable, prepared } from "../prepared.js";
import type { Table } from "./columns.js";
import { nameKey } from "./rows.js";
import type { Window } from "./sort.js";
import { resourceText } from "./text.js";

interface Found {
  readonly text: string;
}

/** Undefined: this filter is none of them. */
export function lookup(
  db: Db,
  table: Table,
  filter: Filter,
  { locations: { User, Group }, related }: View,
  { offset, limit }: Omit<Window, "after">,
): Promise<readonly Found[]> | undefined {
  if (filter.kind !== "compare" || filter.operator !== "eq" || typeof filter.value !== "string") return undefined;
  const by = LOOKUPS[table].get(filter.path.join("."));
  return by?.(related)(db, User, Group, filter.value, limit, offset);
}

type Find = (
  db: Db,
  ...parameters: readonly [User: string, Group: string, value: string, limit: number, offset: number]
) => Promise<readonly Found[]>;

function by(table: Table, column: string): (related: boolean) => Find {
  const [bare, whole] = [statement(table, column, false), statement(table, column, true)];
  return (related) => (related ? whole : bare);
}

/** Of one row at most no page has to be cut. */
function byUnique(
  table: Table,
  column: string,
  asStored = (value: string): string => value,
): (related: boolean) => Find {
  const [bare, whole] = [uniqueStatement(table, column, false), uniqueStatement(table, column, true)];
  return (related) => async (db, User, Group, value, limit, offset) =>
    limit > 0 && offset === 0 ? (related ? whole : bare)(db, User, Group, asStored(value)) : [];
}

const uniqueStatement = (table: Table, column: string, related: boolean) =>
  prepared((db, User: string, Group: string, value: string) => {
    const text = resourceText(flavourOf(db), table, { locations: { User, Group }, related });
    return compilable<Found>(
      db,
      sql`select ${text} as text from ${sql.table(table)} where ${sql.ref(column)} = ${value}`,
    );
  });

const statement = (table: Table, column: string, related: boolean) =>
  prepared((db, User: string, Group: string, value: string, limit: number, offset: number) => {
    const text = resourceText(flavourOf(db), table, { locations: { User, Group }, related });
    return compilable<Found>(
      db,
      sql`select ${text} as text from ${sql.table(table)} where ${sql.ref(column)} = ${value}
        order by position limit ${number(limit)} offset ${number(offset)}`,
    );
  });

/** By canonical path. */
const LOOKUPS: Readonly<Record<Table, ReadonlyMap<string, (related: boolean) => Find>>> = {
  users: new Map([
    ["id", byUnique("users", "id")],
    ["externalId", by("users", "external_id")],
    ["userName", byUnique("users", "user_name_key", nameKey)],
  ]),
  groups: new Map([
    ["id", byUnique("groups", "id")],
    ["externalId", by("groups", "external_id")],
    ["displayName", byUnique("groups", "display_name_key", nameKey)],
  ]),
};
