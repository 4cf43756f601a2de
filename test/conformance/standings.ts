// What became of people: as last settled, pending while a fresh look waits.
import { describe, expect, test } from "@jest/globals";
import { LABEL_STUDIO_EXTENSION, type CompareOperator, type Filter } from "../../src/directory/index.js";
import type { Claim, Outcome, Store } from "../../src/ports.js";
import { ALL, idsIn, VIEW, walk } from "./pages.js";
import { aLink, AT, aUser, NOW, outcome } from "./records.js";

export function standingsConformance(store: () => Store): void {
  const insert = (...ids: readonly string[]) =>
    store().transaction(async (tx) => {
      for (const id of ids) await tx.insertUser(aUser(id));
    });
  const enqueue = (...people: readonly string[]) =>
    store().transaction((tx) =>
      tx.enqueue({ people, addresses: [], lane: "leaver", cause: "test", origin: "test", now: NOW }),
    );
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

    const path = (name: string) => [LABEL_STUDIO_EXTENSION, name];
    const compare = (name: string, operator: CompareOperator, value: string | number, caseExact = false): Filter => ({
      kind: "compare",
      path: path(name),
      operator,
      value,
      caseExact,
    });
    const found = async (filter: Filter) => idsIn(await store().directory.users({ ...ALL, filter }, VIEW));
    /** u1 held, u2 pending, u3 never looked at, u4 failing. */
    const various = async () => {
      await insert("u1", "u2", "u3", "u4");
      await enqueue("u1", "u2", "u4");
      const as: Record<string, Outcome> = {
        u1: outcome("held"),
        u4: outcome("failing", { lastError: "Nö", role: "RE" }),
      };
      await settle(({ personId }) => as[personId]);
      await store().work.putLink(aLink("u1", 77));
      await store().work.putLink(aLink("u4", 8));
    };

    test("are filtered by; `not` holds for whoever has none", async () => {
      await various();
      const failed: Filter = { kind: "present", path: path("lastError") };
      for (const [filter, expected] of [
        [compare("state", "eq", "PENDING"), ["u2"]],
        [compare("state", "eq", "PENDING", true), []],
        [compare("lastError", "eq", "NÖ"), ["u4"]],
        [compare("userId", "eq", 77), ["u1"]],
        [compare("userId", "gt", 7.5), ["u1", "u4"]],
        [compare("userId", "eq", "77"), []],
        [failed, ["u4"]],
      ] as const) {
        expect([filter, await found(filter)]).toEqual([filter, expected]);
        const others = ["u1", "u2", "u3", "u4"].filter((id) => !(expected as readonly string[]).includes(id));
        expect(await found({ kind: "not", of: filter })).toEqual(others);
      }
    });

    test("count everybody once, warnings among them, whatever they were settled as before they were looked at anew", async () => {
      await insert("u1", "u2", "u3", "u4", "u5", "u6");
      const counted = () => store().work.counts(NOW + 7_000);
      const nobody = {
        converged: 0,
        pending: 0,
        leavers: 0,
        held: 0,
        failing: 0,
        warnings: 0,
        oldestPendingSeconds: 0,
      };
      expect(await counted()).toEqual(nobody);
      await enqueue("u1", "u2", "u3", "u4", "u5");
      expect(await counted()).toEqual({ ...nobody, pending: 5, leavers: 5, oldestPendingSeconds: 7 });
      const as: Record<string, Outcome> = {
        u1: outcome("held"),
        u2: outcome("failing", { warning: "w" }),
        u3: outcome("converged", { warning: "w" }),
        u4: outcome("converged"),
        u5: outcome("converged"),
      };
      await settle(({ personId }) => as[personId]);
      expect(await counted()).toEqual({ ...nobody, converged: 3, held: 1, failing: 1, warnings: 2 });
      await enqueue("u1", "u2", "u3", "u6");
      expect(await counted()).toEqual({ ...nobody, converged: 2, pending: 4, leavers: 4, oldestPendingSeconds: 7 });
    });

    test("are sorted by, page behind page", async () => {
      await various();
      const sorted = (name: string, descending: boolean) =>
        walk(store(), { path: path(name), descending, caseExact: false }, 1);
      expect(await sorted("role", false)).toEqual(["u1", "u4", "u2", "u3"]);
      expect(await sorted("userId", false)).toEqual(["u4", "u1", "u2", "u3"]);
      expect(await sorted("userId", true)).toEqual(["u2", "u3", "u1", "u4"]);
      expect(await sorted("state", false)).toEqual(["u4", "u1", "u2", "u3"]);
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
