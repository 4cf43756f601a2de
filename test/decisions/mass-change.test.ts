// safety: too many leavers, demotions or grants at once are held until an operator decides; nobody else waits for them.
import { afterEach, expect, test } from "@jest/globals";
import type { Environment } from "../../src/config.js";
import { group, MAPPING, patch, trial, UNLIMITED, user, writes, type Trial } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const email = (index: number): string => `u${index}@acme.example`;
const role = (index: number) => t.sandbox.member(email(index))?.role;
const rolesOf = (from: number, to: number) => new Set(Array.from({ length: to - from }, (_, at) => role(from + at)));

/** Fifty annotators, all known and converged. */
async function fifty(
  mapping = MAPPING,
  environment: Environment = {},
): Promise<{ readonly ids: readonly string[]; readonly groupId: string }> {
  t = await trial({ mapping, environment });
  for (let index = 0; index < 50; index++) t.sandbox.addMember({ email: email(index), role: "AN" });
  const ids: string[] = [];
  for (let index = 0; index < 50; index++) ids.push((await t.scim("POST", "/Users", user(email(index)))).body.id);
  const groupId = (await t.scim("POST", "/Groups", group("LS Annotators", ids))).body.id;
  await t.settled(20_000);
  t.sandbox.clearCalls();
  return { ids, groupId };
}

const leave = (id: string | undefined) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
const removeFrom = (groupId: string, ids: readonly string[]) =>
  t.scim(
    "PATCH",
    `/Groups/${groupId}`,
    patch({ op: "remove", path: "members", value: ids.map((value) => ({ value })) }),
  );

test("a group that loses 21 of 50 is held whole, with the numbers; a leaver is not delayed; an approval lets it go", async () => {
  const { ids, groupId } = await fifty();
  expect((await removeFrom(groupId, ids.slice(0, 21))).status).toBe(204);
  expect((await t.settled()).held).toBe(21);
  expect(writes(t.sandbox.calls)).toEqual([]);
  const { holds } = await t.admin("GET", "/holds");
  expect(holds).toHaveLength(21);
  expect(holds?.[0]).toMatchObject({
    effect: "lower",
    from: "AN",
    to: "NO",
    origin: `group ${groupId}`,
    decision: "waiting",
    reason: expect.stringContaining("21 of 50 is 42 %, limit 20 %"),
  });
  await leave(ids[40]);
  expect((await t.settled()).held).toBe(21);
  expect(role(40)).toBe("DI");
  await t.restart();
  expect((await t.settled()).held).toBe(21);
  expect(rolesOf(0, 21)).toEqual(new Set(["AN"]));
  expect(await t.admin("POST", "/holds/approve", { origin: `group ${groupId}` })).toEqual({ people: 21 });
  expect((await t.settled(10_000)).held).toBe(0);
  expect(rolesOf(0, 21)).toEqual(new Set(["NO"]));
  expect(role(21)).toBe("AN");
  // What was approved counts against nobody.
  await leave(ids[41]);
  await t.settled();
  expect(role(41)).toBe("DI");
});

test("worked off a few at a time the rest of a group is no smaller a change, and neither is what comes after it", async () => {
  const { ids, groupId } = await fifty(MAPPING, { LABEL_STUDIO_MAX_RPS: "12" });
  await removeFrom(groupId, ids.slice(0, 40));
  expect((await t.settled()).held).toBe(40);
  const { holds } = await t.admin("GET", "/holds");
  expect(new Set(holds?.map(({ reason }: { reason: string }) => /\d+ of \d+/.exec(reason)?.[0]))).toEqual(
    new Set(["40 of 50"]),
  );
  await removeFrom(groupId, ids.slice(40, 41));
  expect((await t.settled()).held).toBe(41);
  expect(writes(t.sandbox.calls)).toEqual([]);
});

test("what the IdP takes back is held no more, and what is rejected stays as it is until something new is said", async () => {
  const { ids, groupId } = await fifty();
  await removeFrom(groupId, ids.slice(0, 12));
  expect((await t.settled()).held).toBe(12);
  await t.scim("PATCH", `/Groups/${groupId}`, patch({ op: "add", path: "members", value: [{ value: ids[0] }] }));
  expect((await t.settled()).held).toBe(11);
  expect(await t.admin("POST", "/holds/reject", { all: true })).toEqual({ people: 11 });
  const status = await t.settled();
  expect([status.held, status.warnings]).toEqual([0, 11]);
  await t.restart();
  await t.settled();
  expect(rolesOf(0, 12)).toEqual(new Set(["AN"]));
  expect(writes(t.sandbox.calls)).toEqual([]);
  // Two of them are changed anew: too few to be held.
  for (const id of ids.slice(1, 3)) {
    await t.scim("PATCH", `/Groups/${groupId}`, patch({ op: "add", path: "members", value: [{ value: id }] }));
    await t.settled();
    await removeFrom(groupId, [id]);
    await t.settled();
  }
  expect([role(1), role(2), role(3)]).toEqual(["NO", "NO", "AN"]);
});

