// What identity providers beside Okta and Entra send, in their order; what Okta's own test suite sends before them.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createUser, ENTERPRISE, GROUP, idOf, openBridge, patchOf, USER, type Bridge } from "./bridge.js";

let bridge: Bridge;
beforeEach(async () => {
  bridge = await openBridge();
});
afterEach(() => bridge.close());

const resources = async (path: string): Promise<readonly Record<string, unknown>[]> => {
  const response = await bridge.send("get", path);
  expect(response.status).toBe(200);
  return (response.body as { Resources: Record<string, unknown>[] }).Resources;
};
const memberIds = async (group: string): Promise<readonly string[]> => {
  const response = await bridge.send("get", `/Groups/${group}`);
  return (response.body as { members: { value: string }[] }).members.map((member) => member.value).sort();
};
const person = (userName: string, more: object = {}) => ({
  schemas: [USER],
  userName,
  name: { givenName: "Ada", familyName: "Lovelace" },
  emails: [{ value: userName, type: "work", primary: true }],
  ...more,
});

test("Okta's specification test posts application/json and reads in capitals", async () => {
  const headers = { "Content-Type": "application/json", Accept: "application/scim+json; charset=utf-8" };
  const created = await bridge.send("post", "/Users", person("ada@acme.example", { active: true }), headers);
  expect([created.status, created.headers["content-type"]]).toEqual([201, "application/scim+json; charset=utf-8"]);
  const [first] = await resources("/Users?count=1&startIndex=1");
  expect(first).toMatchObject({ ...person("ada@acme.example"), id: idOf(created), active: true });
  expect(await resources('/Users?filter=userName eq "ADA@ACME.EXAMPLE"')).toHaveLength(1);
  expect((await bridge.send("post", "/Users", person("ADA@acme.example"), headers)).status).toBe(409);
  expect((await bridge.send("get", "/Users/00919288221112222")).status).toBe(404);
});

test("Okta links a group that is there: rename and members on its id, and an empty full push", async () => {
  const [ada, bob] = [await createUser(bridge, "ada"), await createUser(bridge, "bob")];
  const id = idOf(await bridge.send("post", "/Groups", { schemas: [GROUP], displayName: "Old", members: [] }));
  expect(await resources("/Groups?startIndex=1&count=100")).toMatchObject([{ id, displayName: "Old", members: [] }]);
  const rename = { op: "replace", value: { id, displayName: "LS Admins" } };
  const add = { op: "add", path: "members", value: [{ value: ada, display: "ada" }, { value: bob }] };
  expect((await bridge.send("patch", `/Groups/${id}`, patchOf(rename, add))).status).toBe(204);
  expect(await memberIds(id)).toEqual([ada, bob].sort());
  const emptied = patchOf({ op: "replace", path: "members", value: [] });
  expect((await bridge.send("patch", `/Groups/${id}`, emptied)).status).toBe(204);
  expect(await memberIds(id)).toEqual([]);
});

test("Entra: the manager once both are there, asked for beforehand; who comes back is still in the groups", async () => {
  const [ada, boss] = [await createUser(bridge, "ada"), await createUser(bridge, "boss")];
  const asked = `/Users?filter=id eq "${ada}" and manager eq "${boss}"&attributes=id`;
  expect(await resources(asked)).toEqual([]);
  const manager = patchOf({ op: "Add", path: `${ENTERPRISE}:manager`, value: boss });
  expect((await bridge.send("patch", `/Users/${ada}`, manager)).status).toBe(200);
  expect(await resources(asked)).toEqual([{ schemas: [USER, ENTERPRISE], id: ada }]);

  const group = idOf(await bridge.send("post", "/Groups", { schemas: [GROUP], displayName: "G", externalId: "8aa1" }));
  const join = { op: "Add", path: "members", value: [{ $ref: null, value: ada }] };
  await bridge.send("patch", `/Groups/${group}`, patchOf(join));
  for (const value of ["False", "True"]) {
    const active = patchOf({ op: "Replace", path: "active", value });
    const patched = await bridge.send("patch", `/Users/${ada}`, active);
    expect(patched.body).toMatchObject({ active: value === "True", groups: [{ value: group }] });
  }
  expect(await resources('/Groups?excludedAttributes=members&filter=externalId eq "8aa1"')).toMatchObject([
    { id: group },
  ]);
});

