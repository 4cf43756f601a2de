// Why somebody has the role they have, in the order in which it comes about. Each fact is one row of a list: what else is
// explained some day is another row.
import { remedyFor, type GroupExplained, type PersonExplained } from "../../operator/index.js";
import type { AuditLine, Hold } from "../../ports.js";
import { optional, unusable } from "../requests.js";
import { html, link, type Content, type Html } from "./html.js";
import { badge, count, duration, fromTo, role, stateBadge, table, time, type Tone } from "./parts.js";
import { show, type PageOptions, type Tab } from "./tab.js";

export const explainTab: Tab = (router, options) => {
  router.get("/explain", async (request, response) => {
    const subject = optional(request, "of");
    if (subject === undefined) throw unusable("Ask for ?of= a userName, an e-mail, an id, or the name of a group.");
    const found = await options.operations.explain(subject);
    if (!found) return show(response, { title: "Nobody", tab: "/people", main: nobody(subject), status: 404 });
    response.redirect(303, found.kind === "person" ? personPath(found.personId) : groupPath(found.id));
  });
  router.get(["/people/:id", "/groups/:id"], async (request, response) => {
    const { id = "" } = request.params as { id?: string };
    const found = await options.operations.explain(id);
    if (!found) return show(response, { title: "Nobody", tab: "/people", main: nobody(id), status: 404 });
    const title = found.kind === "person" ? (found.userName ?? "deleted person") : found.displayName;
    show(response, {
      title,
      tab: "/people",
      main: found.kind === "person" ? person(found, options) : group(found, options),
    });
  });
};

const personPath = (id: string): string => link(`/people/${encodeURIComponent(id)}`);
const groupPath = (id: string): string => link(`/groups/${encodeURIComponent(id)}`);

const nobody = (subject: string): Html =>
  html`<h1>Nobody</h1>
    <p class="empty">Nobody and no group is known as “${subject}”.</p>
    <p><a href="${link("/people")}">Search people</a></p>`;

interface Fact<Of> {
  readonly name: string;
  /** undefined: there is nothing to say of it. */
  readonly of: (of: Of, options: PageOptions) => Content;
}

const facts = <Of>(about: Of, options: PageOptions, all: readonly Fact<Of>[]): Html =>
  html`<dl class="explain">
    ${all.map(({ name, of }) => {
      const said = of(about, options);
      if (said === undefined || said === false) return undefined;
      return html`<div>
        <dt>${name}</dt>
        <dd>${said}</dd>
      </div>`;
    })}
  </dl>`;

const person = (found: PersonExplained, options: PageOptions): Html =>
  html`<p class="crumb"><a href="${link("/people")}">People</a></p>
    <h1>${found.userName ?? "Deleted person"}</h1>
    <p class="lead">
      ${stateBadge(found.waiting === undefined ? found.outcome?.state : found.waiting.refusal === undefined ? "pending" : "failing")}
      ${role(found.observed?.role)} at Label Studio
      <span class="small">${found.personId}</span>
    </p>
    ${facts(found, options, PERSON)} ${history(found.history)}
    <p><a href="${link("/changes", { subject: found.personId })}">All changes of this person</a></p>`;

const PERSON: readonly Fact<PersonExplained>[] = [
  {
    name: "At the identity provider",
    of: ({ standing, userName }) => html`${standing}${userName === undefined && " over SCIM"}`,
  },
  {
    name: "Groups",
    of: ({ groups }) =>
      groups.length === 0
        ? "none"
        : groups.map(({ id, displayName }) => html`<a class="chip" href="${groupPath(id)}">${displayName}</a> `),
  },
  { name: "Rules that match", of: ({ rules }, options) => rulesOf(rules, options) },
  {
    name: "Desired",
    of: ({ next }) => html`${role(next.to)} <span class="small">${next.reason}</span>`,
  },
  {
    name: "Observed",
    of: ({ observed, userId }) =>
      observed === undefined
        ? html`no membership ${userId !== undefined && html`<span class="small">user ${userId}</span>`}`
        : html`${role(observed.role)}
            <span class="small"
              >user ${observed.userId}, ${observed.email}, given by ${observed.roleSource ?? "unknown"}</span
            >`,
  },
  {
    name: "Tags, workspaces, projects",
    of: ({ assignments: all }, { facts: { mappingFile } }) =>
      all === undefined ? undefined : all.length === 0 ? "none" : assignments(all, mappingFile),
  },
  {
    name: "Protections",
    of: ({ next }) =>
      next.held === undefined ? undefined : html`${badge("held", "warn")} ${next.held} ${remedy(next.held)}`,
  },
  {
    name: "Waits for a decision",
    of: ({ hold, assignHold }) => {
      const holds = [hold, assignHold].filter((each) => each !== undefined);
      return holds.length > 0 && holds.map(heldFact);
    },
  },
  { name: "Last sent", of: ({ history }) => lineFact(history.find(isStage("sent"))) },
  {
    name: "Label Studio’s answer",
    of: ({ history }) => lineFact(history.find((line) => isStage("done")(line) || isStage("failed")(line))),
  },
  {
    name: "Last look",
    of: ({ outcome }) =>
      outcome &&
      html`${time(outcome.at)} ${stateBadge(outcome.state)} ${outcome.reason}
      ${outcome.state !== "converged" && remedy(outcome.lastError ?? outcome.reason)}`,
  },
  { name: "Last error", of: ({ outcome }) => outcome?.lastError },
  { name: "Warning", of: ({ outcome }) => outcome?.warning },
  {
    name: "Waiting",
    of: ({ waiting }, { clock }) =>
      waiting &&
      html`for ${waiting.cause} since ${duration(Math.max(0, clock.now() - waiting.since))},
      ${count(waiting.attempts, "attempt")} so far
      ${waiting.dueAt > clock.now() && `, next in ${duration(waiting.dueAt - clock.now())}`}`,
  },
  {
    name: "Next",
    of: ({ next }) =>
      next.does === "nothing" ? "nothing to do" : html`<strong>${next.does}</strong> ${fromTo(next.from, next.to)}`,
  },
];

