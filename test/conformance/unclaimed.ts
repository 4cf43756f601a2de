// Rows of the outbox that are settled without having been in hand.
import { describe, expect, test } from "@jest/globals";
import type { Lane, Store } from "../../src/ports.js";
import { aLink, aUser, NOW, outcome } from "./records.js";

const LANES = ["review", "sweep"] as const satisfies readonly Lane[];

export function unclaimedConformance(store: () => Store): void {
  const unclaimed = async (now = NOW) =>
    (await store().work.unclaimed(LANES, undefined, 10, now)).map(({ personId }) => personId);
  const enqueue = (id: string, lane: Lane, now = NOW - 1_000) =>
    store().transaction((tx) => tx.enqueue({ people: [id], addresses: [], lane, cause: "c", origin: "o", now }));
  const begin = async (...people: readonly string[]) => {
    await store().transaction(async (tx) => {
      for (const id of people) await tx.insertUser(aUser(id));
    });
    await store().work.enqueueEveryone("sweep", "start", "start", NOW);
  };

  describe("unclaimed", () => {
    test("is who waits for no news of their own, in pages", async () => {
      await begin("a", "b", "c", "d", "e");
      await enqueue("b", "change");
      await enqueue("c", "leaver");
      const [first] = await store().work.unclaimed(LANES, undefined, 1, NOW);
      expect(first).toMatchObject({ personId: "a", dueAt: NOW });
      expect((await store().work.unclaimed(LANES, first, 10, NOW)).map(({ personId }) => personId)).toEqual(["d", "e"]);
      await enqueue("f", "sweep", NOW + 1);
      expect(await unclaimed()).toEqual(["a", "d", "e"]);
    });

    test("is nobody who is in hand, or was tried", async () => {
      await begin("a", "b");
      const [a] = await store().work.claim(LANES, 1, 1_000, NOW);
      expect(await unclaimed()).toEqual(["b"]);
      if (a) await store().work.retry(a, NOW, "refused", undefined);
      expect(await unclaimed()).toEqual(["b"]);
    });

    test("leaves with an outcome, unless in hand or newer by then", async () => {
      await begin("a", "b", "c");
      const rows = await store().work.unclaimed(LANES, undefined, 10, NOW);
      await store().work.claim(LANES, 1, 1_000, NOW);
      await enqueue("b", "change");
      const settled = rows.map((row) => ({ ...row, outcome: outcome("converged") }));
      expect(await store().work.settleUnclaimed(settled)).toEqual(["c"]);
      expect(await store().work.outcome("c")).toEqual(outcome("converged"));
      expect(await store().work.outcome("a")).toBeUndefined();
      expect(await store().work.counts(NOW)).toMatchObject({ pending: 2, converged: 1 });
    });

    test("is not what has come for the same people since, nor what a crew has left for later", async () => {
      await begin("a", "b", "c");
      const rows = await store().work.unclaimed(LANES, undefined, 10, NOW);
      const [a, b, c] = await store().work.claim(LANES, 10, 1_000, NOW);
      if (!a || !b || !c) throw new Error("nobody in hand");
      // Counted from one again: it is another row.
      await store().work.settle(a, outcome("converged"));
      await enqueue("a", "leaver", NOW);
      await store().work.retry(b, NOW + 1_000, "refused", outcome("failing"));
      await store().work.handOn(c, NOW + 1_000, undefined, outcome("converged"));
      const settled = rows.map((row) => ({ ...row, outcome: outcome("converged", { reason: "at rest" }) }));
      expect(await store().work.settleUnclaimed(settled)).toEqual([]);
      expect(await store().work.counts(NOW)).toMatchObject({ pending: 2, leavers: 1, failing: 1, converged: 0 });
    });

    test("has its link remembered only where it is settled", async () => {
      await begin("a", "b");
      const rows = await store().work.unclaimed(LANES, undefined, 10, NOW);
      await store().work.putLink(aLink("a", 1));
      await store().work.putLink(aLink("b", 2, { roleBeforeDeactivation: "MA" }));
      await enqueue("b", "leaver");
      const settled = rows.map((row, at) => {
        const link = aLink(row.personId, at + 1, { everMatched: true });
        return { ...row, link, outcome: outcome("converged") };
      });
      expect(await store().work.settleUnclaimed(settled)).toEqual(["a"]);
      const links = (await store().work.people(["a", "b"])).map(({ link }) => link);
      expect(links).toEqual([aLink("a", 1, { everMatched: true }), aLink("b", 2, { roleBeforeDeactivation: "MA" })]);
    });
  });
}