test("authentik: configuration first, whole groups without a path, one member an operation", async () => {
  const config = (await bridge.send("get", "/ServiceProviderConfig")).body as Record<string, object>;
  for (const feature of ["patch", "bulk", "filter", "changePassword", "sort", "etag"])
    expect(config[feature]).toHaveProperty("supported");
  expect(config).toMatchObject({
    bulk: { maxOperations: 1000 },
    authenticationSchemes: [{ type: "oauthbearertoken" }, { type: "oauth2" }],
  });

  const ada = idOf(await bridge.send("post", "/Users", person("ada@acme.example", { externalId: "a1", active: true })));
  const bob = idOf(await bridge.send("post", "/Users", person("bob@acme.example", { externalId: "b1", active: true })));
  const group = { schemas: [GROUP], externalId: "g1", displayName: "LS Reviewers" };
  const id = idOf(await bridge.send("post", "/Groups", group));
  expect((await bridge.send("post", "/Groups", group)).status).toBe(409);
  expect(await resources('/Groups?filter=displayName eq "LS Reviewers"')).toMatchObject([{ id }]);

  const each = (op: string, value: (member: string) => unknown) =>
    patchOf(...[ada, bob].map((member) => ({ op, path: "members", value: value(member) })));
  await bridge.send(
    "patch",
    `/Groups/${id}`,
    each("add", (value) => [{ value }]),
  );
  const whole = patchOf({ op: "replace", path: null, value: { ...group, id, displayName: "LS Managers" } });
  expect((await bridge.send("patch", `/Groups/${id}`, whole)).status).toBe(204);
  const [listed] = await resources("/Groups?startIndex=1");
  expect(listed).toMatchObject({ id, displayName: "LS Managers" });
  expect(await memberIds(id)).toEqual([ada, bob].sort());
  const leave = patchOf({ op: "remove", path: "members", value: [{ value: ada }] });
  expect((await bridge.send("patch", `/Groups/${id}`, leave)).status).toBe(204);
  expect(await memberIds(id)).toEqual([bob]);

  const put = await bridge.send(
    "put",
    `/Users/${bob}`,
    person("robert@acme.example", { externalId: "b1", active: true }),
  );
  expect([put.status, put.body]).toMatchObject([200, { id: bob, userName: "robert@acme.example" }]);
  expect((await bridge.send("delete", `/Users/${bob}`)).status).toBe(204);
  expect((await bridge.send("put", `/Users/${bob}`, person("robert@acme.example"))).status).toBe(404);
  expect(await memberIds(id)).toEqual([]);
});

test("Ping and Auth0: found by externalId or in the whole list, updated by PUT, provisioned disabled", async () => {
  const off = await bridge.send("post", "/Users", person("ada@acme.example", { externalId: "auth0|1", active: false }));
  const id = idOf(off);
  expect([off.status, off.body]).toMatchObject([201, { active: false }]);
  expect(await bridge.looks()).toEqual({ [id]: "leaver user.create" });
  expect(await resources('/Users?filter=externalId eq "auth0|1"')).toMatchObject([{ id }]);
  const on = await bridge.send(
    "put",
    `/Users/${id}`,
    person("ada@acme.example", { externalId: "auth0|1", active: true }),
  );
  expect([on.status, on.body]).toMatchObject([200, { id, active: true }]);
});

test("JumpCloud and OneLogin: a test user and a test group that go again, and a bare question mark", async () => {
  const user = idOf(await bridge.send("post", "/Users?", person("test@jumpcloud.example")));
  const group = idOf(await bridge.send("post", "/Groups?", { schemas: [GROUP], displayName: "test" }));
  const join = patchOf({ op: "Add", path: "members", value: [{ value: user }] });
  expect((await bridge.send("patch", `/Groups/${group}?`, join)).status).toBe(204);
  const leave = patchOf({ op: "Remove", path: "members", value: [{ value: user }] });
  expect((await bridge.send("patch", `/Groups/${group}`, leave)).status).toBe(204);
  for (const path of [`/Users/${user}?`, `/Groups/${group}`])
    expect((await bridge.send("delete", path)).status).toBe(204);
  expect([await resources("/Users?"), await resources("/Groups")]).toEqual([[], []]);
});
