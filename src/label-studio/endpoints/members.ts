import type { Member } from "../../membership/index.js";
import type { Urgency } from "../../ports.js";
import type { Transport } from "../transport.js";
import { readMemberPage, unreadable } from "../wire.js";
import { userPath } from "./paths.js";

// The server may return fewer per page than asked; reading goes on by number until `count` rows have been seen.
const FULL_PAGE = 500;
const SEARCH_PAGE = 100;

/** Filters of `GET /api/organizations/{id}/memberships` (contract 2.4). Servers may ignore them: results are re-checked. */
interface MemberFilter {
  readonly search?: string;
  readonly role?: string;
}

export const observe = (transport: Transport, organizationId: number): AsyncGenerator<readonly Member[]> =>
  pages(transport, organizationId, {}, FULL_PAGE, "sweep");

/** Addresses are compared whole and lower-cased: the server's search is a free-text one. */
export const findByEmail = (
  transport: Transport,
  organizationId: number,
  email: string,
  urgency: Urgency,
): Promise<Member | undefined> =>
  firstOf(
    pages(transport, organizationId, { search: email }, SEARCH_PAGE, urgency),
    (member) => member.email === email,
  );

/**
 * The address narrows the search, but an account may have been given another one at Label Studio: only when the
 * membership itself is a 404 too is nobody there. Otherwise everybody is read, as the detail shows no role (contract 2.4).
 */
export async function findById(
  transport: Transport,
  organizationId: number,
  userId: number,
  email: string,
  urgency: Urgency,
): Promise<Member | undefined> {
  const isIt = (member: Member): boolean => member.userId === userId;
  if (email !== "") {
    const search = pages(transport, organizationId, { search: email }, SEARCH_PAGE, urgency);
    const found = await firstOf(search, isIt);
    if (found !== undefined) return found;
  }
  const path = userPath(`/api/organizations/${organizationId}/memberships`, userId);
  const detail = { name: "memberships.get", method: "GET", path, urgency, alsoFine: [403, 404] } as const;
  if ((await transport.call(detail)).status === 404) return undefined;
  return firstOf(pages(transport, organizationId, {}, FULL_PAGE, urgency), isIt);
}

export async function owners(
  transport: Transport,
  organizationId: number,
  urgency: Urgency,
): Promise<readonly Member[]> {
  const found: Member[] = [];
  for await (const page of pages(transport, organizationId, { role: "OW" }, FULL_PAGE, urgency)) {
    found.push(...page.filter((member) => member.role === "OW"));
  }
  return found;
}

async function firstOf(
  read: AsyncIterable<readonly Member[]>,
  matches: (member: Member) => boolean,
): Promise<Member | undefined> {
  for await (const page of read) {
    const found = page.find(matches);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Ends without an error only when the server has shown as many rows as it says there are. `next` is never followed. */
async function* pages(
  transport: Transport,
  organizationId: number,
  filter: MemberFilter,
  pageSize: number,
  urgency: Urgency,
): AsyncGenerator<readonly Member[]> {
  for (let page = 1, seen = 0; ; page += 1) {
    const query = { ...filter, page: String(page), page_size: String(pageSize) };
    const read = await readPage(transport, organizationId, query, urgency, page === 1 ? [] : [404]);
    if (read === undefined || (read.seen === 0 && read.count > seen)) {
      throw unreadable("memberships.list", `page ${page} is empty after ${seen} rows, more were announced`);
    }
    seen += read.seen;
    yield read.members;
    if (seen >= read.count) return;
  }
}

async function readPage(
  transport: Transport,
  organizationId: number,
  query: Readonly<Record<string, string>>,
  urgency: Urgency,
  alsoFine: readonly number[],
): Promise<ReturnType<typeof readMemberPage> | undefined> {
  const path = `/api/organizations/${organizationId}/memberships`;
  const answer = await transport.call({ name: "memberships.list", method: "GET", path, query, urgency, alsoFine });
  return answer.status === 404 ? undefined : readMemberPage(answer.json);
}
