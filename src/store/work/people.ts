import type { Kysely } from "kysely";
import type { Attributes } from "../../directory/index.js";
import type { PersonRow } from "../../ports.js";
import { directoryReads } from "../directory/reads.js";
import { userFromRow } from "../directory/rows.js";
import type { Tables } from "../tables.js";
import { linkFromRow } from "./links.js";

type Db = Kysely<Tables>;

/** What the loop needs to know of these people, in four statements however many they are. */
export async function people(db: Db, ids: readonly string[]): Promise<readonly PersonRow[]> {
  if (ids.length === 0) return [];
  const users = await db.selectFrom("users").selectAll().where("id", "in", ids).execute();
  const links = await db.selectFrom("links").selectAll().where("person_id", "in", ids).execute();
  const deleted = await db.selectFrom("tombstones").selectAll().where("person_id", "in", ids).execute();
  const groups = await directoryReads(db).groupsOf(ids);
  const userById = new Map(users.map((row) => [row.id, userFromRow(row)]));
  const linkById = new Map(links.map((row) => [row.person_id, linkFromRow(row)]));
  const formerById = new Map(deleted.map((row) => [row.person_id, JSON.parse(row.attributes) as Attributes]));
  return ids.map((personId) => ({
    personId,
    user: userById.get(personId),
    groups: groups.get(personId) ?? [],
    link: linkById.get(personId),
    former: formerById.get(personId),
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
