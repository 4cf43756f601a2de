import type { GroupRef } from "../../directory/index.js";
import type { ListedPerson, PeopleFilter } from "../../ports.js";
import { after, LISTED_STATES, optional, peopleFilter } from "../requests.js";
import { html, link, type Html } from "./html.js";
import { field, fromTo, number, pager, role, select, stateBadge, table, time, type Column } from "./parts.js";
import { show, type Tab } from "./tab.js";

const A_PAGE = 50;
const MOST_GROUPS = 8;

export const peopleTab: Tab = (router, { survey }) => {
  router.get("/people", async (request, response) => {
    const filter = peopleFilter(request);
    const words = optional(request, "q");
    const from = after(request);
    const page = await survey.search(filter, from, A_PAGE);
    const group = filter.groupId === undefined ? undefined : await survey.group(filter.groupId);
    const groups = words === undefined || from !== "" ? [] : await survey.groupsNamed(words, MOST_GROUPS);
    const asked = { q: words, group: filter.groupId, state: filter.state };
    const next = page.next === undefined ? undefined : link("/people", { ...asked, after: page.next });
    const main = html`<h1>People</h1>
      ${searchForm(words, filter, group)} ${groups.length > 0 && groupsFound(groups)}
      ${
        page.people.length === 0
          ? html`<p class="empty">
              ${next === undefined ? "Nobody is found." : `Nobody among the first ${number(page.examined)}: go on with the next page.`}
            </p>`
          : table(captionOf(filter, group), COLUMNS, page.people)
      }
      ${pager(next, from === "" ? undefined : link("/people", asked))}`;
    show(response, { title: "People", tab: "/people", main });
  });
};

const searchForm = (words: string | undefined, { state, groupId }: PeopleFilter, group: GroupRef | undefined): Html =>
  html`<form class="filters" role="search" action="${link("/people")}">
    ${field("q", "Name, e-mail, userName or group", words)}
    ${select("state", "State", state, [
      { value: "", name: "any" },
      ...LISTED_STATES.map((value) => ({ value, name: value })),
    ])}
    ${
      groupId !== undefined &&
      html`<div class="field">
        <label for="group">In the group</label>
        <select id="group" name="group">
          <option value="${groupId}" selected>${group?.displayName ?? groupId}</option>
          <option value="">any group</option>
        </select>
      </div>`
    }
    <button class="primary">Search</button>
  </form>`;

const groupsFound = (groups: readonly GroupRef[]): Html =>
  html`<p class="found">
    Groups:
    ${groups.map(
      ({ id, displayName }) =>
        html`<a class="chip" href="${link("/people", { group: id })}">${displayName}</a>
          <a class="small" href="${link(`/groups/${encodeURIComponent(id)}`)}" aria-label="Rules of ${displayName}"
            >rules</a
          > `,
    )}
  </p>`;

const captionOf = ({ state }: PeopleFilter, group: GroupRef | undefined): string =>
  `${state === undefined ? "People" : `People who are ${state}`}${group ? ` in ${group.displayName}` : ""}`;

export const personLink = (personId: string, userName: string | undefined): Html =>
  html`<a href="${link(`/people/${encodeURIComponent(personId)}`)}"
    >${userName ?? `deleted ${personId.slice(0, 8)}`}</a
  >`;

const COLUMNS: readonly Column<ListedPerson>[] = [
  {
    name: "Person",
    cell: ({ personId, userName, name }) =>
      html`${personLink(personId, userName)}${name !== undefined && name !== userName && html` <span class="small">${name}</span>`}`,
  },
  { name: "State", cell: ({ state }) => stateBadge(state) },
  {
    name: "Role",
    cell: ({ role: now, desiredRole }) =>
      desiredRole === undefined || desiredRole === now ? role(now) : fromTo(now, desiredRole),
  },
  {
    name: "At the IdP",
    cell: ({ userName, active }) => (userName === undefined ? "deleted" : active ? "active" : "inactive"),
  },
  {
    name: "Why",
    cell: ({ reason, warning }) =>
      html`${reason}${warning !== undefined && html` <span class="small warned">${warning}</span>`}`,
  },
  { name: "Since (UTC)", cell: ({ changedAt }) => time(changedAt) },
];
