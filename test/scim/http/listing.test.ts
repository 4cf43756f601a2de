import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createGroup, createUser, GROUP, LIST, openBridge, USER, type Bridge } from "./bridge.js";

const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

interface List {
  readonly totalResults: number;
  readonly startIndex: number;
  readonly itemsPerPage: number;
  readonly Resources: readonly Record<string, unknown>[];
}

let bridge: Bridge;
beforeAll(async () => {
  bridge = await openBridge();
  // 210 users, user-000 … user-209, in an order that is not that of their names.
  for (let n = 0; n < 210; n++) {
    const number = String((n * 11) % 210).padStart(3, "0");
    await createUser(bridge, `user-${number}`, { active: number !== "007" });
  }
  for (const name of ["A", "B", "C"]) await createGroup(bridge, name);
});
afterAll(() => bridge.close());

const list = async (path: string): Promise<List> => {
  const response = await bridge.send("get", path);
  expect([response.status, (response.body as { schemas: unknown }).schemas]).toEqual([200, [LIST]]);
  return response.body as List;
};

const search = async (path: string, message: object): Promise<List> => {
  const response = await bridge.send("post", path, { schemas: [SEARCH], ...message });
  expect(response.status).toBe(200);
  return response.body as List;
};

const names = ({ Resources }: List): readonly unknown[] =>
  Resources.map((resource) => resource["userName"] ?? resource["displayName"]);

test("a value filter on an attribute that holds simple values for some", async () => {
  const simple = await createUser(bridge, "simple", { badge: "x" });
  const complex = await createUser(bridge, "complex", { badge: [{ value: "X", type: "t" }, true, 7, [1]] });
  const ids = async (filter: string) =>
    (await list(`/Users?filter=${encodeURIComponent(filter)}`)).Resources.map(({ id }) => id);
  expect(await ids('badge[value eq "x" and value pr]')).toEqual([simple, complex]);
  expect(await ids('badge[value eq "x" and type eq "T"]')).toEqual([complex]);
  expect(await ids("badge[value eq true and not(type pr)]")).toEqual([complex]);
  for (const id of [simple, complex]) await bridge.send("delete", `/Users/${id}`);
});

describe("pages", () => {
  test.each([
    ["", 1, 100],
    ["?", 1, 100],
    ["?count=5", 1, 5],
    ["?startIndex=11&count=5", 11, 5],
    ["?startIndex=208&count=5", 208, 3],
    ["?startIndex=1000&count=5", 1000, 0],
    ["?count=0", 1, 0],
    ["?count=-3", 1, 0],
    ["?startIndex=0&count=1", 1, 1],
    ["?startIndex=-5&count=1", 1, 1],
    ["?count=999", 1, 200],
    ["?aadOptscim062020&x=y&count=2", 1, 2],
  ])("/Users%s", async (query, startIndex, rows) => {
    const page = await list(`/Users${query}`);
    expect(page).toMatchObject({ totalResults: 210, startIndex, itemsPerPage: rows });
    expect(page.Resources).toHaveLength(rows);
  });

  test("one after the other show everybody once", async () => {
    const seen: unknown[] = [];
    for (let start = 1; start <= 210; start += 60)
      seen.push(...names(await list(`/Users?startIndex=${start}&count=60`)));
    expect([seen.length, new Set(seen).size]).toEqual([210, 210]);
  });
});

describe("order and choice", () => {
  test("sortBy in both directions", async () => {
    expect(names(await list("/Users?sortBy=userName&count=2"))).toEqual(["user-000", "user-001"]);
    const last = await list("/Users?sortBy=userName&sortOrder=descending&count=2");
    expect(names(last)).toEqual(["user-209", "user-208"]);
  });

  test("a filter counts before it pages", async () => {
    const page = await list('/Users?filter=userName sw "USER-00"&sortBy=userName&startIndex=3&count=2');
    expect([page.totalResults, names(page)]).toEqual([10, ["user-002", "user-003"]]);
  });

  test("who is inactive stays visible", async () => {
    expect(names(await list("/Users?filter=active eq false"))).toEqual(["user-007"]);
    expect(names(await list('/Users?filter=userName eq "user-007"'))).toEqual(["user-007"]);
  });

  test("attributes and excludedAttributes keep id and schemas", async () => {
    const [only] = (await list("/Users?attributes=userName&count=1")).Resources;
    expect(Object.keys(only ?? {}).sort()).toEqual(["id", "schemas", "userName"]);
    const [without] = (await list("/Groups?excludedAttributes=members,meta&count=1")).Resources;
    expect(without).toEqual({ schemas: [GROUP], id: without?.["id"], displayName: "A" });
  });
});

describe(".search", () => {
  test("of users as their list", async () => {
    const message = { filter: 'userName sw "user-00"', sortBy: "userName", startIndex: 2, count: 3 };
    const page = await search("/Users/.search", { ...message, attributes: ["userName"] });
    expect(page).toMatchObject({ totalResults: 10, startIndex: 2, itemsPerPage: 3 });
    expect(page.Resources[0]).toEqual({ schemas: [USER], id: page.Resources[0]?.["id"], userName: "user-001" });
  });

  test("of groups, with count 0", async () => {
    expect(await search("/Groups/.search", { count: 0 })).toMatchObject({ totalResults: 3, itemsPerPage: 0 });
  });

  test.each([
    [{ startIndex: 1, count: 200 }, 200],
    [{ startIndex: 209, count: 4 }, 4],
    [{ startIndex: 211, count: 10 }, 3],
    [{ startIndex: 213, count: 10 }, 1],
    [{ startIndex: 214, count: 10 }, 0],
    [{ count: 0 }, 0],
  ])("of everything: %j", async (message, rows) => {
    const page = await search("/.search", message);
    expect(page).toMatchObject({ totalResults: 213, itemsPerPage: rows });
    expect(page.Resources).toHaveLength(rows);
  });

  test.each([
    ['userName eq "USER-007"', ["user-007"]],
    ['displayName eq "b"', ["B"]],
    ['userName eq "user-007" or displayName eq "B"', ["user-007", "B"]],
  ])("of everything with the filter %s", async (filter, expected) => {
    expect(names(await search("/.search", { filter }))).toEqual(expected);
  });

  test("of everything goes over from users to groups without a gap", async () => {
    const page = await search("/.search", { startIndex: 209, count: 4 });
    const types = page.Resources.map((resource) => (resource["meta"] as { resourceType: string }).resourceType);
    expect(types).toEqual(["User", "User", "Group", "Group"]);
  });
});
