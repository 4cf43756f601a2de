import type { ResourceKind } from "./pure.js";

/** Where a request goes. */
export interface Route {
  /** The path without its ids, for logs and metrics; `(unknown)` for paths that are not ours. */
  readonly pattern: string;
  /** Set for a type of resource itself (`/Users`) and for one resource (`/Users/:id`). */
  readonly kind?: ResourceKind;
  /** As sent, percent-encoded. */
  readonly id?: string;
}

const KINDS: Readonly<Record<string, ResourceKind>> = { "/Users": "User", "/Groups": "Group" };
const COLLECTIONS = ["/Users", "/Groups", "/Schemas", "/ResourceTypes"];
const SINGLES = ["/ServiceProviderConfig", "/Bulk", "/Me", "/.search"];
const TOPS = new Map([...COLLECTIONS, ...SINGLES].map((path) => [path.toLowerCase(), path]));
const UNKNOWN: Route = { pattern: "(unknown)" };

/** Endpoints are found whatever their letter case, ids as they are. */
export function routeOf(path: string): Route {
  const [first = "", second = "", ...rest] = path.split("/").slice(1);
  const top = TOPS.get(`/${first.toLowerCase()}`);
  if (top === undefined || rest.join("") !== "") return UNKNOWN;
  const kind = KINDS[top];
  if (second === "") return kind ? { pattern: top, kind } : { pattern: top };
  if (SINGLES.includes(top)) return UNKNOWN;
  if (second.toLowerCase() === ".search") return { pattern: `${top}/.search` };
  return kind ? { pattern: `${top}/:id`, kind, id: second } : { pattern: `${top}/:id` };
}
