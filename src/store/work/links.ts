import { sql, type Kysely, type Selectable } from "kysely";
import { BridgeError } from "../../errors.js";
import type { Heir, Link, Work } from "../../ports.js";
import { isUniqueViolation } from "../faults.js";
import { holdPerson } from "../locks.js";
import type { Tables } from "../tables.js";
import { enqueue } from "./enqueue.js";

type Db = Kysely<Tables>;
type Links = Pick<Work, "linkOfAccount" | "tombstoneOf" | "tombstoneOfAccount" | "putLink" | "handOver">;

export function links(db: Db): Links {
  return {
    linkOfAccount: async (userId) => {
      const row = await db
        .selectFrom("links")
        .selectAll()
        .where("user_id", "=", userId)
        .where("tombstone", "=", 0)
        .executeTakeFirst();
      return row && linkFromRow(row);
    },
    tombstoneOf: async (address) => {
      const row = await newestTombstone(db).where("links.email", "=", address).executeTakeFirst();
      return row && linkFromRow(row);
    },
    tombstoneOfAccount: async (userId) => {
      const row = await newestTombstone(db).where("links.user_id", "=", userId).executeTakeFirst();
      return row && linkFromRow(row);
    },
    putLink: (link) => putLink(db, link),
    handOver: (link, heir) => handOver(db, link, heir),
  };
}

const newestTombstone = (db: Db) =>
  db
    .selectFrom("links")
    .innerJoin("tombstones", "tombstones.person_id", "links.person_id")
    .selectAll("links")
    .where("links.tombstone", "=", 1)
    .orderBy("tombstones.deleted_at", "desc")
    .limit(1);

export const linkFromRow = (row: Selectable<Tables["links"]>): Link => ({
  personId: row.person_id,
  userId: row.user_id,
  email: row.email,
  tombstone: row.tombstone === 1,
  createdByUs: row.created_by_us === 1,
  everMatched: row.ever_matched === 1,
  roleBeforeDeactivation: row.role_before_deactivation ?? undefined,
  namesSent: row.names_sent,
});

export async function putLink(db: Db, link: Link): Promise<void> {
  const row = {
    user_id: link.userId,
    email: link.email,
    created_by_us: link.createdByUs ? 1 : 0,
    ever_matched: link.everMatched ? 1 : 0,
    role_before_deactivation: link.roleBeforeDeactivation ?? null,
    names_sent: link.namesSent,
  };
  await holdPerson(db, link.personId);
  // Whether it is a tombstone is the directory's to say: a deletion may have arrived since the link was read.
  const tombstone = sql<number>`(select count(*) from tombstones where person_id = ${link.personId})`;
  try {
    await db
      .insertInto("links")
      .values({ person_id: link.personId, tombstone, ...row })
      .onConflict((conflict) => conflict.column("person_id").doUpdateSet({ ...row, tombstone }))
      .execute();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new BridgeError("UNIQUENESS", `Label Studio account ${link.userId} is held by another living user.`);
  }
}

/** In one transaction: a crash in between would leave an account that nobody holds and nobody looks at. */
async function handOver(db: Db, link: Link, { personId, cause, now }: Heir): Promise<void> {
  if (!link.tombstone) await db.deleteFrom("links").where("person_id", "=", link.personId).execute();
  await putLink(db, { ...link, personId, tombstone: false });
  await enqueue(db, { people: [personId], addresses: [], lane: "change", cause, origin: cause, now });
}
