// Query parameters and SearchRequest messages → what the store is asked; pages → ListResponse (RFC 7644 §3.4.2).
import SCIMMY from "scimmy";
import type { ListQuery, Page, Sort } from "../directory/index.js";
import { BridgeError } from "../errors.js";
import type { QueryParameters } from "./context.js";
import { readCursor, writeCursor, type CursorQuery, type Place } from "./cursor.js";
import { quoted } from "./filter/refusal.js";
import { readFilter, readProjection, readSortPath, type Projection, type ResourceKind } from "./pure.js";

/** Rows of a page when the client does not say. */
export const DEFAULT_ROWS = 100;
/** Also told in ServiceProviderConfig; more is answered with this many (RFC 7644 §3.4.2.4). */
export const MOST_ROWS = 200;

export interface ListRequest {
  readonly query: ListQuery;
  readonly projection: Projection;
}

export function readListRequest(kind: ResourceKind, parameters: QueryParameters): ListRequest {
  const filter = text(parameters, "filter");
  return {
    query: {
      filter: filter === undefined ? undefined : readFilter(kind, filter),
      sort: readSort(kind, parameters),
      // RFC 7644 §3.4.2.4: below 1 counts as 1, a negative count as 0.
      startIndex: Math.max(1, integer(parameters, "startIndex") ?? 1),
      count: Math.min(MOST_ROWS, Math.max(0, integer(parameters, "count") ?? DEFAULT_ROWS)),
    },
    projection: projectionOf(kind, parameters),
  };
}

/** One type's resources as a ListResponse, by the way of paging that the parameters ask for. */
export async function answerList(
  kind: ResourceKind,
  parameters: QueryParameters,
  list: (request: ListRequest) => Promise<Page>,
): Promise<string> {
  const request = readListRequest(kind, parameters);
  const cursors = cursorsOf(parameters, [[kind, request]]);
  if (!cursors) {
    const page = await list(request);
    return listResponse(page, { startIndex: request.query.startIndex });
  }
  const page = await list(behind(request, cursors.from.after));
  return listResponse(page, { nextCursor: page.next && cursors.to({ kind, after: page.next }) });
}

export const behind = (
  { query, projection }: ListRequest,
  after: Place["after"],
  count = query.count,
): ListRequest => ({
  query: { ...query, count, after },
  projection,
});

export interface Cursors {
  /** Where the page asked for begins. */
  readonly from: Place;
  /** The cursor of a page that begins there. */
  readonly to: (place: Place) => string;
}

/** Undefined: pages by index, which is the default (RFC 9865 §2.3). */
export function cursorsOf(
  parameters: QueryParameters,
  requests: readonly (readonly [ResourceKind, ListRequest])[],
): Cursors | undefined {
  const { cursor } = parameters;
  if (cursor === undefined) return undefined;
  if (parameters["startIndex"] !== undefined)
    throw new BridgeError("INVALID_VALUE", "startIndex and cursor are two ways of paging (RFC 9865 §2.3); send one.");
  const query: CursorQuery = {
    text: JSON.stringify(requests.map(([kind, { query: asked }]) => [kind, asked.filter ?? null, asked.sort ?? null])),
    kinds: requests.map(([kind]) => kind),
    count: requests[0]?.[1].query.count ?? 0,
  };
  return { from: readCursor(query, cursor), to: (place) => writeCursor(query, place) };
}

export function projectionOf(kind: ResourceKind, parameters: QueryParameters): Projection {
  const attributes = text(parameters, "attributes");
  const excludedAttributes = text(parameters, "excludedAttributes");
  return readProjection(kind, { attributes, excludedAttributes });
}

function readSort(kind: ResourceKind, parameters: QueryParameters): Sort | undefined {
  const sortBy = text(parameters, "sortBy");
  const order = text(parameters, "sortOrder") ?? "ascending";
  if (!/^(?:a|de)scending$/i.test(order)) throw unusable("sortOrder", order, "ascending or descending");
  return sortBy === undefined ? undefined : { ...readSortPath(kind, sortBy), descending: /^d/i.test(order) };
}

function text(parameters: QueryParameters, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || typeof value === "string") return value;
  throw unusable(name, value, "one text");
}

// More digits than these cannot be a row number; they would leave the range of safe integers.
const INTEGER = /^-?\d{1,15}$/;

function integer(parameters: QueryParameters, name: string): number | undefined {
  const value = parameters[name];
  if (value === undefined || value === "") return undefined;
  if ((typeof value !== "string" && typeof value !== "number") || !INTEGER.test(String(value)))
    throw unusable(name, value, "one integer", scimTypeOf(parameters, name));
  return Number(value);
}

/** RFC 9865 §2.1 has a word of its own for the count, of which clients that page by index know nothing. */
const scimTypeOf = (parameters: QueryParameters, name: string): string =>
  name === "count" && parameters["cursor"] !== undefined ? "invalidCount" : "invalidValue";

const unusable = (name: string, value: unknown, wanted: string, scimType = "invalidValue"): BridgeError =>
  new BridgeError("INVALID_VALUE", `The parameter ${name} must be ${wanted}, not ${shown(value)}.`, { scimType });

const shown = (value: unknown): string =>
  typeof value === "object" && value !== null ? "a structure" : quoted(String(value));

/** How the page that is answered was asked for; without `nextCursor` it is the last one (RFC 9865 §2). */
export type Paging = { readonly startIndex: number } | { readonly nextCursor: string | undefined };

/** A ListResponse as JSON text, of resources that are JSON text already. */
export function listResponse({ total, count, text }: Omit<Page, "next">, paging: Paging): string {
  // itemsPerPage: the rows of this page, not those asked for: Okta refuses a page past the end that claims to have some.
  const counts = JSON.stringify({ totalResults: total, ...paging, itemsPerPage: count }).slice(1, -1);
  return `{"schemas":["${SCIMMY.Messages.ListResponse.id}"],${counts},"Resources":[${text}]}`;
}

/** A SearchRequest message (RFC 7644 §3.4.3) as query parameters: its attribute lists are arrays. */
export function searchParameters(body: unknown): QueryParameters {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new BridgeError("INVALID_VALUE", "A search needs a SearchRequest object as body.", {
      scimType: "invalidSyntax",
    });
  const message = body as Record<string, unknown>;
  const { schemas = [SCIMMY.Messages.SearchRequest.id] } = message;
  if (!Array.isArray(schemas) || !schemas.includes(SCIMMY.Messages.SearchRequest.id))
    throw new BridgeError("INVALID_VALUE", `The schemas of a search must name ${SCIMMY.Messages.SearchRequest.id}.`, {
      scimType: "invalidSyntax",
    });
  return {
    ...message,
    attributes: joined(message["attributes"]),
    excludedAttributes: joined(message["excludedAttributes"]),
  };
}

const joined = (names: unknown): unknown =>
  Array.isArray(names) && names.every((name) => typeof name === "string")
    ? names.length > 0
      ? names.join(",")
      : undefined
    : names;