test("what was rejected can be approved by name, also of somebody deleted, who is not lost sight of", async () => {
  const { ids } = await fifty();
  for (const id of ids.slice(0, 12)) await t.scim("DELETE", `/Users/${id}`);
  const { held } = await t.settled();
  expect(held).toBeGreaterThan(0);
  expect(await t.admin("POST", "/holds/reject", { all: true })).toEqual({ people: held });
  await t.restart();
  expect(await t.settled()).toMatchObject({ held: 0, warnings: held });
  const { holds = [] } = await t.admin("GET", "/holds");
  const people = (holds as readonly { personId: string }[]).map(({ personId }) => personId);
  expect(await t.admin("POST", "/holds/approve", { all: true })).toEqual({ people: 0 });
  expect(await t.admin("POST", "/holds/approve", { people })).toEqual({ people: people.length });
  await t.until(() => Array.from({ length: 12 }, (_, at) => at).every((at) => t.sandbox.member(email(at))?.deleted));
  expect(await t.settled()).toMatchObject({ held: 0, warnings: 0 });
  expect((await t.admin("GET", "/holds"))["holds"]).toEqual([]);
});

test("what was rejected counts like anything else once a group has been changed anew", async () => {
  const { ids, groupId } = await fifty(MAPPING, { LABEL_STUDIO_MAX_RPS: "12" });
  await removeFrom(groupId, ids.slice(0, 40));
  expect((await t.settled()).held).toBe(40);
  expect(await t.admin("POST", "/holds/reject", { all: true })).toEqual({ people: 40 });
  await t.until(async () => (await t.settled()).warnings === 40);
  await t.scim("POST", "/Groups", group("Unmapped", ids.slice(0, 40)));
  expect((await t.settled()).held).toBe(40);
  expect(writes(t.sandbox.calls)).toEqual([]);
});

test("neither a mapping that says the same of them nor an operator's reconcile reopens what was rejected", async () => {
  const { ids, groupId } = await fifty();
  await removeFrom(groupId, ids.slice(0, 12));
  expect((await t.settled()).held).toBe(12);
  // So many are left that they would not be too many by themselves.
  expect(await t.admin("POST", "/holds/approve", { people: ids.slice(0, 5) })).toEqual({ people: 5 });
  expect(await t.admin("POST", "/holds/reject", { all: true })).toEqual({ people: 7 });
  await t.until(async () => (await t.settled()).warnings === 7);
  await t.remap(`${MAPPING}    - { group: "Somebody else", role: MA }\n`);
  await t.until(async () => (await t.status()).mapping !== undefined && (await t.settled()).warnings === 7);
  await t.admin("POST", "/reconcile", {});
  await t.until(async () => (await t.settled()).warnings === 7);
  expect(rolesOf(0, 5)).toEqual(new Set(["NO"]));
  expect(rolesOf(5, 12)).toEqual(new Set(["AN"]));
});

test("a trickle of single deactivations is stopped at the limit, and what is held does not wait the window out", async () => {
  const { ids } = await fifty();
  for (const id of ids.slice(0, 13)) {
    expect((await leave(id)).status).toBe(200);
    await t.settled();
  }
  expect((await t.status()).held).toBe(3);
  expect(rolesOf(0, 10)).toEqual(new Set(["DI"]));
  expect(rolesOf(10, 13)).toEqual(new Set(["AN"]));
  await t.scim("PATCH", `/Users/${ids[12]}`, patch({ op: "replace", path: "active", value: true }));
  expect((await t.settled()).held).toBe(2);
  expect(await t.admin("POST", "/holds/approve", { all: true })).toEqual({ people: 2 });
  expect((await t.settled()).held).toBe(0);
  expect([role(10), role(11), role(12)]).toEqual(["DI", "DI", "AN"]);
});

test("another mapping at a restart that would demote everybody changes nobody", async () => {
  await fifty();
  await t.restart({ mapping: MAPPING.replace("LS Annotators", "LS Anotators") });
  expect((await t.settled()).held).toBe(50);
  expect(writes(t.sandbox.calls)).toEqual([]);
  await t.restart({ mapping: MAPPING });
  expect((await t.settled()).held).toBe(0);
  expect(writes(t.sandbox.calls)).toEqual([]);
});

test("a glob that makes everybody Administrator is held", async () => {
  await fifty();
  await t.restart({ mapping: MAPPING.replace('"LS Admins"', '"LS *"') });
  expect((await t.settled()).held).toBe(50);
  expect(rolesOf(0, 50)).toEqual(new Set(["AN"]));
});

test("massChange: off holds nothing", async () => {
  const { ids, groupId } = await fifty(UNLIMITED);
  await removeFrom(groupId, ids);
  expect((await t.settled(10_000)).held).toBe(0);
  expect(rolesOf(0, 50)).toEqual(new Set(["NO"]));
});

test("a pause lets leavers go and nobody else; with all nobody; what waited is done afterwards", async () => {
  const { ids, groupId } = await fifty();
  await t.admin("POST", "/pause", {});
  await removeFrom(groupId, ids.slice(0, 2));
  await leave(ids[5]);
  await t.until(async () => (await t.status()).pending === 2);
  expect(await t.status()).toMatchObject({ paused: { all: false } });
  expect(role(5)).toBe("DI");
  await t.admin("POST", "/pause", { all: true });
  await leave(ids[6]);
  await t.until(async () => (await t.status()).pending === 3);
  expect(role(6)).toBe("AN");
  await t.admin("POST", "/resume", {});
  await t.settled();
  expect([role(0), role(1), role(6)]).toEqual(["NO", "NO", "DI"]);
});
