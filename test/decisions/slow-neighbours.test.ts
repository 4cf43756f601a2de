import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { group, patch, user } from "../support/bridge.js";
import { timelessTrial, type TimelessTrial } from "../support/timeless.js";

let t: TimelessTrial;
beforeEach(async () => {
  t = await timelessTrial();
  await t.settled();
});
afterEach(() => t.close());

const add = async (email: string) => (await t.scim("POST", "/Users", user(email))).body.id;
const role = (name: string) => t.sandbox.member(`${name}@acme.example`)?.role;
const join = (name: string, ...ids: readonly string[]) => t.scim("POST", "/Groups", group(name, ids));
const roleUpdateOf = (name: string) => {
  const userId = t.sandbox.member(`${name}@acme.example`)?.userId;
  const path = (_path: string, body: unknown) => (body as { user_id?: number } | undefined)?.user_id === userId;
  return { method: "PATCH", path };
};

/**
 * Both are members; whatever puts both into the outbox at once is one batch. One call of it is carried out and never
 * answered, which takes the ten seconds of its timeout; whoever has nothing to do with it must not notice.
 */
const two = async () => {
  const slow = await add("slow@acme.example");
  const quick = await add("quick@acme.example");
  await join("LS Reviewers", quick);
  await t.settled();
  t.sandbox.inject({ kind: "silence", afterEffect: true }, roleUpdateOf("slow"));
  return { slow, quick };
};

test("a change of somebody for whom nothing was to be done is not lost", async () => {
  const { slow, quick } = await two();
  await join("LS Annotators", slow, quick);
  await t.until(() => role("slow") === "AN");
  await join("LS Managers", quick);
  await t.until(() => role("quick") === "MA");
});

test("the retry of a call that failed is not lost", async () => {
  const { slow, quick } = await two();
  t.sandbox.inject({ kind: "reset" }, roleUpdateOf("quick"));
  await join("LS Managers", slow, quick);
  await t.until(() => role("quick") === "MA");
});

test("a deprovisioning that has to be repeated is not lost", async () => {
  const { slow, quick } = await two();
  t.sandbox.inject({ kind: "reset" }, roleUpdateOf("quick"));
  const inactive = patch({ op: "replace", path: "active", value: false });
  await Promise.all([slow, quick].map((id) => t.scim("PATCH", `/Users/${id}`, inactive)));
  await t.until(() => role("quick") === "DI");
});

test("a deprovisioning does not wait for the neighbour", async () => {
  const { slow, quick } = await two();
  await join("LS Managers", slow, quick);
  await t.until(() => role("quick") === "MA");
  await t.scim("PATCH", `/Users/${quick}`, patch({ op: "replace", path: "active", value: false }));
  await t.clock.advance(200);
  expect(role("quick")).toBe("DI");
});
