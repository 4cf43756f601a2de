import type { Request } from "express";
import { remedyFor, type Change, type ChangeFilter } from "../../operator/index.js";
import { optional, unusable } from "../requests.js";
import { changeFilter } from "./change-filter.js";
import { sendCsv } from "./csv.js";
import { named, type NamedChange } from "./named.js";
import { detailOf } from "./explain.js";
import { html, link, type Content, type Html } from "./html.js";
import { badge, duration, field, fromTo, pager, select, table, time, type Column, type Tone } from "./parts.js";
import { personLink } from "./people.js";
import { show, type PageOptions, type Tab } from "./tab.js";

const A_PAGE = 50;

export const changesTab: Tab = (router, options) => {
  const { survey } = options;
  router.get("/changes", async (request, response) => {
    const filter = await withPerson(request, options);
    const asked = queryOf(request);
    const { changes, next } = await survey.changes(filter, placeIn(request), A_PAGE);
    const rows = await named(survey, changes);
    const older = next === undefined ? undefined : link("/changes", { ...asked, before: next });
    const main = html`<h1>Changes</h1>
      ${filters(filter, request)} ${nowLinks(filter)}
      ${
        rows.length === 0
          ? html`<p class="empty">
              ${older === undefined ? "Nothing is found." : "Nothing among the newest: go on with the next page."}
            </p>`
          : table(CAPTIONS[filter.of], COLUMNS, rows)
      }
      ${pager(older, optional(request, "before") === undefined ? undefined : link("/changes", asked))}
      <p><a class="button" href="${link("/changes.csv", asked)}" download>Download all of these as CSV</a></p>`;
    show(response, { title: "Changes", tab: "/changes", main });
  });
  router.get("/changes.csv", async (request, response) => {
    const filter = await withPerson(request, options);
    await sendCsv(response, survey, filter);
  });
};

/** Somebody named in `person` by a part of a name or an address; who is deleted, by the whole of it. */
async function withPerson(request: Request, { survey, operations }: PageOptions): Promise<ChangeFilter> {
  const filter = changeFilter(request);
  const person = optional(request, "person");
  if (person === undefined) return filter;
  const { people } = await survey.search({ text: person.toLowerCase(), groupId: undefined, state: undefined }, "", 1);
  const [listed] = people;
  if (listed) return { ...filter, subject: listed.personId };
  const known = await operations.explain(person);
  return { ...filter, subject: known?.kind === "person" ? known.personId : (known?.id ?? NOBODY) };
}

const NOBODY = "nobody";

const NAMES = ["of", "status", "action", "person", "subject", "since", "until"] as const;

const queryOf = (request: Request): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(NAMES.map((name) => [name, optional(request, name)]));

function placeIn(request: Request): number | undefined {
  const before = optional(request, "before");
  if (before !== undefined && !/^\d{1,15}$/.test(before))
    throw unusable("before is the place that the page before says.");
  return before === undefined ? undefined : Number(before);
}

const CAPTIONS: Readonly<Record<ChangeFilter["of"], string>> = {
  changes: "What was changed at Label Studio, newest first",
  directory: "What the identity provider has written, newest first",
  other: "What operators have decided, and what became of the bridge, newest first",
};

const ACTIONS = ["create-account", "invite", "set-role", "deactivate", "soft-delete", "set-names", "reassign"] as const;

const filters = ({ of, status, action, subject }: ChangeFilter, request: Request): Html =>
  html`<form class="filters" action="${link("/changes")}">
    ${select("of", "Of", of, [
      { value: "changes", name: "changes at Label Studio" },
      { value: "directory", name: "the identity provider" },
      { value: "other", name: "operators and the bridge" },
    ])}
    ${select("status", "Status", status, [
      { value: "", name: "any" },
      { value: "done", name: "done" },
      { value: "failed", name: "failed" },
    ])}
    ${select("action", "Action", action, [
      { value: "", name: "any" },
      ...ACTIONS.map((name) => ({ value: `member.${name}`, name })),
    ])}
    ${field("person", "Person", optional(request, "person") ?? (subject === NOBODY ? undefined : subject))}
    ${field("since", "From (UTC)", optional(request, "since"), "datetime-local")}
    ${field("until", "Until (UTC)", optional(request, "until"), "datetime-local")}
    <button class="primary">Show</button>
  </form>`;

/** Who is held or failing now has no line: it is a state, until it ends. */
const nowLinks = ({ of }: ChangeFilter): Html | false =>
  of === "changes" &&
  html`<p class="small">
    What is not sent is not here: <a href="${link("/people", { state: "held" })}">who is held</a>,
    <a href="${link("/people", { state: "failing" })}">who is failing</a>,
    <a href="${link("/people", { state: "pending" })}">who is being worked on</a>.
  </p>`;

const TONES: Readonly<Record<Change["status"], Tone>> = {
  done: "good",
  failed: "bad",
  superseded: "calm",
  unanswered: "calm",
};

const COLUMNS: readonly Column<NamedChange>[] = [
  { name: "At (UTC)", cell: ({ at }) => time(at) },
  { name: "Action", cell: ({ action }) => html`<code class="one-line">${action.replace(/^member\./, "")}</code>` },
  { name: "Status", cell: ({ status }) => badge(status, TONES[status]) },
  { name: "Who", cell: identity },
  { name: "From → to", cell: ({ from, to }) => (from === undefined && to === undefined ? "" : fromTo(from, to)) },
  { name: "Cause", cell: (change) => cause(change) },
  {
    name: "Took",
    cell: ({ tookMs }) => tookMs !== undefined && html`<span class="one-line">${duration(tookMs)}</span>`,
    numeric: true,
  },
  { name: "Details", cell: drawer },
];

function identity({ person, groupName, subject, action }: NamedChange): Content {
  if (person) return personLink(person.personId, person.userName);
  if (groupName !== undefined)
    return html`<a href="${link(`/groups/${encodeURIComponent(subject)}`)}">${groupName}</a>`;
  return action.startsWith("member.") || action.startsWith("user.")
    ? `deleted ${subject.slice(0, 8)}`
    : subject.slice(0, 24);
}

const cause = ({ cause: why, trigger, actor }: NamedChange): Content =>
  html`${why ?? actor}${trigger && html` <span class="small one-line">by ${trigger.actor}</span>`}`;

function drawer(change: NamedChange): Html {
  const remedy = remedyFor(change.error);
  return html`<details>
    <summary>${change.steps.length === 1 ? "1 step" : `${change.steps.length} steps`}</summary>
    <ol class="steps">
      ${change.steps.map(
        (line) => html`<li>${time(line.at)} <code>${line.action}</code> by ${line.actor}<br />${detailOf(line)}</li>`,
      )}
    </ol>
    ${
      change.status === "unanswered" &&
      html`<p>No answer is known: it is under way, or the process ended meanwhile. The next look finds out.</p>`
    }
    ${change.status === "superseded" && html`<p>Not sent: something newer was known of them by then.</p>`}
    ${change.error !== undefined && html`<p class="problem">${change.error}</p>`}
    ${remedy !== undefined && html`<p class="remedy">${remedy}</p>`}
  </details>`;
}
