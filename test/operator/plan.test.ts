// What a plan says is what becomes of people: with what an operator has decided before, and with what nobody can approve.
import { afterEach, expect, test } from "@jest/globals";
import { openOperations } from "../../src/beside.js";
import type { PlannedChange } from "../../src/foresight/index.js";
import { group, MAPPING, patch, trial, user, type Trial } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

interface Planned {
  readonly digest: string;
  readonly unchanged: number;
  readonly changes: readonly PlannedChange[];
}
const plan = async (): Promise<Planned> => (await t.admin("GET", "/plan")) as unknown as Planned;
const holds = async () => (await t.admin("GET", "/holds"))["holds"] as readonly { decision: string }[];
const approve = async ({ digest }: Planned) => (await t.admin("POST", "/reconcile", { expect: digest }))["people"];
const add = async (email: string) => (await t.scim("POST", "/Users", user(email))).body.id;
const twelve = async () => {
  const ids: string[] = [];
  for (let at = 0; at < 12; at++) ids.push(await add(`u${at}@acme.example`));
  return ids;
};
const without = (ids: readonly string[]) =>
  patch({ op: "remove", path: "members", value: ids.map((value) => ({ value })) });
const emptied = async () => {
  const ids = await twelve();
  const { id } = (await t.scim("POST", "/Groups", group("LS Annotators", ids))).body;
  await t.settled();
  await t.scim("PATCH", `/Groups/${id}`, without(ids));
  await t.settled();
  return ids;
};

test("what protects somebody is not approved with the rest of a plan", async () => {
  t = await trial();
  t.sandbox.addMember({ email: "boss@acme.example", role: "OW" });
  const boss = await add("boss@acme.example");
  await t.scim("POST", "/Groups", group("LS Reviewers", [boss]));
  const ids = await emptied();
  const planned = await plan();
  expect(planned.changes.filter(({ isProtected }) => isProtected).map(({ personId }) => personId)).toEqual([boss]);
  expect(await approve(planned)).toBe(ids.length);
  expect(await t.settled()).toMatchObject({ held: 1 });
  expect(await holds()).toEqual([]);
  expect(t.sandbox.member("boss@acme.example")?.role).toBe("OW");
});

test("what an operator has rejected is no change of a plan, and what waits is held in it however long ago that was", async () => {
  t = await trial();
  const ids = await emptied();
  await t.admin("POST", "/holds/reject", { people: ids.slice(0, 4) });
  await t.settled();
  await t.restart({ mapping: MAPPING + "safety: { massChange: { from: 100 } }\n" });
  await t.settled();
  const planned = await plan();
  expect([planned.changes.length, planned.unchanged]).toEqual([8, 4]);
  expect(planned.changes.every(({ held }) => held?.includes("12 of 12"))).toBe(true);
  expect(await t.admin("GET", "/explain?of=u0@acme.example")).toMatchObject({
    next: { does: "nothing", reason: "rejected" },
  });
  expect(await approve(planned)).toBe(8);
  expect(await t.settled()).toMatchObject({ held: 0 });
  expect(t.sandbox.member("u0@acme.example")?.role).toBe("AN");
  expect(t.sandbox.member("u4@acme.example")?.role).toBe("NO");
});

test("the last Owner is protected in a plan too", async () => {
  t = await trial({ mapping: `${MAPPING}protect: { owners: false }\n` });
  const [owner = ""] = t.sandbox.members().flatMap(({ email, role }) => (role === "OW" ? [email] : []));
  await t.scim("POST", "/Groups", group("LS Annotators", [await add(owner)]));
  await t.settled();
  const held = expect.stringContaining("the last Owner");
  expect((await plan()).changes).toMatchObject([{ from: "OW", isProtected: true, held }]);
});

test("the key's own user is protected in a plan straight on the store too", async () => {
  t = await trial();
  const key = await add(t.sandbox.keyOwner().email);
  await t.scim("POST", "/Groups", group("LS Annotators", [key]));
  await t.settled();
  const operations = await openOperations({ databaseUrl: t.databaseUrl, mapping: undefined });
  const held = expect.stringContaining("own API key");
  expect(await operations?.plan()).toMatchObject({ changes: [{ personId: key, isProtected: true, held }] });
  await operations?.close();
});
