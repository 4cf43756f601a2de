import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { BridgeError } from "../../../src/errors.js";
import { problemOf } from "../../../src/scim/errors.js";
import { createGroup, createUser, ERROR, GROUP, openBridge, patchOf, snapshot, USER, type Bridge } from "./bridge.js";

let bridge: Bridge;
let user: string;
let group: string;
beforeAll(async () => {
  bridge = await openBridge();
  user = await createUser(bridge, "taken@acme.example");
  await createUser(bridge, "other@acme.example");
  group = await createGroup(bridge, "Taken", [user]);
  await createGroup(bridge, "Other");
});
afterAll(() => bridge.close());

interface Refusal {
  readonly name: string;
  readonly send: () => [method: "get" | "post" | "put" | "patch" | "delete", path: string, body?: string | object];
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly scimType?: string;
}

const replaceUserName = (value: string): object => patchOf({ op: "replace", path: "userName", value });
const search = (more: object): object => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
  ...more,
});
const bad = { op: "replace", path: "emails[", value: "x" };

const REFUSALS: readonly Refusal[] = [
  { name: "malformed JSON", send: () => ["post", "/Users", "{oops"], status: 400, scimType: "invalidSyntax" },
  { name: "a body that is no object", send: () => ["post", "/Users", "[]"], status: 400 },
  { name: "an empty body", send: () => ["post", "/Users", ""], status: 400, scimType: "invalidSyntax" },
  { name: "no body at all", send: () => ["put", `/Users/${user}`], status: 400, scimType: "invalidSyntax" },
  {
    name: "another content type",
    send: () => ["post", "/Users", "a=b"],
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    status: 415,
  },
  {
    name: "an unknown content encoding",
    send: () => ["post", "/Users", "{}"],
    headers: { "Content-Encoding": "rot13" },
    status: 415,
  },
  { name: "__proto__", send: () => ["post", "/Users", '{"userName":"p","__proto__":{"x":1}}'], status: 400 },
  { name: "constructor", send: () => ["post", "/Users", '{"userName":"p","name":{"constructor":1}}'], status: 400 },
  {
    name: "__proto__ in a URN key",
    send: () => ["post", "/Users", { userName: "p", [`${USER}:__proto__.x`]: 1 }],
    status: 400,
    scimType: "invalidSyntax",
  },
  {
    name: "__proto__ in the URN of a path",
    send: () => ["patch", `/Users/${user}`, patchOf({ op: "add", path: "urn:x:__proto__:y", value: 1 })],
    status: 400,
    scimType: "invalidPath",
  },
  { name: "a NUL", send: () => ["post", "/Users", '{"userName":"n","x":["a\\u0000"]}'], status: 400 },
  { name: "half a surrogate pair", send: () => ["post", "/Users", '{"userName":"n\\ud800"}'], status: 400 },
  { name: "a number beyond a double", send: () => ["post", "/Users", '{"userName":"n","x":1e999}'], status: 400 },
  {
    name: "another charset than UTF-8",
    send: () => ["post", "/Users", '{"userName":"n"}'],
    headers: { "Content-Type": "application/json; charset=utf-7" },
    status: 415,
  },
  { name: "a NUL in the URL", send: () => ["get", "/Users/a%00b"], status: 400, scimType: "invalidSyntax" },
  {
    name: "a NUL in a filter",
    send: () => ["get", `/Users?filter=${encodeURIComponent('userName eq "\\u0000"')}`],
    status: 400,
    scimType: "invalidFilter",
  },
  {
    name: "200,000 brackets where attributes are named",
    send: () => ["post", "/.search", search({ attributes: "[".repeat(200_000) })],
    status: 400,
    scimType: "invalidValue",
  },
  { name: "a user without userName", send: () => ["post", "/Users", { schemas: [USER] }], status: 400 },
  { name: "a group without displayName", send: () => ["post", "/Groups", { schemas: [GROUP] }], status: 400 },
  {
    name: "a taken userName in other letters",
    send: () => ["post", "/Users", { schemas: [USER], userName: "TAKEN@acme.example" }],
    status: 409,
    scimType: "uniqueness",
  },
  {
    name: "PATCH onto a taken userName",
    send: () => ["patch", `/Users/${user}`, replaceUserName("Other@acme.example")],
    status: 409,
    scimType: "uniqueness",
  },
  {
    name: "PUT onto a taken userName",
    send: () => ["put", `/Users/${user}`, { schemas: [USER], userName: "other@acme.example" }],
    status: 409,
    scimType: "uniqueness",
  },
  {
    name: "a taken displayName in other letters",
    send: () => ["post", "/Groups", { schemas: [GROUP], displayName: "TAKEN" }],
    status: 409,
    scimType: "uniqueness",
  },
  {
    name: "renaming onto a taken displayName",
    send: () => ["patch", `/Groups/${group}`, patchOf({ op: "replace", value: { displayName: "OTHER" } })],
    status: 409,
    scimType: "uniqueness",
  },
  { name: "an unknown user", send: () => ["get", "/Users/nobody"], status: 404 },
  { name: "PUT of an unknown user", send: () => ["put", "/Users/nobody", { userName: "n" }], status: 404 },
  { name: "PATCH of an unknown user", send: () => ["patch", "/Users/nobody", replaceUserName("n")], status: 404 },
  { name: "DELETE of an unknown user", send: () => ["delete", "/Users/nobody"], status: 404 },
  { name: "an unknown group", send: () => ["get", "/Groups/nothing"], status: 404 },
  { name: "DELETE of an unknown group", send: () => ["delete", "/Groups/nothing"], status: 404 },
  { name: "an unknown endpoint", send: () => ["get", "/Devices"], status: 404 },
  { name: "the root", send: () => ["get", "/"], status: 404 },
  { name: "a method that is not there", send: () => ["delete", "/Users"], status: 404 },
  { name: "GET of .search", send: () => ["get", "/Users/.search"], status: 404 },
  { name: "GET /Me", send: () => ["get", "/Me"], status: 501 },
  { name: "PUT /Me", send: () => ["put", "/Me", {}], status: 501 },
  { name: "DELETE /Me", send: () => ["delete", "/Me"], status: 501 },
  { name: "an id that cannot be decoded", send: () => ["get", "/Users/%E0%A4%A"], status: 400 },
  {
    name: "a malformed filter",
    send: () => ["get", "/Users?filter=userName eq"],
    status: 400,
    scimType: "invalidFilter",
  },
  { name: "an empty filter", send: () => ["get", "/Users?filter="], status: 400, scimType: "invalidFilter" },
  { name: "__proto__ in a filter", send: () => ["get", '/Users?filter=__proto__.x eq "1"'], status: 400 },
  { name: "two filters", send: () => ["get", "/Users?filter=a&filter=b"], status: 400, scimType: "invalidValue" },
  { name: "a count that is no number", send: () => ["get", "/Users?count=ten"], status: 400, scimType: "invalidValue" },
  { name: "an unknown sortOrder", send: () => ["get", "/Users?sortBy=userName&sortOrder=up"], status: 400 },
  { name: "a PATCH without its schema", send: () => ["patch", `/Users/${user}`, { Operations: [] }], status: 400 },
  {
    name: "a PATCH whose second operation is bad",
    send: () => ["patch", `/Users/${user}`, patchOf({ op: "replace", path: "title", value: "x" }, bad)],
    status: 400,
    scimType: "invalidPath",
  },
  {
    name: "a PATCH of members whose second operation is bad",
    send: () => ["patch", `/Groups/${group}`, patchOf({ op: "remove", path: "members" }, bad)],
    status: 400,
  },
  {
    name: "a member without a value",
    send: () => ["post", "/Groups", { schemas: [GROUP], displayName: "M", members: [{ value: 7 }] }],
    status: 400,
    scimType: "invalidValue",
  },
  { name: "a search that is no SearchRequest", send: () => ["post", "/.search", { schemas: [USER] }], status: 400 },
  { name: "a bulk request without operations", send: () => ["post", "/Bulk", { schemas: null }], status: 400 },
  { name: "a filter on discovery", send: () => ["get", '/Schemas?filter=__proto__.x eq "1"'], status: 403 },
  { name: "an unknown schema", send: () => ["get", '/Schemas/x"%20or%20__proto__.y%20eq%20"1'], status: 404 },
  { name: "a weak *", send: () => ["delete", `/Users/${user}`], headers: { "If-Match": "W/*" }, status: 412 },
  { name: "a stale If-Match", send: () => ["delete", `/Users/${user}`], headers: { "If-Match": 'W/"9"' }, status: 412 },
];

