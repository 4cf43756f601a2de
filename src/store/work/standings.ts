import { sql, type Kysely, type RawBuilder } from "kysely";
import type { Standing } from "../../ports.js";
import { flavourOf } from "../flavour.js";
import { compilable, prepared } from "../prepared.js";
import type { Tables } from "../tables.js";

type Db = Kysely<Tables>;

/** Somebody is pending while a fresh row of theirs waits; a row that Label Studio refused waits as failing. */
export const waits = (person: string): RawBuilder<boolean> =>
  sql`exists (select 1 from outbox where outbox.person_id = ${sql.ref(person)} and outbox.failing = 0)`;

const settled = (column: string): RawBuilder<unknown> =>
  sql`(select ${sql.ref(`outcomes.${column}`)} from outcomes where outcomes.person_id = users.id)`;

/** The parts of a standing as expressions on a row of `users`: what is shown, filtered and sorted by is the same. */
const STANDING: Record<keyof Standing, RawBuilder<unknown>> = {
  state: sql`case when ${waits("users.id")} then 'pending' else ${settled("state")} end`,
  role: settled("role"),
  desiredRole: settled("desired_role"),
  reason: settled("reason"),
  lastError: settled("last_error"),
  warning: settled("warning"),
  userId: sql`(select links.user_id from links where links.person_id = users.id and links.tombstone = 0)`,
  changedAt: settled("changed_at"),
};
const PARTS = Object.entries(STANDING);
const BY_NAME: ReadonlyMap<string, RawBuilder<unknown>> = new Map(PARTS);

/** Undefined: a standing has no such part. */
export const standingSql = (name: string): RawBuilder<unknown> | undefined => BY_NAME.get(name);

type Row = { readonly id: string } & { readonly [Part in keyof Standing]: Standing[Part] | null };

const parts = sql.join(PARTS.map(([name, part]) => sql`${part} as ${sql.id(name)}`));

const rowsOf = prepared((db, ids: string) =>
  compilable(
    db,
    sql<Row>`select users.id, ${parts} from users where users.id in (select value from ${flavourOf(db).texts(ids)})`,
  ),
);

export async function standings(db: Db, userIds: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
  const rows = await rowsOf(db, JSON.stringify(userIds));
  return new Map(rows.flatMap(({ id, state, ...row }) => (state === null ? [] : [[id, { state, ...defined(row) }]])));
}

/** NULL is not known. */
const defined = (row: Omit<Row, "id" | "state">) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? undefined])) as Omit<Standing, "state">;
