// Bars of a day, drawn here: no library, no style attribute, and the same numbers as a table.
import type { Activity } from "../../operator/index.js";
import { html, type Html } from "./html.js";
import { count, number, table } from "./parts.js";

type Hour = Activity["hours"][number];

const SERIES = [
  { key: "changed", name: "role and other changes" },
  { key: "left", name: "deactivated or removed" },
  { key: "failed", name: "failed" },
] as const satisfies readonly { readonly key: keyof Hour; readonly name: string }[];

const WIDTH = 960;
const HEIGHT = 170;
const TOP = 12;
const BOTTOM = 24;
/** Room for `100,000`. */
const LEFT = 64;

export function chart({ hours, whole }: Activity): Html {
  const sums = SERIES.map(({ key, name }) => ({ key, name, sum: hours.reduce((sum, hour) => sum + hour[key], 0) }));
  const words = sums.map(({ name, sum }) => `${number(sum)} ${name}`).join(", ");
  return html`<ul class="legend">
      ${sums.map(({ key, name, sum }) => html`<li><i class="${key}"></i>${name} <b>${number(sum)}</b></li>`)}
    </ul>
    <svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="chart-title chart-words">
      <title id="chart-title">Changes at Label Studio by hour</title>
      <desc id="chart-words">${words}.</desc>
      ${bars(hours)}
    </svg>
    ${!whole && html`<p class="small">So much has happened that only the newest part of the day is counted.</p>`}
    <details>
      <summary>As a table</summary>
      ${table(
        "Changes at Label Studio by hour, UTC",
        [
          { name: "Hour", cell: ({ at }: Hour) => at.slice(0, 16).replace("T", " ") },
          ...SERIES.map(({ key, name }) => ({ name, cell: (hour: Hour) => number(hour[key]), numeric: true })),
        ],
        hours,
      )}
    </details>`;
}

function bars(hours: readonly Hour[]): Html {
  const most = niceAbove(Math.max(...hours.map(({ changed, left, failed }) => changed + left + failed)));
  const y = (value: number): number => round(HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM));
  const step = (WIDTH - LEFT) / hours.length;
  return html`<g class="grid">
      ${[0, most / 2, most].map(
        (value) =>
          html`<line x1="${LEFT}" x2="${WIDTH}" y1="${y(value)}" y2="${y(value)}" />
            <text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${number(value)}</text>`,
      )}
    </g>
    ${hours.map((hour, at) => {
      const x = round(LEFT + at * step + step * 0.16);
      return html`<g>
        <title>${hour.at.slice(11, 16)} UTC: ${count(hour.changed + hour.left + hour.failed, "change")}</title>
        ${stack(hour, y).map(
          ({ key, top, height }) =>
            html`<rect class="${key}" x="${x}" y="${top}" width="${round(step * 0.68)}" height="${height}" rx="1.5" />`,
        )}
        ${
          at % 3 === 2 &&
          html`<text x="${round(x + step * 0.34)}" y="${HEIGHT - 6}" text-anchor="middle"
            >${hour.at.slice(11, 16)}</text
          >`
        }
      </g>`;
    })}`;
}

function stack(hour: Hour, y: (value: number) => number) {
  let below = 0;
  return SERIES.flatMap(({ key }) => {
    const [bottom, top] = [y(below), y(below + hour[key])];
    below += hour[key];
    return hour[key] === 0 ? [] : [{ key, top, height: round(Math.max(1, bottom - top)) }];
  });
}

/** 2, 4, 10, 20, 40, 100 …: half of it is whole too. */
function niceAbove(value: number): number {
  for (let power = 1; ; power *= 10) for (const first of [2, 4, 10]) if (first * power >= value) return first * power;
}

const round = (value: number): number => Math.round(value * 10) / 10;