describe("every refusal is a SCIM error and changes nothing", () => {
  test.each(REFUSALS)("$name", async ({ send, headers, status, scimType }) => {
    const before = await snapshot(bridge);
    await bridge.looks();
    bridge.woken.length = 0;
    const [method, path, body] = send();
    const response = await bridge.send(method, path, body, headers);
    expect([response.status, response.headers["content-type"]]).toEqual([
      status,
      "application/scim+json; charset=utf-8",
    ]);
    const error = response.body as Record<string, unknown>;
    expect(error).toMatchObject({ schemas: [ERROR], status: String(status) });
    expect(String(error["detail"]).length).toBeGreaterThan(10);
    expect(String(error["detail"]).length).toBeLessThan(500);
    if (scimType !== undefined) expect(error["scimType"]).toBe(scimType);
    expect(await snapshot(bridge)).toEqual(before);
    expect(await bridge.looks()).toEqual({});
    expect(bridge.woken).toEqual([]);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});

test("bytes that are not UTF-8 are refused, not replaced", async () => {
  const before = await snapshot(bridge);
  const headers = { Authorization: "Bearer token-of-the-idp", "Content-Type": "application/scim+json" };
  const body = Buffer.from('{"userName":"caf\xe9"}', "latin1");
  const answer = await fetch(`${bridge.url}/Users`, { method: "POST", headers, body });
  expect([answer.status, await answer.json()]).toMatchObject([400, { scimType: "invalidSyntax" }]);
  expect(await snapshot(bridge)).toEqual(before);
});

test("what was sent comes back in short", async () => {
  const count = await bridge.send("post", "/.search", search({ count: "x".repeat(1_000_000) }));
  const name = await bridge.send("post", "/Users", { [`__proto__.${"x".repeat(1_000_000)}`]: 1 });
  for (const { status, body } of [count, name])
    expect([status, JSON.stringify(body).length < 500]).toEqual([400, true]);
});

test("the connection survives a refusal", async () => {
  const agentless = await fetch(`${bridge.url}/Me`, { headers: { Authorization: "Bearer token-of-the-idp" } });
  expect(agentless.headers.get("connection")).toBe("keep-alive");
  await agentless.body?.cancel();
});

test("a store that cannot answer is 503 with Retry-After, never 404", async () => {
  const broken = await openBridge();
  const id = await createUser(broken, "a@acme.example");
  await broken.store.close();
  for (const [method, path, body] of [
    ["get", `/Users/${id}`],
    ["get", "/Users"],
    ["post", "/Users", { schemas: [USER], userName: "b@acme.example" }],
    ["delete", `/Users/${id}`],
  ] as const) {
    const response = await broken.send(method, path, body);
    expect([response.status, response.headers["retry-after"]]).toEqual([503, "5"]);
    expect(response.body).toMatchObject({ schemas: [ERROR], status: "503" });
    expect(JSON.stringify(response.body)).not.toMatch(/sqlite|connection|driver|destroyed/i);
  }
  expect(broken.events.filter((event) => event.kind === "scim-fault")).toHaveLength(4);
  await broken.close();
});

test("a fault of ours is 500 without its message, and is reported", async () => {
  const fault = new Error("secret internals");
  const broken = await openBridge({
    newId: () => {
      throw fault;
    },
  });
  const response = await broken.send("post", "/Users", { schemas: [USER], userName: "a" }, { "X-Request-Id": "r9" });
  expect(response.status).toBe(500);
  expect(response.body).toMatchObject({ schemas: [ERROR], status: "500" });
  expect(JSON.stringify(response.body)).not.toContain("secret");
  expect(broken.events).toContainEqual({ kind: "scim-fault", requestId: "r9", error: fault });
  await broken.close();
});

test.each([
  [new BridgeError("INVALID_VALUE", "slow down", { status: 429, retryAfterMs: 1_500 }), 429],
  [new BridgeError("TARGET_UNAVAILABLE", "upstream"), 500],
  ["thrown text", 500],
])("%s is %i", (error, status) => {
  expect(problemOf(error).status).toBe(status);
});
