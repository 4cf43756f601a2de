// What there is to be in, who is in it as last read, and what the bridge has given.
import { describe, expect, test } from "@jest/globals";
import type { Assignable } from "../../src/membership/index.js";
import type { Claim, Store } from "../../src/ports.js";
import { aLink, aUser, AT, NOW, outcome } from "./records.js";

const workspace = (id: number, name = `W${id}`): Assignable => ({ kind: "workspace", id, name });
const tag = (id: number): Assignable => ({ kind: "tag", id, name: `t${id}` });
const granted = (id: number, ours = true, role?: string) => ({ kind: "workspace" as const, id, role, ours });

export function assignmentsConformance(store: () => Store): void {
  const of = () => store().assignments;

  describe("assignments", () => {
    test("the catalog is what was last read of a kind; what is gone takes its people with it", async () => {
      await of().putCatalog("workspace", [workspace(1), workspace(2)]);
      await of().putCatalog("tag", [tag(1)]);
      await of().putAssignees(workspace(1), [{ userId: 7, role: undefined }], NOW);
      await of().putAssignees(workspace(2), [{ userId: 7, role: undefined }], NOW);
      await of().putCatalog("workspace", [workspace(2, "Renamed"), workspace(3)]);
      expect(await of().catalog(["workspace"])).toEqual([
        { ...workspace(2, "Renamed"), readAt: NOW },
        { ...workspace(3), readAt: undefined },
      ]);
      expect(await of().catalog(["tag"])).toHaveLength(1);
      expect((await of().holdings([7])).get(7)).toEqual([{ kind: "workspace", id: 2, role: undefined }]);
    });

    test("a read replaces who is in a place; our own calls change it", async () => {
      const project: Assignable = { kind: "project", id: 42, name: "Street scenes" };
      await of().putAssignees(
        project,
        [
          { userId: 7, role: "AN" },
          { userId: 8, role: undefined },
        ],
        NOW,
      );
      await of().putAssignees(project, [{ userId: 8, role: "RE" }], NOW);
      const joined = [
        { userId: 9, kind: "project", id: 42, role: "AN" },
        { userId: 8, kind: "project", id: 42, role: undefined },
      ] as const;
      await of().moved({ joined, left: [] }, NOW);
      const holdings = await of().holdings([7, 8, 9]);
      expect([holdings.get(7), holdings.get(8), holdings.get(9)]).toEqual([
        undefined,
        [{ kind: "project", id: 42, role: undefined }],
        [{ kind: "project", id: 42, role: "AN" }],
      ]);
      await of().moved({ joined: [], left: [{ userId: 9, kind: "project", id: 42 }] }, NOW);
      expect((await of().holdings([9])).size).toBe(0);
    });

    test("a read says nothing about whom our own calls have moved since it was asked for", async () => {
      const ids = async () => {
        const all = await of().holdings([7, 8, 9]);
        return [7, 8, 9].map((userId) => all.get(userId)?.map(({ id, role }) => [id, role]));
      };
      const seen = (...userIds: readonly number[]) => userIds.map((userId) => ({ userId, role: undefined }));
      const [inProject, inTwo] = [
        { kind: "project", id: 1 },
        { kind: "project", id: 2 },
      ] as const;
      const project: Assignable = { ...inProject, name: "P" };
      await of().putAssignees(project, seen(7, 8), NOW - 10);
      const left = [{ ...inProject, userId: 7 }];
      await of().moved({ joined: [{ ...inProject, userId: 9, role: "RE" }], left }, NOW);
      await of().moved({ joined: [{ ...inTwo, userId: 8, role: undefined }], left: [] }, NOW);
      await of().putAssignees(project, seen(7), NOW - 1);
      expect(await ids()).toEqual([undefined, [[2, undefined]], [[1, "RE"]]]);
      await of().putAssignees(project, seen(7, 9), NOW + 1);
      expect(await ids()).toEqual([[[1, undefined]], [[2, undefined]], [[1, undefined]]]);
    });

    test("nor about tags that our own calls have given or taken", async () => {
      const ids = async () => {
        const all = await of().holdings([7, 8]);
        return [7, 8].map((userId) => all.get(userId)?.map(({ id }) => id));
      };
      const read = (one: readonly number[], other: readonly number[], askedAt: number) =>
        of().putTags(
          [
            { userId: 7, tags: one },
            { userId: 8, tags: other },
          ],
          askedAt,
        );
      await read([1, 2], [1], NOW - 10);
      await of().retagged([7], [2, 3], NOW);
      await of().moved({ joined: [{ userId: 8, kind: "tag", id: 5, role: undefined }], left: [] }, NOW);
      await read([1, 2], [1, 4], NOW - 1);
      expect(await ids()).toEqual([
        [2, 3],
        [1, 4, 5],
      ]);
      await read([1], [], NOW + 1);
      expect(await ids()).toEqual([[1], undefined]);
    });

    test("a clock that is set back makes no call of our own newer than every read", async () => {
      const DAY_MS = 86_400_000;
      const project: Assignable = { kind: "project", id: 1, name: "P" };
      const at = { kind: "project", id: 1 } as const;
      const left = [{ ...at, userId: 7 }];
      await of().moved({ joined: [{ ...at, userId: 8, role: undefined }], left }, NOW + DAY_MS);
      await of().retagged([8], [2], NOW + DAY_MS);
      await of().putAssignees(project, [{ userId: 7, role: undefined }], NOW);
      await of().putTags([{ userId: 8, tags: [] }], NOW);
      const holdings = await of().holdings([7, 8]);
      expect([holdings.get(7), holdings.get(8)]).toEqual([[{ ...at, role: undefined }], undefined]);
    });

    test("all tags of a member are written together, and nobody else's", async () => {
      const both = [
        { userId: 7, tags: [1, 2] },
        { userId: 8, tags: [1] },
      ];
      await of().putTags(both, NOW);
      await of().putTags([{ userId: 7, tags: [3] }], NOW);
      const holdings = await of().holdings([7, 8]);
      expect(holdings.get(7)?.map(({ id }) => id)).toEqual([3]);
      expect(holdings.get(8)?.map(({ id }) => id)).toEqual([1]);
    });

    test("what the bridge has given is remembered and forgotten by person", async () => {
      await of().remember([{ userId: 7, put: [granted(1), granted(2, false)], drop: [] }]);
      await of().remember([{ userId: 7, put: [granted(1, true, "AN")], drop: [{ kind: "workspace", id: 2 }] }]);
      expect((await of().granted([7, 8])).get(7)).toEqual([granted(1, true, "AN")]);
      expect(await of().given(["workspace"])).toEqual([{ kind: "workspace", id: 1 }]);
      expect(await of().given(["tag"])).toEqual([]);
    });

    test("a sweep finds whoever is out of what was given, and, where it is exact, in something else", async () => {
      await store().transaction(async (tx) => {
        for (const id of ["a", "b", "c", "d"]) await tx.insertUser(aUser(id, { active: id !== "d" }));
      });
      for (const [at, id] of ["a", "b", "c", "d"].entries()) await store().work.putLink(aLink(id, at + 1));
      await of().putCatalog("workspace", [workspace(1), workspace(2)]);
      const everybody = [1, 2, 3, 4].map((userId) => ({ userId, put: [granted(1)], drop: [] }));
      await of().remember(everybody);
      await of().putAssignees(
        workspace(1),
        [2, 3].map((userId) => ({ userId, role: undefined })),
        NOW,
      );
      await of().putAssignees(workspace(2), [{ userId: 3, role: undefined }], NOW);
      const sweep = async (exact: readonly Assignable[]) => {
        await of().enqueueMisplaced({ kinds: ["workspace"], exact }, "sweep", NOW);
        const claims = await store().work.claim(["sweep"], 10, 1_000, NOW);
        for (const claim of claims) await store().work.settle(claim, outcome("converged"));
        return claims.map(({ personId }) => personId).sort();
      };
      expect(await sweep([])).toEqual(["a"]);
      expect(await sweep([workspace(1), workspace(3)])).toEqual(["a"]);
      expect(await sweep([workspace(1), workspace(2)])).toEqual(["a", "c"]);
      await of().putCatalog("workspace", [workspace(2)]);
      expect(await sweep([])).toEqual(["a", "b", "c"]);
    });

    test("who is handed on waits in lane assign with the outcome of the look; a newer change comes first", async () => {
      await store().transaction(async (tx) => {
        await tx.insertUser(aUser("a"));
        await tx.enqueue({ people: ["a"], addresses: [], lane: "change", cause: "test", origin: "test", now: NOW });
      });
      const [claim] = await store().work.claim(["change"], 10, 1_000, NOW + 1_000);
      await store().work.handOn(claim as Claim, NOW + 5_000, "unassign", outcome("converged", { role: "AN" }));
      expect(await store().work.nextDue(["assign"])).toBe(NOW + 5_000);
      expect(await store().work.outcome("a")).toMatchObject({ role: "AN", at: AT });
      expect((await store().work.counts(NOW)).pending).toBe(1);
      expect(await store().rails.spent("unassign", 0)).toMatchObject({ waiting: [{ origin: "test", people: 1 }] });
      const [waiting] = await store().work.claim(["assign"], 10, 1_000, NOW + 5_000);
      await store().transaction((tx) =>
        tx.enqueue({ people: ["a"], addresses: [], lane: "leaver", cause: "test", origin: "test", now: NOW + 5_000 }),
      );
      await store().work.settle(waiting as Claim, outcome("converged"));
      expect(await store().work.claim(["leaver"], 10, 1_000, NOW + 6_000)).toMatchObject([{ personId: "a" }]);
    });

    test("a newer change takes its row out of a batch, which has nothing more to say of it", async () => {
      const leaver = { people: ["a"], addresses: [], lane: "leaver", cause: "test", origin: "test" } as const;
      await store().transaction(async (tx) => {
        await tx.insertUser(aUser("a"));
        await tx.enqueue({ ...leaver, lane: "change", now: NOW });
      });
      const [claim] = await store().work.claim(["change"], 10, 1_000, NOW + 1_000);
      await store().work.handOn(claim as Claim, NOW, undefined, outcome("converged", { role: "AN" }));
      const [inHand] = await store().work.claim(["assign"], 10, 60_000, NOW + 1_000);
      expect(await store().work.isCurrent(inHand as Claim)).toBe(true);
      await store().transaction((tx) => tx.enqueue({ ...leaver, now: NOW + 1_000 }));
      const [left] = await store().work.claim(["leaver"], 10, 60_000, NOW + 1_000);
      expect(left).toMatchObject({ personId: "a" });
      await store().work.settle(left as Claim, outcome("converged", { role: "DI" }));
      // The same number again, of another row.
      await store().transaction((tx) => tx.enqueue({ ...leaver, lane: "change", now: NOW + 1_000 }));
      expect(await store().work.isCurrent(inHand as Claim)).toBe(false);
      await store().work.settle(inHand as Claim, outcome("converged", { role: "AN" }));
      await store().work.retry(inHand as Claim, NOW, "refused", outcome("failing", { role: "AN" }));
      expect(await store().work.outcome("a")).toMatchObject({ state: "converged", role: "DI" });
      expect(await store().work.claim(["change"], 10, 1_000, NOW + 2_000)).toHaveLength(1);
    });

    test("who is about to be put into something stays so at a start, and is reviewed with a new mapping", async () => {
      await store().transaction(async (tx) => {
        await tx.insertUser(aUser("a"));
        await tx.enqueue({ people: ["a"], addresses: [], lane: "change", cause: "test", origin: "test", now: NOW });
      });
      const [claim] = await store().work.claim(["change"], 10, 1_000, NOW + 1_000);
      await store().work.handOn(claim as Claim, NOW, undefined, outcome("converged"));
      await store().work.enqueueEveryone("sweep", "start", "start", NOW);
      expect(await store().work.nextDue(["sweep"])).toBeUndefined();
      expect(await store().work.nextDue(["assign"])).toBe(NOW);
      await store().work.enqueueEveryone("review", "mapping", "mapping 1", NOW);
      expect(await store().work.claim(["review"], 10, 1_000, NOW)).toMatchObject([{ origin: "mapping 1" }]);
    });
  });
}
