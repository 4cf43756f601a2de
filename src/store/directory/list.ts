// Pages of users and groups: by index (RFC 7644 §3.4.2.4), or behind a place (RFC 9865).
import { sql } from "kysely";
import type { Anchor, ListQuery, Page, View } from "../../directory/index.js";
import type { Db } from "../engine.js";
import { flavourOf, type Sql } from "../flavour.js";
import type { Source, Table } from "./columns.js";
import { whereSql } from "./filter.js";
import { ask } from "../prepared.js";
import { lookup } from "./lookup.js";
import { page, type Texts } from "./shown.js";
import { sortedSql, type Placed, type Window } from "./sort.js";
import { resourceText } from "./text.js";

const EVERYTHING: Sql = sql`1 = 1`;

export async function list(db: Db, table: Table, query: ListQuery, view: View): Promise<Page> {
  const flavour = flavourOf(db);
  const source: Source = { flavour, table, locations: view.locations };
  const where = (): Sql => (query.filter ? whereSql(source, query.filter) : EVERYTHING);
  const sorted = async (window: Window): Promise<readonly Placed[]> => {
    const text = resourceText(flavour, table, view);
    return ask(db, sortedSql(source, text, where(), query.sort, window));
  };
  const paged = async (): Promise<Texts> => {
    const [offset, limit] = [query.startIndex - 1, query.count];
    if (query.sort) return textsOf(await sorted({ offset, limit }));
    if (!query.filter) return page(db, table, view, offset, limit);
    return textsOf(await (lookup(db, table, query.filter, view, { offset, limit }) ?? sorted({ offset, limit })));
  };
  const first = query.after === undefined && query.startIndex === 1 && query.count > 0 ? await paged() : undefined;
  // A first page that is not full is all there is: most lookups of an IdP are spared the count.
  if (first && first.count < query.count) return { total: first.count, ...first };
  const total = await count(db, table, query.filter && where());
  if (query.count === 0) return { total, ...NONE };
  if (query.after !== undefined) return { total, ...(await behind(query, sorted)) };
  if (query.startIndex > total) return { total, ...NONE };
  return { total, ...(first ?? (await paged())) };
}

const NONE: Texts = { count: 0, text: "" };

const textsOf = (rows: readonly { readonly text: string }[]): Texts => ({
  count: rows.length,
  text: rows.map(({ text }) => text).join(","),
});

async function count(db: Db, table: Table, where: Sql | undefined): Promise<number> {
  // SQLite counts a whole table without looking at its rows, unless there is a condition, be it a true one.
  const filtered = where ? sql`where ${where}` : sql``;
  const from = sql`from ${sql.table(table)} ${filtered}`;
  const [row] = await ask(db, sql<{ total: number }>`select count(*) as total ${from}`);
  return Number(row?.total ?? 0);
}

/** One row more than asked for says whether there is a next page. However deep the page, nothing is stepped over. */
async function behind(
  { after, count }: ListQuery,
  sorted: (window: Window) => Promise<readonly Placed[]>,
): Promise<Omit<Page, "total">> {
  const rows = await sorted({ after: after === "start" ? undefined : after, offset: 0, limit: count + 1 });
  const last = rows.length > count ? rows[count - 1] : undefined;
  return { ...textsOf(rows.slice(0, count)), next: last && anchorOf(last) };
}

const anchorOf = ({ position, place_key }: Placed): Anchor => ({ position, key: place_key });
