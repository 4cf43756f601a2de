import type { Member } from "../../membership/index.js";
import type { Urgency } from "../../ports.js";
import type { Caller } from "../transport.js";
import { listed, memberKey } from "../wire.js";
import { rowsByPage } from "./paging.js";
import { userPath } from "./paths.js";

// The server may return fewer per page than asked.
export const FULL_PAGE = 500;
const SEARCH_PAGE = 100;

/** Filters of `GET /api/organizations/{id}/memberships` (contract 2.4). Servers may ignore them: results are re-checked. */
interface MemberFilter {
  readonly search?: string;
  readonly role?: string;
}

export const observe = (transport: Caller, organizationId: number): AsyncGenerator<readonly Member[]> =>
  pages(transport, organizationId, {}, FULL_PAGE, "sweep");

/** Addresses are compared whole and lower-cased: the server's search is a free-text one. */
export const findByEmail = (
  transport: Caller,
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
  transport: Caller,
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

export async function owners(transport: Caller, organizationId: number, urgency: Urgency): Promise<readonly Member[]> {
  const found = new Map<number, Member>();
  for await (const page of pages(transport, organizationId, { role: "OW" }, FULL_PAGE, urgency)) {
    for (const member of page) if (member.role === "OW") found.set(member.userId, member);
  }
  return [...found.values()];
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

async function* pages(
  transport: Caller,
  organizationId: number,
  filter: MemberFilter,
  pageSize: number,
  urgency: Urgency,
): AsyncGenerator<readonly Member[]> {
  for await (const rows of memberRows(transport, organizationId, { ...filter }, pageSize, urgency))
    yield rows.map(listed).filter((member) => member !== undefined);
}

/** The rows as sent, soft-deleted ones included. */
export const memberRows = (
  transport: Caller,
  organizationId: number,
  query: Readonly<Record<string, string>>,
  pageSize: number,
  urgency: Urgency,
): AsyncGenerator<readonly unknown[]> => {
  const path = `/api/organizations/${organizationId}/memberships`;
  return rowsByPage(transport, { name: "memberships.list", path, query, pageSize, urgency, keyOf: memberKey });
};
