import { afterEach, beforeEach, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { group, patch, trial, user, type Trial } from "../support/bridge.js";

/** One call of the batch takes this long; whoever has nothing to do with it must not notice. */
const SLOW_MS = 2_500;

let t: Trial;
beforeEach(async () => {
  t = await trial();
  await t.settled();
});
afterEach(() => t.close());

const add = async (email: string) => (await t.scim("POST", "/Users", user(email))).body.id;
const role = (name: string) => t.sandbox.member(`${name}@acme.example`)?.role;
const until = async (what: string, fulfilled: () => boolean, withinMs: number) => {
  for (const end = Date.now() + withinMs; !fulfilled(); await delay(10))
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
};
const join = (name: string, ...ids: readonly string[]) => t.scim("POST", "/Groups", group(name, ids));
const roleUpdateOf = (name: string) => {
  const userId = t.sandbox.member(`${name}@acme.example`)?.userId;
  const path = (_path: string, body: unknown) => (body as { user_id?: number } | undefined)?.user_id === userId;
  return { method: "PATCH", path };
};

/** Both are members; whatever puts both into the outbox at once is one batch. */
const two = async () => {
  const slow = await add("slow@acme.example");
  const quick = await add("quick@acme.example");
  await join("LS Reviewers", quick);
  await t.settled();
  t.sandbox.inject({ kind: "slow", ms: SLOW_MS }, roleUpdateOf("slow"));
  return { slow, quick };
};

test("a change of somebody for whom nothing was to be done is not lost", async () => {
  const { slow, quick } = await two();
  await join("LS Annotators", slow, quick);
  await until("slow", () => role("slow") === "AN", 1_000);
  await join("LS Managers", quick);
  await until("quick", () => role("quick") === "MA", SLOW_MS + 1_500);
}, 10_000);

test("the retry of a call that failed is not lost", async () => {
  const { slow, quick } = await two();
  t.sandbox.inject({ kind: "reset" }, roleUpdateOf("quick"));
  await join("LS Managers", slow, quick);
  await until("quick", () => role("quick") === "MA", SLOW_MS + 1_500);
}, 10_000);

test("a deprovisioning that has to be repeated is not lost", async () => {
  const { slow, quick } = await two();
  t.sandbox.inject({ kind: "reset" }, roleUpdateOf("quick"));
  const inactive = patch({ op: "replace", path: "active", value: false });
  await Promise.all([slow, quick].map((id) => t.scim("PATCH", `/Users/${id}`, inactive)));
  await until("quick", () => role("quick") === "DI", SLOW_MS + 1_500);
}, 10_000);

test("a deprovisioning does not wait for the neighbour", async () => {
  const { slow, quick } = await two();
  await join("LS Managers", slow, quick);
  await until("quick", () => role("quick") === "MA", 1_000);
  await t.scim("PATCH", `/Users/${quick}`, patch({ op: "replace", path: "active", value: false }));
  await until("DI", () => role("quick") === "DI", 1_000);
}, 10_000);
