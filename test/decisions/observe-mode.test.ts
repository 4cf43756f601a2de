import { afterEach, expect, test } from "@jest/globals";
import { request } from "undici";
import { group, patch, trial, user, writes, type Trial } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const OBSERVE = { environment: { BRIDGE_MODE: "observe" } };
const made = async () => {
  await t.settled();
  const calls = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return calls;
};
const add = async (email: string) => (await t.scim("POST", "/Users", user(email))).body.id;
const activate = (id: string, active: boolean) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", value: { active } }));
const MARA = "mara.novak@acme.example";

test("everything works and nothing is ever written; whoever differs is held", async () => {
  t = await trial(OBSERVE);
  const before = t.sandbox.members();
  const [ada = "", mara = "", mateo = ""] = [
    await add("ada@acme.example"),
    await add(MARA),
    await add("mateo.alvarez@acme.example"),
  ];
  await t.scim("POST", "/Groups", group("LS Reviewers", [ada, mara]));
  await t.settled();
  await activate(mara, false);
  await t.scim("DELETE", `/Users/${mateo}`);
  await t.scim("PUT", `/Users/${ada}`, user("ada@acme.example", { name: { givenName: "New" } }));
  expect(await made()).toEqual([]);
  expect(t.sandbox.members()).toEqual(before);
  expect(await t.status()).toMatchObject({ mode: "observe", failing: 0, pending: 0 });
  expect((await t.status()).held).toBeGreaterThanOrEqual(2);
  expect((await request(`${t.url}/readyz`)).statusCode).toBe(200);
});

test("whom nothing is to be done for is converged", async () => {
  t = await trial(OBSERVE);
  await add(MARA);
  await t.settled();
  expect(await t.status()).toMatchObject({ converged: 1, held: 0 });
});

test("switched to apply: all that was held is carried out", async () => {
  t = await trial(OBSERVE);
  const [ada, mara = ""] = [await add("ada@acme.example"), await add(MARA)];
  await t.scim("POST", "/Groups", group("LS Reviewers", [ada]));
  await t.settled();
  await activate(mara, false);
  await t.settled();
  await t.restart({ environment: {} });
  await t.settled();
  expect([t.sandbox.member("ada@acme.example")?.role, t.sandbox.member(MARA)?.role]).toEqual(["RE", "DI"]);
  expect(await t.status()).toMatchObject({ mode: "apply", converged: 2, held: 0 });
});

test("switched to apply: a deletion that was held is carried out too", async () => {
  t = await trial(OBSERVE);
  const id = await add(MARA);
  await t.settled();
  await t.scim("DELETE", `/Users/${id}`);
  await t.settled();
  expect(t.sandbox.member(MARA)?.deleted).toBe(false);
  await t.restart({ environment: {} });
  await t.settled();
  expect(t.sandbox.member(MARA)?.deleted).toBe(true);
  expect(await t.status()).toMatchObject({ converged: 0, held: 0 });
});
