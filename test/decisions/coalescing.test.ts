import { afterEach, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { group, patch, trial, user, writes, type Trial } from "../support/bridge.js";
import { timelessTrial } from "../support/timeless.js";

let t: Trial;
afterEach(() => t.close());

const ADA = "ada@acme.example";
const settledUser = async () => {
  t = await trial();
  await t.settled();
  const { id } = (await t.scim("POST", "/Users", user(ADA))).body;
  await t.settled();
  t.sandbox.clearCalls();
  return id;
};
const timelessUser = async () => {
  const made = await timelessTrial();
  t = made;
  await t.settled();
  const { id } = (await t.scim("POST", "/Users", user(ADA))).body;
  await t.settled();
  t.sandbox.clearCalls();
  return { id, clock: made.clock };
};
const made = async () => {
  await t.settled();
  return writes(t.sandbox.calls);
};
const rename = (id: string, givenName: string) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "name.givenName", value: givenName }));

test("fifty changes of one person are one look: one call, of the last value", async () => {
  const { id } = await timelessUser();
  await Promise.all(Array.from({ length: 49 }, (_, index) => rename(id, `N${index}`)));
  await rename(id, "Last");
  expect(await made()).toEqual([expect.stringMatching(/"first_name":"Last"/)]);
});

test("ten groups in a burst are one role update, in whatever order they come", async () => {
  const { id } = await timelessUser();
  const names = ["LS Annotators", "LS Admins", "LS Reviewers", "LS Managers", ..."abcdef"];
  await Promise.all(names.map((name) => t.scim("POST", "/Groups", group(name, [id]))));
  expect(await made()).toEqual([expect.stringMatching(/"role":"AD"/)]);
});

test("a change and its undoing are no call at all", async () => {
  const { id } = await timelessUser();
  const groupId = (await t.scim("POST", "/Groups", group("LS Annotators", [id]))).body.id;
  await t.scim("PATCH", `/Groups/${groupId}`, patch({ op: "remove", path: `members[value eq "${id}"]` }));
  expect(await made()).toEqual([]);
});

test("not looked at before it is quiet for 250 ms, at the latest after 1 s", async () => {
  const { clock, id } = await timelessUser();
  const patched = () => t.sandbox.calls.filter((call) => call.method === "PATCH").length;
  const seen: number[] = [];
  for (let ms = 0; ms < 1_600; ms += 100) {
    await rename(id, `N${ms}`);
    await clock.advance(100);
    seen.push(patched());
  }
  // One after a second without quiet; the next would be due a second later.
  expect(seen.slice(0, 9)).toEqual(Array(9).fill(0));
  expect(seen.slice(11)).toEqual(Array(5).fill(1));
  await clock.advance(100);
  expect(patched()).toBe(1);
  await clock.advance(200);
  await t.settled();
  expect(patched()).toBe(2);
});

test("deprovisioning does not wait for quiet, whatever else is going on", async () => {
  const { clock, id } = await timelessUser();
  await rename(id, "Busy");
  await t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
  // Less than the quiet that anything else waits for.
  await clock.advance(150);
  const [first] = t.sandbox.calls.filter((call) => call.method === "PATCH");
  expect(first?.body).toMatchObject({ role: "DI" });
});

test("a leaver goes before a crowd that waits for Label Studio", async () => {
  const leaver = await settledUser();
  t.sandbox.inject({ kind: "slow", ms: 200 }, { method: "POST", times: 60 });
  await Promise.all(Array.from({ length: 60 }, (_, n) => t.scim("POST", "/Users", user(`u${n}@acme.example`))));
  while (!t.sandbox.calls.some((call) => call.method === "POST")) await delay(5);
  await t.scim("DELETE", `/Users/${leaver}`);
  const changing = () => t.sandbox.calls.filter((call) => call.method !== "GET").map((call) => call.method);
  const before = changing().length;
  await t.settled(15_000);
  // Those on their way already, and a few more while the leaver's own turn is prepared.
  expect(changing().indexOf("DELETE") - before).toBeLessThan(24);
});
