import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { group, patch, trial, user, writes, type Trial } from "../support/bridge.js";

let t: Trial;
let n = 0;
let email: string;
let id: string;
beforeAll(async () => {
  t = await trial();
  await t.settled();
});
afterAll(() => t.close());
beforeEach(async () => {
  email = `u${++n}@acme.example`;
  id = (await t.scim("POST", "/Users", user(email))).body.id;
});

const made = async () => {
  await t.settled();
  const calls = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return calls;
};
const role = () => t.sandbox.member(email)?.role;
const members = async (groupId: string) =>
  (((await t.scim("GET", `/Groups/${groupId}`)).body["members"] ?? []) as { value: string }[]).map(
    ({ value }) => value,
  );
// What is undefined is not sent at all.
const withoutActive = () => user(email, { title: "new", active: undefined });

describe("PUT of a user", () => {
  test("without active keeps inactive", async () => {
    await t.scim("PUT", `/Users/${id}`, user(email, { active: false }));
    await made();
    const answer = await t.scim("PUT", `/Users/${id}`, withoutActive());
    expect(answer).toMatchObject({ status: 200, body: { active: false, title: "new" } });
    await made();
    expect(role()).not.toBe("NO");
  });
  test("without active keeps active", async () => {
    await made();
    expect((await t.scim("PUT", `/Users/${id}`, withoutActive())).body).toMatchObject({ active: true });
    expect(await made()).toEqual([]);
  });
  test("active=false deactivates", async () => {
    await made();
    await t.scim("PUT", `/Users/${id}`, user(email, { active: false }));
    await made();
    expect(role()).toBe("DI");
  });
  test("POST without active is active", async () => {
    const sent = user("post@acme.example", { active: undefined });
    expect((await t.scim("POST", "/Users", sent)).body).toMatchObject({ active: true });
    await made();
    expect(t.sandbox.member("post@acme.example")?.role).toBe("NO");
  });
});

describe("PUT of a group", () => {
  const annotators = async () => {
    const { body } = await t.scim("POST", "/Groups", group(`LS Annotators`, [id]));
    await made();
    expect(role()).toBe("AN");
    return body.id;
  };
  test("without members changes nothing, [] empties", async () => {
    const groupId = await annotators();
    const sent = { ...group("LS Annotators"), members: undefined };
    expect((await t.scim("PUT", `/Groups/${groupId}`, sent)).status).toBe(200);
    expect([await made(), await members(groupId)]).toEqual([[], [id]]);
    await t.scim("PUT", `/Groups/${groupId}`, group("LS Annotators", []));
    await made();
    expect([role(), await members(groupId)]).toEqual(["NO", []]);
    await t.scim("DELETE", `/Groups/${groupId}`);
  });
  test("unknown members are skipped in POST, PUT, add and replace, the known ones get their role", async () => {
    const ghost = "00000000-0000-4000-8000-000000000000";
    const created = await t.scim("POST", "/Groups", group("LS Annotators", [ghost, id]));
    expect(created.status).toBe(201);
    const path = `/Groups/${created.body.id}`;
    const value = [{ value: ghost }, { value: id }];
    await t.scim("PUT", path, group("LS Annotators", [ghost]));
    expect(await members(created.body.id)).toEqual([]);
    for (const op of ["add", "replace"]) {
      const answer = await t.scim("PATCH", path, patch({ op, path: "members", value }));
      expect([op, answer.status < 300, await members(created.body.id)]).toEqual([op, true, [id]]);
    }
    await made();
    expect(role()).toBe("AN");
    await t.scim("DELETE", path);
  });
  test("malformed members are 400 and change nothing", async () => {
    const groupId = await annotators();
    for (const value of [7, true, [7], [{}], [{ value: 7 }], [{ value: id }, { value: "" }]]) {
      const answer = await t.scim("PUT", `/Groups/${groupId}`, { ...group("LS Annotators"), members: value });
      expect([value, answer.status]).toEqual([value, 400]);
    }
    expect([await made(), await members(groupId)]).toEqual([[], [id]]);
    await t.scim("DELETE", `/Groups/${groupId}`);
  });
  test("names are unique without case: 409, also on rename", async () => {
    const one = (await t.scim("POST", "/Groups", group("One"))).body.id;
    const two = (await t.scim("POST", "/Groups", group("Two"))).body.id;
    expect((await t.scim("POST", "/Groups", group("ONE"))).status).toBe(409);
    expect((await t.scim("PUT", `/Groups/${two}`, group("oNe"))).status).toBe(409);
    const rename = patch({ op: "replace", path: "displayName", value: "ONe" });
    expect((await t.scim("PATCH", `/Groups/${two}`, rename)).status).toBe(409);
    expect((await t.scim("PUT", `/Groups/${one}`, group("ONE"))).status).toBe(200);
  });
  test("members of type Group are stored and give nobody a role", async () => {
    const inner = (await t.scim("POST", "/Groups", group("Inner", [id]))).body.id;
    const outer = (await t.scim("POST", "/Groups", group("LS Admins", [inner]))).body.id;
    await made();
    expect([role(), await members(outer)]).toEqual(["NO", [inner]]);
  });
});
