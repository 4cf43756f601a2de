// What outlives a restart, whose turn the loop is, and that nobody else writes for it.
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import type { Claim, Store } from "../../src/ports.js";
import { aLink, aMember, AT, aUser, NOW } from "./records.js";

const LONG_MS = 60_000;
const SHORT_MS = 50;

export function turnsConformance(open: () => Store): void {
  test("facts are remembered", async () => {
    const store = open();
    expect(await store.recall("mapping")).toBeUndefined();
    await store.remember("mapping", "a");
    await store.remember("mapping", "b");
    expect(await store.recall("mapping")).toBe("b");
  });

  describe("turns", () => {
    test("one of many that ask at once gets the loop, and keeps it against the others", async () => {
      const store = open();
      const holders = Array.from({ length: 10 }, (_, n) => `process ${n}`);
      const taken = await Promise.all(holders.map((holder) => store.takeLoop(holder, LONG_MS)));
      expect(taken.filter((ours) => ours)).toHaveLength(1);
      const winner = holders[taken.indexOf(true)] ?? "";
      const kept = await Promise.all(holders.map((holder) => store.keepLoop(holder, LONG_MS)));
      expect(kept).toEqual(holders.map((holder) => holder === winner));
    });

    test("who leaves is followed at once; nobody can leave for another", async () => {
      const store = open();
      await store.takeLoop("one", LONG_MS);
      await store.leaveLoop("two");
      expect(await store.takeLoop("two", LONG_MS)).toBe(false);
      await store.leaveLoop("one");
      expect(await store.takeLoop("two", LONG_MS)).toBe(true);
    });

    test("a lease that has run out is kept until somebody takes it, and lost then", async () => {
      const store = open();
      await store.takeLoop("one", SHORT_MS);
      await delay(2 * SHORT_MS);
      expect(await store.keepLoop("one", SHORT_MS)).toBe(true);
      await delay(2 * SHORT_MS);
      expect(await store.takeLoop("two", LONG_MS)).toBe(true);
      expect(await store.keepLoop("one", LONG_MS)).toBe(false);
    });

    test("who has lost the loop reads as before and writes nothing", async () => {
      const store = open();
      await store.transaction((tx) => tx.insertUser(aUser("u1")));
      await store.takeLoop("one", SHORT_MS);
      const held = store.heldBy("one");
      await store.transaction((tx) =>
        tx.enqueue({ people: ["u1"], addresses: [], lane: "leaver", cause: "x", origin: "x", now: NOW }),
      );
      const [claim] = (await held.work.claim(["leaver"], 1, 1_000, NOW)) as [Claim];
      await held.work.putLink(aLink("u1", 7));
      await delay(2 * SHORT_MS);
      await store.takeLoop("two", LONG_MS);
      const late = [
        () => held.work.putLink(aLink("u1", 8)),
        () => held.work.enqueueEveryone("sweep", "late", "late", NOW),
        () => held.remember("late", AT),
        () => held.work.claim(["leaver"], 1, 1_000, NOW + 2_000),
        () => held.work.settle(claim, undefined),
        () => held.work.retry(claim, NOW, undefined, undefined),
        () => held.work.putObserved([aMember(7, "late@acme.example")], NOW),
        () => held.work.releaseLeases(),
        () => held.transaction((tx) => tx.removeUser("u1", AT)),
      ];
      for (const write of late) await expect(write()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      expect(await held.work.people(["u1"])).toMatchObject([{ user: { id: "u1" }, link: { userId: 7 } }]);
      expect([await store.recall("late"), (await store.work.counts(NOW)).pending]).toEqual([undefined, 1]);
      expect((await store.work.observed([7])).size).toBe(0);
      expect(await store.work.isCurrent(claim)).toBe(true);
      await store.heldBy("two").remember("in time", AT);
      expect(await store.recall("in time")).toBe(AT);
    });
  });
}
