import type { Request, Response } from "express";
import type { Survey } from "../../operator/index.js";
import type { Chosen, HeldOrigin, ListedHold, ListedPerson, PeopleFilter } from "../../ports.js";
import { after, optional, unusable } from "../requests.js";
import { html, link, type Content, type Html } from "./html.js";
import { badge, fromTo, number, pager, people, role, table, time, type Column } from "./parts.js";
import { personLink } from "./people.js";
import { form, notice, show, type PageOptions, type Tab } from "./tab.js";

const A_PAGE = 50;
const MOST_CHOSEN = 500;

type Decision = "approve" | "reject";

export const heldTab: Tab = (router, options) => {
  router.get("/held", async (request, response) => {
    const origin = optional(request, "origin");
    const main = origin === undefined ? await all(request, options) : await one(request, response, options, origin);
    show(response, { title: "Held", tab: "/held", main });
  });
  router.post("/held/confirm", async (request, response) => {
    const asked = readAsked(request.body);
    show(response, { title: "Confirm", tab: "/held", main: await confirmation(response, options.survey, asked) });
  });
  router.post("/held/decide", async (request, response) => {
    const asked = readAsked(request.body);
    const { expected } = (request.body ?? {}) as { expected?: unknown };
    const { waiting } = await waitingFor(options.survey, asked);
    // What was confirmed is what is decided: a number that is another one by now is shown first.
    if (String(waiting) !== expected)
      return show(response, {
        title: "Confirm",
        tab: "/held",
        main: await confirmation(response, options.survey, asked, true),
        status: 409,
      });
    const n = await options.operations.decide(asked.of, asked.decision === "approve" ? "approved" : "rejected");
    response.redirect(303, link("/held", { done: asked.decision, n }));
  });
};

const DONE = {
  approve: (n: number) => `Approved for ${people(n)}: they are changed now.`,
  reject: (n: number) => `Rejected for ${people(n)}: they are left as they are.`,
};

async function all(request: Request, { survey }: PageOptions): Promise<Html> {
  const origins = await survey.origins();
  const waiting = origins.filter(({ decision }) => decision === "waiting");
  const decided = origins.filter(({ decision }) => decision !== "waiting");
  const kept = await survey.search(HELD, after(request), A_PAGE);
  // Whoever has left and works on is the most urgent.
  const byUrgency = kept.people.toSorted((a, b) => Number(a.active) - Number(b.active));
  return html`<h1>Held</h1>
    ${notice(request, DONE)}
    ${
      waiting.length === 0
        ? html`<p class="empty">Nothing waits for a decision.</p>`
        : waiting.map((origin) => card(origin))
    }
    ${
      kept.people.length > 0 &&
      html`<section>
        <h2>Held by a protection</h2>
        <p class="small">Nobody can approve these: the mapping, a seat or Label Studio has to be another one.</p>
        ${table("People held by a protection, or for want of a seat", PROTECTED, byUrgency)}
      </section>`
    }
    ${pager(kept.next === undefined ? undefined : link("/held", { after: kept.next }), undefined)}
    ${
      decided.length > 0 &&
      html`<section>
        <h2>Decided</h2>
        ${table("Decided, and still different", DECIDED, decided)}
      </section>`
    }`;
}

const HELD: PeopleFilter = { text: "", groupId: undefined, state: "held", withoutHold: true };

const EFFECTS: Readonly<Record<HeldOrigin["effect"], string>> = {
  leave: "would lose access",
  lower: "would get a lower role",
  administer: "would become administrators or managers",
  seat: "would take a seat",
  unassign: "would leave workspaces, projects or tags",
};

const nameOf = ({ origin, groupName }: Pick<HeldOrigin, "origin" | "groupName">): string =>
  groupName === undefined ? origin : `group “${groupName}”`;

const card = (held: HeldOrigin): Html =>
  html`<section class="panel hold">
    <h2>${nameOf(held)}</h2>
    <p class="big">
      <strong>${number(held.people)}</strong> ${held.people === 1 ? "person" : "people"} ${EFFECTS[held.effect]}
    </p>
    <p>${held.reason}</p>
    <p class="small">since ${time(held.since)} UTC · ${held.origin}</p>
    <p><a class="button primary" href="${link("/held", { origin: held.origin })}">Look at them and decide</a></p>
  </section>`;

const PROTECTED: readonly Column<ListedPerson>[] = [
  { name: "Person", cell: ({ personId, userName }) => personLink(personId, userName) },
  {
    name: "Role",
    cell: ({ role: now, desiredRole }) => (desiredRole === undefined ? role(now) : fromTo(now, desiredRole)),
  },
  { name: "Why", cell: ({ reason }) => reason },
];

const DECIDED: readonly Column<HeldOrigin>[] = [
  { name: "Because of", cell: (held) => html`<a href="${link("/held", { origin: held.origin })}">${nameOf(held)}</a>` },
  { name: "Decision", cell: ({ decision }) => badge(decision, "calm") },
  { name: "People", cell: ({ people: n }) => number(n), numeric: true },
  { name: "What", cell: ({ effect }) => EFFECTS[effect] },
];

