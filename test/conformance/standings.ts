// What became of people: as last settled, pending while a fresh look waits.
import { describe, expect, test } from "@jest/globals";
import { LABEL_STUDIO_EXTENSION, type Filter } from "../../src/directory/index.js";
import type { Claim, Outcome, Store } from "../../src/ports.js";
import { aLink, AT, aUser, NOW, outcome } from "./records.js";

export function standingsConformance(store: () => Store): void {
  const insert = (...ids: readonly string[]) =>
    store().transaction(async (tx) => {
      for (const id of ids) await tx.insertUser(aUser(id));
    });
  const enqueue = (...people: readonly string[]) =>
    store().transaction((tx) => tx.enqueue({ people, addresses: [], lane: "leaver", cause: "test", now: NOW }));
  const settle = async (as: (claim: Claim) => Outcome | undefined) => {
    for (const held of await store().work.claim(["leaver"], 10, 1_000, NOW)) {
      const settled = as(held);
      if (settled) await store().work.settle(held, settled);
    }
  };
  const unknown = Object.fromEntries(
    ["role", "desiredRole", "reason", "lastError", "warning", "userId", "changedAt"].map((name) => [name, undefined]),
  );
  const settled = { ...unknown, role: "AN", desiredRole: "AN", reason: "as told", userId: 77, changedAt: AT };

  describe("standings", () => {
    test("as last settled, pending while a fresh look waits, nothing of who was never looked at", async () => {
      await insert("u1", "u2", "u3");
      await enqueue("u1", "u2");
      await settle(({ personId }) => (personId === "u1" ? outcome("held") : undefined));
      await store().work.putLink(aLink("u1", 77));
      expect(await store().directory.standings(["u1", "u2", "u3", "gone"])).toEqual(
        new Map<string, unknown>([
          ["u1", { ...settled, state: "held" }],
          ["u2", { ...unknown, state: "pending" }],
        ]),
      );
      await enqueue("u1");
      expect((await store().directory.standings(["u1"])).get("u1")).toEqual({ ...settled, state: "pending" });
    });

    test("are filtered by", async () => {
      const filter: Filter = {
        kind: "compare",
        path: [LABEL_STUDIO_EXTENSION, "state"],
        operator: "eq",
        value: "PENDING",
        caseExact: false,
      };
      await insert("u1", "u2");
      await enqueue("u1", "u2");
      await settle(({ personId }) => (personId === "u1" ? outcome("held") : undefined));
      const found = await store().directory.users({ filter, sort: undefined, startIndex: 1, count: 100 });
      expect(found.rows.map((row) => row.id)).toEqual(["u2"]);
    });

    test("settling the same again is no change, though it is the last look", async () => {
      await insert("u1");
      for (const [state, at, expected] of [
        ["failing", AT, AT],
        ["failing", "2026-01-02T00:00:00.000Z", AT],
        ["converged", "2026-01-03T00:00:00.000Z", "2026-01-03T00:00:00.000Z"],
      ] as const) {
        await enqueue("u1");
        await settle(() => outcome(state, { at }));
        expect((await store().directory.standings(["u1"])).get("u1")).toMatchObject({ state, changedAt: expected });
        expect(await store().work.outcome("u1")).toMatchObject({ at });
      }
    });
  });
}
