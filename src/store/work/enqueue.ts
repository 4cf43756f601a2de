import { sql, type Compilable, type Kysely, type RawBuilder } from "kysely";
import type { EnqueueRequest, Lane } from "../../ports.js";
import { compilable, prepared } from "../prepared.js";
import type { Tables } from "../tables.js";

type Db = Kysely<Tables>;

/** After a change a person is looked at when quiet for this long … */
const QUIET_MS = 250;
/** … at the latest after this; deprovisioning at once. */
const LONGEST_WAIT_MS = 1_000;

export const LANES = { leaver: 0, change: 1, sweep: 2 } as const satisfies Record<Lane, number>;

export async function enqueue(db: Db, request: EnqueueRequest): Promise<void> {
  const { lane, cause, now, people, addresses } = request;
  const urgent = lane === "leaver";
  const due = urgent ? now : now + QUIET_MS;
  const ids = JSON.stringify(people);
  if (people.length > 0) await putPeople(db, LANES[lane], cause, now, due, urgent ? 1 : 0, ids, LONGEST_WAIT_MS);
  if (addresses.length > 0)
    await putSharers(db, LANES[lane], cause, now, due, 0, JSON.stringify(addresses), ids, LONGEST_WAIT_MS);
}

type Column = string | number;

const putPeople = prepared(
  (db, lane: Column, cause: Column, now: Column, due: Column, leaver: Column, ids: Column, longest: Column) =>
    upsert(db, [lane, cause, now, due, leaver], sql`select value as person_id from json_each(${ids})`, longest),
);

/** Whoever shares the account may take it over, or has been waiting for it. */
const putSharers = prepared(
  (
    db,
    lane: Column,
    cause: Column,
    now: Column,
    due: Column,
    leaver: Column,
    addresses: Column,
    except: Column,
    longest: Column,
  ) =>
    upsert(
      db,
      [lane, cause, now, due, leaver],
      sql`select distinct user_id as person_id from addresses
        where address in (select value from json_each(${addresses}))
        and user_id not in (select value from json_each(${except}))`,
      longest,
    ),
);

/**
 * One row a person: fifty changes are one look. Being due again forgets earlier failures. A leaver who waits keeps his
 * turn whatever else arrives.
 */
function upsert(db: Db, row: readonly Column[], people: RawBuilder<unknown>, longestWait: Column): Compilable<unknown> {
  return compilable(
    db,
    sql`insert into outbox
        (lane, cause, first_at, due_at, leaver_seq, person_id, seq, attempts, lease_until, refusal, failing)
      select ${sql.join(row)}, person_id, 1, 0, 0, null, 0 from (${people}) as people where true
      on conflict (person_id) do update set
        lane = case when outbox.lane < excluded.lane then outbox.lane else excluded.lane end,
        cause = excluded.cause,
        first_at = case when outbox.attempts > 0 then excluded.first_at else outbox.first_at end,
        due_at = case
          when excluded.lane = 0 then excluded.due_at
          when outbox.leaver_seq > 0 and outbox.attempts > 0 then excluded.first_at
          when outbox.leaver_seq > 0 then outbox.due_at
          when outbox.attempts > 0 then excluded.due_at
          else min(excluded.due_at, outbox.first_at + ${longestWait}) end,
        seq = outbox.seq + 1,
        leaver_seq = case when excluded.leaver_seq > 0 then outbox.seq + 1 else outbox.leaver_seq end,
        attempts = 0, refusal = null, failing = 0`,
  );
}

export async function enqueueEveryone(db: Db, cause: string, now: number): Promise<number> {
  const result = await sql`
    insert into outbox (person_id, lane, cause, first_at, due_at, seq, leaver_seq, attempts, lease_until, refusal, failing)
    select id, ${LANES.sweep}, ${cause}, ${now}, ${now}, 1, 0, 0, 0, null, 0
    from (select id from users union select person_id from outcomes) as people where true
    on conflict (person_id) do update set due_at = excluded.due_at, seq = outbox.seq + 1`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}
