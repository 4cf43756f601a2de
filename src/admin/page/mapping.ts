import type { Response } from "express";
import type { MappingShown, Plan } from "../../operator/index.js";
import { unusable } from "../requests.js";
import { html, link, type Content, type Html } from "./html.js";
import { badge, fromTo, number, people, table, type Column } from "./parts.js";
import { personLink } from "./people.js";
import { form, show, type PageOptions, type Tab } from "./tab.js";

/** More of a plan than anybody reads; the numbers are of all of it. */
const MOST_SHOWN = 300;

type PlannedChange = Plan["changes"][number];
type Planned = Awaited<ReturnType<PageOptions["operations"]["plan"]>>;

export const mappingTab: Tab = (router, options) => {
  const { survey, operations, facts } = options;
  router.get("/mapping", async (_request, response) => {
    const shown = await survey.mapping();
    const main = html`<h1>Mapping</h1>
      <p class="lead">
        <code>${facts.mappingFile}</code>
        <span class="small">as it is in force: the newest that any process has taken over</span>
      </p>
      ${doubts(shown)} ${listing(shown)} ${whatIf(response, shown.mapping.text)}`;
    show(response, { title: "Mapping", tab: "/mapping", main });
  });
  router.post("/mapping/what-if", async (request, response) => {
    const { text } = (request.body ?? {}) as { text?: unknown };
    if (typeof text !== "string") throw unusable("Send the text of a mapping.");
    const planned = await operations.plan(text);
    const main = html`<p class="crumb"><a href="${link("/mapping")}">Mapping</a></p>
      <h1>What if</h1>
      <div id="answer">${"problems" in planned ? problems(planned.problems) : plan(planned)}</div>
      ${whatIf(response, text)}`;
    show(response, { title: "What if", tab: "/mapping", main });
  });
};

const doubts = ({ doubts: all }: MappingShown): Html =>
  all.length === 0
    ? html`<p>${badge("no doubts", "good")} The file is valid, and nothing in it looks as if it was not meant.</p>`
    : html`<section>
        <h2>Probably not meant</h2>
        <ul class="doubts">
          ${all.map(({ line, message }) => html`<li><a href="#L${line}">line ${line}</a>: ${message}</li>`)}
        </ul>
      </section>`;

function listing({ mapping, doubts: all }: MappingShown): Html {
  const doubtful = new Set(all.map(({ line }) => line));
  return html`<section aria-labelledby="text">
    <h2 id="text">Text</h2>
    <div class="code" role="region" aria-label="Text of the mapping" tabindex="0">
      <ol>
        ${mapping.text
          .replace(/\n$/, "")
          .split("\n")
          .map(
            (text, at) =>
              html`<li id="L${at + 1}" ${doubtful.has(at + 1) && html`class="doubt"`}><code>${text}</code></li>`,
          )}
      </ol>
    </div>
  </section>`;
}

const whatIf = (response: Response, text: string): Content => {
  const asked = form(
    response,
    link("/mapping/what-if"),
    html`<h2>What if</h2>
      <p>Change the text, and see who would be changed by it. Nothing is saved, and nothing is sent.</p>
      <div class="field">
        <label for="text-area">Another mapping</label>
        <textarea id="text-area" name="text" rows="18" spellcheck="false" autocomplete="off">${`\n${text}`}</textarea>
      </div>
      <button class="primary">Show the plan</button>`,
    "block",
  );
  return asked && html`<section class="panel">${asked}</section>`;
};

const problems = (all: Extract<Planned, { problems: unknown }>["problems"]): Html =>
  html`<section role="alert">
    <p>
      ${badge("not valid", "bad")} ${all.length === 1 ? "1 problem" : `${all.length} problems`}: nothing can be planned
      with it.
    </p>
    <ul class="doubts">
      ${all.map(({ line, column, message }) => html`<li><code>${line}:${column}</code> ${message}</li>`)}
    </ul>
  </section>`;

function plan({ people: everybody, adopted, unchanged, failing, changes, unknown, digest }: Plan): Html {
  const held = changes.filter((change) => change.held !== undefined).length;
  const changed = new Set(changes.map(({ personId }) => personId)).size;
  return html`<section>
    <p class="big">
      <strong>${changed === 0 ? "Nobody" : number(changed)}</strong> of ${people(everybody)} would be changed
    </p>
    <dl class="facts">
      ${[
        ["Unchanged", unchanged],
        ["Held by a limit", held],
        ["Failing", failing],
        ["Adopted", adopted],
      ].map(
        ([name, n]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${number(Number(n))}</dd>
          </div>`,
      )}
    </dl>
    ${transitions(changes)}
    ${
      unknown.length > 0 &&
      html`<p>Not in this plan, as Label Studio does not have it, or has not been asked for it yet:</p>
        <ul class="doubts">
          ${unknown.map((thing) => html`<li>${thing}</li>`)}
        </ul>`
    }
    <p class="small">digest <code>${digest}</code></p>
    ${changes.length > 0 && table(captionOf(changes), COLUMNS, changes.slice(0, MOST_SHOWN))}
  </section>`;
}

const captionOf = (changes: readonly PlannedChange[]): string =>
  changes.length > MOST_SHOWN
    ? `Who would be changed: the first ${MOST_SHOWN} of ${number(changes.length)}`
    : "Who would be changed";

/** From what to what, how often: the most first. */
function transitions(changes: readonly PlannedChange[]): Html | false {
  const times = new Map<string, { readonly change: PlannedChange; n: number }>();
  for (const change of changes) {
    const key = `${change.from ?? ""} ${change.to}`;
    const known = times.get(key) ?? { change, n: 0 };
    known.n += 1;
    times.set(key, known);
  }
  const most = [...times.values()].sort((a, b) => b.n - a.n);
  return (
    most.length > 0 &&
    html`<ul class="transitions">
      ${most.map(({ change, n }) => html`<li><strong>${number(n)}</strong> ${fromTo(change.from, change.to)}</li>`)}
    </ul>`
  );
}

const COLUMNS: readonly Column<PlannedChange>[] = [
  { name: "Person", cell: ({ personId, userName }) => personLink(personId, userName) },
  { name: "What", cell: ({ operation }) => html`<code>${operation}</code>` },
  { name: "From → to", cell: ({ from, to }) => fromTo(from, to) },
  { name: "Why", cell: ({ reason }) => reason },
  {
    name: "Held",
    cell: ({ held }) => held !== undefined && html`${badge("held", "warn")} <span class="small">${held}</span>`,
  },
];
