// What workspaces and projects have in common: a set of members, changed in bulk or one by one.
import type { Assignable, Assignee } from "../../membership/index.js";
import type { Assigned } from "../../ports.js";
import { asObject, integer } from "../wire.js";
import { MISSING } from "./paging.js";
import { inParts, settled, unlessGone, type Said } from "./parts.js";
import { membersPath, userIdsOf, type Site } from "./site.js";

export interface Place {
  readonly of: Assignable;
  readonly calls: "workspaces" | "projects";
  /** Everybody in it; the ids may narrow what is read. 404 when it does not exist. */
  readonly assignees: (userIds?: readonly number[]) => Promise<readonly Assignee[]>;
  /** More for the body of a bulk call that lets these people in. */
  readonly bulkBody: (userIds: readonly number[]) => object;
  /** How one person is named where there is no bulk call: in the query of servers since spring 2026, in the body before. */
  readonly one: (userId: number) => { readonly query: Readonly<Record<string, string>>; readonly body: object };
}

const MOST_USERS = 1_000;
// Their ids are in the URL, which proxies cut off at 8 KiB, or 4.
const MOST_USERS_IN_URL = 200;

export async function join(site: Site, place: Place, users: readonly number[]): Promise<Assigned> {
  const userIds = userIdsOf(users);
  const name = `${place.calls}.join`;
  const is = { call: name, not: "is not in it" };
  const call = { name, method: "POST", urgency: site.urgency } as const;
  const path = membersPath(place.of);
  const inBulk = async (included: readonly number[]): Promise<Said> => {
    const body = { all: false, included, ...place.bulkBody(included) };
    const { status, json } = await site.transport.call({ ...call, path: `${path}bulk/`, body, alsoFine: MISSING });
    if (MISSING.includes(status)) return absent(place);
    return saysAll(json, "assignments", included.length) ? "confirmed" : "open";
  };
  const single = async ([user = 0]: readonly number[]): Promise<Said> => {
    const { json } = await site.transport.call({ ...call, path, body: { user } });
    return asObject(json)?.["user"] === user ? "confirmed" : "open";
  };
  return change(site, place, userIds, { is, wanted: true, inBulk, most: MOST_USERS, single });
}

export async function leave(site: Site, place: Place, users: readonly number[]): Promise<Assigned> {
  const userIds = userIdsOf(users);
  const name = `${place.calls}.leave`;
  const is = { call: name, not: "is still in it" };
  const call = { name, method: "DELETE", urgency: site.urgency } as const;
  const path = membersPath(place.of);
  const inBulk = async (included: readonly number[]): Promise<Said> => {
    const query = { all: "false", included: included.join(",") };
    const body = { all: false, included };
    try {
      const sent = { ...call, path: `${path}bulk/`, query, body, alsoFine: MISSING };
      const { status, json } = await site.transport.call(sent);
      if (MISSING.includes(status)) return await absent(place);
      return saysAll(json, "unassignments", included.length) ? "confirmed" : "open";
    } catch (error) {
      return unlessGone(error, () => areOut(place, included));
    }
  };
  const single = async (part: readonly number[]): Promise<Said> => {
    const { query, body } = place.one(part[0] ?? 0);
    try {
      const { status } = await site.transport.call({ ...call, path, query, body });
      return status === 204 ? "confirmed" : "open";
    } catch (error) {
      return unlessGone(error, () => areOut(place, part));
    }
  };
  return change(site, place, userIds, { is, wanted: false, inBulk, most: MOST_USERS_IN_URL, single });
}

interface Change {
  readonly is: { readonly call: string; readonly not: string };
  /** Whether they are to be in it. */
  readonly wanted: boolean;
  readonly inBulk: (userIds: readonly number[]) => Promise<Said>;
  readonly most: number;
  readonly single: (userIds: readonly number[]) => Promise<Said>;
}

async function change(site: Site, place: Place, userIds: readonly number[], how: Change): Promise<Assigned> {
  const { is, wanted } = how;
  const read = async (): Promise<(userId: number) => boolean> => {
    const there = await thoseIn(place, userIds);
    return (userId) => there.has(userId) === wanted;
  };
  const bulk = `${place.calls}.bulk` as const;
  const attempt = site.lacking.has(bulk) ? undefined : await inParts(userIds, how.most, how.inBulk);
  if (attempt !== undefined) return settled(attempt, is, read);
  site.lacking.add(bulk);
  // What the server says to somebody who is a member already, or no more, is not documented: only the others are sent.
  const isSo = await read();
  const singly = await inParts(
    userIds.filter((userId) => !isSo(userId)),
    1,
    how.single,
  );
  const { done, refused } = await settled(singly ?? { done: [], open: [], refused: [] }, is, read);
  return { done: [...userIds.filter(isSo), ...done], refused };
}

/** A 404 is the route's only where the place itself is there: otherwise the read throws. */
async function absent(place: Place): Promise<"absent"> {
  await place.assignees([]);
  return "absent";
}

const areOut = async (place: Place, userIds: readonly number[]): Promise<boolean> => {
  const there = await thoseIn(place, userIds);
  return !userIds.some((userId) => there.has(userId));
};

const thoseIn = async (place: Place, userIds: readonly number[]): Promise<ReadonlySet<number>> =>
  new Set((await place.assignees(userIds)).map(({ userId }) => userId));

/** Older servers do not name whom they skipped: then the number tells. */
function saysAll(json: unknown, field: "assignments" | "unassignments", users: number): boolean {
  const answer = asObject(json);
  const skipped: unknown = answer?.["skipped_user_ids"];
  return integer(answer?.[field]) === users && !(Array.isArray(skipped) && skipped.length > 0);
}
