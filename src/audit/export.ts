import type { ChainEnd, Recorded, Store } from "../ports.js";
import { notFormula } from "../spreadsheet.js";

export const EXPORT_FORMATS = ["ndjson", "csv"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportAsked {
  /** Milliseconds since the epoch; undefined: from the first, to the last. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly format: ExportFormat;
}

/** Positions that one statement looks at, however few of them are asked for. */
const PAGE = 1_000;

/** Lines in the order in which they were recorded, a page in memory at a time. */
export async function* exportAudit(
  { trail }: Store,
  { since = -Infinity, until = Infinity, format }: ExportAsked,
): AsyncGenerator<readonly string[]> {
  if (format === "csv") yield [COLUMNS.map(cell).join(",")];
  for (let after: number | undefined = 0; after !== undefined;) {
    const { records, next } = await trail.records(after, PAGE);
    const asked = records.filter(({ at }) => Date.parse(at) >= since && Date.parse(at) < until);
    if (asked.length > 0) yield asked.map(format === "csv" ? csvLine : jsonLine);
    after = next;
  }
}

type Line = Recorded & Partial<ChainEnd>;

const COLUMNS = ["position", "at", "actor", "requestId", "action", "subject", "detail", "place", "hash"] as const;

function jsonLine({ detail, ...rest }: Line): string {
  return JSON.stringify({ ...rest, detail: readable(detail) });
}

/** What somebody has made of it by hand is shown as it is. */
function readable(detail: string): unknown {
  try {
    return JSON.parse(detail);
  } catch {
    return detail;
  }
}

const csvLine = (line: Line): string => COLUMNS.map((column) => cell(line[column])).join(",");

/** RFC 4180. */
const cell = (value: string | number | null | undefined): string =>
  typeof value === "number" ? String(value) : `"${notFormula(value ?? "").replaceAll('"', '""')}"`;