async function one(request: Request, response: Response, { survey }: PageOptions, origin: string): Promise<Html> {
  const from = after(request);
  const holds = await survey.heldBecauseOf(origin, from, A_PAGE);
  const held = (await survey.origins()).filter((each) => each.origin === origin && each.decision === "waiting");
  const waiting = await survey.waitingBecauseOf(origin);
  const isFull = new Set(holds.map(({ personId }) => personId)).size === A_PAGE;
  const next = isFull ? link("/held", { origin, after: holds.at(-1)?.personId }) : undefined;
  return html`<p class="crumb"><a href="${link("/held")}">Held</a></p>
    <h1>${held[0] ? nameOf(held[0]) : origin}</h1>
    ${held.map((each) => html`<p>${people(each.people)} ${EFFECTS[each.effect]}: ${each.reason}</p>`)}
    ${
      waiting === 0
        ? html`<p class="empty">Nothing of this waits for a decision.</p>`
        : form(response, link("/held/confirm"), [
            html`<input type="hidden" name="origin" value="${origin}" />`,
            buttons(`all ${people(waiting)}`),
          ])
    }
    ${holds.length > 0 && someOfThem(response, origin, holds)}
    ${pager(next, from === "" ? undefined : link("/held", { origin }))}`;
}

/** Whoever is chosen is chosen for what is shown: not for what else waits of them. */
const within = (origin: string): Html => html`<input type="hidden" name="within" value="${origin}" />`;

const buttons = (whom: string): Html =>
  html`<div class="actions">
    <button name="decision" value="approve" class="primary">Approve for ${whom} …</button>
    <button name="decision" value="reject">Reject for ${whom} …</button>
  </div>`;

function someOfThem(response: Response, origin: string, holds: readonly ListedHold[]): Content {
  const columns: readonly Column<ListedHold>[] = [
    { name: "Person", cell: ({ personId, userName }) => personLink(personId, userName) },
    { name: "Change", cell: ({ from, to }) => fromTo(from, to) },
    { name: "Decision", cell: ({ decision }) => badge(decision, decision === "waiting" ? "warn" : "calm") },
    {
      name: "Choose",
      cell: ({ personId, userName, decision }) =>
        decision === "waiting" &&
        html`<input type="checkbox" name="people" value="${personId}" aria-label="Choose ${userName ?? personId}" />`,
    },
  ];
  const list = (shown: readonly Column<ListedHold>[]): Html => table("Who is held because of it", shown, holds);
  const choice = form(
    response,
    link("/held/confirm"),
    [within(origin), list(columns), buttons("those chosen")],
    "block",
  );
  return choice ?? list(columns.slice(0, 3));
}

interface Asked {
  readonly decision: Decision;
  readonly of: Exclude<Chosen, "all">;
}

function readAsked(body: unknown): Asked {
  const asked = (body ?? {}) as { decision?: unknown; origin?: unknown; people?: unknown; within?: unknown };
  const { decision, origin, people: some, within: because } = asked;
  if (decision !== "approve" && decision !== "reject") throw unusable("Say whether to approve or to reject.");
  if (typeof origin === "string") return { decision, of: { origin } };
  const ids =
    typeof some === "string" ? [some] : Array.isArray(some) ? some.filter((id) => typeof id === "string") : [];
  if (ids.length === 0) throw unusable("Choose somebody first, with the boxes at the end of each row.");
  if (ids.length > MOST_CHOSEN) throw unusable(`Choose ${MOST_CHOSEN} people at most, or decide about all.`);
  return { decision, of: { people: [...new Set(ids)], ...(typeof because === "string" && { origin: because }) } };
}

interface Waiting {
  readonly waiting: number;
  readonly reasons: readonly string[];
  readonly name: string;
}

async function waitingFor(survey: Survey, { of }: Asked): Promise<Waiting> {
  if ("people" in of) {
    const names = [...(await survey.people(of.people)).values()].map(({ userName, personId }) => userName ?? personId);
    return { waiting: of.people.length, reasons: names, name: people(of.people.length) };
  }
  const held = (await survey.origins()).filter(
    ({ origin, decision }) => origin === of.origin && decision === "waiting",
  );
  const waiting = await survey.waitingBecauseOf(of.origin);
  const reasons = held.map((each) => `${people(each.people)} ${EFFECTS[each.effect]}: ${each.reason}`);
  return { waiting, reasons, name: held[0] ? nameOf(held[0]) : of.origin };
}

async function confirmation(response: Response, survey: Survey, asked: Asked, changed = false): Promise<Html> {
  const { waiting, reasons, name } = await waitingFor(survey, asked);
  const approve = asked.decision === "approve";
  return html`<p class="crumb"><a href="${link("/held")}">Held</a></p>
    <h1>${approve ? "Approve" : "Reject"} for ${people(waiting)}?</h1>
    ${changed && html`<p class="problem" role="alert">The number is another one by now: look again.</p>`}
    <p class="big">${name}</p>
    <ul>
      ${reasons.map((reason) => html`<li>${reason}</li>`)}
    </ul>
    <p>
      ${
        approve
          ? "They are changed at Label Studio at once."
          : "They stay as they are, until the identity provider or the mapping changes them."
      }
    </p>
    ${form(response, link("/held/decide"), [
      html`<input type="hidden" name="decision" value="${asked.decision}" />
        <input type="hidden" name="expected" value="${waiting}" />`,
      "people" in asked.of
        ? [
            ...(asked.of.origin === undefined ? [] : [within(asked.of.origin)]),
            ...asked.of.people.map((id) => html`<input type="hidden" name="people" value="${id}" />`),
          ]
        : html`<input type="hidden" name="origin" value="${asked.of.origin}" />`,
      html`<div class="actions">
        <button class="${approve ? "primary" : "danger"}">
          ${approve ? "Approve" : "Reject"} for ${people(waiting)}
        </button>
        <a class="button" href="${link("/held")}">Cancel</a>
      </div>`,
    ])}`;
}
