// Resources as IdPs read them, one and a page of them, each in one prepared statement.
import { sql } from "kysely";
import type { Page, Shown, View } from "../../directory/index.js";
import type { Db } from "../engine.js";
import { flavourOf } from "../flavour.js";
import { number } from "../number.js";
import { compilable, prepared } from "../prepared.js";
import type { Table } from "./columns.js";
import { resourceText } from "./text.js";

export async function shown(db: Db, table: Table, id: string, view: View): Promise<Shown | undefined> {
  const { User, Group } = view.locations;
  const [row] = await one(table, view)(db, User, Group, id);
  return row;
}

/** Resources on a page, comma-separated. */
export type Texts = Pick<Page, "count" | "text">;

export async function page(db: Db, table: Table, view: View, offset: number, limit: number): Promise<Texts> {
  const { User, Group } = view.locations;
  const [row] = await pages(table, view)(db, User, Group, offset, limit);
  return { count: row?.count ?? 0, text: row?.text ?? "" };
}

/** What is made once for each table, with and without what is related. */
function ofEach<Made>(make: (table: Table, related: boolean) => Made) {
  const of = (table: Table) => ({ bare: make(table, false), whole: make(table, true) });
  const made = { users: of("users"), groups: of("groups") };
  return (table: Table, { related }: View): Made => made[table][related ? "whole" : "bare"];
}

const one = ofEach((table, related) =>
  prepared((db, User: string, Group: string, id: string) => {
    const text = resourceText(flavourOf(db), table, { locations: { User, Group }, related });
    return compilable<Shown>(db, sql`select ${text} as text, version from ${sql.table(table)} where id = ${id}`);
  }),
);

/** Finds where the page begins in a narrow index: stepping over whole rows costs more than the page itself. */
const pages = ofEach((table, related) =>
  prepared((db, User: string, Group: string, offset: number, count: number) => {
    const name = sql.table(table);
    const text = resourceText(flavourOf(db), table, { locations: { User, Group }, related });
    return compilable<{ count: number; text: string | null }>(
      db,
      sql`select count(*) as count, ${flavourOf(db).joined(sql`text`, sql`position`)} as text
        from (select position, ${text} as text from ${name} where position >=
        (select position from ${name} ${flavourOf(db).byIndex(`${table}_order`)} order by position limit 1 offset ${number(offset)})
        order by position limit ${number(count)}) as page`,
    );
  }),
);
