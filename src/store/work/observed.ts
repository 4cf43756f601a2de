import { sql, type Kysely, type Selectable } from "kysely";
import type { Member } from "../../membership/index.js";
import type { Work } from "../../ports.js";
import type { Tables } from "../tables.js";

type Db = Kysely<Tables>;
type Observed = Pick<Work, "observed" | "observedByEmail" | "putObserved" | "forgetObserved" | "endFullRead">;

/** Rows per statement: eight parameters each. */
const ROWS_AT_ONCE = 1_000;

export function observed(db: Db): Observed {
  return {
    observed: async (userIds) => {
      if (userIds.length === 0) return new Map();
      const rows = await db.selectFrom("observed").selectAll().where("user_id", "in", userIds).execute();
      return new Map(rows.map((row) => [row.user_id, memberFromRow(row)]));
    },
    observedByEmail: async (emails) => {
      if (emails.length === 0) return new Map();
      const rows = await db.selectFrom("observed").selectAll().where("email", "in", emails).execute();
      return new Map(rows.map((row) => [row.email, memberFromRow(row)]));
    },
    putObserved: (members, now) => putObserved(db, members, now),
    forgetObserved: async (userIds) => {
      if (userIds.length > 0) await db.deleteFrom("observed").where("user_id", "in", userIds).execute();
    },
    endFullRead: async (startedAt) => {
      await db.deleteFrom("observed").where("seen_at", "<", startedAt).execute();
    },
  };
}

const memberFromRow = (row: Selectable<Tables["observed"]>): Member => ({
  userId: row.user_id,
  email: row.email,
  role: row.role ?? undefined,
  roleSource: row.role_source ?? undefined,
  userType: row.user_type ?? undefined,
  firstName: row.first_name,
  lastName: row.last_name,
});

export async function putObserved(db: Db, members: readonly Member[], now: number): Promise<void> {
  for (let start = 0; start < members.length; start += ROWS_AT_ONCE)
    await db
      .insertInto("observed")
      .values(
        members.slice(start, start + ROWS_AT_ONCE).map((member) => ({
          user_id: member.userId,
          email: member.email,
          role: member.role ?? null,
          role_source: member.roleSource ?? null,
          user_type: member.userType ?? null,
          first_name: member.firstName,
          last_name: member.lastName,
          seen_at: now,
        })),
      )
      .onConflict((conflict) =>
        conflict.column("user_id").doUpdateSet({
          email: sql`excluded.email`,
          role: sql`excluded.role`,
          role_source: sql`excluded.role_source`,
          user_type: sql`excluded.user_type`,
          first_name: sql`excluded.first_name`,
          last_name: sql`excluded.last_name`,
          seen_at: sql`excluded.seen_at`,
        }),
      )
      .execute();
}
