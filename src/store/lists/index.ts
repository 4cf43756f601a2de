import { sql } from "kysely";
import type { Effect } from "../../ports.js";
import type { HeldOrigin, ListedHold, Lists } from "../../ports.js";
import type { GroupRef } from "../../directory/index.js";
import { nameKey } from "../directory/rows.js";
import type { Db, Engine } from "../engine.js";
import { number } from "../number.js";
import { ask } from "../prepared.js";
import { peopleHeld } from "../work/holds.js";
import { beside, end, lines, marks, placeAt } from "./lines.js";
import { candidates, peopleListed } from "./people.js";

export const lists = ({ reads }: Engine): Lists => ({
  candidates: (filter, afterId, limit) => candidates(reads, filter, afterId, limit),
  people: (ids, filter) => peopleListed(reads, ids, filter),
  group: async (id) => (await groups(reads, sql`id = ${id}`, 1))[0],
  groupsNamed: (prefix, limit) => groupsNamed(reads, prefix, limit),
  lines: (filter, limit) => lines(reads, filter, limit),
  linesOf: (subject, filter, limit) => lines(reads, filter, limit, subject),
  beside: (asked, side) => beside(reads, asked, side),
  placeAt: (instant) => placeAt(reads, instant),
  end: () => end(reads),
  marks: (after, before) => marks(reads, after, before),
  origins: (limit) => origins(reads, limit),
  waitingBecauseOf: (origin) => waitingBecauseOf(reads, origin),
  heldBecauseOf: (origin, afterId, limit) => heldBecauseOf(reads, origin, afterId, limit),
});

async function groups(db: Db, condition: ReturnType<typeof sql>, limit: number): Promise<readonly GroupRef[]> {
  const rows = await ask(
    db,
    sql<{
      id: string;
      external_id: string | null;
      display_name: string;
    }>`select id, external_id, display_name from groups
      where ${condition} order by display_name_key limit ${number(limit)}`,
  );
  return rows.map(({ id, external_id, display_name }) => ({
    id,
    externalId: external_id ?? undefined,
    displayName: display_name,
  }));
}

/** As a range, which an index answers; nothing sorts behind the last code point. */
function groupsNamed(db: Db, prefix: string, limit: number): Promise<readonly GroupRef[]> {
  const key = nameKey(prefix);
  return groups(db, sql`display_name_key >= ${key} and display_name_key < ${`${key}\u{10ffff}`}`, limit);
}

interface OriginRow {
  readonly origin: string;
  readonly display_name: string | null;
  readonly effect: Effect;
  readonly decision: HeldOrigin["decision"];
  readonly people: number;
  readonly reason: string;
  readonly since: string;
}

async function origins(db: Db, limit: number): Promise<readonly HeldOrigin[]> {
  const rows = await ask(
    db,
    sql<OriginRow>`select held.*, groups.display_name from (
        select origin, effect, decision, count(*) as people, min(reason) as reason, min(at) as since from holds
        group by origin, effect, decision order by min(at), origin limit ${number(limit)}) as held
      left join groups on held.origin = 'group ' || groups.id order by held.since, held.origin`,
  );
  return rows.map(({ display_name, people, ...row }) => ({
    ...row,
    people: Number(people),
    groupName: display_name ?? undefined,
  }));
}

async function waitingBecauseOf(db: Db, origin: string): Promise<number> {
  const [row] = await ask(
    db,
    sql<{ n: number }>`select count(distinct person_id) as n from holds
      where origin = ${origin} and decision = 'waiting'`,
  );
  return Number(row?.n ?? 0);
}

async function heldBecauseOf(db: Db, origin: string, afterId: string, limit: number): Promise<readonly ListedHold[]> {
  const rows = await db
    .selectFrom("holds")
    .leftJoin("users", "users.id", "holds.person_id")
    .select(["person_id", "user_name", "from_role", "to_role", "decision"])
    .where("origin", "=", origin)
    .where("person_id", "in", peopleHeld(db, afterId, limit).where("origin", "=", origin))
    .orderBy("person_id")
    .orderBy("kind", "desc")
    .execute();
  return rows.map((row) => ({
    personId: row.person_id,
    userName: row.user_name ?? undefined,
    from: row.from_role ?? undefined,
    to: row.to_role,
    decision: row.decision as ListedHold["decision"],
  }));
}
