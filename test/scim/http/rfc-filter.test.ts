// What SQL selects and sorts on the real store, against the RFC's words evaluated in memory on what is read over HTTP.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { matches } from "../../../src/scim/filter/index.js";
import { readFilter } from "../../../src/scim/pure.js";
import { elementExpression, expression, groupBody, memberships, text, userBody } from "../filter-arbitraries.js";
import { selects, selectsElement, sortable, sorted, written, type Kind, type Resource } from "../rfc-filter.js";
import { GROUP, idOf, openBridge, USER, type Bridge } from "./bridge.js";

const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const ENDPOINTS = { User: "/Users", Group: "/Groups" } as const;

/** FILTER_THOROUGHNESS=20 for a long run. */
const THOROUGHNESS = Number(process.env["FILTER_THOROUGHNESS"] ?? 1);

/** Leaves time for the counterexample: making one smaller is given up then. */
const WITHIN_TIME = { interruptAfterTimeLimit: 45_000 * THOROUGHNESS };

const directory = fc.record({
  users: fc.array(fc.record({ name: text, body: userBody }), { minLength: 1, maxLength: 14 }),
  groups: fc.array(fc.record({ name: text, body: groupBody, members: memberships }), { maxLength: 6 }),
});

type Filling = typeof directory extends fc.Arbitrary<infer T> ? T : never;

interface Content {
  readonly User: readonly Resource[];
  readonly Group: readonly Resource[];
}

/** One bridge for all runs: emptied and filled anew. */
async function fill(bridge: Bridge, { users, groups }: Filling): Promise<Content> {
  for (const kind of ["User", "Group"] as const)
    for (const id of ids(await found(bridge, kind, {}))) await bridge.send("delete", `${ENDPOINTS[kind]}/${id}`);
  const created: string[] = [];
  for (const { name, body } of users) {
    bridge.time.now += 1_000;
    const response = await bridge.send("post", "/Users", { schemas: [USER], userName: name, ...body });
    if (response.status === 201) created.push(idOf(response));
    else expect([400, 409]).toContain(response.status);
  }
  for (const { name, body, members } of groups) {
    const known = members.map(({ user, display }) => ({
      value: created[user % Math.max(1, created.length)] ?? "none",
      display,
    }));
    await bridge.send("post", "/Groups", { schemas: [GROUP], displayName: name, ...body, members: known });
  }
  return { User: await found(bridge, "User", {}), Group: await found(bridge, "Group", {}) };
}

async function found(bridge: Bridge, kind: Kind, query: object): Promise<readonly Resource[]> {
  const message = { schemas: [SEARCH], count: 200, ...query };
  const response = await bridge.send("post", `${ENDPOINTS[kind]}/.search`, message);
  expect([response.status, response.body]).toEqual([200, expect.objectContaining({ itemsPerPage: expect.anything() })]);
  const { totalResults, Resources } = response.body as { totalResults: number; Resources: Resource[] };
  expect(Resources).toHaveLength(totalResults);
  return Resources;
}

const ids = (resources: readonly Resource[]): readonly string[] =>
  resources.map(({ id }) => (typeof id === "string" ? id : "none"));

/** Texts that occur in these resources, and parts of them. */
function hitsIn(resources: readonly Resource[]): fc.Arbitrary<string> {
  const texts = [...JSON.stringify(resources).matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(
    ([literal]) => JSON.parse(literal) as string,
  );
  return fc.constantFrom("none", ...texts).chain((whole) =>
    fc.oneof(
      fc.constantFrom(whole, whole.toUpperCase(), whole.toLowerCase()),
      fc.nat([...whole].length).map((at) => [...whole].slice(at).join("")),
    ),
  );
}

describe.each<Kind>(["User", "Group"])("%s", (kind) => {
  let bridge: Bridge;
  beforeAll(async () => {
    bridge = await openBridge();
  });
  afterAll(() => bridge.close());

  test(
    "a filter selects what the RFC says",
    async () => {
      let selected = 0;
      let asked = 0;
      await fc.assert(
        fc.asyncProperty(directory, fc.nat(), async (content, seed) => {
          const stored = (await fill(bridge, content))[kind];
          for (const filter of fc.sample(expression(kind, hitsIn(stored)), { seed, numRuns: 40 })) {
            const expected = stored.filter((resource) => selects(kind, filter, resource));
            const answer = await found(bridge, kind, { filter: written(filter) });
            expect({ filter: written(filter), ids: ids(answer) }).toEqual({
              filter: written(filter),
              ids: ids(expected),
            });
            selected += expected.length;
            asked += stored.length;
          }
        }),
        { numRuns: 4 * THOROUGHNESS, ...WITHIN_TIME },
      );
      // Filters that select nobody, or everybody, would prove little.
      expect([selected > asked * 0.05, selected < asked * 0.95]).toEqual([true, true]);
    },
    60_000 * THOROUGHNESS,
  );

  test(
    "sorting orders as the RFC says",
    async () => {
      await fc.assert(
        fc.asyncProperty(directory, async (content) => {
          const stored = (await fill(bridge, content))[kind];
          for (const sortBy of sortable(kind))
            for (const sortOrder of ["ascending", "descending"]) {
              const answer = await found(bridge, kind, { sortBy, sortOrder });
              const expected = sorted(kind, stored, sortBy, sortOrder === "descending");
              expect({ sortBy, sortOrder, ids: ids(answer) }).toEqual({ sortBy, sortOrder, ids: ids(expected) });
            }
        }),
        { numRuns: 2 * THOROUGHNESS, ...WITHIN_TIME },
      );
    },
    60_000 * THOROUGHNESS,
  );
});

test("the filters of PATCH paths select the same elements", () => {
  fc.assert(
    fc.property(userBody, elementExpression("User", "emails"), ({ emails = [] }, filter) => {
      const parsed = readFilter("User", `emails[(${written(filter)}) and (value pr or not (value pr))]`);
      if (parsed.kind !== "element") throw new Error("no element filter");
      for (const element of emails)
        expect(matches(parsed.of, element)).toBe(selectsElement("emails", filter, { ...element }));
    }),
    { numRuns: 1_000 * THOROUGHNESS },
  );
});
