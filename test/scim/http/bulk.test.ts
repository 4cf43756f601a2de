// Bulk (RFC 7644 §3.7): references between operations, errors, versions; what a single operation does is tested elsewhere.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { BASE, createGroup, createUser, openBridge, patchOf, snapshot, type Bridge } from "./bridge.js";

const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

let bridge: Bridge;
beforeAll(async () => {
  bridge = await openBridge();
});
afterAll(() => bridge.close());

interface Result {
  readonly method?: string;
  readonly bulkId?: string;
  readonly version?: string;
  readonly location?: string;
  readonly status: string;
  readonly response?: { readonly detail: string; readonly scimType?: string };
}

async function send(Operations: readonly unknown[], more: object = {}): Promise<readonly Result[]> {
  const response = await bridge.send("post", "/Bulk", { schemas: [BULK], Operations, ...more });
  expect(response.status).toBe(200);
  return (response.body as { Operations: readonly Result[] }).Operations;
}

const statuses = (results: readonly Result[]): readonly string[] => results.map(({ status }) => status);
const user = (bulkId: string, userName: string, more: object = {}) => ({
  method: "POST",
  path: "/Users",
  bulkId,
  data: { userName, ...more },
});
const group = (bulkId: string, displayName: string, ...members: readonly string[]) => ({
  method: "POST",
  path: "/Groups",
  bulkId,
  data: { displayName, members: members.map((id) => ({ value: `bulkId:${id}` })) },
});
const read = async ({ location = "" }: Result): Promise<Record<string, unknown>> =>
  (await bridge.send("get", location.slice(BASE.length))).body as Record<string, unknown>;
const idIn = ({ location = "" }: Result): string => location.slice(location.lastIndexOf("/") + 1);
const membersIn = async (result: Result): Promise<readonly string[]> =>
  ((await read(result))["members"] as { value: string }[]).map(({ value }) => value).sort();

describe("references", () => {
  test("several, of which one is the beginning of another, and before what they refer to", async () => {
    const results = await send([group("g", "several", "1", "10"), user("10", "ten"), user("1", "one")]);
    const [first, ten, one] = results as [Result, Result, Result];
    expect(results).toMatchObject([{ bulkId: "g", status: "201" }, { bulkId: "10" }, { bulkId: "1" }]);
    expect(await membersIn(first)).toEqual([idIn(ten), idIn(one)].sort());
    expect(first.version).toBe((await read(first))["meta"] && 'W/"1"');
  });

  test("in circles of any length: everything is created, and refers to what it should", async () => {
    const results = await send([
      group("self", "self", "self"),
      group("a", "circle a", "b", "u"),
      group("b", "circle b", "c"),
      group("c", "circle c", "a"),
      user("u", "in-circle"),
    ]);
    expect(statuses(results)).toEqual(["201", "201", "201", "201", "201"]);
    const [self, a, b, c, u] = results as [Result, Result, Result, Result, Result];
    expect(await membersIn(self)).toEqual([idIn(self)]);
    expect(await membersIn(a)).toEqual([idIn(b), idIn(u)].sort());
    expect([await membersIn(b), await membersIn(c)]).toEqual([[idIn(c)], [idIn(a)]]);
    expect(a.version).toBe(((await read(a))["meta"] as { version: string }).version);
  });

  test("people who are each other's managers", async () => {
    const manager = (bulkId: string) => ({ [ENTERPRISE]: { manager: { value: `bulkId:${bulkId}` } } });
    const results = await send([user("x", "boss-x", manager("y")), user("y", "boss-y", manager("x"))]);
    const [x, y] = results as [Result, Result];
    expect((await read(x))[ENTERPRISE]).toEqual({ manager: { value: idIn(y) } });
    expect((await read(y))[ENTERPRISE]).toEqual({ manager: { value: idIn(x) } });
  });

  test("in the path, and in the value of a PATCH", async () => {
    const add = patchOf({ op: "add", path: "members", value: [{ value: "bulkId:p" }] });
    const results = await send([
      { method: "PATCH", path: "/Groups/bulkId:late", data: add },
      group("late", "late"),
      user("p", "patched-in"),
    ]);
    expect(statuses(results)).toEqual(["204", "201", "201"]);
    expect(await membersIn(results[1] as Result)).toEqual([idIn(results[2] as Result)]);
  });

  test("to nothing, to what fails, and twice the same bulkId: refused, and nothing of them stays", async () => {
    const before = await snapshot(bridge);
    const results = await send([
      group("n", "to nothing", "nothing"),
      user("bad", " "),
      group("f", "to what fails", "bad"),
      group("r", "round one", "s", "bad"),
      group("s", "round two", "r"),
      { method: "DELETE", path: "/Users/bulkId:bad" },
    ]);
    expect(statuses(results)).toEqual(["400", "400", "412", "412", "412", "412"]);
    expect(results[2]?.response?.detail).toContain('"bad"');
    const left = (await snapshot(bridge)) as { users: unknown; groups: unknown };
    expect([left.users, left.groups]).toEqual([(before as typeof left).users, (before as typeof left).groups]);
    const twice = await send([user("same", "same-1"), user("same", "same-2")]);
    expect(twice).toMatchObject([{ status: "201" }, { status: "400", response: { scimType: "invalidValue" } }]);
  });

  test("what is created for a circle that cannot be closed is taken back", async () => {
    const results = await send([group("k", "kept back", "l"), group("l", "kept back", "k"), group("m", "apart")]);
    expect(statuses(results)).toEqual(["412", "409", "201"]);
    const found = await bridge.send("get", `/Groups?filter=${encodeURIComponent('displayName eq "kept back"')}`);
    expect(found.body).toMatchObject({ totalResults: 0 });
  });
});

