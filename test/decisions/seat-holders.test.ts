// seats: who may have one by the mapping, whose it was before, and what operators are told.
import { afterEach, describe, expect, test } from "@jest/globals";
import { MAPPING, trial, writes, type Trial } from "../support/bridge.js";
import { address, fewSeats, peopleOf, SEED } from "../support/seats.js";
import type { TimelessTrial } from "../support/timeless.js";

let t: Trial;
afterEach(() => t.close());

const { addAll, set, join, annotators, role, held, warnings } = peopleOf(() => t);
const DAY_MS = 86_400_000;

async function timeless(seatLimit: number, mapping = MAPPING): Promise<TimelessTrial> {
  const made = await fewSeats(seatLimit, mapping);
  t = made;
  return made;
}

describe("a view-only member", () => {
  const viewer = [...SEED, { email: address("v"), role: "VO", userType: "viewonly" }];
  const begin = async (seats: string, seatLimit?: number) => {
    t = await trial({ mapping: `${MAPPING}seats: ${seats}\n`, sandbox: { seed: viewer, seatLimit } });
    await annotators(await addAll("v"));
    return t.settled();
  };

  test("gets a working role only where the mapping pays for it", async () => {
    expect((await begin("{}")).held).toBe(1);
    expect([(await held())[0], writes(t.sandbox.calls)]).toEqual([
      expect.stringContaining("seats.upgradeViewOnly: true"),
      [],
    ]);
    await t.remap(`${MAPPING}seats: { upgradeViewOnly: true }\n`);
    await t.until(() => role("v") === "AN");
    expect(t.sandbox.member(address("v"))?.userType).toBe("standard");
  });

  test("takes a seat by it", async () => {
    expect((await begin("{ upgradeViewOnly: true }", 1)).held).toBe(1);
    expect((await held())[0]).toMatch(/^seats: 1 of 1 in use/);
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
    expect((await held())[0]).toContain("1 of 2 in use; 1 given up too early, the first may be given on 2027-01-08");
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
