// Who waits for a licensed seat, and who has had one how long.
import { describe, expect, test } from "@jest/globals";
import type { Claim, Store } from "../../src/ports.js";
import { aLink, aMember, AT, aUser, NOW, outcome } from "./records.js";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

export function seatsConformance(store: () => Store): void {
  const claim = (now: number) => store().work.claim(["leaver", "change", "review", "sweep"], 10, 1_000, now);
  const enqueue = (people: readonly string[], now: number) =>
    store().transaction((tx) =>
      tx.enqueue({ people, addresses: [], lane: "leaver", cause: "test", origin: "test", now }),
    );
  const settle = async (id: string, at: number, seatSince: number | undefined, reason = "seats: 5 of 5") => {
    await enqueue([id], at);
    const [held] = await claim(at);
    await store().work.settle(held as Claim, outcome("held", { seatSince, reason }));
  };

  describe("waiting for a seat", () => {
    test("since the first time, whatever the numbers say later; until it is held for another reason", async () => {
      await store().transaction(async (tx) => {
        for (const id of ["a", "b", "c"]) await tx.insertUser(aUser(id));
      });
      await settle("b", NOW, NOW);
      await settle("a", NOW + 1, NOW + 1);
      await settle("c", NOW + 2, undefined);
      await settle("b", NOW + 3, NOW + 3, "seats: 6 of 6");
      expect(await store().seats.waiting(10)).toEqual(["b", "a"]);
      expect(await store().seats.waiting(1)).toEqual(["b"]);
      expect(await store().seats.howManyWait()).toBe(2);
      await settle("b", NOW + 4, undefined, "protected");
      await settle("b", NOW + 5, NOW + 5);
      expect(await store().seats.waiting(10)).toEqual(["a", "b"]);
      await store().seats.recall(1, NOW + 6);
      expect(await store().seats.queued("", 10)).toEqual(["a"]);
      expect(await claim(NOW + 6)).toMatchObject([{ personId: "a", lane: "change", leaverDue: false }]);
    });

    test("whoever is in the outbox already stays as they are there", async () => {
      await store().transaction((tx) => tx.insertUser(aUser("a")));
      await settle("a", NOW, NOW);
      await enqueue(["a"], NOW + 1);
      await store().seats.recall(5, NOW + 2);
      expect(await claim(NOW + 2)).toMatchObject([{ personId: "a", lane: "leaver" }]);
    });
  });

  test("what was last told is remembered", async () => {
    expect(await store().seats.lastRead()).toBeUndefined();
    await store().seats.putRead({ used: 4, limit: 5, at: AT });
    await store().seats.putRead({ used: 5, limit: undefined, at: AT });
    expect(await store().seats.lastRead()).toEqual({ used: 5, at: AT });
  });

  describe("the ledger", () => {
    const months = () => store().seats.months(2, NOW + 40 * DAY_MS);
    const observed = async (roles: Readonly<Record<number, string>>, now: number) => {
      const members = Object.entries(roles).map(([id, role]) => aMember(Number(id), `u${id}@acme.example`, { role }));
      await store().work.putObserved(members, now);
      await store().seats.observe(now);
    };
    const resting = async (now: number) => (await store().seats.resting(WEEK_MS, now)).map(({ userId }) => userId);

    test("what was there at first is nobody's news; what changes by another's doing is", async () => {
      await observed({ 1: "AN", 2: "NO", 3: "VO" }, NOW);
      expect(await months()).toMatchObject([{ taken: 0 }, { taken: 0, freed: 0 }]);
      await observed({ 1: "NO", 2: "RE", 3: "DI" }, NOW + DAY_MS);
      expect(await months()).toEqual([
        { month: "2026-02", taken: 0, freed: 0, rotatedEarly: 0 },
        { month: "2026-01", taken: 1, freed: 1, rotatedEarly: 0 },
      ]);
      expect(await resting(NOW + DAY_MS)).toEqual([]);
    });

    test("a seat given up before it was had long enough rests until then", async () => {
      await store().seats.take(1, NOW, undefined);
      await store().seats.take(2, NOW + DAY_MS, undefined);
      await store().seats.take(2, NOW + 2 * DAY_MS, undefined);
      for (const id of [2, 1]) await store().seats.free(id, NOW + 3 * DAY_MS);
      expect(await store().seats.resting(WEEK_MS, NOW + 3 * DAY_MS)).toEqual([
        { userId: 1, until: NOW + 7 * DAY_MS },
        { userId: 2, until: NOW + 8 * DAY_MS },
      ]);
      expect(await resting(NOW + 7 * DAY_MS)).toEqual([2]);
      expect((await months())[1]).toMatchObject({ taken: 2, freed: 2, rotatedEarly: 0 });
    });

    test("one given on by hand rests no more: as few rest as were free, and who is back has their own", async () => {
      for (const id of [1, 2, 3]) {
        await store().seats.take(id, NOW + id, undefined);
        await store().seats.free(id, NOW + DAY_MS + id);
      }
      const use = (free: number, at: number) => store().seats.useUp(free, WEEK_MS, at);
      await use(3, NOW + 2 * DAY_MS);
      expect(await resting(NOW + 2 * DAY_MS)).toEqual([1, 2, 3]);
      // What was given up after Label Studio was asked was in use there.
      await use(0, NOW + DAY_MS);
      expect(await resting(NOW + 2 * DAY_MS)).toEqual([1, 2, 3]);
      await use(2, NOW + 2 * DAY_MS);
      expect(await resting(NOW + 2 * DAY_MS)).toEqual([2, 3]);
      await observed({ 3: "AN" }, NOW + 2 * DAY_MS);
      expect(await resting(NOW + 2 * DAY_MS)).toEqual([2]);
      // User 3 got a seat anew at two days and gives it up at three: that is early again.
      await store().seats.free(3, NOW + 3 * DAY_MS);
      expect(await resting(NOW + 3 * DAY_MS)).toEqual([2, 3]);
    });

    test("another person gets it only when no other is free, and that is known of them; who had it gets it back", async () => {
      await store().transaction((tx) => tx.insertUser(aUser("p4")));
      await store().work.putLink(aLink("p4", 4));
      const rotated = async () => (await store().work.people(["p4"]))[0]?.rotatedUntil;
      for (const id of [1, 2]) {
        await store().seats.take(id, NOW, undefined);
        await store().seats.free(id, NOW + DAY_MS);
      }
      const supply = (free: number) => ({ free, minimumMs: WEEK_MS });
      await store().seats.take(3, NOW + DAY_MS, supply(3));
      expect(await resting(NOW + DAY_MS)).toHaveLength(2);
      await store().seats.take(2, NOW + DAY_MS, supply(2));
      expect(await resting(NOW + DAY_MS)).toEqual([1]);
      expect(await rotated()).toBeUndefined();
      expect(await store().seats.take(4, NOW + DAY_MS, supply(1))).toBe(NOW + WEEK_MS);
      expect(await resting(NOW + DAY_MS)).toEqual([]);
      expect(await rotated()).toBe(NOW + WEEK_MS);
      expect((await months())[1]).toMatchObject({ taken: 5, freed: 2, rotatedEarly: 1 });
      await store().seats.free(4, NOW + 2 * DAY_MS);
      expect(await rotated()).toBeUndefined();
    });
  });
}
