import { json, refused, type Answer } from "./answers.js";
import type { ApiCall } from "./routing.js";

const USUAL = { usual: 20, most: Infinity };
const POSITIVE = /^[1-9]\d*$/;

/** Page-number pagination of contract 2.0; `page_size=-1` asks for everybody. */
export function pageOf<T>(call: ApiCall, all: readonly T[], toRow: (item: T) => unknown, sizes = USUAL): Answer {
  const asksFor = pageSize(call.query.get("page_size"), all.length, sizes.usual);
  const size = Math.min(asksFor, sizes.most, call.site.behaviour.largestPage);
  const asked = call.query.get("page") ?? "1";
  const page = POSITIVE.test(asked) ? Number(asked) : 0;
  const last = Math.max(1, Math.ceil(all.length / size));
  if (page < 1 || page > last) return refused(404, "Invalid page.");
  return json(200, {
    count: all.length,
    next: page < last ? link(call, page + 1) : null,
    previous: page > 1 ? link(call, page - 1) : null,
    results: all.slice((page - 1) * size, page * size).map(toRow),
  });
}

function pageSize(asked: string | null, everybody: number, usual: number): number {
  if (asked === "-1") return Math.max(1, everybody);
  return asked !== null && POSITIVE.test(asked) ? Number(asked) : usual;
}

/** Built from the host of the request, as the server does: behind a proxy it may lead nowhere (contract 2.0). */
function link({ headers, path, query }: ApiCall, page: number): string {
  const next = new URLSearchParams(query);
  next.set("page", String(page));
  return `http://${headers.host ?? "localhost"}${path}?${next.toString()}`;
}
