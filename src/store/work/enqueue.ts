import { sql, type Kysely, type RawBuilder } from "kysely";
import type { EnqueueRequest, Lane } from "../../ports.js";
import type { Tables } from "../tables.js";

type Db = Kysely<Tables>;

/** After a change a person is looked at when quiet for this long … */
const QUIET_MS = 250;
/** … at the latest after this; deprovisioning at once. */
const LONGEST_WAIT_MS = 1_000;

export const LANES = { leaver: 0, change: 1, sweep: 2 } as const satisfies Record<Lane, number>;

export async function enqueue(db: Db, request: EnqueueRequest): Promise<void> {
  const people = sql`select value as person_id from json_each(${JSON.stringify(request.people)})`;
  if (request.people.length > 0) await upsert(db, people, request, true);
  if (request.addresses.length === 0) return;
  // Whoever shares the account may take it over, or has been waiting for it.
  const others = sql`select distinct user_id as person_id from addresses
    where address in (select value from json_each(${JSON.stringify(request.addresses)}))
    and user_id not in (${people})`;
  await upsert(db, others, request, false);
}

/** One row a person: fifty changes are one look. Being due again forgets earlier failures. */
async function upsert(db: Db, people: RawBuilder<unknown>, request: EnqueueRequest, leaver: boolean): Promise<void> {
  const { lane, cause, now } = request;
  const urgent = lane === "leaver";
  const isLeaver = urgent && leaver ? 1 : 0;
  const due = urgent
    ? sql`${now}`
    : sql`case when outbox.attempts > 0 then ${now + QUIET_MS}
        when outbox.first_at + ${LONGEST_WAIT_MS} < ${now + QUIET_MS} then outbox.first_at + ${LONGEST_WAIT_MS}
        else ${now + QUIET_MS} end`;
  await sql`
    insert into outbox (person_id, lane, cause, first_at, due_at, seq, leaver_seq, attempts, lease_until, refusal, failing)
    select person_id, ${LANES[lane]}, ${cause}, ${now}, ${urgent ? now : now + QUIET_MS}, 1, ${isLeaver}, 0, 0, null, 0
    from (${people}) as people where true
    on conflict (person_id) do update set
      lane = case when outbox.lane < excluded.lane then outbox.lane else excluded.lane end,
      cause = excluded.cause,
      first_at = case when outbox.attempts > 0 then excluded.first_at else outbox.first_at end,
      due_at = ${due},
      seq = outbox.seq + 1,
      leaver_seq = case when excluded.leaver_seq > 0 then outbox.seq + 1 else outbox.leaver_seq end,
      attempts = 0, refusal = null, failing = 0`.execute(db);
}

export async function enqueueEveryone(db: Db, cause: string, now: number): Promise<number> {
  const result = await sql`
    insert into outbox (person_id, lane, cause, first_at, due_at, seq, leaver_seq, attempts, lease_until, refusal, failing)
    select id, ${LANES.sweep}, ${cause}, ${now}, ${now}, 1, 0, 0, 0, null, 0 from users where true
    on conflict (person_id) do update set due_at = excluded.due_at, seq = outbox.seq + 1`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}
