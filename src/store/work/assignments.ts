import { sql } from "kysely";
import type { Assignable, AssignableKind, Assignee } from "../../membership/index.js";
import type { Assignments, Managed, Moved } from "../../ports.js";
import { appendAudit } from "../audit.js";
import type { Db, Engine } from "../engine.js";
import { flavourOf, type Sql } from "../flavour.js";
import { prepared } from "../prepared.js";
import { enqueueIdle } from "./enqueue.js";

export function assignments({ reads, write, note }: Engine): Assignments {
  return {
    catalog: async (kinds) => {
      const rows = await catalogOf(reads, JSON.stringify(kinds));
      return rows.map(({ kind, id, name, read_at }) => {
        return { kind: kind as AssignableKind, id, name, readAt: read_at ?? undefined };
      });
    },
    putCatalog: (kind, all) => note((db) => putCatalog(db, kind, all)),
    putAssignees: (of, assignees, readAt) => note((db) => putAssignees(db, of, assignees, readAt)),
    putTags: (members) => note((db) => putTags(db, members)),
    moved: (moved) => note((db) => putMoved(db, moved)),
    holdings: async (userIds) => byUser(await holdingsOf(reads, JSON.stringify(userIds.map(String))), holding),
    granted: async (userIds) =>
      byUser(await grantedOf(reads, JSON.stringify(userIds.map(String))), (row) => ({
        ...holding(row),
        ours: row.ours === 1,
      })),
    given: async (kinds) => {
      const given = reads.selectFrom("granted").select(["kind", "target_id"]).distinct().where("ours", "=", 1);
      const rows = await given.where("kind", "in", texts(reads, JSON.stringify(kinds))).execute();
      return rows.map(({ kind, target_id }) => ({ kind: kind as AssignableKind, id: target_id }));
    },
    remember: (ledgers) => write((db) => remember(db, ledgers)),
    enqueueMisplaced: (managed, cause, now) => write((db) => enqueueMisplaced(db, managed, cause, now)),
    audit: (lines) =>
      note(async (db) => {
        for (const line of lines) await appendAudit(db, line);
      }),
  };
}

interface Row {
  readonly user_id: number;
  readonly kind: string;
  readonly target_id: number;
  readonly role: string | null;
}

const holding = ({ kind, target_id, role }: Row) => ({
  kind: kind as AssignableKind,
  id: target_id,
  role: role ?? undefined,
});

function byUser<R extends Row, T>(rows: readonly R[], read: (row: R) => T): ReadonlyMap<number, readonly T[]> {
  const found = new Map<number, T[]>();
  for (const row of rows) {
    const known = found.get(row.user_id);
    if (known === undefined) found.set(row.user_id, [read(row)]);
    else known.push(read(row));
  }
  return found;
}

const numbers = (db: Db, list: string) => sql<number>`(select cast(value as bigint) from ${flavourOf(db).texts(list)})`;
const texts = (db: Db, list: string) => sql<string>`(select value from ${flavourOf(db).texts(list)})`;

const catalogOf = prepared((db, kinds: string) =>
  db.selectFrom("assignables").selectAll().where("kind", "in", texts(db, kinds)).orderBy("id"),
);
const holdingsOf = prepared((db, userIds: string) =>
  db.selectFrom("assignees").selectAll().where("user_id", "in", numbers(db, userIds)).orderBy("target_id"),
);
const grantedOf = prepared((db, userIds: string) =>
  db.selectFrom("granted").selectAll().where("user_id", "in", numbers(db, userIds)).orderBy("target_id"),
);

/** When somebody was read stays, as long as the thing itself does. */
async function putCatalog(db: Db, kind: AssignableKind, all: readonly Assignable[]): Promise<void> {
  const ids = JSON.stringify(all.map(({ id }) => String(id)));
  await db.deleteFrom("assignables").where("kind", "=", kind).where("id", "not in", numbers(db, ids)).execute();
  await db.deleteFrom("assignees").where("kind", "=", kind).where("target_id", "not in", numbers(db, ids)).execute();
  await upsert(
    db,
    "assignables",
    ["kind", "id", "name"],
    ["kind", "id"],
    all.map(({ id, name }) => ({ kind, id, name })),
  );
}

async function putAssignees(db: Db, of: Assignable, assignees: readonly Assignee[], readAt: number): Promise<void> {
  const { kind, id: target_id } = of;
  await db.deleteFrom("assignees").where("kind", "=", kind).where("target_id", "=", target_id).execute();
  await putRows(
    db,
    assignees.map(({ userId, role }) => ({ kind, target_id, user_id: userId, role: role ?? null })),
  );
  const known = db.updateTable("assignables").set({ read_at: readAt });
  await known.where("kind", "=", kind).where("id", "=", target_id).execute();
}

async function putTags(
  db: Db,
  members: readonly { readonly userId: number; readonly tags: readonly number[] }[],
): Promise<void> {
  const ids = JSON.stringify(members.map(({ userId }) => String(userId)));
  await db.deleteFrom("assignees").where("kind", "=", "tag").where("user_id", "in", numbers(db, ids)).execute();
  await putRows(
    db,
    members.flatMap(({ userId, tags }) =>
      tags.map((target_id) => ({ kind: "tag", target_id, user_id: userId, role: null })),
    ),
  );
}

