import { sql, type Compilable, type Kysely } from "kysely";
import type { EnqueueRequest, Lane } from "../../ports.js";
import { flavourOf, type Sql } from "../flavour.js";
import { holdAddresses } from "../locks.js";
import { number } from "../number.js";
import { compilable, prepared } from "../prepared.js";
import type { Tables } from "../tables.js";

type Db = Kysely<Tables>;

/** After a change a person is looked at when quiet for this long … */
const QUIET_MS = 250;
/** … at the latest after this; deprovisioning at once. */
const LONGEST_WAIT = sql.lit(1_000);

export const LANES = { leaver: 0, change: 1, review: 2, sweep: 3, assign: 4 } as const satisfies Record<Lane, number>;

export async function enqueue(db: Db, request: EnqueueRequest): Promise<void> {
  const { lane, now, addresses, people } = request;
  await holdAddresses(db, addresses);
  await put(db, request, lane === "leaver" ? now : now + QUIET_MS, people, addresses);
}

/** Due at once. */
export const enqueueOne = (db: Db, personId: string, about: About): Promise<void> =>
  put(db, about, about.now, [personId], []);

type About = Pick<EnqueueRequest, "lane" | "cause" | "origin" | "now" | "requestId">;

async function put(
  db: Db,
  { lane, cause, origin, now, requestId }: About,
  due: number,
  people: readonly string[],
  addresses: readonly string[],
): Promise<void> {
  if (people.length + addresses.length === 0) return;
  const ids = JSON.stringify([...new Set(people)]);
  const leaver = lane === "leaver" ? 1 : 0;
  await putPeople(db, LANES[lane], cause, origin, requestId ?? null, now, due, leaver, ids, JSON.stringify(addresses));
}

/** These, and whoever shares their account: they may take it over, or have been waiting for it. */
const putPeople = prepared(
  (
    db,
    lane: number,
    cause: string,
    origin: string,
    requestId: string | null,
    now: number,
    due: number,
    leaver: number,
    ids: string,
    addresses: string,
  ) => {
    const { texts } = flavourOf(db);
    // Always in the same order, so that two who enqueue the same people do not wait for each other.
    return upsert(
      db,
      { lane, cause, origin, requestId, now, due },
      sql`select value as person_id, ${number(leaver)} as leaver from ${texts(ids)}
        union all select distinct user_id, 0 from addresses
        where address in (select value from ${texts(addresses)})
        and user_id not in (select value from ${texts(ids)}) order by 1`,
    );
  },
);

interface Turn {
  readonly lane: number;
  readonly cause: string;
  readonly origin: string;
  readonly requestId: string | null;
  readonly now: number;
  readonly due: number;
}

/**
 * One row a person: fifty changes are one look. Being due again forgets earlier failures. A leaver who waits keeps his
 * turn whatever else arrives.
 */
function upsert(db: Db, { lane, cause, origin, requestId, now, due }: Turn, people: Sql): Compilable<unknown> {
  return compilable(
    db,
    sql`insert into outbox
        (lane, cause, origin, request_id, first_at, due_at, leaver_seq, leaver_at, person_id, seq, attempts, lease_until,
        refusal, failing)
      select ${number(lane)}, ${cause}, ${origin}, ${requestId}, ${number(now)}, ${number(due)}, leaver,
        case leaver when 1 then ${number(now)} end, person_id, 1, 0, 0, null, 0 from (${people}) as people where true
      on conflict (person_id) do update set
        lane = case when outbox.lane < excluded.lane then outbox.lane else excluded.lane end,
        cause = excluded.cause,
        origin = ${joined}, effect = null, lease_until = ${letGo},
        first_at = case when outbox.attempts > 0 then excluded.first_at else outbox.first_at end,
        due_at = case
          when excluded.lane = 0 then excluded.due_at
          when outbox.leaver_seq > 0 and outbox.attempts > 0 then excluded.first_at
          when outbox.leaver_seq > 0 then outbox.due_at
          when outbox.attempts > 0 then excluded.due_at
          when excluded.due_at < outbox.first_at + ${LONGEST_WAIT} then excluded.due_at
          else outbox.first_at + ${LONGEST_WAIT} end,
        seq = outbox.seq + 1,
        leaver_seq = case when excluded.leaver_seq > 0 then outbox.seq + 1 else outbox.leaver_seq end,
        leaver_at = coalesce(excluded.leaver_at, outbox.leaver_at),
        request_id = coalesce(excluded.request_id, outbox.request_id),
        attempts = 0, refusal = null, failing = 0`,
  );
}

/** Nobody waits for the batch that they are gathered in, which may take long: outbox.ts knows that the row is its no more. */
const letGo = sql`case outbox.lane when ${sql.lit(LANES.assign)} then 0 else outbox.lease_until end`;

/** Who is taken out of a group and changed by another request before the first look is still the group's affair. */
const joined = sql`case when outbox.origin like 'group %' and outbox.attempts = 0 and excluded.origin not like 'group %'
  then outbox.origin else excluded.origin end`;

/** Whoever waits already keeps their row; `people` has person_id and origin. Answers how many came in. */
export async function enqueueIdle(db: Db, { lane, cause, now }: Omit<About, "origin">, people: Sql): Promise<number> {
  const { numAffectedRows = 0n } = await sql`${fresh(lane, cause, now, people)}
    on conflict (person_id) do nothing`.execute(db);
  return Number(numAffectedRows);
}

/** Rows that are due at once. */
const fresh = (lane: Lane, cause: string, now: number, people: Sql): Sql => sql`insert into outbox
    (person_id, origin, lane, cause, first_at, due_at, seq, leaver_seq, attempts, lease_until, refusal, failing)
  select person_id, origin, ${number(LANES[lane])}, ${cause}, ${number(now)}, ${number(now)}, 1, 0, 0, 0, null, 0
  from (${people}) as people where true`;

/**
 * A better reason stays. So does the lane of who is about to be put into something: what a process had noted before it died,
 * and not done, would be taken for what somebody has undone at Label Studio.
 */
const keeps = sql`(outbox.lane <= excluded.lane or (outbox.lane = ${sql.lit(LANES.assign)} and excluded.lane = ${sql.lit(LANES.sweep)}))`;

export async function enqueueEveryone(db: Db, lane: Lane, cause: string, origin: string, now: number): Promise<number> {
  const everyone = sql`select id as person_id, cast(${origin} as text) as origin from users
    union select person_id, cast(${origin} as text) from outcomes order by 1`;
  const result = await sql`${fresh(lane, cause, now, everyone)}
    on conflict (person_id) do update set due_at = excluded.due_at, seq = outbox.seq + 1, effect = null,
      lease_until = ${letGo},
      origin = case when ${keeps} then outbox.origin else excluded.origin end,
      cause = case when ${keeps} then outbox.cause else excluded.cause end,
      lane = case when ${keeps} then outbox.lane else excluded.lane end`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}
