// Cursors of RFC 9865: the place where the next page begins, for one query. Stateless, so they never time out and cost
// nothing to keep; without a secret, as whoever makes one up sees no more than the query itself shows.
import { createHash } from "node:crypto";
import type { Anchor } from "../directory/index.js";
import { BridgeError } from "../errors.js";
import type { ResourceKind } from "./pure.js";

/** Where a page begins: in which of the lists that make up the answer, and behind which place of it. */
export interface Place {
  readonly kind: ResourceKind;
  readonly after: Anchor | "start";
}

/** What a cursor belongs to; everything but `cursor` itself stays the same from page to page (RFC 9865 §2). */
export interface CursorQuery {
  /** Endpoint, filter and sort as JSON. */
  readonly text: string;
  readonly kinds: readonly ResourceKind[];
  readonly count: number;
}

/** Raised when the meaning of the payload changes. */
const VERSION = "1";
const SHAPE = /^(\d{1,4})\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{22})$/;
/** The longest key that is sorted by has 1,000 characters, 4 bytes each at most. */
const LONGEST_CURSOR = 8_192;

/** Of characters that need no escape in a URL (RFC 3986 §2.3). */
export function writeCursor(query: CursorQuery, { kind, after }: Place): string {
  const place = after === "start" ? [] : [after.position, after.key];
  const payload = Buffer.from(JSON.stringify([query.count, kind, ...place])).toString("base64url");
  return `${VERSION}.${payload}.${check(query, payload)}`;
}

/** The empty text asks for the first page. */
export function readCursor(query: CursorQuery, cursor: unknown): Place {
  const [first = "User"] = query.kinds;
  if (cursor === "") return { kind: first, after: "start" };
  if (typeof cursor !== "string") throw refused("invalidCursor", "The cursor must be text");
  if (cursor.length > LONGEST_CURSOR)
    throw refused("invalidCursor", `The cursor has ${cursor.length} characters, more than ${LONGEST_CURSOR}`);
  const [, version, payload = "", sent] = SHAPE.exec(cursor) ?? [];
  if (version !== undefined && version !== VERSION)
    throw refused("expiredCursor", `The cursor is of format ${version}; this bridge writes format ${VERSION}`);
  const place = sent === check(query, payload) ? placeIn(query, payload) : undefined;
  if (!place) throw refused("invalidCursor", "The cursor is none that this bridge has given out for this query");
  return place;
}

const check = ({ text }: CursorQuery, payload: string): string =>
  createHash("sha256")
    .update(JSON.stringify([VERSION, text, payload]))
    .digest()
    .subarray(0, 16)
    .toString("base64url");

function placeIn({ kinds, count }: CursorQuery, payload: string): Place | undefined {
  const [given, kind, position, key, ...more] = parsed(payload);
  const known = kinds.find((each) => each === kind);
  if (known === undefined || !isWhole(given) || more.length > 0) return undefined;
  if (given !== count)
    throw new BridgeError("INVALID_VALUE", `The count is ${count}; it was ${given} on the page before. Keep it.`, {
      scimType: "invalidCount",
    });
  if (position === undefined) return { kind: known, after: "start" };
  return isWhole(position) && isKey(key) ? { kind: known, after: { position, key } } : undefined;
}

function parsed(payload: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isKey = (value: unknown): value is Anchor["key"] =>
  value === null || typeof value === "string" || typeof value === "number";

const refused = (scimType: "invalidCursor" | "expiredCursor", why: string): BridgeError =>
  new BridgeError("INVALID_VALUE", `${why}. Begin again with an empty cursor.`, { scimType });
