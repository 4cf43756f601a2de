// What SQLite's single writer gives for nothing: whoever waits here reads what the one before has committed.
import { sql, type Kysely } from "kysely";
import { flavourOf } from "./flavour.js";
import { compilable, prepared } from "./prepared.js";
import type { Tables } from "./tables.js";

type Db = Kysely<Tables>;

/**
 * One transaction at a time looks who shares these addresses: of two that come to share one at the same time, neither
 * would see the other.
 */
export async function holdAddresses(db: Db, addresses: readonly string[]): Promise<void> {
  if (flavourOf(db).singleWriter || addresses.length === 0) return;
  await addressLocks(db, JSON.stringify([...new Set(addresses)].sort()));
}

const addressLocks = prepared((db, addresses: string) =>
  compilable(db, sql`select pg_advisory_xact_lock(hashtextextended(value, 0)) from ${flavourOf(db).texts(addresses)}`),
);

/** Before a user is deleted: whoever changes one of their groups holds the group first and refers to its users then. */
export async function holdGroupsOf(db: Db, userId: string): Promise<void> {
  if (!flavourOf(db).singleWriter) await groupLocks(db, userId);
}

const groupLocks = prepared((db, userId: string) =>
  db
    .selectFrom("groups")
    .select("id")
    .where("id", "in", db.selectFrom("members").select("group_id").where("member_id", "=", userId))
    .orderBy("id")
    .modifyEnd(flavourOf(db).lock.toChange),
);

/** Neither is this user deleted meanwhile, nor is a deletion under way that cannot be seen yet. */
export async function holdPerson(db: Db, personId: string): Promise<void> {
  if (!flavourOf(db).singleWriter) await personLock(db, personId);
}

const personLock = prepared((db, personId: string) =>
  db.selectFrom("users").select("id").where("id", "=", personId).modifyEnd(flavourOf(db).lock.toKeep),
);
