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
    putAssignees: (of, assignees, askedAt) => note((db) => putAssignees(db, of, assignees, askedAt)),
    putTags: (members, askedAt) => note((db) => putTags(db, members, askedAt)),
    moved: (moved, at) => note((db) => putMoved(db, moved, at)),
    retagged: (userIds, tags, at) => note((db) => retag(db, userIds, tags, at)),
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
  db
    .selectFrom("assignees")
    .select(["user_id", "kind", "target_id", "role"])
    .where("user_id", "in", numbers(db, userIds))
    .where("gone", "=", sql.lit(0))
    .orderBy("target_id"),
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

/**
 * Calls further ahead than this, which is longer than any read takes, are from before the clock was set back: no read would
 * be newer for as long.
 */
const CLOCK_SLACK_MS = 3_600_000;

const isRead = (askedAt: number) =>
  sql<boolean>`(moved_at <= cast(${askedAt} as bigint) or moved_at > cast(${askedAt + CLOCK_SLACK_MS} as bigint))`;

async function putAssignees(db: Db, of: Assignable, assignees: readonly Assignee[], askedAt: number): Promise<void> {
  const { kind, id: target_id } = of;
  const before = db.deleteFrom("assignees").where("kind", "=", kind).where("target_id", "=", target_id);
  await before.where(isRead(askedAt)).execute();
  await putRead(
    db,
    assignees.map(({ userId, role }) => ({ kind, target_id, user_id: userId, role: role ?? null })),
  );
  const known = db.updateTable("assignables").set({ read_at: askedAt });
  await known.where("kind", "=", kind).where("id", "=", target_id).execute();
}

async function putTags(db: Db, members: Parameters<Assignments["putTags"]>[0], askedAt: number): Promise<void> {
  const ids = JSON.stringify(members.map(({ userId }) => String(userId)));
  const before = db.deleteFrom("assignees").where("kind", "=", "tag").where("user_id", "in", numbers(db, ids));
  await before.where(isRead(askedAt)).execute();
  await putRead(
    db,
    members.flatMap(({ userId, tags }) => tags.map((id) => ({ ...rowOf({ kind: "tag", id }, userId), role: null }))),
  );
}

/** Rows that are there still have been moved since: what was asked for when a call had been answered has seen what it did. */
const putRead = (db: Db, rows: readonly Cells[]): Promise<void> =>
  upsert(db, "assignees", ["kind", "target_id", "user_id", "role"], KEY, rows, "keep");

const rowOf = ({ kind, id }: Pick<Assignable, "kind" | "id">, userId: number) => ({
  kind,
  target_id: id,
  user_id: userId,
});

async function putMoved(db: Db, { joined, left }: Moved, at: number): Promise<void> {
  const rows = [
    ...left.map((each) => ({ ...rowOf(each, each.userId), role: null, moved_at: at, gone: 1 })),
    ...joined.map((each) => ({ ...rowOf(each, each.userId), role: each.role ?? null, moved_at: at, gone: 0 })),
  ];
  await upsert(db, "assignees", ["kind", "target_id", "user_id", "role", "moved_at", "gone"], KEY, rows);
}

async function retag(db: Db, userIds: readonly number[], tags: readonly number[], at: number): Promise<void> {
  const ids = JSON.stringify(userIds.map(String));
  const before = db.updateTable("assignees").set({ gone: 1, moved_at: at }).where("kind", "=", "tag");
  await before.where("user_id", "in", numbers(db, ids)).execute();
  const joined = userIds.flatMap((userId) => tags.map((id) => ({ userId, kind: "tag" as const, id, role: undefined })));
  await putMoved(db, { joined, left: [] }, at);
}

async function remember(db: Db, ledgers: Parameters<Assignments["remember"]>[0]): Promise<void> {
  await forgetGranted(
    db,
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

type Cells = Readonly<Record<string, string | number | null>>;

/** Rows of one statement. */
const ROWS_AT_ONCE = 1_000;
const NUMBERS: readonly string[] = ["id", "target_id", "user_id", "ours", "moved_at", "gone"];

async function upsert(
  db: Db,
  table: "assignables" | "assignees" | "granted",
  columns: readonly string[],
  key: readonly string[],
  rows: readonly Cells[],
  known: "keep" | "replace" = "replace",
): Promise<void> {
  // One statement may not touch a row twice (PostgreSQL).
  const once = [...new Map(rows.map((row) => [key.map((name) => row[name]).join(" "), row])).values()];
  for (let start = 0; start < once.length; start += ROWS_AT_ONCE) {
    const some = JSON.stringify(once.slice(start, start + ROWS_AT_ONCE));
    await sql`${inserted(db, table, columns, some)} on conflict (${names(key)}) do
      ${known === "keep" ? sql`nothing` : replaced(columns.filter((name) => !key.includes(name)))}`.execute(db);
  }
}

const names = (of: readonly string[]): Sql => sql.join(of.map((name) => sql.ref(name)));

const replaced = (columns: readonly string[]): Sql =>
  sql`update set ${sql.join(columns.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`))}`;

function inserted(db: Db, table: string, columns: readonly string[], rows: string): Sql {
  const given = columns.map((name) => {
    const text = sql`value ->> ${sql.lit(name)}`;
    return NUMBERS.includes(name) ? sql`cast(${text} as bigint)` : text;
  });
  return sql`insert into ${sql.table(table)} (${names(columns)})
    select ${sql.join(given)} from ${flavourOf(db).objects(rows)} where true`;
}

async function forgetGranted(db: Db, rows: Moved["left"]): Promise<void> {
  if (rows.length === 0) return;
  const cells = rows.map((each) => rowOf(each, each.userId));
  const { objects } = flavourOf(db);
  await sql`delete from granted where (user_id, kind, target_id) in (
    select cast(value ->> 'user_id' as bigint), value ->> 'kind', cast(value ->> 'target_id' as bigint)
    from ${objects(JSON.stringify(cells))})`.execute(db);
}

/**
 * Whom somebody at Label Studio has taken out of what the mapping puts them into, by removing it as well, or put into what is
 * exactly the mapping's.
 */
const enqueueMisplaced = (db: Db, { kinds, exact }: Managed, cause: string, now: number): Promise<number> =>
  enqueueIdle(
    db,
    { lane: "sweep", cause, now },
    sql`select links.person_id, 'sweep' as origin from links join users on users.id = links.person_id
      where links.tombstone = 0 and users.active = 1 and (
        exists (select 1 from granted left join assignables
          on assignables.kind = granted.kind and assignables.id = granted.target_id
          where granted.user_id = links.user_id and granted.kind in ${texts(db, JSON.stringify(kinds))}
          and (assignables.id is null or assignables.read_at is not null or assignables.kind = 'tag')
          and not exists (select 1 from assignees where assignees.user_id = granted.user_id
            and assignees.kind = granted.kind and assignees.target_id = granted.target_id and assignees.gone = 0
            and assignees.role is not distinct from granted.role))
        or exists (select 1 from assignees where assignees.user_id = links.user_id and assignees.gone = 0
          and (assignees.kind, assignees.target_id) in (select value ->> 'kind', cast(value ->> 'id' as bigint)
            from ${flavourOf(db).objects(JSON.stringify(exact.map(({ kind, id }) => ({ kind, id }))))})
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
