import { sql } from "kysely";
import type { Attributes } from "../../directory/index.js";
import type { PersonRow } from "../../ports.js";
import { directoryReads } from "../directory/reads.js";
import { userFromRow } from "../directory/rows.js";
import type { Db } from "../engine.js";
import { flavourOf } from "../flavour.js";
import { prepared } from "../prepared.js";
import { linkFromRow } from "./links.js";
import { holdFromRow } from "./holds.js";

const among = (db: Db, ids: string) => sql<string>`(select value from ${flavourOf(db).texts(ids)})`;
const usersOf = prepared((db, ids: string) => db.selectFrom("users").selectAll().where("id", "in", among(db, ids)));
const linksOf = prepared((db, ids: string) =>
  db.selectFrom("links").selectAll().where("person_id", "in", among(db, ids)),
);
const deletedOf = prepared((db, ids: string) =>
  db.selectFrom("tombstones").selectAll().where("person_id", "in", among(db, ids)),
);

const holdsOf = prepared((db, ids: string) =>
  db.selectFrom("holds").selectAll().where("person_id", "in", among(db, ids)),
);

const rotatedOf = prepared((db, ids: string) =>
  db
    .selectFrom("tenures")
    .innerJoin("links", "links.user_id", "tenures.user_id")
    .select(["links.person_id", "tenures.rotated_until"])
    .where("tenures.rotated_until", "is not", null)
    .where("tenures.freed_at", "is", null)
    .where("links.person_id", "in", among(db, ids)),
);

/** What the loop needs to know of these people, in six statements however many they are. */
export async function people(db: Db, ids: readonly string[]): Promise<readonly PersonRow[]> {
  if (ids.length === 0) return [];
  const list = JSON.stringify(ids);
  const [users, links, deleted] = [await usersOf(db, list), await linksOf(db, list), await deletedOf(db, list)];
  const groups = await directoryReads(db).groupsOf(ids);
  const holdByKey = new Map((await holdsOf(db, list)).map((row) => [`${row.kind} ${row.person_id}`, holdFromRow(row)]));
  const rotatedById = new Map(
    (await rotatedOf(db, list)).map((row) => [row.person_id, row.rotated_until ?? undefined]),
  );
  const userById = new Map(users.map((row) => [row.id, userFromRow(row)]));
  const linkById = new Map(links.map((row) => [row.person_id, linkFromRow(row)]));
  const formerById = new Map(deleted.map((row) => [row.person_id, JSON.parse(row.attributes) as Attributes]));
  return ids.map((personId) => ({
    personId,
    user: userById.get(personId),
    groups: groups.get(personId) ?? [],
    link: linkById.get(personId),
    former: formerById.get(personId),
    hold: holdByKey.get(`role ${personId}`),
    assignHold: holdByKey.get(`assign ${personId}`),
    rotatedUntil: rotatedById.get(personId),
  }));
}

export async function peopleWithAddress(db: Db, address: string): Promise<readonly PersonRow[]> {
  const rows = await db
    .selectFrom("users")
    .select("id")
    .where("id", "in", db.selectFrom("addresses").select("user_id").where("address", "=", address))
    .orderBy("position")
    .execute();
  return people(
    db,
    rows.map((row) => row.id),
  );
}
