// Pages of users and groups: by index (RFC 7644 §3.4.2.4), or behind a place (RFC 9865).
import { sql, type Kysely } from "kysely";
import type { Anchor, ListQuery, Page } from "../../directory/index.js";
import { flavourOf, type Sql } from "../flavour.js";
import { compilable, prepared } from "../prepared.js";
import type { Tables } from "../tables.js";
import type { Source, Table } from "./columns.js";
import { whereSql } from "./filter.js";
import { sortedSql, type Window } from "./sort.js";

type Db = Kysely<Tables>;

const EVERYTHING: Sql = sql`1 = 1`;

export async function list<Row, Item>(
  db: Db,
  table: Table,
  query: ListQuery,
  read: (row: Row) => Item,
): Promise<Page<Item>> {
  const source: Source = { flavour: flavourOf(db), table, locations: query.locations };
  const where = query.filter ? whereSql(source, query.filter) : EVERYTHING;
  const sorted = async <Found>(window: Window): Promise<readonly Found[]> =>
    (await sortedSql<Found>(source, where, query.sort, window).execute(db)).rows;
  const paged = async (): Promise<readonly Row[]> =>
    query.filter || query.sort
      ? sorted<Row>({ offset: query.startIndex - 1, limit: query.count })
      : ((await pages[table](db, query.startIndex - 1, query.count)) as readonly Row[]);
  const first = query.after === undefined && query.startIndex === 1 && query.count > 0 ? await paged() : undefined;
  // A first page that is not full is all there is: most lookups of an IdP are spared the count.
  if (first && first.length < query.count) return { total: first.length, rows: first.map(read) };
  const total = await count(db, table, query.filter && where);
  if (query.count === 0) return { total, rows: [] };
  if (query.after !== undefined) return { total, ...(await behind(query, sorted<Row & Placed>, read)) };
  if (query.startIndex > total) return { total, rows: [] };
  return { total, rows: (first ?? (await paged())).map(read) };
}

async function count(db: Db, table: Table, where: Sql | undefined): Promise<number> {
  // SQLite counts a whole table without looking at its rows, unless there is a condition, be it a true one.
  const filtered = where ? sql`where ${where}` : sql``;
  const from = sql`from ${sql.table(table)} ${filtered}`;
  const { rows } = await sql<{ total: number }>`select count(*) as total ${from}`.execute(db);
  return Number(rows[0]?.total ?? 0);
}

interface Placed {
  readonly position: number;
  readonly place_key: Anchor["key"];
}

/** One row more than asked for says whether there is a next page. However deep the page, nothing is stepped over. */
async function behind<Row extends Placed, Item>(
  { after, count }: ListQuery,
  sorted: (window: Window) => Promise<readonly Row[]>,
  read: (row: Row) => Item,
): Promise<Omit<Page<Item>, "total">> {
  const rows = await sorted({ after: after === "start" ? undefined : after, offset: 0, limit: count + 1 });
  const last = rows.length > count ? rows[count - 1] : undefined;
  return {
    rows: rows.slice(0, count).map(read),
    next: last && { position: last.position, key: last.place_key },
  };
}

/** Finds where the page begins in a narrow index: stepping over whole rows costs more than the page itself. */
const pages = {
  users: prepared((db, offset: number, count: number) => page(db, "users", offset, count)),
  groups: prepared((db, offset: number, count: number) => page(db, "groups", offset, count)),
};

const page = (db: Db, table: Table, offset: number, count: number) =>
  compilable(
    db,
    sql`select * from ${sql.table(table)} where position >=
      (select position from ${sql.table(table)} ${flavourOf(db).byIndex(`${table}_order`)} order by position limit 1 offset ${offset})
      order by position limit ${count}`,
  );
