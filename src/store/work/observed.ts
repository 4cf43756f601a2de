import { sql, type Insertable, type Kysely, type Selectable } from "kysely";
import type { Member } from "../../membership/index.js";
import type { Work } from "../../ports.js";
import { flavourOf } from "../flavour.js";
import { compilable, prepared } from "../prepared.js";
import type { Tables } from "../tables.js";

type Db = Kysely<Tables>;
type Observed = Pick<
  Work,
  "observed" | "observedByEmail" | "putObserved" | "forgetObserved" | "beginFullRead" | "endFullRead"
>;

/** Rows per statement. */
const ROWS_AT_ONCE = 1_000;

/**
 * Rows further ahead than this, which is longer than any read takes, are from before the clock was set back: nothing would
 * be newer for as long.
 */
const CLOCK_SLACK_MS = 60_000;

export function observed(db: Db): Observed {
  return {
    observed: async (userIds) => {
      if (userIds.length === 0) return new Map();
      const rows = await presentById(db, JSON.stringify(userIds.map(String)));
      return new Map(rows.map((row) => [row.user_id, memberFromRow(row)]));
    },
    observedByEmail: async (emails) => {
      if (emails.length === 0) return new Map();
      const rows = await presentByEmail(db, JSON.stringify(emails));
      return new Map(rows.map((row) => [row.email, memberFromRow(row)]));
    },
    putObserved: (members, askedAt) => putObserved(db, members, askedAt),
    forgetObserved: async (userIds, askedAt) => {
      if (userIds.length > 0) await putGone(db, JSON.stringify(userIds.map((userId) => goneRow(userId, askedAt))));
    },
    beginFullRead: async (startedAt) => {
      const before = { seen_at: startedAt - 1 };
      await db
        .updateTable("observed")
        .set(before)
        .where("seen_at", ">", startedAt + CLOCK_SLACK_MS)
        .execute();
    },
    endFullRead: async (startedAt) => {
      await db.deleteFrom("observed").where("seen_at", "<", startedAt).execute();
    },
  };
}

const present = (db: Db) => db.selectFrom("observed").selectAll().where("gone", "=", sql.lit(0));

const presentById = prepared((db, userIds: string) =>
  present(db).where("user_id", "in", sql<number>`(select cast(value as bigint) from ${flavourOf(db).texts(userIds)})`),
);

const presentByEmail = prepared((db, emails: string) =>
  present(db).where("email", "in", sql<string>`(select value from ${flavourOf(db).texts(emails)})`),
);

type Row = Insertable<Tables["observed"]>;

const memberFromRow = (row: Selectable<Tables["observed"]>): Member => ({
  userId: row.user_id,
  email: row.email,
  role: row.role ?? undefined,
  roleSource: row.role_source ?? undefined,
  userType: row.user_type ?? undefined,
  firstName: row.first_name,
  lastName: row.last_name,
});

const memberToRow = (member: Member, askedAt: number): Row => ({
  user_id: member.userId,
  email: member.email,
  role: member.role ?? null,
  role_source: member.roleSource ?? null,
  user_type: member.userType ?? null,
  first_name: member.firstName,
  last_name: member.lastName,
  gone: 0,
  seen_at: askedAt,
});

const goneRow = (userId: number, askedAt: number): Row => ({
  user_id: userId,
  email: "",
  role: null,
  role_source: null,
  user_type: null,
  first_name: "",
  last_name: "",
  gone: 1,
  seen_at: askedAt,
});

const COLUMNS = ["email", "role", "role_source", "user_type", "first_name", "last_name", "gone", "seen_at"] as const;

export async function putObserved(db: Db, members: readonly Member[], askedAt: number): Promise<void> {
  // One statement may not touch a row twice (PostgreSQL), and a page may show somebody twice.
  const byId = new Map(members.map((member) => [member.userId, member]));
  // Always in the same order, so that two who write the same rows do not wait for each other.
  const people = [...byId.values()].sort((a, b) => a.userId - b.userId);
  for (let start = 0; start < people.length; start += ROWS_AT_ONCE) {
    const rows = people.slice(start, start + ROWS_AT_ONCE).map((member) => memberToRow(member, askedAt));
    await putRows(db, JSON.stringify(rows));
  }
}

const putRows = prepared((db, rows: string) => upsertSql(db, rows, COLUMNS));
const putGone = prepared((db, rows: string) => upsertSql(db, rows, ["gone", "seen_at"]));

const NUMBERS: readonly string[] = ["user_id", "gone", "seen_at"];

/** Whatever was asked for later knows better. */
function upsertSql(db: Db, rows: string, columns: readonly string[]) {
  const all = ["user_id", ...COLUMNS];
  const given = all.map((name) => {
    const text = sql`value ->> ${sql.lit(name)}`;
    return NUMBERS.includes(name) ? sql`cast(${text} as bigint)` : text;
  });
  return compilable(
    db,
    sql`insert into observed (${sql.join(all.map((name) => sql.ref(name)))})
      select ${sql.join(given)} from ${flavourOf(db).objects(rows)} where true
      on conflict (user_id) do update set ${sql.join(columns.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`))}
      where excluded.seen_at >= observed.seen_at or observed.seen_at > excluded.seen_at + ${sql.lit(CLOCK_SLACK_MS)}`,
  );
}
