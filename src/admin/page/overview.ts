import type { Response } from "express";
import type { Activity, SeatsShown } from "../../operator/index.js";
import type { ListedState } from "../../ports.js";
import type { Status } from "../status.js";
import { chart } from "./chart.js";
import { html, link, type Content, type Html } from "./html.js";
import { badge, count, duration, number, people, time, type Tone } from "./parts.js";
import { form, notice, show, type PageFacts, type PageOptions, type Tab } from "./tab.js";

export const overviewTab: Tab = (router, { status, survey, operations, clock, facts }) => {
  router.get("/", async (request, response) => {
    const [now, activity, seats] = [await status(), await survey.activity(), await survey.seats()];
    const ending = (await operations.tokens()).filter(({ state }) => state !== "live");
    const main = html`<h1>Overview</h1>
      ${notice(request, DONE)}
      <div data-refresh="5">
        ${states(now)} ${facts_({ now, activity, seats, ending, facts })}
        <section class="panel">
          <h2>The last 24 hours</h2>
          ${chart(activity)}
        </section>
      </div>
      ${sending(response, now, clock.now())}`;
    show(response, { title: "Overview", tab: "", main });
  });
  router.post("/pause", async (request, response) => {
    const { all } = (request.body ?? {}) as { all?: unknown };
    await operations.pause(all === "yes");
    response.redirect(303, link("", { done: "paused" }));
  });
  router.post("/resume", async (_request, response) => {
    await operations.resume();
    response.redirect(303, link("", { done: "resumed" }));
  });
  router.post("/retry", async (_request, response) => {
    response.redirect(303, link("", { done: "retried", n: await operations.retry() }));
  });
};

const DONE = {
  paused: () => "Paused: see below what is still sent.",
  resumed: () => "Resumed: whoever waits is worked on again.",
  retried: (n: number) => `${people(n)} ${n === 1 ? "is" : "are"} tried again now.`,
};

const STATES: readonly { readonly state: ListedState; readonly tone: Tone; readonly means: string }[] = [
  { state: "converged", tone: "good", means: "as the mapping says" },
  { state: "pending", tone: "busy", means: "being worked on" },
  { state: "held", tone: "warn", means: "by a protection or a limit" },
  { state: "failing", tone: "bad", means: "refused, or not possible as things are" },
];

const states = (now: Status): Html =>
  html`<ul class="states" aria-label="People by state">
    ${STATES.map(
      ({ state, tone, means }) =>
        html`<li class="${tone} ${now[state] === 0 && "none"}">
          <a href="${link("/people", { state })}"
            ><span class="name">${state}</span> <strong>${number(now[state])}</strong>
            <span class="means">${means}</span></a
          >
        </li>`,
    )}
  </ul>`;

interface Known {
  readonly now: Status;
  readonly activity: Activity;
  readonly seats: SeatsShown;
  /** Tokens that end soon, or have ended. */
  readonly ending: readonly ShownToken[];
  readonly facts: PageFacts;
}

type ShownToken = Awaited<ReturnType<PageOptions["operations"]["tokens"]>>[number];

