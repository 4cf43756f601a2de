// seats: whoever needs a licensed seat while none is free is held, and goes as soon as one is; nobody else waits for it.
import { afterEach, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { group, MAPPING, patch, trial, user, writes, type Trial } from "../support/bridge.js";
import { timelessTrial, type TimelessTrial } from "../support/timeless.js";

let t: Trial;
afterEach(() => t.close());

const DAY_MS = 86_400_000;
/** The key's own user takes the first seat. */
const SEED = [{ email: "key@acme.example", role: "AD" }];
const address = (name: string): string => `${name}@acme.example`;
const role = (name: string) => t.sandbox.member(address(name))?.role;
const add = async (name: string) => (await t.scim("POST", "/Users", user(address(name)))).body.id;
const set = (id: string | undefined, active: boolean) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: active }));
const join = (groupId: string, id: string | undefined) =>
  t.scim("PATCH", `/Groups/${groupId}`, patch({ op: "add", path: "members", value: [{ value: id }] }));
const annotators = async (ids: readonly string[] = []) =>
  (await t.scim("POST", "/Groups", group("LS Annotators", ids))).body.id;
const asked = () => t.sandbox.calls.filter(({ path }) => path === "/api/billing/info").length;
const refused = () => t.sandbox.calls.filter(({ status }) => status === 400).length;
const held = async () =>
  ((await t.admin("GET", "/people?state=held"))["people"] ?? []) as { userName: string; reason: string }[];
const warnings = async () =>
  (((await t.admin("GET", "/people?state=converged"))["people"] ?? []) as { warning?: string }[]).flatMap(
    ({ warning }) => warning ?? [],
  );

async function timeless(seatLimit: number, mapping = MAPPING): Promise<TimelessTrial> {
  const made = await timelessTrial({ mapping, sandbox: { seed: SEED, seatLimit } });
  t = made;
  await t.settled();
  t.sandbox.clearCalls();
  return made;
}

async function addAll(...names: readonly string[]): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of names) ids.push(await add(name));
  return ids;
}

describe("a full licence", () => {
  test("holds who has no seat, with the numbers, and asks Label Studio for nothing that it would refuse", async () => {
    await timeless(4);
    await annotators(await addAll("a", "b", "c", "d", "e"));
    const status = await t.settled();
    expect([status.held, status.failing]).toEqual([2, 0]);
    expect(["a", "b", "c", "d", "e"].map(role).filter((code) => code === "AN")).toHaveLength(3);
    expect((await held()).map(({ reason }) => reason)).toEqual([
      "seats: 4 of 4 in use, 3 of them promised to who has waited longer; waits for the next one",
      "seats: 4 of 4 in use, 3 of them promised to who has waited longer; waits for the next one",
    ]);
    expect([refused(), asked()]).toEqual([0, 1]);
  });

  test("a seat that is freed goes to who has waited longest, before whoever comes just then", async () => {
    const { clock } = await timeless(2);
    const [a, b, c] = await addAll("a", "b", "c");
    const groupId = await annotators(a ? [a] : []);
    await t.settled();
    await join(groupId, c);
    await t.settled();
    await join(groupId, b);
    expect((await t.settled()).held).toBe(2);
    await set(a, false);
    await t.settled();
    expect(role("a")).toBe("DI");
    await clock.advance(61_000);
    await t.settled();
    expect([role("c"), role("b")]).toEqual(["AN", "NO"]);
    t.sandbox.set({ seatLimit: 3 });
    await clock.advance(31_000);
    await t.settled();
    expect([role("b"), (await t.status()).held, refused()]).toEqual(["AN", 0, 0]);
  });

  test("is asked about once a minute while seats are given, and never otherwise", async () => {
    const { clock } = await timeless(50);
    const groupId = await annotators();
    const ids = await addAll("a", "b", "c", "d");
    await t.settled();
    expect(asked()).toBe(0);
    for (const id of ids.slice(0, 3)) {
      await join(groupId, id);
      await t.settled();
    }
    expect(asked()).toBe(1);
    await clock.advance(61_000);
    await set(ids[0], false);
    await t.settled();
    expect(asked()).toBe(1);
    await join(groupId, ids[3]);
    await t.settled();
    expect(asked()).toBe(2);
  });

  test("limit: off asks nobody and leaves it to Label Studio", async () => {
    await timeless(1, `${MAPPING}seats: { limit: off }\n`);
    await annotators(await addAll("a"));
    await t.until(async () => (await t.status()).failing === 1);
    expect([asked(), refused() > 0]).toEqual([0, true]);
  });

  test("who is held goes at once when the mapping counts seats no more, or the licence has no limit", async () => {
    const { clock } = await timeless(1);
    await annotators(await addAll("a"));
    expect((await t.settled()).held).toBe(1);
    t.sandbox.set({ seatLimit: undefined });
    await clock.advance(31_000);
    await t.settled();
    expect(role("a")).toBe("AN");
  });
});

