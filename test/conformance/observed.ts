// The cache of what Label Studio reports: whatever was asked later knows better.
import { describe, expect, test } from "@jest/globals";
import type { Store } from "../../src/ports.js";
import { aMember, NOW } from "./records.js";

export function observedConformance(store: () => Store): void {
  const ada = (role: string) => aMember(1, "ada@acme.example", { role });
  const bob = aMember(2, "bob@acme.example");
  const roles = async () =>
    [...(await store().work.observed([1, 2])).values()].map(({ userId, role }) => [userId, role]).sort();

  describe("observed", () => {
    test("a full read forgets who was not in it", async () => {
      await store().work.putObserved([ada("AN"), bob], NOW);
      await store().work.beginFullRead(NOW + 10);
      await store().work.putObserved([bob], NOW + 10);
      await store().work.endFullRead(NOW + 10);
      expect(await roles()).toEqual([[2, "AN"]]);
      expect((await store().work.observedByEmail([bob.email])).get(bob.email)).toEqual(bob);
    });

    test("a read changes only what nothing newer has been learned about", async () => {
      await store().work.putObserved([ada("AN"), bob], NOW);
      await store().work.putObserved([ada("DI")], NOW + 20);
      await store().work.putObserved([ada("AN"), { ...bob, role: "RE" }], NOW + 10);
      expect(await roles()).toEqual([
        [1, "DI"],
        [2, "RE"],
      ]);
      await store().work.putObserved([ada("MA")], NOW + 20);
      expect(await roles()).toContainEqual([1, "MA"]);
    });

    test("who was written since a full read was asked for is not removed by it", async () => {
      await store().work.putObserved([ada("AN")], NOW);
      await store().work.beginFullRead(NOW + 10);
      await store().work.putObserved([ada("RE"), bob], NOW + 20);
      await store().work.endFullRead(NOW + 10);
      expect(await roles()).toEqual([
        [1, "RE"],
        [2, "AN"],
      ]);
    });

    test("who was removed since a read was asked for is not put back by it", async () => {
      await store().work.putObserved([ada("AN")], NOW);
      await store().work.forgetObserved([1, 2], NOW + 20);
      await store().work.putObserved([ada("AN"), bob], NOW + 10);
      expect(await roles()).toEqual([]);
      expect((await store().work.observedByEmail([bob.email, "ada@acme.example"])).size).toBe(0);
      await store().work.putObserved([ada("AN"), bob], NOW + 30);
      expect(await roles()).toEqual([
        [1, "AN"],
        [2, "AN"],
      ]);
    });

    test("a search that was asked before a write does not take away what was written", async () => {
      await store().work.putObserved([ada("AN")], NOW + 20);
      await store().work.forgetObserved([1], NOW + 10);
      expect(await roles()).toEqual([[1, "AN"]]);
    });

    test("a clock that was set back does not keep old rows for ever", async () => {
      await store().work.putObserved([ada("AN"), bob], NOW + 86_400_000);
      await store().work.beginFullRead(NOW);
      await store().work.putObserved([ada("RE")], NOW);
      await store().work.endFullRead(NOW);
      expect(await roles()).toEqual([[1, "RE"]]);
    });

    test("nor until the next full read, once it is further back than any read takes", async () => {
      await store().work.putObserved([ada("AN")], NOW);
      await store().work.putObserved([ada("RE")], NOW - 3_600_000);
      expect(await roles()).toEqual([[1, "RE"]]);
      await store().work.forgetObserved([1], NOW - 7_200_000);
      expect(await roles()).toEqual([]);
    });

    test("one person twice on a page is one person", async () => {
      await store().work.putObserved([ada("AN"), ada("RE")], NOW);
      expect(await roles()).toEqual([[1, "RE"]]);
    });
  });
}
