// The audit log, newest first: found by place or by subject, never by reading all of it.
import { sql } from "kysely";
import type { LineFilter, LineKind, Mark, PlacedLine } from "../../ports.js";
import type { Db } from "../engine.js";
import { flavourOf, type Flavour, type Sql } from "../flavour.js";
import { number } from "../number.js";
import { ask } from "../prepared.js";

interface Row {
  readonly position: number;
  readonly at: string;
  readonly actor: string;
  readonly request_id: string | null;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
}

const COLUMNS = sql`audit.position, audit.at, audit.actor, audit.request_id, audit.action, audit.subject, audit.detail`;

const lineFrom = ({ position, at, actor, request_id, action, subject, detail }: Row): PlacedLine => ({
  position: Number(position),
  ...{ at, actor, action, subject },
  requestId: request_id ?? undefined,
  detail: JSON.parse(detail) as PlacedLine["detail"],
});

export async function lines(
  db: Db,
  filter: LineFilter,
  limit: number,
  subject?: string,
): Promise<readonly PlacedLine[]> {
  const rows = await ask(
    db,
    sql<Row>`select ${COLUMNS} from audit where ${subject === undefined ? ALL : sql`subject = ${subject}`}
      and position > ${number(filter.after)} and position < ${number(filter.before)} and ${passes(flavourOf(db), filter)}
      order by position desc limit ${number(limit)}`,
  );
  return rows.map(lineFrom);
}

const ALL = sql`1 = 1`;

function passes(flavour: Flavour, { kind, action, since, until }: LineFilter): Sql {
  const parts = [
    ofKind(flavour, kind),
    ...(action === undefined ? [] : [sql`action = ${action}`]),
    ...(since === undefined ? [] : [sql`at >= ${since}`]),
    ...(until === undefined ? [] : [sql`at < ${until}`]),
  ];
  return sql.join(parts, sql` and `);
}

const MEMBER = sql`substr(action, 1, 7) = 'member.'`;
const DIRECTORY = sql`(substr(action, 1, 5) = 'user.' or substr(action, 1, 6) = 'group.')`;

/** The details are as JSON.stringify writes them, so that their words can be looked for without parsing. */
const says = ({ contains }: Flavour, words: string): Sql => contains(sql`detail`, words);

function ofKind(flavour: Flavour, kind: LineKind): Sql {
  switch (kind) {
    case "sent":
    case "done":
    case "failed":
      return sql`${MEMBER} and ${says(flavour, `"stage":"${kind}"`)}`;
    case "directory":
      return DIRECTORY;
    case "other":
      return sql`not (${MEMBER} and ${says(flavour, '"stage":"')}) and not ${DIRECTORY}`;
  }
}

export async function beside(
  db: Db,
  asked: readonly Pick<PlacedLine, "position" | "subject" | "action">[],
  side: "after" | "before",
): Promise<ReadonlyMap<number, PlacedLine>> {
  if (asked.length === 0) return new Map();
  const near = sql`near.subject = wanted.subject and near.action = wanted.action`;
  const nearest =
    side === "after"
      ? sql`${near} and near.position > wanted.place order by near.position`
      : sql`${near} and near.position < wanted.place order by near.position desc`;
  const list = JSON.stringify(asked.map(({ position, subject, action }) => ({ position, subject, action })));
  const rows = await ask(
    db,
    sql<Row & { readonly place: number }>`select ${COLUMNS}, found.place from (
        select wanted.place, (select near.position from audit near where ${nearest} limit 1) as at_place from (
          select cast(value ->> 'position' as bigint) as place, value ->> 'subject' as subject, value ->> 'action' as action
          from ${flavourOf(db).objects(list)}) as wanted) as found
      join audit on audit.position = found.at_place`,
  );
  return new Map(rows.map((row) => [Number(row.place), lineFrom(row)]));
}

export async function end(db: Db): Promise<number> {
  const [row] = await ask(db, sql<{ newest: number | null }>`select max(position) as newest from audit`);
  return Number(row?.newest ?? 0) + 1;
}

/** By halves: each step is one look at the primary key. */
export async function placeAt(db: Db, instant: string): Promise<number> {
  let low = 0;
  let high = await end(db);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [row] = await ask(
      db,
      sql<{ position: number; at: string }>`select position, at from audit
        where position >= ${number(middle)} order by position limit 1`,
    );
    if (row === undefined || row.at >= instant) high = middle;
    else low = Number(row.position) + 1;
  }
  return low;
}

type MarkRow = Omit<Row, "request_id" | "actor" | "detail" | "action"> & { readonly kind: Mark["kind"] | "none" };

export async function marks(db: Db, after: number, before: number): Promise<readonly Mark[]> {
  const rows = await ask(
    db,
    sql<MarkRow>`select position, at, subject, ${kindOfMark(flavourOf(db))} as kind from audit
      where position > ${number(after)} and position < ${number(before)} order by position`,
  );
  return rows.flatMap(({ position, at, subject, kind }) =>
    kind === "none" ? [] : [{ position: Number(position), at, subject, kind }],
  );
}

/** That somebody is inactive is said whenever they are written; that they have become so only with what has changed. */
function kindOfMark(flavour: Flavour): Sql {
  const changed = sql`(${says(flavour, '"active",')} or ${says(flavour, '"active"]')})`;
  return sql`case
    when ${MEMBER} and ${says(flavour, '"stage":"done"')} then
      case when action in ('member.deactivate', 'member.soft-delete') then 'left' else 'done' end
    when ${MEMBER} and ${says(flavour, '"stage":"failed"')} then 'failed'
    when action = 'user.delete' then 'asked-to-leave'
    when action in ('user.patch', 'user.replace') and ${changed} then
      case when ${says(flavour, '"active":false')} then 'asked-to-leave' else 'asked-to-stay' end
    else 'none' end`;
}
