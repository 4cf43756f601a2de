import type { Assignable } from "../../membership/index.js";
import type { Reassignment } from "../../plan/index.js";
import type { Context } from "../context.js";

/** Their ids are in the URL, which proxies cut off at 8 KiB, or 4. */
const MOST_IN_URL = 200;

export const losesTags = ({ leave }: Reassignment): boolean => leave.some(({ kind }) => kind === "tag");

/**
 * What these people have by user id, before their sets are written as a whole: whoever is to lose a tag is read anew, lest one
 * that was given by hand meanwhile be lost with it.
 */
export async function currentTags(
  ctx: Context,
  operations: readonly Reassignment[],
): Promise<ReadonlyMap<number, readonly Assignable[]>> {
  const { store, target, places } = ctx;
  const losing = operations.filter(losesTags);
  if (losing.length === 0) return new Map();
  const lost = [
    ...new Set(losing.flatMap(({ leave }) => leave.flatMap(({ kind, id }) => (kind === "tag" ? [id] : [])))),
  ];
  const askedAt = ctx.clock.now();
  for (let start = 0; start < lost.length; start += MOST_IN_URL)
    for await (const page of target.members({ tags: lost.slice(start, start + MOST_IN_URL) }, "grant")) {
      const read = page.flatMap(({ userId, tags }) => (tags ? [{ userId, tags }] : []));
      await store.assignments.putTags(read, askedAt);
    }
  const catalog = await places.catalog();
  const held = await store.assignments.holdings(losing.map(({ userId }) => userId));
  return new Map(
    [...held].map(([userId, holdings]) => {
      const tags = holdings.filter(({ kind }) => kind === "tag");
      return [userId, tags.map(({ id }) => catalog.get("tag", id) ?? { kind: "tag", id, name: "" })];
    }),
  );
}