describe("an answer that cannot be had", () => {
  const start = async () => {
    t = await trial({ sandbox: { seed: SEED, seatLimit: 2 } });
    await t.settled();
  };

  test("holds nobody, and delays no deactivation", async () => {
    await start();
    const [a, b] = await addAll("a", "b");
    const groupId = await annotators();
    await t.settled();
    t.sandbox.inject({ kind: "silence" }, { path: /billing/ });
    await join(groupId, a);
    await delay(350);
    await set(b, false);
    const since = Date.now();
    await t.until(() => role("b") === "DI");
    expect(Date.now() - since).toBeLessThan(500);
    await t.until(() => role("a") === "AN");
    expect((await t.settled()).held).toBe(0);
  });

  test("the one who waits for it is deactivated soon all the same", async () => {
    await start();
    const [a] = await addAll("a");
    const groupId = await annotators();
    await t.settled();
    t.sandbox.inject({ kind: "silence" }, { path: /billing/ });
    await join(groupId, a);
    await delay(350);
    await set(a, false);
    const since = Date.now();
    await t.until(() => role("a") === "DI");
    expect(Date.now() - since).toBeLessThan(1_500);
  });
});

describe("a view-only member", () => {
  const viewer = [...SEED, { email: address("v"), role: "VO", userType: "viewonly" }];
  const begin = async (seats: string, seatLimit?: number) => {
    t = await trial({ mapping: `${MAPPING}seats: ${seats}\n`, sandbox: { seed: viewer, seatLimit } });
    await annotators(await addAll("v"));
    return t.settled();
  };

  test("gets a working role only where the mapping pays for it", async () => {
    expect((await begin("{}")).held).toBe(1);
    expect([(await held())[0]?.reason, writes(t.sandbox.calls)]).toEqual([
      expect.stringContaining("seats.upgradeViewOnly: true"),
      [],
    ]);
    await t.remap(`${MAPPING}seats: { upgradeViewOnly: true }\n`);
    await t.until(() => role("v") === "AN");
    expect(t.sandbox.member(address("v"))?.userType).toBe("standard");
  });

  test("takes a seat by it", async () => {
    expect((await begin("{ upgradeViewOnly: true }", 1)).held).toBe(1);
    expect((await held())[0]?.reason).toMatch(/^seats: 1 of 1 in use/);
  });
});

describe("a seat that is given up after a day", () => {
  /** a has the only seat that there is, for a day. */
  const aDay = async (rotation: string) => {
    const { clock } = await timeless(2, `${MAPPING}seats: { rotation: ${rotation} }\n`);
    const ids = await addAll("a", "b");
    const groupId = await annotators(ids.slice(0, 1));
    await t.settled();
    clock.step(DAY_MS);
    await set(ids[0], false);
    await t.settled();
    await clock.advance(61_000);
    return { clock, ids, groupId };
  };

  test("report: is given on, with a warning on whoever gets it until it could have been", async () => {
    const { clock, ids, groupId } = await aDay("report");
    await join(groupId, ids[1]);
    await t.settled();
    expect(role("b")).toBe("AN");
    expect(await warnings()).toEqual([expect.stringMatching(/^seats: another person .* until 2027-01-08$/)]);
    await t.restart();
    await t.settled();
    expect(await warnings()).toHaveLength(1);
    clock.step(7 * DAY_MS);
    await t.restart();
    await t.settled();
    expect(await warnings()).toEqual([]);
  });

  test("hold: rests until then and is given on by itself; who had it gets it back at once", async () => {
    const { clock, ids, groupId } = await aDay("hold");
    await join(groupId, ids[1]);
    expect((await t.settled()).held).toBe(1);
    expect((await held())[0]?.reason).toContain(
      "1 of 2 in use; 1 given up too early, the first may be given on 2027-01-08",
    );
    await set(ids[0], true);
    await t.settled();
    expect([role("a"), role("b")]).toEqual(["AN", "NO"]);
    await set(ids[0], false);
    await t.settled();
    clock.step(7 * DAY_MS);
    await clock.advance(61_000);
    await t.settled();
    expect([role("a"), role("b")]).toEqual(["DI", "AN"]);
    expect(await warnings()).toEqual([]);
  });
});

describe("for operators", () => {
  interface Report {
    readonly now?: { readonly used: number; readonly limit: number; readonly free: number; readonly at: string };
    readonly waiting: number;
    readonly forecast: { readonly grants: number; readonly free?: number };
    readonly rotation: readonly object[];
  }
  const report = async () => (await t.admin("GET", "/seats")) as unknown as Report;

  test("now, who waits, what is to come, and the months", async () => {
    const { clock } = await timeless(3);
    const ids = await addAll("a", "b", "c");
    const groupId = await annotators(ids.slice(0, 2));
    await t.settled();
    await clock.advance(6_000);
    expect(await report()).toMatchObject({
      now: { used: 3, limit: 3, free: 0, at: expect.stringMatching(/^2027-01-01T/) },
      waiting: 0,
      forecast: { grants: 0, free: 0 },
    });
    await join(groupId, ids[2]);
    await t.settled();
    await set(ids[0], false);
    await t.admin("POST", "/pause", {});
    await t.until(() => role("a") === "DI");
    expect(await report()).toMatchObject({ now: { used: 3 }, waiting: 1 });
    await clock.advance(31_000);
    expect(await report()).toMatchObject({ now: { used: 2, free: 1 }, waiting: 1, forecast: { grants: 1, free: 0 } });
    await t.admin("POST", "/resume", {});
    await t.settled();
    const { waiting, rotation } = await report();
    expect([waiting, rotation[0]]).toEqual([0, { month: "2027-01", taken: 3, freed: 1, rotatedEarly: 1 }]);
    expect(rotation).toHaveLength(6);
  });

  test("a server that does not tell", async () => {
    t = await trial({ sandbox: { billing: "forbidden" } });
    await t.settled();
    const { now, forecast } = await report();
    expect([now?.used, now?.limit, forecast]).toEqual([undefined, undefined, { grants: 0 }]);
  });
});
