// Who has had which seat and how long. Seats have no names at Label Studio: a new holder gets one that rests only when all
// that are free do.
import { sql } from "kysely";
import { WORKING_ROLES } from "../../membership/index.js";
import type { Supply } from "../../ports.js";
import type { Db } from "../engine.js";
import { number } from "../number.js";
import { compilable, prepared } from "../prepared.js";

/** More than the calendar months that are reported. */
const REMEMBERED_MS = 400 * 86_400_000;

interface RestingRow {
  readonly position: number;
  readonly userId: number;
  readonly until: number;
  readonly freedAt: number;
}

export async function restingOf(db: Db, minimumMs: number, now: number): Promise<readonly RestingRow[]> {
  const rows = await db
    .selectFrom("tenures")
    .select(["position", "user_id", "taken_at", "freed_at"])
    .where("passed_on", "=", sql.lit(0))
    .where("freed_at", ">", number(now - minimumMs))
    .where("taken_at", ">", number(now - minimumMs))
    .orderBy("taken_at")
    .execute();
  return rows.map(({ position, user_id, taken_at, freed_at }) => ({
    position,
    userId: user_id,
    until: (taken_at ?? 0) + minimumMs,
    freedAt: freed_at ?? 0,
  }));
}

/** A seat that rests is free: of more than are free at Label Studio, somebody has given the others on there. */
export async function useUp(db: Db, left: number, minimumMs: number, at: number): Promise<void> {
  const resting = (await restingOf(db, minimumMs, at)).filter(({ freedAt }) => freedAt <= at);
  const used = resting.slice(0, Math.max(0, resting.length - left)).map(({ position }) => position);
  if (used.length > 0) await db.updateTable("tenures").set({ passed_on: 1 }).where("position", "in", used).execute();
}

const begin = prepared((db, userId: number, now: number, until: number | null) =>
  compilable<{ position: number }>(
    db,
    sql`insert into tenures (user_id, taken_at, rotated_until) values (${userId}, ${now}, ${until})
      on conflict (user_id) where freed_at is null do nothing returning position`,
  ),
);

const end = prepared((db, now: number, userId: number) =>
  db.updateTable("tenures").set({ freed_at: now }).where("user_id", "=", userId).where("freed_at", "is", null),
);

export async function free(db: Db, userId: number, now: number): Promise<void> {
  await end(db, now, userId);
}

export async function take(
  db: Db,
  userId: number,
  now: number,
  supply: Supply | undefined,
): Promise<number | undefined> {
  const resting = supply ? await restingOf(db, supply.minimumMs, now) : [];
  // Whoever gave a seat up gets their own back.
  const own = resting.find((each) => each.userId === userId);
  const another = !own && supply && resting.length >= supply.free ? resting[0] : undefined;
  const given = own ?? another;
  const begun = await begin(db, userId, now, another?.until ?? null);
  if (begun.length === 0) return undefined;
  if (given) await db.updateTable("tenures").set({ passed_on: 1 }).where("position", "=", given.position).execute();
  return another?.until;
}

const working = sql.join(WORKING_ROLES.map((role) => sql.lit(role)));
const works = sql`observed.gone = 0 and observed.role in (${working})`;

/** Who worked when everybody was first read may have had the seat for years. */
export async function observe(db: Db, now: number): Promise<void> {
  const known = await db.selectFrom("tenures").select("position").limit(sql.lit(1)).execute();
  const since = known.length > 0 ? number(now) : sql`null`;
  await sql`
    insert into tenures (user_id, taken_at) select user_id, ${since} from observed where ${works}
    on conflict (user_id) where freed_at is null do nothing`.execute(db);
  await sql`
    update tenures set freed_at = ${number(now)} where freed_at is null
      and not exists (select 1 from observed where observed.user_id = tenures.user_id and ${works})`.execute(db);
  // Whoever was given a seat again at Label Studio has their own back.
  await sql`
    update tenures set passed_on = 1 where passed_on = 0 and freed_at is not null
      and user_id in (select user_id from tenures where freed_at is null)`.execute(db);
  await db
    .deleteFrom("tenures")
    .where("freed_at", "<", now - REMEMBERED_MS)
    .execute();
}
