// What waits for an operator: of one person their role and what they are taken out of, each with a decision of its own.
import { describe, expect, test } from "@jest/globals";
import type { AuditLine, Claim, Hold, Store } from "../../src/ports.js";
import { AT, aUser, NOW, outcome } from "./records.js";

const role: Omit<Hold, "personId"> = {
  ...{ effect: "lower", from: "RE", to: "AN", origin: "group g1", reason: "too many", at: AT, decision: "waiting" },
};
const assign: Omit<Hold, "personId"> = {
  ...{ effect: "unassign", from: undefined, to: "-workspace Vision", origin: "group g2", reason: "too many", at: AT },
  decision: "waiting",
};
const line = (subject: string): AuditLine => ({
  ...{ at: AT, actor: "operator", requestId: undefined, action: "hold.approved", subject, detail: {} },
});

export function holdsConformance(store: () => Store): void {
  const claim = () => store().work.claim(["leaver", "change", "review", "sweep"], 10, 1_000, NOW + 5_000);
  const hold = async (personId: string, ...holds: readonly Omit<Hold, "personId">[]) => {
    for (const each of holds) {
      await store().transaction((tx) =>
        tx.enqueue({ people: [personId], addresses: [], lane: "change", cause: "c", origin: each.origin, now: NOW }),
      );
      const [claimed] = await claim();
      await store().rails.hold(claimed as Claim, outcome("held"), { personId, ...each });
    }
  };
  const begin = async (...people: readonly string[]) => {
    await store().transaction(async (tx) => {
      for (const id of people) await tx.insertUser(aUser(id));
    });
    for (const id of people) await hold(id, role, assign);
  };

  describe("what is held of one person", () => {
    test("is their role and what they are taken out of; neither overwrites or ends the other", async () => {
      await begin("a");
      expect(await store().work.people(["a"])).toMatchObject([{ hold: role, assignHold: assign }]);
      await hold("a", { ...role, to: "NO" });
      expect(await store().work.people(["a"])).toMatchObject([{ hold: { to: "NO" }, assignHold: assign }]);
      await store().rails.forgetHold("a", "role");
      expect(await store().work.people(["a"])).toMatchObject([{ hold: undefined, assignHold: assign }]);
      await store().rails.forgetHold("a", "assign");
      expect(await store().rails.holds("", 10)).toEqual([]);
    });

    test("is on one page, which has so many people", async () => {
      await begin("a", "b", "c");
      const page = async (after: string) => {
        const held = await store().rails.holds(after, 2);
        return held.map(({ personId, effect }) => `${personId} ${effect}`);
      };
      expect(await page("")).toEqual(["a lower", "a unassign", "b lower", "b unassign"]);
      expect(await page("b")).toEqual(["c lower", "c unassign"]);
      expect(await page("c")).toEqual([]);
    });

    test("because of one origin is on one page too, and is one person who waits", async () => {
      await begin("a", "b");
      await hold("b", { ...assign, origin: "group g1" });
      const page = async (after: string) =>
        (await store().lists.heldBecauseOf("group g1", after, 1)).map(({ personId, to }) => `${personId} ${to}`);
      expect(await page("")).toEqual(["a AN"]);
      expect(await page("a")).toEqual(["b AN", "b -workspace Vision"]);
      expect(await page("b")).toEqual([]);
      expect(await store().lists.waitingBecauseOf("group g1")).toBe(2);
      expect(await store().lists.waitingBecauseOf("group g2")).toBe(1);
    });

    test("is decided about together, as one person, whose look is the role's doing", async () => {
      await begin("a", "b");
      expect(await store().rails.decide({ people: ["a"] }, "approved", line, NOW)).toEqual(["a"]);
      expect(await store().work.people(["a"])).toMatchObject([
        { hold: { decision: "approved" }, assignHold: { decision: "approved" } },
      ]);
      expect(await claim()).toMatchObject([{ personId: "a", lane: "change", origin: "group g1" }]);
      expect((await store().inquiries.history("a", 10)).length).toBe(1);
    });

    test("is decided about by origin, also of chosen people", async () => {
      await begin("a", "b");
      expect(await store().rails.decide({ people: ["a"], origin: "group g2" }, "rejected", line, NOW)).toEqual(["a"]);
      expect(await store().rails.decide({ origin: "group g2" }, "approved", line, NOW)).toEqual(["b"]);
      expect(await store().work.people(["a", "b"])).toMatchObject([
        { hold: { decision: "waiting" }, assignHold: { decision: "rejected" } },
        { hold: { decision: "waiting" }, assignHold: { decision: "approved" } },
      ]);
      const lanes = (await claim()).map(({ personId, lane }) => `${personId} ${lane}`);
      expect(lanes).toEqual(["b review", "a sweep"]);
    });

    test("is counted by what is done to them", async () => {
      await begin("a");
      await store().transaction((tx) =>
        tx.enqueue({ people: ["z"], addresses: [], lane: "change", cause: "c", origin: "group g2", now: NOW }),
      );
      await store().rails.foresee([{ personId: "z", seq: 1, effect: "unassign" }]);
      expect((await store().rails.spent("unassign", 0)).waiting).toEqual([
        { origin: "group g2", people: 2, held: true },
      ]);
      expect((await store().rails.spent("lower", 0)).waiting).toEqual([]);
    });

    test("can be agreed to in one plan, also of who waits because of a group", async () => {
      await store().transaction(async (tx) => {
        await tx.insertUser(aUser("a"));
        await tx.enqueue({ people: ["a"], addresses: [], lane: "change", cause: "c", origin: "group g1", now: NOW });
      });
      const changes = [role, assign].map(({ effect, from, to }) => ({ personId: "a", effect, from, to }));
      await store().rails.approve(changes, "plan 1", line("plan"), NOW);
      expect(await store().work.people(["a"])).toMatchObject([
        {
          hold: { decision: "approved", effect: "lower", origin: "plan 1" },
          assignHold: { decision: "approved", effect: "unassign", origin: "plan 1" },
        },
      ]);
      expect(await claim()).toMatchObject([{ personId: "a", lane: "change", origin: "plan 1" }]);
    });

    test("is forgotten with them, and does not stop a free seat from being offered", async () => {
      await begin("a");
      await store().transaction((tx) =>
        tx.enqueue({ people: ["a"], addresses: [], lane: "change", cause: "c", origin: "group g1", now: NOW }),
      );
      const [claimed] = await claim();
      await store().work.settle(claimed as Claim, outcome("held", { seatSince: NOW }));
      await store().seats.recall(1, NOW);
      const [recalled] = await claim();
      expect(recalled).toMatchObject({ personId: "a", origin: "group g1" });
      await store().work.settle(recalled as Claim, undefined);
      expect(await store().rails.holds("", 10)).toEqual([]);
    });
  });
}
