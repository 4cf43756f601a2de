import type { Urgency } from "../../ports.js";
import type { Caller } from "../transport.js";
import { readPage, unreadable } from "../wire.js";

/** One DRF list with page numbers (contract 2.0). */
export interface Listed {
  readonly name: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly pageSize: number;
  readonly urgency: Urgency;
  /** What a row is about: a server that orders its rows anew for each page shows some twice and others not at all. */
  readonly keyOf: (row: unknown) => number | symbol;
}

const MOST_PASSES = 5;

/** There is no such route: older servers answer either. */
export const MISSING: readonly number[] = [404, 405];

/**
 * Ends without an error only when the server has shown as many things as it says there are, however few it gives per page.
 * `next` is never followed. `mayBeAbsent`: a 404 or 405 of the list itself ends it too, and is what is returned.
 */
export async function* rowsByPage(
  transport: Caller,
  list: Listed,
  mayBeAbsent = false,
): AsyncGenerator<readonly unknown[], "absent" | "complete"> {
  const seen = new Set<number | symbol>();
  for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
    for (let page = 1, shown = 0; ; page += 1) {
      const read = await onePage(transport, list, page, page > 1 || mayBeAbsent);
      if (read === undefined && page === 1 && pass === 1) return "absent";
      if (read === undefined || (read.rows.length === 0 && read.count > shown)) {
        throw unreadable(list.name, `page ${page} is empty after ${shown} rows, more were announced`);
      }
      shown += read.rows.length;
      for (const row of read.rows) seen.add(list.keyOf(row));
      yield read.rows;
      if (seen.size >= read.count) return "complete";
      if (shown >= read.count) break;
    }
  }
  throw unreadable(list.name, `${MOST_PASSES} complete reads showed ${seen.size} rows, more were announced`);
}

/** All of it at once, each thing once; undefined: there is no such list. */
export async function allRows(transport: Caller, list: Listed): Promise<readonly unknown[] | undefined> {
  const rows = new Map<number | symbol, unknown>();
  const read = rowsByPage(transport, list, true);
  for (;;) {
    const { done, value } = await read.next();
    if (done === true) return value === "absent" ? undefined : [...rows.values()];
    for (const row of value) rows.set(list.keyOf(row), row);
  }
}

async function onePage(transport: Caller, list: Listed, page: number, mayBeMissing: boolean) {
  const { name, path, urgency } = list;
  const query = { ...list.query, page: String(page), page_size: String(list.pageSize) };
  const alsoFine = mayBeMissing ? MISSING : [];
  const { status, json } = await transport.call({ name, method: "GET", path, query, urgency, alsoFine });
  return MISSING.includes(status) ? undefined : readPage(json, name);
}
