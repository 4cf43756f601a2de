import { sql } from "kysely";
import { WORKING_ROLES } from "../../membership/index.js";
import type { Claim, Hold, Outcome, Rails } from "../../ports.js";
import type { Db, Engine } from "../engine.js";
import { flavourOf } from "../flavour.js";
import { compilable, prepared } from "../prepared.js";
import { LANES } from "./enqueue.js";
import { approve, decide, holdsAfter, upsertHold } from "./holds.js";
import { codes, LANE_NAMES, settle } from "./outbox.js";
import { pauseOf, putPause } from "./pauses.js";
import { pauseIfRestored } from "./restored.js";

/** What is foreseen for somebody to whom nothing will be done that counts. */
const NONE = "none";
/** The longest window of a mapping is seven days. */
const REMEMBERED_MS = 8 * 86_400_000;

export function rails({ reads, write, note, identity }: Engine): Rails {
  return {
    pause: () => pauseOf(reads),
    setPause: (pause, line) => write((db) => putPause(db, pause, line)),
    pauseIfRestored: (at) => write((db) => pauseIfRestored(db, identity, at)),
    unforeseen: async (lanes) =>
      (await unforeseen(reads).where("lane", "in", codes(lanes)).execute()).map(
        ({ person_id, seq, lane, origin, leaver_seq }) => ({
          personId: person_id,
          seq,
          origin,
          lane: LANE_NAMES[lane] ?? "sweep",
          leaverDue: leaver_seq > 0,
        }),
      ),
    foresee: async (people) => {
      const rows = people.map(({ personId, seq, effect = NONE }) => ({ person: personId, seq, effect }));
      if (rows.length > 0) await note((db) => noteEffects(db, JSON.stringify(rows)));
    },
    spent: async (effect, since) => {
      const [applied] = await appliedSince(reads, effect, since);
      const waiting = await waitingFor(reads, effect, effect, since);
      return {
        applied: Number(applied?.n ?? 0),
        waiting: waiting.map(({ origin, n, held }) => ({
          origin,
          people: Number(n) + Number(held),
          held: Number(held) > 0,
        })),
      };
    },
    among: async (effect, since) => {
      const loses = effect === "leave" || effect === "lower" || effect === "unassign";
      const [row] = await (loses ? workforce(reads, since) : activePeople(reads));
      return Number(row?.n ?? 0);
    },
    membersWith: async (roles) => {
      const present = reads.selectFrom("observed").where("gone", "=", 0).where("role", "in", roles);
      return (await present.select("user_id").execute()).map(({ user_id }) => user_id);
    },
    spend: (personId, effect, lostRole, now) => note((db) => spend(db, personId, effect, lostRole, now)),
    putBack: async (personId, since) => {
      const times = reads.selectFrom("spent").where("effect", "=", "drift").where("person_id", "=", personId);
      const counted = times.where("at", ">", since).select((eb) => eb.fn.countAll().as("n"));
      return Number((await counted.executeTakeFirst())?.n ?? 0);
    },
    hold: (claim, outcome, hold) => write((db) => putHold(db, claim, outcome, hold)),
    holdBeside: (claim, hold) => write((db) => upsertHold(db, hold, claim.cause)),
    forgetHold: (personId, kind) =>
      write(async (db) => {
        await db.deleteFrom("holds").where("person_id", "=", personId).where("kind", "=", kind).execute();
      }),
    holds: (afterId, limit) => holdsAfter(reads, afterId, limit),
    approve: (changes, origin, line, now) => write((db) => approve(db, changes, origin, line, now)),
    decide: (chosen, decision, line, now) => write((db) => decide(db, chosen, decision, line, now)),
  };
}

const unforeseen = (db: Db) =>
  db.selectFrom("outbox").select(["person_id", "seq", "lane", "origin", "leaver_seq"]).where("effect", "is", null);

const noteEffects = prepared((db, rows: string) =>
  compilable(
    db,
    sql`update outbox set effect = seen.effect from (
        select value ->> 'person' as person, cast(value ->> 'seq' as bigint) as seq, value ->> 'effect' as effect
        from ${flavourOf(db).objects(rows)}) as seen
      where outbox.person_id = seen.person and outbox.seq = seen.seq`,
  ),
);

const appliedSince = prepared((db, effect: string, since: number) =>
  compilable<{ n: number }>(
    db,
    sql`select count(distinct person_id) as n from spent where effect = ${effect} and at > ${since}`,
  ),
);

/**
 * Whoever has an approval is nobody's to count; whoever is held counts for what comes of the same origin. What was decided
 * about a role is over once it is news of the IdP's (stands, in the look).
 */
const waitingFor = prepared((db, effect: string, same: string, since: number) =>
  compilable<{ origin: string; n: number; held: number }>(
    db,
    sql`select origin, count(*) as n, (select count(*) from holds
        where holds.origin = outbox.origin and holds.effect = outbox.effect and holds.decision = 'waiting') as held
      from outbox where effect = ${effect} and effect <> 'none'
      and not exists (select 1 from spent where spent.effect = ${same} and spent.at > ${since}
        and spent.person_id = outbox.person_id)
      and not exists (select 1 from holds where holds.person_id = outbox.person_id and holds.effect = outbox.effect
        and (holds.kind = 'assign' or holds.decision = 'waiting' or holds.origin = outbox.origin
          or outbox.lane not in (${sql.lit(LANES.leaver)}, ${sql.lit(LANES.change)})))
      group by origin, effect order by min(first_at), origin`,
  ),
);

const working = sql.join(WORKING_ROLES.map((role) => sql.lit(role)));

const activePeople = prepared((db) =>
  compilable<{ n: number }>(db, sql`select count(*) as n from users where active = 1`),
);

const workforce = prepared((db, since: number) =>
  compilable<{ n: number }>(
    db,
    sql`select (select count(*) from observed where gone = 0 and role in (${working}) and (
          exists (select 1 from links where links.user_id = observed.user_id)
          or exists (select 1 from addresses where addresses.address = observed.email)))
        + (select count(distinct person_id) from spent where lost_role = 1 and at > ${since}) as n`,
  ),
);

async function spend(db: Db, person_id: string, effect: string, lostRole: boolean, at: number): Promise<void> {
  await db
    .deleteFrom("spent")
    .where("effect", "=", effect)
    .where("at", "<", at - REMEMBERED_MS)
    .execute();
  await db
    .insertInto("spent")
    .values({ person_id, effect, at, lost_role: lostRole ? 1 : 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function putHold(db: Db, claim: Claim, outcome: Outcome, hold: Hold): Promise<void> {
  if (await settle(db, claim, outcome)) await upsertHold(db, hold, claim.cause);
}
