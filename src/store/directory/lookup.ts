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
  return by?.find(related)(db, User, Group, by.asStored(filter.value), limit, offset);
}

function by(table: Table, column: string, asStored = (value: string): string => value) {
  const [bare, whole] = [statement(table, column, false), statement(table, column, true)];
  return { asStored, find: (related: boolean) => (related ? whole : bare) };
}

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
const LOOKUPS: Readonly<Record<Table, ReadonlyMap<string, ReturnType<typeof by>>>> = {
  users: new Map([
    ["id", by("users", "id")],
    ["externalId", by("users", "external_id")],
    ["userName", by("users", "user_name_key", nameKey)],
  ]),
  groups: new Map([
    ["id", by("groups", "id")],
    ["externalId", by("groups", "external_id")],
    ["displayName", by("groups", "display_name_key", nameKey)],
  ]),
};