async function putMoved(db: Db, { joined, left }: Moved): Promise<void> {
  await remove(db, "assignees", left);
  await putRows(
    db,
    joined.map(({ userId, kind, id, role }) => ({ kind, target_id: id, user_id: userId, role: role ?? null })),
  );
}

async function remember(db: Db, ledgers: Parameters<Assignments["remember"]>[0]): Promise<void> {
  await remove(
    db,
    "granted",
    ledgers.flatMap(({ userId, drop }) => drop.map((each) => ({ ...each, userId }))),
  );
  const rows = ledgers.flatMap(({ userId, put }) =>
    put.map(({ kind, id, role, ours }) => {
      return { kind, target_id: id, user_id: userId, role: role ?? null, ours: ours ? 1 : 0 };
    }),
  );
  await upsert(db, "granted", ["kind", "target_id", "user_id", "role", "ours"], KEY, rows);
}

const KEY = ["user_id", "kind", "target_id"];

const putRows = (db: Db, rows: readonly Cells[]): Promise<void> =>
  upsert(db, "assignees", ["kind", "target_id", "user_id", "role"], KEY, rows);

type Cells = Readonly<Record<string, string | number | null>>;

/** Rows of one statement. */
const ROWS_AT_ONCE = 1_000;
const NUMBERS: readonly string[] = ["id", "target_id", "user_id", "ours"];

async function upsert(
  db: Db,
  table: "assignables" | "assignees" | "granted",
  columns: readonly string[],
  key: readonly string[],
  rows: readonly Cells[],
): Promise<void> {
  // One statement may not touch a row twice (PostgreSQL).
  const once = [...new Map(rows.map((row) => [key.map((name) => row[name]).join(" "), row])).values()];
  for (let start = 0; start < once.length; start += ROWS_AT_ONCE) {
    const some = JSON.stringify(once.slice(start, start + ROWS_AT_ONCE));
    await statement(db, table, columns, key, some).execute(db);
  }
}

function statement(db: Db, table: string, columns: readonly string[], key: readonly string[], rows: string): Sql {
  const given = columns.map((name) => {
    const text = sql`value ->> ${sql.lit(name)}`;
    return NUMBERS.includes(name) ? sql`cast(${text} as bigint)` : text;
  });
  const taken = columns.filter((name) => !key.includes(name));
  const names = (of: readonly string[]) => sql.join(of.map((name) => sql.ref(name)));
  return sql`insert into ${sql.table(table)} (${names(columns)})
    select ${sql.join(given)} from ${flavourOf(db).objects(rows)} where true
    on conflict (${names(key)}) do update set
      ${sql.join(taken.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`))}`;
}

async function remove(db: Db, table: "assignees" | "granted", rows: Moved["left"]): Promise<void> {
  if (rows.length === 0) return;
  const cells = rows.map(({ userId, kind, id }) => ({ kind, target_id: id, user_id: userId }));
  const { objects } = flavourOf(db);
  await sql`delete from ${sql.table(table)} where (user_id, kind, target_id) in (
    select cast(value ->> 'user_id' as bigint), value ->> 'kind', cast(value ->> 'target_id' as bigint)
    from ${objects(JSON.stringify(cells))})`.execute(db);
}

/** Whom somebody at Label Studio has taken out of what the mapping puts them into, or put into what is exactly the mapping's. */
const enqueueMisplaced = (db: Db, { kinds, exact }: Managed, cause: string, now: number): Promise<number> =>
  enqueueIdle(
    db,
    { lane: "sweep", cause, now },
    sql`select links.person_id, 'sweep' as origin from links join users on users.id = links.person_id
      where links.tombstone = 0 and users.active = 1 and (
        exists (select 1 from granted join assignables
          on assignables.kind = granted.kind and assignables.id = granted.target_id
          where granted.user_id = links.user_id and granted.kind in ${texts(db, JSON.stringify(kinds))}
          and (assignables.read_at is not null or assignables.kind = 'tag')
          and not exists (select 1 from assignees where assignees.user_id = granted.user_id
            and assignees.kind = granted.kind and assignees.target_id = granted.target_id
            and assignees.role is not distinct from granted.role))
        or exists (select 1 from assignees where assignees.user_id = links.user_id
          and assignees.kind in ${texts(db, JSON.stringify(exact))}
          and not exists (select 1 from granted where granted.user_id = assignees.user_id
            and granted.kind = assignees.kind and granted.target_id = assignees.target_id)))`,
  );

/** Ids of another server say nothing here; who is not the same person there has nothing from the bridge. */
export async function forgetAssignments(db: Db): Promise<void> {
  await db.deleteFrom("assignables").execute();
  await db.deleteFrom("assignees").execute();
  await sql`delete from granted where not exists (select 1 from links where links.user_id = granted.user_id)`.execute(
    db,
  );
}
