// The list of changes as a file, page by page as it is read, however long it is.
import { once } from "node:events";
import type { Response } from "express";
import type { ChangeFilter, Survey } from "../../operator/index.js";
import { notFormula } from "../../spreadsheet.js";
import { named, type NamedChange } from "./named.js";

const AT_ONCE = 500;

const COLUMNS: readonly (readonly [string, (change: NamedChange) => string | number | undefined])[] = [
  ["at", ({ at }) => at],
  ["action", ({ action }) => action],
  ["status", ({ status }) => status],
  ["person", ({ person, groupName }) => person?.userName ?? groupName],
  ["id", ({ subject }) => subject],
  ["from", ({ from }) => from],
  ["to", ({ to }) => to],
  ["cause", ({ cause }) => cause],
  ["by", ({ trigger, actor }) => trigger?.actor ?? actor],
  ["took_ms", ({ tookMs }) => tookMs],
  ["error", ({ error }) => error],
];

/** A fault in the middle cuts the connection, so that nobody takes a part for the whole. */
export async function sendCsv(response: Response, survey: Survey, filter: ChangeFilter): Promise<void> {
  let page = await survey.changes(filter, undefined, AT_ONCE);
  response.status(200).type("text/csv").attachment("changes.csv");
  response.write(line(COLUMNS.map(([title]) => title)));
  try {
    for (;;) {
      const rows = await named(survey, page.changes);
      const text = rows.map((row) => line(COLUMNS.map(([, of]) => of(row)))).join("");
      if (!response.write(text) && !response.closed)
        await Promise.race([once(response, "drain"), once(response, "close")]);
      if (page.next === undefined || response.closed) break;
      page = await survey.changes(filter, page.next, AT_ONCE);
    }
    response.end();
  } catch (error) {
    response.destroy(error instanceof Error ? error : undefined);
  }
}

/** RFC 4180. */
const line = (cells: readonly (string | number | undefined)[]): string => `${cells.map(cell).join(",")}\r\n`;

export function cell(value: string | number | undefined): string {
  if (value === undefined) return "";
  return typeof value === "number" ? String(value) : `"${notFormula(value).replaceAll('"', '""')}"`;
}
