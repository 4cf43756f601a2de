import { sql, type Kysely, type Selectable } from "kysely";
import type { Outcome, PeopleAsked, PeopleCounts, PersonOutcome, SettledState } from "../../ports.js";
import type { Tables } from "../tables.js";
import { compilable, prepared } from "../prepared.js";
import { waits } from "./standings.js";

type Db = Kysely<Tables>;

type Text = string | null;

const COLUMNS = ["state", "reason", "warning", "role", "desired_role", "last_error", "at"] as const;
const taken = sql.join(COLUMNS.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`));

const put = prepared((db, personId: string, seatSince: number | null, ...row: readonly Text[]) =>
  compilable(
    db,
    sql`insert into outcomes (person_id, seat_since, ${sql.join(COLUMNS.map((column) => sql.ref(column)))}, changed_at)
      values (${personId}, ${seatSince}, ${sql.join(row)})
      on conflict (person_id) do update set ${taken}, changed_at = ${unlessTheSame}, seat_since = ${sinceTheFirst}`,
  ),
);

const sinceTheFirst = sql`case when excluded.seat_since is not null and outcomes.seat_since is not null
  then outcomes.seat_since else excluded.seat_since end`;

export async function putOutcome(db: Db, personId: string, outcome: Outcome): Promise<void> {
  const { state, reason, warning = null, role = null, desiredRole = null, lastError = null, at } = outcome;
  await put(db, personId, outcome.seatSince ?? null, state, reason, warning, role, desiredRole, lastError, at, at);
}

// A look that finds everything as it was is no news.
const unlessTheSame = sql<string>`case when
    (outcomes.state, outcomes.reason, outcomes.warning, outcomes.role, outcomes.desired_role, outcomes.last_error)
    is not distinct from
    (excluded.state, excluded.reason, excluded.warning, excluded.role, excluded.desired_role, excluded.last_error)
  then outcomes.changed_at else excluded.at end`;

export async function outcomeOf(db: Db, personId: string): Promise<Outcome | undefined> {
  const [row] = await byPerson(db, personId);
  return row && outcomeFromRow(row);
}

const byPerson = prepared((db, personId: string) =>
  db.selectFrom("outcomes").selectAll().where("person_id", "=", personId),
);

export async function outcomesIn(
  db: Db,
  asked: PeopleAsked,
  afterId: string,
  limit: number,
): Promise<readonly PersonOutcome[]> {
  const rows = await db
    .selectFrom("outcomes")
    .leftJoin("users", "users.id", "outcomes.person_id")
    .selectAll("outcomes")
    .select("users.user_name")
    .where((eb) => (asked === "warned" ? eb("warning", "is not", null) : eb("state", "=", asked)))
    .where("person_id", ">", afterId)
    .where(sql<boolean>`not ${waits("outcomes.person_id")}`)
    .orderBy("person_id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...outcomeFromRow(row),
    personId: row.person_id,
    userName: row.user_name ?? undefined,
  }));
}

const outcomeFromRow = (row: Selectable<Tables["outcomes"]>): Outcome => ({
  state: row.state as SettledState,
  reason: row.reason,
  warning: row.warning ?? undefined,
  role: row.role ?? undefined,
  desiredRole: row.desired_role ?? undefined,
  lastError: row.last_error ?? undefined,
  at: row.at,
});

/** Everybody is in exactly one state: pending while a fresh outbox row waits, else as last settled. */
export async function counts(db: Db, now: number): Promise<PeopleCounts> {
  const pending = await sql<{ n: number; leavers: number | null; oldest: number | null }>`
    select count(*) as n, sum(case when leaver_seq > 0 then 1 else 0 end) as leavers, min(first_at) as oldest
    from outbox where failing = 0`.execute(db);
  const settled = await sql<{ state: string; n: number; warnings: number }>`
    select state, count(*) as n, count(warning) as warnings from outcomes
    where not ${waits("outcomes.person_id")}
    group by state`.execute(db);
  const of = (state: string): number => Number(settled.rows.find((row) => row.state === state)?.n ?? 0);
  const oldest = pending.rows[0]?.oldest ?? undefined;
  return {
    converged: of("converged"),
    pending: Number(pending.rows[0]?.n ?? 0),
    leavers: Number(pending.rows[0]?.leavers ?? 0),
    held: of("held"),
    failing: of("failing"),
    warnings: settled.rows.reduce((sum, row) => sum + Number(row.warnings), 0),
    oldestPendingSeconds: oldest === undefined ? 0 : Math.max(0, Math.floor((now - Number(oldest)) / 1000)),
  };
}
