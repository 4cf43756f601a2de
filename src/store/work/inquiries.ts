import { sql } from "kysely";
import type { AuditLine, Erased, Inquiries } from "../../ports.js";
import { appendAudit } from "../audit.js";
import type { Db, Engine } from "../engine.js";
import { nameKey } from "../directory/rows.js";
import { flavourOf } from "../flavour.js";
import { number } from "../number.js";
import { enqueueIdle } from "./enqueue.js";
import { erasePersonal } from "../trail.js";
import { LANE_NAMES } from "./outbox.js";

export function inquiries({ reads, write }: Engine): Inquiries {
  return {
    known: async (afterId, limit) => {
      const { rows } = await sql<{ id: string }>`
        select id from (select id from users union select person_id from outcomes) as people
        where id > ${afterId} order by id limit ${limit}`.execute(reads);
      return rows.map(({ id }) => id);
    },
    reasons: (state) => reasons(reads, state),
    waiting: async (personId) => {
      const row = await reads.selectFrom("outbox").selectAll().where("person_id", "=", personId).executeTakeFirst();
      if (!row) return undefined;
      const { lane, cause, origin, first_at, due_at, attempts, refusal } = row;
      const name = LANE_NAMES[lane] ?? "sweep";
      return { lane: name, cause, origin, since: first_at, dueAt: due_at, attempts, refusal: refusal ?? undefined };
    },
    history: async (personId, limit) => {
      const lines = reads.selectFrom("audit").selectAll().where("subject", "=", personId).orderBy("position", "desc");
      return (await lines.limit(limit).execute()).map(({ request_id, detail, at, actor, action, subject }) => ({
        ...{ at, actor, action, subject },
        requestId: request_id ?? undefined,
        detail: JSON.parse(detail) as Readonly<Record<string, unknown>>,
      }));
    },
    find: (name) => find(reads, name),
    retryNow: (line, now) => write((db) => retryNow(db, line, now)),
    erase: (address, line) => write((db) => erase(db, address, line)),
  };
}

const MOST_REASONS = 200;

/** Both states are other ones than `converged`: said, so that SQLite takes the index of those. */
async function reasons(
  db: Db,
  state: "held" | "failing",
): Promise<readonly { readonly reason: string; readonly people: number }[]> {
  const { rows } = await sql<{ reason: string; n: number }>`select reason, count(*) as n from outcomes
    where state = ${state} and state <> 'converged'
    group by reason order by n desc, reason limit ${sql.lit(MOST_REASONS)}`.execute(db);
  return rows.map(({ reason, n }) => ({ reason, people: Number(n) }));
}

async function find(
  db: Db,
  name: string,
): Promise<{ readonly kind: "person" | "group"; readonly id: string } | undefined> {
  const key = nameKey(name);
  const { rows } = await sql<{ kind: "person" | "group"; id: string }>`
    select 'person' as kind, id, 1 as rank from users where user_name_key = ${key}
    union all select 'person', user_id, 2 from addresses where address = ${key}
    union all select 'person', id, 3 from users where id = ${name} or external_id = ${name}
    union all select 'group', id, 4 from groups where display_name_key = ${key} or id = ${name} or external_id = ${name}
    union all select 'person', person_id, 5 from outcomes where person_id = ${name}
    order by rank limit 1`.execute(db);
  const [found] = rows;
  if (found) return { kind: found.kind, id: found.id };
  const [deleted] = await deletedWith(db, key);
  return deleted === undefined ? undefined : { kind: "person", id: deleted };
}

/** What is kept of a deleted user holds userName and e-mails; the link holds the account's address. */
async function deletedWith(db: Db, address: string): Promise<readonly string[]> {
  const { contains, fold } = flavourOf(db);
  const named = contains(fold(sql`tombstones.attributes`), JSON.stringify(address));
  const { rows } = await sql<{ person_id: string }>`
    select tombstones.person_id from tombstones left join links on links.person_id = tombstones.person_id
    where links.email = ${address} or ${named} order by tombstones.deleted_at desc`.execute(db);
  return rows.map(({ person_id }) => person_id);
}

async function retryNow(db: Db, line: (people: number) => AuditLine, now: number): Promise<number> {
  const waiting = await sql`update outbox set due_at = ${number(now)}, attempts = 0
    where (failing = 1 or attempts > 0) and lease_until = 0`.execute(db);
  const settled = sql`select person_id, 'retry' as origin from outcomes where state = 'failing'`;
  const cameIn = await enqueueIdle(db, { lane: "change", cause: "retry", now }, settled);
  const people = Number(waiting.numAffectedRows ?? 0n) + cameIn;
  if (people > 0) await appendAudit(db, line(people));
  return people;
}

/** Whose deletion is not done yet is still at work: what is known of them is all that can end it. */
async function erase(db: Db, address: string, line: (personId: string) => AuditLine): Promise<Erased> {
  const found = await deletedWith(db, address);
  const unfinished = await unfinishedOf(db, found);
  const erased = found.filter((personId) => !unfinished.includes(personId));
  for (const personId of erased) {
    await sql`delete from granted where user_id in (select user_id from links where person_id = ${personId})`.execute(
      db,
    );
    for (const table of ["tombstones", "links", "spent"] as const)
      await db.deleteFrom(table).where("person_id", "=", personId).execute();
    await erasePersonal(db, personId);
    await db.deleteFrom("facts").where("name", "like", `%.${personId}`).execute();
    await appendAudit(db, line(personId));
  }
  const living = await db
    .selectFrom("addresses")
    .select((eb) => eb.fn.count("user_id").distinct().as("n"))
    .where("address", "=", address)
    .executeTakeFirst();
  return { erased: erased.length, unfinished: unfinished.length, living: Number(living?.n ?? 0) };
}

async function unfinishedOf(db: Db, people: readonly string[]): Promise<readonly string[]> {
  const { texts } = flavourOf(db);
  const { rows } = await sql<{ person_id: string }>`
    select person_id from (select person_id from outbox union select person_id from outcomes) as unsettled
    where person_id in (select value from ${texts(JSON.stringify(people))})`.execute(db);
  return rows.map(({ person_id }) => person_id);
}
