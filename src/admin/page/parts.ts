// Small things that several tabs show alike.
import type { ListedState } from "../../ports.js";
import { html, type Content, type Html } from "./html.js";

const ROLES: Readonly<Record<string, string>> = {
  OW: "Owner",
  AD: "Administrator",
  MA: "Manager",
  RE: "Reviewer",
  AN: "Annotator",
  NO: "Not activated",
  DI: "Deactivated",
  VO: "View only",
};

export function role(code: string | undefined): Html {
  if (code === undefined) return html`<span class="muted">none</span>`;
  const name = ROLES[code];
  return name === undefined ? html`${code}` : html`<abbr title="${name}">${code}</abbr>`;
}

export const fromTo = (from: string | undefined, to: string | undefined): Html =>
  html`${role(from)} <span class="arrow" aria-label="to">→</span> ${role(to)}`;

export type Tone = "good" | "busy" | "warn" | "bad" | "calm";

const TONES: Readonly<Record<ListedState, Tone>> = { converged: "good", pending: "busy", held: "warn", failing: "bad" };

export const badge = (words: string, tone: Tone): Html => html`<span class="badge ${tone}">${words}</span>`;

export const stateBadge = (state: ListedState | undefined): Html =>
  state === undefined ? badge("not looked at", "calm") : badge(state, TONES[state]);

/** `2026-11-22 08:48:59`, in UTC as everything on the page. */
export function time(at: string | undefined): Html {
  if (at === undefined) return html`<span class="muted">never</span>`;
  return html`<time datetime="${at}">${at.slice(0, 10)} ${at.slice(11, 19)}</time>`;
}

export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  const hours = Math.floor(ms / 3_600_000);
  return hours < 48 ? `${hours} h ${Math.floor((ms % 3_600_000) / 60_000)} min` : `${Math.floor(hours / 24)} days`;
}

export const count = (n: number, one: string, many = `${one}s`): string => `${number(n)} ${n === 1 ? one : many}`;

export const number = (n: number): string => n.toLocaleString("en");

export const people = (n: number): string => count(n, "person", "people");

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => Content;
  readonly numeric?: boolean;
}

/** The first column names the row. */
export const table = <Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html =>
  html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ name, numeric }) => html`<th scope="col" ${numeric === true && html`class="n"`}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column, at) => cell(column, row, at === 0))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;

const cell = <Row>({ cell, numeric }: Column<Row>, row: Row, first: boolean): Html =>
  first ? html`<th scope="row">${cell(row)}</th>` : html`<td ${numeric === true && html`class="n"`}>${cell(row)}</td>`;

export const pager = (next: string | undefined, first: string | undefined): Html | undefined =>
  next === undefined && first === undefined
    ? undefined
    : html`<nav class="pager" aria-label="Pages">
        ${first !== undefined && html`<a class="button" href="${first}">First page</a>`}
        ${next !== undefined && html`<a class="button" href="${next}" rel="next">Next page</a>`}
      </nav>`;

export interface Choice {
  readonly value: string;
  readonly name: string;
}

export const select = (id: string, name: string, chosen: string | undefined, choices: readonly Choice[]): Html =>
  html`<div class="field">
    <label for="${id}">${name}</label>
    <select id="${id}" name="${id}">
      ${choices.map(
        (choice) =>
          html`<option value="${choice.value}" ${choice.value === (chosen ?? "") && html`selected`}>
            ${choice.name}
          </option>`,
      )}
    </select>
  </div>`;

export const field = (id: string, name: string, value: string | undefined, type = "search"): Html =>
  html`<div class="field">
    <label for="${id}">${name}</label>
    <input id="${id}" name="${id}" type="${type}" value="${value ?? ""}" autocomplete="off" spellcheck="false" />
  </div>`;
