import type { BridgeError } from "../../errors.js";
import { hasCode } from "../../errors.js";
import type { Assignable } from "../../membership/index.js";
import type { Assignment } from "../../plan/index.js";
import type { Assigned } from "../../ports.js";
import { statusOf } from "../refusal.js";
import { asObject, integer, listed, text, unreadable } from "../wire.js";
import { FULL_PAGE, memberRows } from "./members.js";
import { allRows } from "./paging.js";
import { inParts, settled, type Said } from "./parts.js";
import { checked, nameKey, userIdsOf, type Site } from "./site.js";

// The most that a page of tags may have (contract 2.5).
const PAGE = 100;
const MOST_USERS = 1_000;

const tagsPath = ({ organizationId }: Site): string => `/api/organizations/${organizationId}/member-tags`;

/** `GET …/member-tags`; undefined on servers before 2.34, which have none. */
export async function tags(site: Site): Promise<readonly Assignable[] | undefined> {
  const { transport, urgency } = site;
  const list = { name: "tags.list", path: tagsPath(site), query: {}, pageSize: PAGE, urgency };
  const keyOf = (row: unknown): number => readTag(row).id;
  return (await allRows(transport, { ...list, keyOf }))?.map(readTag);
}

function readTag(row: unknown): Assignable {
  const id = integer(asObject(row)?.["id"]);
  const name = text(asObject(row)?.["label"]);
  if (id === undefined || name === undefined) throw unreadable("tags.list", "a tag has no id or no label");
  return { kind: "tag", id, name };
}

/** All at once, as the server skips those that exist; one by one where it cannot, so that one bad label blocks no other. */
export async function createTags(site: Site, labels: readonly string[]): Promise<void> {
  const call = { name: "tags.create", method: "POST", urgency: site.urgency } as const;
  const path = tagsPath(site);
  const bulk = { ...call, path: `${path}/bulk`, body: { labels }, alsoFine: [400, 404, 405] };
  if (labels.length > 1 && (await site.transport.call(bulk)).status < 300) return;
  let problem: BridgeError | undefined;
  for (const label of labels) {
    try {
      await site.transport.call({ ...call, path, body: { label } });
    } catch (error) {
      if (!hasCode(error, "TARGET_REFUSED") || statusOf(error) !== 400) throw error;
      problem ??= error;
    }
  }
  if (problem !== undefined && !(await haveAll(site, labels))) throw problem;
}

/** A label that exists by now is refused, and there all the same. */
async function haveAll(site: Site, labels: readonly string[]): Promise<boolean> {
  const there = new Set((await tags(site))?.map(({ name }) => nameKey(name)));
  return labels.every((label) => there.has(nameKey(label)));
}

type TagAssignment = Extract<Assignment, { kind: "add-tags" | "set-tags" }>;

/**
 * `POST …/member-tags/assignments`. `all` is never true: one slip would tag everybody. Never sent again blindly, as a late
 * set-tags would undo what has been decided meanwhile.
 */
export async function assignTags(site: Site, assignment: TagAssignment): Promise<Assigned> {
  const tagIds = assignment.tags.map(({ id }) => checked(id));
  const userIds = userIdsOf(assignment.userIds);
  const overwrite = assignment.kind === "set-tags";
  if (tagIds.length === 0 && !overwrite) return { done: userIds, refused: [] };
  const call = { name: "tags.assign", method: "POST", path: `${tagsPath(site)}/assignments` } as const;
  const send = async (included: readonly number[]): Promise<Said> => {
    const body = { all: false, included, excluded: [], tags: tagIds, overwrite };
    const { json } = await site.transport.call({ ...call, body, urgency: site.urgency });
    // Links are counted, not users; none of none says nothing.
    const links = included.length * tagIds.length;
    return links > 0 && integer(asObject(json)?.["assigned"]) === links ? "confirmed" : "open";
  };
  const attempt = (await inParts(userIds, MOST_USERS, send)) ?? { done: [], open: [], refused: [] };
  const not = overwrite ? "does not have exactly these tags" : "does not have all of these tags";
  return settled(attempt, { call: call.name, not }, () => readBack(site, tagIds, overwrite));
}

/** Those with one of the tags; for none at all, everybody. Servers may ignore the filter: the rows decide. */
async function readBack(
  { transport, organizationId, urgency }: Site,
  tagIds: readonly number[],
  exactly: boolean,
): Promise<(userId: number) => boolean> {
  const query: Record<string, string> = tagIds.length === 0 ? {} : { tags: tagIds.join(",") };
  const right = new Set<number>();
  for await (const rows of memberRows(transport, organizationId, query, FULL_PAGE, urgency)) {
    for (const member of rows.map(listed)) {
      if (member === undefined) continue;
      if (member.tags === undefined) throw unreadable("memberships.list", "a row does not say which tags it has");
      const has = new Set(member.tags);
      if (tagIds.every((id) => has.has(id)) && (!exactly || has.size === new Set(tagIds).size))
        right.add(member.userId);
    }
  }
  return (userId) => right.has(userId);
}
