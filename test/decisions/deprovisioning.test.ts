import { afterEach, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { group, MAPPING, patch, trial, user, writes, type Trial, type TrialOptions } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const start = async (options?: TrialOptions) => {
  t = await trial(options);
  await t.settled();
  t.sandbox.clearCalls();
};
const add = async (email: string, more: Record<string, unknown> = {}) =>
  (await t.scim("POST", "/Users", user(email, more))).body.id;
const join = async (name: string, ...ids: readonly string[]) =>
  (await t.scim("POST", "/Groups", group(name, ids))).body.id;
const activate = (id: string, active: boolean) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", value: { active } }));
const made = async () => {
  await t.settled();
  const calls = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return calls;
};
const member = (email: string) => t.sandbox.member(email);
const ADA = "ada@acme.example";
const KEEP = MAPPING.replace("roles:\n", "roles:\n  default: keep\n");
const DELETE_DI = `${MAPPING}deprovision: { delete: DI }\n`;

const annotator = async (options?: TrialOptions) => {
  await start(options);
  const id = await add(ADA);
  const groupId = await join("LS Annotators", id);
  await made();
  expect(member(ADA)?.role).toBe("AN");
  return { id, groupId };
};

test("active=false: DI; readable, and its groups stay", async () => {
  const { id, groupId } = await annotator();
  await activate(id, false);
  expect(await made()).toEqual([expect.stringMatching(/^PATCH .*"role":"DI"/)]);
  expect(member(ADA)?.role).toBe("DI");
  const { body } = await t.scim("GET", `/Users/${id}`);
  expect(body).toMatchObject({ active: false, groups: [{ value: groupId }] });
});

test("DELETE: 404 from then on, groups updated, membership removed, nobody left to count", async () => {
  const { id, groupId } = await annotator();
  expect((await t.scim("DELETE", `/Users/${id}`)).status).toBe(204);
  expect(await made()).toEqual([expect.stringMatching(/^DELETE /)]);
  expect(member(ADA)?.deleted).toBe(true);
  expect((await t.scim("GET", `/Users/${id}`)).status).toBe(404);
  expect((await t.scim("DELETE", `/Users/${id}`)).status).toBe(404);
  expect((await t.scim("GET", `/Groups/${groupId}`)).body["members"] ?? []).toEqual([]);
  expect(await t.status()).toMatchObject({ converged: 0, pending: 0, held: 0, failing: 0 });
});

test("delete: DI leaves a deactivated member, and the same person comes back by POST", async () => {
  const { id } = await annotator({ mapping: DELETE_DI });
  await t.scim("DELETE", `/Users/${id}`);
  await made();
  expect(member(ADA)).toMatchObject({ role: "DI", deleted: false });
  await t.scim("POST", "/Groups", group("LS Reviewers", [await add(ADA)]));
  await made();
  expect(member(ADA)).toMatchObject({ role: "RE", deleted: false });
});

describe("sent on every transition, although the cache says DI", () => {
  test("active=false", async () => {
    await start({ mapping: KEEP });
    const id = await add("dina.ivanova@acme.example");
    await made();
    await activate(id, false);
    expect(await made()).toEqual([expect.stringMatching(/^PATCH .*"role":"DI"/)]);
  });
  test("DELETE under delete: DI", async () => {
    const { id } = await annotator({ mapping: DELETE_DI });
    await activate(id, false);
    await made();
    await t.scim("DELETE", `/Users/${id}`);
    expect(await made()).toEqual([expect.stringMatching(/^PATCH .*"role":"DI"/)]);
  });
  test("active=false while somebody has just clicked DI and back", async () => {
    const { id } = await annotator();
    t.sandbox.setRole(ADA, "DI");
    await activate(id, false);
    expect(await made()).toEqual([expect.stringMatching(/^PATCH .*"role":"DI"/)]);
  });
});

test("before anything destructive the Owners are read, and without that read nothing is sent", async () => {
  const { id } = await annotator();
  // A process that has not read the Owners within 5 s.
  await t.restart();
  await made();
  t.sandbox.inject({ kind: "status", status: 503 }, { method: "GET", times: 3 });
  await activate(id, false);
  await t.settled();
  const order = t.sandbox.calls.filter((call) => call.status === 200);
  expect(order[0]?.query["role"]).toBe("OW");
  expect(order.at(-1)?.method).toBe("PATCH");
  expect(member(ADA)?.role).toBe("DI");
});

test("a reactivation cancels a deactivation that waits", async () => {
  const { id } = await annotator();
  t.sandbox.inject({ kind: "status", status: 503 }, { method: "PATCH", probability: 1 });
  await activate(id, false);
  while (!t.sandbox.calls.some((call) => call.status === 503)) await delay(5);
  await activate(id, true);
  t.sandbox.clearFaults();
  await t.settled();
  expect(t.sandbox.calls.filter((call) => call.method === "PATCH" && call.status === 200)).toEqual([]);
  expect(member(ADA)?.role).toBe("AN");
});

test("someone deleted over SCIM and re-invited by hand is a stranger", async () => {
  const { id } = await annotator();
  await t.scim("DELETE", `/Users/${id}`);
  await made();
  t.sandbox.addMember({ email: ADA, role: "MA" });
  await t.scim("DELETE", `/Users/${id}`);
  await t.restart();
  expect(await made()).toEqual([]);
  expect(member(ADA)).toMatchObject({ role: "MA", deleted: false });
});