const facts_ = (known: Known): Html =>
  html`<dl class="facts">
    ${FACTS.map(
      ({ name, of }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${of(known)}</dd>
        </div>`,
    )}
  </dl>`;

const small = (words: Content): Html => html`<span class="small">${words}</span>`;

const FACTS: readonly { readonly name: string; readonly of: (known: Known) => Content }[] = [
  {
    name: "Label Studio",
    of: ({ now: { labelStudio, mode } }) =>
      html`${upstream(labelStudio.state)}${mode === "observe" && html` ${badge("observe mode", "warn")}`}
      ${small(labelStudio.problem ?? (labelStudio.organizationId !== undefined && `organisation ${labelStudio.organizationId}`))}`,
  },
  {
    name: "Time to deactivate",
    of: ({ activity: { leavers } }) =>
      leavers === undefined
        ? html`<span class="muted">nobody has left</span> ${small("in the last 24 hours")}`
        : html`${duration(leavers.p50Ms)} <span class="muted">p50</span> · ${duration(leavers.p99Ms)}
            <span class="muted">p99</span> ${small(`${people(leavers.people)} in the last 24 hours`)}`,
  },
  { name: "Seats", of: ({ seats }) => seatsShown(seats) },
  {
    name: "Pace",
    of: ({ facts: { maxRps }, now: { pending, oldestPendingSeconds } }) =>
      html`${maxRps === 0 ? "no limit" : `${maxRps} calls/s at most`}
      ${small(
        pending === 0
          ? "nobody waits"
          : `oldest waits for ${duration(oldestPendingSeconds * 1_000)}${maxRps > 0 ? `; about ${duration((pending / maxRps) * 1_000)} of work` : ""}`,
      )}`,
  },
  {
    name: "Warnings",
    of: ({ now: { warnings, labelStudio, sections }, ending }) =>
      html`${count(warnings, "person", "people")}
      ${ending.map(({ name, state, expiresAt }) =>
        small(html`<a href="${link("/connect")}">token ${name}</a>: ${state}, ${time(expiresAt)}`),
      )}
      ${[...labelStudio.warnings, ...sections.map(({ section, problem }) => `${section}: ${problem}`)].map((words) =>
        small(words),
      )}`,
  },
];

const UPSTREAM: Readonly<Record<Status["labelStudio"]["state"], readonly [string, Tone]>> = {
  ok: ["ok", "good"],
  unknown: ["not asked yet", "calm"],
  standby: ["standby: another process works", "calm"],
  unreachable: ["unreachable", "bad"],
  refused: ["key refused", "bad"],
};

function upstream(state: Status["labelStudio"]["state"]): Html {
  const [words, tone] = UPSTREAM[state];
  return badge(words, tone);
}

function seatsShown({ used, limit, free, waiting, at }: SeatsShown): Html {
  if (used === undefined) return html`<span class="muted">not known</span> ${small("Label Studio has not told")}`;
  const of = limit === undefined ? `${number(used)} used, no limit told` : `${number(used)} of ${number(limit)} used`;
  const left = free === undefined ? "" : `${number(free)} free${waiting > 0 ? `, ${people(waiting)} waiting` : ""}`;
  return html`${of} ${small(html`${left} · as of ${time(at)}`)}`;
}

function whatIsSent({ paused, mode, labelStudio: { state } }: Status, now: number): Html {
  if (mode === "observe")
    return html`<p>${badge("observe mode", "warn")} Nothing is written to Label Studio (<code>BRIDGE_MODE</code>).</p>`;
  if (paused)
    return html`<p>
      ${badge("paused", "warn")} for ${duration(now - Date.parse(paused.at))}, since ${time(paused.at)}:
      ${paused.all ? "nothing is sent, not even deactivations." : "only deactivations are sent."}
    </p>`;
  if (state === "unreachable" || state === "refused")
    return html`<p>${upstream(state)} Changes wait until Label Studio takes them again.</p>`;
  return html`<p>${badge("running", "good")} Changes are sent to Label Studio as they come.</p>`;
}

function sending(response: Response, status: Status, now: number): Html {
  const { paused, failing } = status;
  const button = (words: string, kind = ""): Html => html`<button class="${kind}">${words}</button>`;
  return html`<section class="panel" aria-labelledby="sending">
    <h2 id="sending">Sending</h2>
    ${whatIsSent(status, now)}
    <div class="actions">
      ${
        paused === undefined
          ? [
              form(response, link("/pause"), button("Pause, but deactivate")),
              form(
                response,
                link("/pause"),
                html`<input type="hidden" name="all" value="yes" />${button("Pause everything", "danger")}`,
              ),
            ]
          : form(response, link("/resume"), button("Resume", "primary"))
      }
      ${failing > 0 && form(response, link("/retry"), button(`Retry ${people(failing)} now`))}
    </div>
  </section>`;
}
