import { sql } from "kysely";
import type { Inquiries } from "../../ports.js";
import type { Db, Engine } from "../engine.js";
import { nameKey } from "../directory/rows.js";
import { number } from "../number.js";
import { LANE_NAMES } from "./outbox.js";

export function inquiries({ reads, write }: Engine): Inquiries {
  return {
    known: async (afterId, limit) => {
      const { rows } = await sql<{ id: string }>`
        select id from (select id from users union select person_id from outcomes) as people
        where id > ${afterId} order by id limit ${limit}`.execute(reads);
      return rows.map(({ id }) => id);
    },
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
    retryNow: (now) => write((db) => retryNow(db, now)),
    erase: (address) => write((db) => erase(db, address)),
  };
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
  const rows = await db
    .selectFrom("tombstones")
    .leftJoin("links", "links.person_id", "tombstones.person_id")
    .select(["tombstones.person_id", "tombstones.attributes", "links.email"])
    .orderBy("tombstones.deleted_at", "desc")
    .execute();
  return rows
    .filter(({ attributes, email }) => email === address || attributes.toLowerCase().includes(JSON.stringify(address)))
    .map(({ person_id }) => person_id);
}

async function retryNow(db: Db, now: number): Promise<number> {
  const waiting = await sql`update outbox set due_at = ${number(now)}, attempts = 0
    where (failing = 1 or attempts > 0) and lease_until = 0`.execute(db);
  const settled = await sql`
    insert into outbox
      (person_id, lane, cause, origin, first_at, due_at, seq, leaver_seq, attempts, lease_until, refusal, failing)
    select person_id, 1, 'retry', 'retry', ${number(now)}, ${number(now)}, 1, 0, 0, 0, null, 0
    from outcomes where state = 'failing'
    on conflict (person_id) do nothing`.execute(db);
  return Number(waiting.numAffectedRows ?? 0n) + Number(settled.numAffectedRows ?? 0n);
}

async function erase(
  db: Db,
  address: string,
): Promise<{ readonly erased: readonly string[]; readonly living: number }> {
  const erased = await deletedWith(db, address);
  for (const personId of erased) {
    for (const table of ["tombstones", "links", "outcomes", "holds", "spent", "outbox"] as const)
      await db.deleteFrom(table).where("person_id", "=", personId).execute();
  }
  const living = await db
    .selectFrom("addresses")
    .select((eb) => eb.fn.count("user_id").distinct().as("n"))
    .where("address", "=", address)
    .executeTakeFirst();
  if (erased.length > 0) await db.deleteFrom("observed").where("email", "=", address).where("gone", "=", 1).execute();
  return { erased, living: Number(living?.n ?? 0) };
}