const remedy = (words: string): Html | undefined => {
  const what = remedyFor(words);
  return what === undefined ? undefined : html`<span class="remedy">${what}</span>`;
};

const isStage =
  (stage: string) =>
  ({ detail }: AuditLine): boolean =>
    detail["stage"] === stage;

const heldFact = ({ decision, from, to, at, origin }: Hold): Html =>
  html`${badge(decision, "warn")} ${fromTo(from, to)} since ${time(at)}, because of ${origin}
    <a href="${link("/held", { origin })}">decide</a> `;

const lineFact = (line: AuditLine | undefined): Html | undefined =>
  line && html`${time(line.at)} <code>${line.action}</code> ${detailOf(line)}`;

const group = (found: GroupExplained, options: PageOptions): Html =>
  html`<p class="crumb"><a href="${link("/people")}">People</a></p>
    <h1>${found.displayName}</h1>
    <p class="lead">group <span class="small">${found.id}</span></p>
    ${facts(found, options, GROUP)}
    <p>
      <a href="${link("/changes", { of: "directory", subject: found.id })}"
        >What the identity provider has written about it</a
      >
    </p>`;

const GROUP: readonly Fact<GroupExplained>[] = [
  {
    name: "Members",
    of: ({ id, members }) => html`<a href="${link("/people", { group: id })}">${count(members, "member")}</a>`,
  },
  { name: "External id", of: ({ externalId }) => externalId ?? "none" },
  { name: "Rules that match", of: ({ rules }, options) => rulesOf(rules, options) },
];

/** Strongest first: the one that wins, and those that it has overruled. */
function rulesOf(rules: PersonExplained["rules"], { facts: { mappingFile } }: PageOptions): Content {
  if (rules.length === 0) return "none matches";
  return html`<ol class="rules">
    ${rules.map(
      ({ line, role: code, won, matched }) =>
        html`<li>
          <a href="${link("/mapping")}#L${line}"><code>${mappingFile}:${line}</code></a> ${role(code)} by
          ${matchedBy(matched)}
          ${won ? badge("decides", "good") : html`<span class="small">weaker by precedence</span>`}
        </li>`,
    )}
  </ol>`;
}

function matchedBy(matched: PersonExplained["rules"][number]["matched"]): string {
  if (matched.kind === "group") return `group “${matched.group.displayName}”`;
  return matched.kind === "everybody" ? "its own attributes" : `${matched.attribute} “${matched.value}”`;
}

type Assignment = NonNullable<PersonExplained["assignments"]>[number];

const assignments = (all: readonly Assignment[], mappingFile: string): Html =>
  html`<ul class="plain">
    ${all.map(
      ({ kind, name, role: as, line, state }) =>
        html`<li>
          ${kind} “${name}” ${as !== undefined && html`as ${as}`} ${badge(state, ASSIGNED[state])}
          ${
            line !== undefined &&
            html`<a class="small" href="${link("/mapping")}#L${line}"><code>${mappingFile}:${line}</code></a>`
          }
        </li>`,
    )}
  </ul>`;

const ASSIGNED: Readonly<Record<Assignment["state"], Tone>> = {
  "in it": "good",
  "to join": "busy",
  "to leave": "busy",
  "not managed": "calm",
  "unknown at Label Studio": "bad",
  ambiguous: "bad",
};

const history = (lines: readonly AuditLine[]): Content =>
  lines.length > 0 &&
  html`<section>
    <h2>History</h2>
    ${table(
      "The newest lines of the audit log",
      [
        { name: "At (UTC)", cell: ({ at }: AuditLine) => time(at) },
        { name: "What", cell: ({ action }) => html`<code>${action}</code>` },
        { name: "By", cell: ({ actor }) => actor },
        { name: "Details", cell: detailOf },
      ],
      lines,
    )}
  </section>`;

/** Lists can be very long: their lengths say enough here. */
export function detailOf({ detail }: AuditLine): Content {
  const parts = Object.entries(detail).flatMap(([name, value]) =>
    value === null || value === undefined || (Array.isArray(value) && value.length === 0)
      ? []
      : [[name, value] as const],
  );
  return parts.map(
    ([name, value]) => html`<span class="pair"><span class="muted">${name}</span> ${valueOf(value)}</span> `,
  );
}

const MOST_SHOWN = 6;

function valueOf(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === "string" ? value : JSON.stringify(value);
  const shown = value.slice(0, MOST_SHOWN).map((each) => (typeof each === "string" ? each : JSON.stringify(each)));
  return `${shown.join(", ")}${value.length > MOST_SHOWN ? `, and ${value.length - MOST_SHOWN} more` : ""}`;
}
