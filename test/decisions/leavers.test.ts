import { afterEach, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { group, patch, trial, UNLIMITED, user, writes, type Trial } from "../support/bridge.js";
import { timelessTrial } from "../support/timeless.js";

let t: Trial;
afterEach(() => t.close());

const add = async (email: string): Promise<string> => (await t.scim("POST", "/Users", user(email))).body.id;
const leave = (id: string) => t.scim("PATCH", `/Users/${id}`, patch({ op: "Replace", path: "active", value: "False" }));
const role = (email: string) => t.sandbox.member(email)?.role;
const sent = (fragment: string) => writes(t.sandbox.calls).filter((call) => call.includes(fragment));

test("a leaver overtakes a grant of their own that waits for its turn", async () => {
  const timeless = await timelessTrial({ mapping: UNLIMITED, environment: { LABEL_STUDIO_MAX_RPS: "12" } });
  t = timeless;
  const names = Array.from({ length: 20 }, (_, index) => `u${index}@acme.example`);
  for (const email of names) t.sandbox.addMember({ email, role: "NO" });
  const ids = await Promise.all(names.map(add));
  await t.settled(10_000);
  t.sandbox.clearCalls();
  t.sandbox.inject({ kind: "rate-limited", retryAfter: "seconds", seconds: 2 }, { method: "PATCH" });
  await t.scim("POST", "/Groups", group("LS Admins", ids));
  await timeless.clock.advance(800);
  const granted = new Set(names.filter((email) => role(email) === "AD"));
  await Promise.all(ids.map(leave));
  await t.settled(15_000);
  expect(names.map(role)).toEqual(names.map(() => "DI"));
  // At most those whose request was on its way already.
  expect(sent('"AD"').length - granted.size).toBeLessThanOrEqual(2);
});

test("a leaver whom the cache takes for an Owner is looked up before being held", async () => {
  t = await trial();
  const olivia = await add("olivia.winter@acme.example");
  await t.settled();
  t.sandbox.setRole("olivia.winter@acme.example", "AD");
  await leave(olivia);
  expect((await t.settled()).held).toBe(0);
  expect(role("olivia.winter@acme.example")).toBe("DI");
});

test("a re-hire whose account is being deleted meanwhile is looked at again", async () => {
  t = await trial({ sandbox: { patchRevives: "yes" } });
  const id = await add("ada@acme.example");
  await t.scim("POST", "/Groups", group("LS Annotators", [id]));
  await t.settled();
  t.sandbox.inject({ kind: "slow", ms: 600 }, { method: "DELETE" });
  await t.scim("DELETE", `/Users/${id}`);
  await delay(100);
  const again = await add("ada@acme.example");
  await t.scim("POST", "/Groups", group("LS Reviewers", [again]));
  await delay(1_000);
  await t.settled();
  expect(t.sandbox.member("ada@acme.example")).toMatchObject({ role: "RE", deleted: false });
});

test("an outage after the start shows in the status and in /readyz, which stays 200", async () => {
  t = await trial();
  await t.settled();
  // The first complete read is tried again and again by itself.
  while (!t.sandbox.calls.some(({ path, status }) => path.endsWith("/memberships") && status === 200)) await delay(20);
  t.sandbox.inject({ kind: "reset" }, { probability: 1 });
  await add("ada@acme.example");
  for (let tries = 0; (await t.status()).labelStudio.state !== "unreachable"; tries++) {
    expect(tries).toBeLessThan(1_000);
    await delay(20);
  }
  const ready = await fetch(`${t.url}/readyz`);
  expect([ready.status, ((await ready.json()) as { labelStudio: { state: string } }).labelStudio.state]).toEqual([
    200,
    "unreachable",
  ]);
  t.sandbox.clearFaults();
  expect(await t.settled(8_000)).toMatchObject({ converged: 1 });
});