test("failOnErrors ends it; what was not tried is not in the answer", async () => {
  const missing = { method: "DELETE", path: "/Users/nobody" };
  const operations = [missing, user("ok", "before-the-end"), missing, user("no", "after-the-end")];
  expect(statuses(await send(operations, { failOnErrors: 2 }))).toEqual(["404", "201", "404"]);
  const found = await bridge.send("get", `/Users?filter=${encodeURIComponent('userName sw "after-the"')}`);
  expect(found.body).toMatchObject({ totalResults: 0 });
});

test("a version is If-Match", async () => {
  const id = await createUser(bridge, "versioned");
  const title = (value: string) => patchOf({ op: "add", path: "title", value });
  const results = await send([
    { method: "PATCH", path: `/Users/${id}`, version: 'W/"1"', data: title("a") },
    { method: "PATCH", path: `/Users/${id}`, version: 'W/"1"', data: title("b") },
    { method: "DELETE", path: `/Users/${id}`, version: 'W/"7"' },
    { method: "DELETE", path: `/Users/${id}`, version: 7 },
  ]);
  expect(statuses(results)).toEqual(["200", "412", "412", "400"]);
  expect(results[0]?.version).toBe('W/"2"');
});

test("paths lead to users and groups and nowhere else", async () => {
  const id = await createGroup(bridge, "not by these");
  const paths = [
    "/../admin",
    `/Users/../Groups/${id}`,
    `/Groups/${id}/`,
    `Groups/${id}`,
    `//Groups/${id}`,
    "/Bulk",
    "",
    "/Schemas/x",
    7,
    null,
  ];
  const results = await send(paths.map((path) => ({ method: "DELETE", path })));
  expect(new Set(statuses(results))).toEqual(new Set(["400"]));
  const others = await send([
    { method: "POST", path: `/Groups/${id}`, bulkId: "x", data: {} },
    { method: "DELETE", path: "/Groups" },
    { method: "POST", path: "/Bulk", bulkId: "b", data: { schemas: [BULK], Operations: [] } },
    { method: "POST", path: "/Groups", data: { displayName: "no bulkId" } },
    { method: "PUT", path: `/Groups/${id}`, data: [] },
    { method: "GET", path: `/Groups/${id}` },
    {},
  ]);
  expect(statuses(others)).toEqual(["404", "404", "400", "400", "400", "400", "400"]);
  expect((await bridge.send("get", `/Groups/${id}`)).status).toBe(200);
});

test.each<[string, object]>([
  ["without its schema", { schemas: ["urn:x"], Operations: [{}] }],
  ["without an operation", { schemas: [BULK], Operations: [] }],
  ["with an operation that is no object", { schemas: [BULK], Operations: ["x"] }],
  ["with failOnErrors that is no number of errors", { schemas: [BULK], Operations: [{}], failOnErrors: -1 }],
])("a request %s is refused as a whole", async (_name, body) => {
  expect((await bridge.send("post", "/Bulk", body)).status).toBe(400);
});

test("500 operations that each wait for the next are done in no time", async () => {
  const chain = Array.from({ length: 500 }, (_, at) => group(`c${at}`, `chain ${at}`, `c${at + 1}`));
  const results = await send([...chain, group("c500", "chain 500")]);
  expect(new Set(statuses(results))).toEqual(new Set(["201"]));
  expect(await membersIn(results[0] as Result)).toEqual([idIn(results[1] as Result)]);
});
