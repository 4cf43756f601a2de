import { afterEach, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../../src/sandbox/index.js";
import { group, patch, trial, user, writes, type Trial, type TrialOptions } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

/** Who has no seat is held by the bridge where the server tells of them: see seats.test.ts. */
const start = async (options: TrialOptions = {}) => {
  t = await trial({ sandbox: { billing: "absent" }, ...options });
  await t.settled();
  t.sandbox.clearCalls();
};
const add = async (email: string) => (await t.scim("POST", "/Users", user(email))).body.id;
const addAll = async (...names: readonly string[]) => {
  const ids = [];
  for (const name of names) ids.push(await add(`${name}@acme.example`));
  return ids;
};
const join = (name: string, ids: readonly string[]) => t.scim("POST", "/Groups", group(name, ids));
const made = async () => {
  await t.settled();
  const calls = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return calls;
};
const role = (name: string) => t.sandbox.member(`${name}@acme.example`)?.role;
const until = async (fulfilled: () => Promise<boolean> | boolean, withinMs: number) => {
  const end = Date.now() + withinMs;
  while (!(await fulfilled())) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${JSON.stringify(await t.status())}`);
    await delay(20);
  }
};
const PATCH_ROLE = { method: "PATCH", path: /memberships$/ };
const seats = () =>
  t.sandbox.members().filter(({ role: code }) => ["OW", "AD", "MA", "RE", "AN"].includes(code)).length;

test("no seats: who needs one is failing, everybody else goes on, nobody loops", async () => {
  await start();
  t.sandbox.set({ seatLimit: seats() });
  const [a = "", b = "", c = ""] = await addAll("a", "b", "c");
  await join("LS Annotators", [a, b]);
  const calls = await made();
  expect(await t.status()).toMatchObject({ failing: 2, converged: 1, held: 0 });
  expect(calls.filter((call) => call.includes('"AN"'))).toHaveLength(2);
  await t.scim("PATCH", `/Users/${c}`, patch({ op: "replace", value: { active: false } }));
  await made();
  expect(role("c")).toBe("DI");
});

test("one success releases all who were refused alike, long before their own backoff is over", async () => {
  await start();
  t.sandbox.set({ seatLimit: seats() });
  await join("LS Annotators", await addAll("a", "b", "c", "d"));
  await made();
  // Each start asks once more and doubles the wait: after four refusals nobody asks of their own accord for 32 s.
  for (let asked = 0; asked < 3; asked++) {
    await t.restart();
    await until(() => t.sandbox.calls.filter(({ status }) => status === 400).length >= 4, 15_000);
    await delay(50);
    t.sandbox.clearCalls();
  }
  expect(await t.status()).toMatchObject({ failing: 4 });
  t.sandbox.set({ seatLimit: undefined });
  await until(async () => (await t.status()).converged === 4, 20_000);
  expect(["a", "b", "c", "d"].map(role)).toEqual(["AN", "AN", "AN", "AN"]);
});

test("a change of the IdP asks again at once", async () => {
  await start();
  t.sandbox.set({ seatLimit: seats() });
  const [id = ""] = await addAll("a");
  await join("LS Annotators", [id]);
  await made();
  t.sandbox.set({ seatLimit: undefined });
  await t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", value: { title: "x" } }));
  await made();
  expect(role("a")).toBe("AN");
});

test("a refusal of one person is that person's alone", async () => {
  await start();
  await addAll("a", "b");
  await made();
  t.sandbox.inject({ kind: "forbidden", detail: "Not this one." }, PATCH_ROLE);
  const { body } = await t.scim("GET", "/Users?attributes=id");
  await join(
    "LS Annotators",
    (body["Resources"] as { id: string }[]).map(({ id }) => id),
  );
  await made();
  expect(await t.status()).toMatchObject({ failing: 1, converged: 1, labelStudio: { state: "ok" } });
});

test("a role update whose answer is lost, spoilt or late converges to the role", async () => {
  const faults: readonly Fault[] = [
    { kind: "reset", afterEffect: true },
    { kind: "reset" },
    { kind: "status", status: 504, html: true, afterEffect: true },
    { kind: "truncated" },
    // 200 with a login page, and no effect.
    { kind: "html" },
    { kind: "rate-limited", retryAfter: "seconds", seconds: 1 },
  ];
  const names = faults.map((_fault, index) => `u${index}`);
  await start();
  const ids = await addAll(...names);
  await made();
  faults.forEach((fault, index) => {
    const userId = t.sandbox.member(`u${index}@acme.example`)?.userId;
    const path = (_path: string, body: unknown) => (body as { user_id?: number } | undefined)?.user_id === userId;
    t.sandbox.inject(fault, { method: "PATCH", path });
  });
  await join("LS Annotators", ids);
  await t.settled(8_000);
  expect(names.map(role)).toEqual(names.map(() => "AN"));
  expect(await t.status()).toMatchObject({ converged: 6, failing: 0 });
});

test("a member who vanished upstream is failing after a role change, and works again once invited by hand", async () => {
  await start();
  const ids = await addAll("a");
  await made();
  t.sandbox.removeMember("a@acme.example");
  await join("LS Annotators", ids);
  await made();
  expect(await t.status()).toMatchObject({ failing: 1, converged: 0 });
  t.sandbox.addMember({ email: "a@acme.example", role: "NO" });
  await t.scim("PATCH", `/Users/${ids[0] ?? ""}`, patch({ op: "replace", value: { title: "x" } }));
  await made();
  expect(role("a")).toBe("AN");
});

test("a leaver who vanished upstream is done", async () => {
  await start();
  const [a = "", b = ""] = await addAll("a", "b");
  await made();
  t.sandbox.removeMember("a@acme.example");
  t.sandbox.removeMember("b@acme.example");
  await t.scim("PATCH", `/Users/${a}`, patch({ op: "replace", value: { active: false } }));
  await t.scim("DELETE", `/Users/${b}`);
  await made();
  expect(await t.status()).toMatchObject({ converged: 1, failing: 0, held: 0 });
});
