import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { group, patch, trial, user, writes, type Trial } from "../support/bridge.js";

let t: Trial;
let id: string;
let annotators: string;
let admins: string;
beforeAll(async () => {
  t = await trial();
  await t.settled();
});
afterAll(() => t.close());

const changes = async () => {
  await t.settled();
  const made = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return made;
};
const role = () => t.sandbox.member("ada@acme.example")?.role;

test("create: the account, with the default role at once", async () => {
  t.sandbox.clearCalls();
  id = (await t.scim("POST", "/Users", user("ada@acme.example", { name: { givenName: "Ada", familyName: "L" } }))).body
    .id;
  expect(await changes()).toEqual([
    'POST /api/users/ {"username":"ada@acme.example","email":"ada@acme.example","first_name":"Ada","last_name":"L","active_organization":1}',
  ]);
  expect(role()).toBe("NO");
});

test("group: its role", async () => {
  annotators = (await t.scim("POST", "/Groups", group("LS Annotators", [id]))).body.id;
  await changes();
  expect(role()).toBe("AN");
});

test("a second group of higher role wins, and leaving it gives the lower one back", async () => {
  admins = (await t.scim("POST", "/Groups", group("ls admins "))).body.id;
  await t.scim("PATCH", `/Groups/${admins}`, patch({ op: "Add", path: "members", value: [{ value: id }] }));
  await changes();
  expect(role()).toBe("AD");
  await t.scim("PATCH", `/Groups/${admins}`, patch({ op: "Remove", path: "members", value: [{ value: id }] }));
  await changes();
  expect(role()).toBe("AN");
});

test("deactivation: DI, and the group stays", async () => {
  await t.scim("PATCH", `/Users/${id}`, patch({ op: "Replace", path: "active", value: "False" }));
  expect(await changes()).toHaveLength(1);
  expect(role()).toBe("DI");
});

test("reactivation: the mapped role", async () => {
  await t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", value: { active: true } }));
  expect(await changes()).toHaveLength(1);
  expect(role()).toBe("AN");
});

test("delete: soft delete of the membership, the group without her", async () => {
  await t.scim("DELETE", `/Users/${id}`);
  expect(await changes()).toEqual([expect.stringMatching(/^DELETE \/api\/organizations\/1\/memberships\/\d+\/$/)]);
  expect(t.sandbox.member("ada@acme.example")).toMatchObject({ deleted: true });
  expect((await t.scim("GET", `/Groups/${annotators}`)).body["members"] ?? []).toEqual([]);
});
