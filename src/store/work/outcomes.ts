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

/**
 * Everybody is in exactly one state: pending while a fresh outbox row waits, else as last settled. All of it in one statement,
 * as somebody may settle between two. Nearly everybody is converged: they are what is left of all when the others, whom
 * indexes find, are counted.
 */
export async function counts(db: Db, now: number): Promise<PeopleCounts> {
  const waiting = waits("outcomes.person_id");
  const { rows } = await sql<{ what: string; people: number; oldest: number | null }>`
    select 'pending' as what, count(*) as people, min(first_at) as oldest from outbox where failing = 0
    union all select 'leavers', count(*), null from outbox where failing = 0 and leaver_seq > 0
    union all select 'everybody', count(*), null from outcomes
    union all select 'settled before', count(*), null from outbox
      where failing = 0 and exists (select 1 from outcomes where outcomes.person_id = outbox.person_id)
    union all select state, count(*), null from outcomes where state <> 'converged' and not ${waiting} group by state
    union all select 'warned', count(*), null from outcomes where warning is not null and not ${waiting}`.execute(db);
  const of = (what: string): number => Number(rows.find((row) => row.what === what)?.people ?? 0);
  const [held, failing] = [of("held"), of("failing")];
  const oldest = rows.find(({ what }) => what === "pending")?.oldest ?? undefined;
  return {
    converged: of("everybody") - of("settled before") - held - failing,
    pending: of("pending"),
    leavers: of("leavers"),
    held,
    failing,
    warnings: of("warned"),
    oldestPendingSeconds: oldest === undefined ? 0 : Math.max(0, Math.floor((now - Number(oldest)) / 1000)),
  };
}
