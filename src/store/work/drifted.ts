import { sql } from "kysely";
import type { Db } from "../engine.js";
import { enqueueIdle } from "./enqueue.js";

const present = (alias: string) =>
  sql`${sql.ref(`${alias}.user_id`)} = links.user_id and ${sql.ref(`${alias}.gone`)} = 0`;

/** Their role or address is not what the last look has seen; a row that vanished counts once, as the next look notes it. */
const changed = sql`
  select links.person_id from links
  left join observed on ${present("observed")}
  left join outcomes on outcomes.person_id = links.person_id
  where links.tombstone = 0
    and (observed.role is distinct from outcomes.role or coalesce(observed.email, links.email) <> links.email)`;

/**
 * Deleted over SCIM with DI, and no longer DI. After a soft delete nothing is remembered in role_before_deactivation:
 * whoever was invited again is a stranger.
 */
const deletedAtWork = sql`
  select links.person_id from links
  left join observed on ${present("observed")}
  where links.tombstone = 1 and links.role_before_deactivation is not null and observed.role is distinct from 'DI'
    and not exists (select 1 from links living where living.user_id = links.user_id and living.tombstone = 0)`;

/** An account that nobody holds, with an address of somebody who has none: invited, or made anew by hand. */
const unheld = sql`
  select addresses.user_id from observed
  join addresses on addresses.address = observed.email
  where observed.gone = 0
    and not exists (select 1 from links where links.user_id = observed.user_id and links.tombstone = 0)
    and not exists (select 1 from links join observed theirs on ${present("theirs")}
      where links.person_id = addresses.user_id)`;

/** Who is held without an account would cost a search each time, and is found as unheld once they have one. */
const held = sql`
  select outcomes.person_id from outcomes join links on links.person_id = outcomes.person_id where state = 'held'`;

/** Whoever waits already is looked at anyway, for a better reason. */
export async function enqueueDrifted(db: Db, cause: string, now: number): Promise<number> {
  const found = sql`select person_id, cast(${cause} as text) as origin
    from (${changed} union ${deletedAtWork} union ${unheld} union ${held}) as found`;
  return enqueueIdle(db, { lane: "sweep", cause, now }, found);
}
