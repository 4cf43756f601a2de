// Whom a complete read has shown to be looked at: found by the database, however many people there are.
import { describe, expect, test } from "@jest/globals";
import type { Lane, Link, Store } from "../../src/ports.js";
import { aLink, aMember, AT, aUser, NOW, outcome } from "./records.js";

const LANES = ["leaver", "change", "review", "sweep"] as const satisfies readonly Lane[];

export function driftedConformance(store: () => Store): void {
  const claim = async () => store().work.claim(LANES, 10, 1_000, NOW);

  /** Linked, settled as annotator, seen as annotator. */
  const person = async (id: string, account: number, link: Partial<Link> = {}) => {
    await store().transaction((tx) => tx.insertUser(aUser(id)));
    await store().work.putLink(aLink(id, account, link));
    await store().work.putObserved([aMember(account, `${id}@acme.example`)], NOW);
    await settle(id, "converged", "AN");
  };
  const settle = async (id: string, state: "converged" | "held", role: string | undefined) => {
    const enqueued = { people: [id], addresses: [], lane: "leaver", cause: "test", origin: "test", now: NOW } as const;
    await store().transaction((tx) => tx.enqueue(enqueued));
    for (const held of await claim()) await store().work.settle(held, outcome(state, { role }));
  };
  const drifted = async () => {
    const count = await store().work.enqueueDrifted("sweep", NOW);
    const claims = await claim();
    expect(claims.map(({ lane }) => lane)).toEqual(claims.map(() => "sweep"));
    expect(count).toBe(claims.length);
    return claims.map(({ personId }) => personId).sort();
  };

  describe("drifted", () => {
    test("nobody, when all are as they were left", async () => {
      await person("u1", 1);
      await store().transaction((tx) => tx.insertUser(aUser("never.there")));
      await store().work.putObserved([aMember(8, "stranger@acme.example")], NOW);
      expect(await drifted()).toEqual([]);
    });

    test("another role, another address, no row", async () => {
      for (const [at, id] of ["role", "address", "gone", "same"].entries()) await person(id, at + 1);
      await store().work.putObserved([aMember(1, "role@acme.example", { role: "MA" })], NOW + 1);
      await store().work.putObserved([aMember(2, "other@acme.example")], NOW + 1);
      await store().work.forgetObserved([3], NOW + 1);
      expect(await drifted()).toEqual(["address", "gone", "role"]);
    });

    test("who has vanished counts until that has been noted", async () => {
      await person("u1", 1);
      await store().work.forgetObserved([1], NOW + 1);
      await settle("u1", "converged", undefined);
      expect(await drifted()).toEqual([]);
    });

    test("the held who have an account, also when nothing has changed", async () => {
      await person("u1", 1);
      await store().transaction((tx) => tx.insertUser(aUser("nowhere")));
      await settle("nowhere", "held", undefined);
      await settle("u1", "held", "AN");
      expect(await drifted()).toEqual(["u1"]);
    });

    test("the deleted whom we gave DI and who work again; not who was removed for good, nor whose account is another's", async () => {
      await person("di", 1, { roleBeforeDeactivation: "AN" });
      await person("still", 2, { roleBeforeDeactivation: "AN" });
      await person("removed", 3);
      await person("rehired", 4, { roleBeforeDeactivation: "AN" });
      await store().transaction(async (tx) => {
        for (const id of ["di", "still", "removed", "rehired"]) await tx.removeUser(id, AT);
      });
      await store().work.putObserved([aMember(2, "still@acme.example", { role: "DI" })], NOW + 1);
      await person("again", 4);
      expect(await drifted()).toEqual(["di"]);
    });

    test("whoever has the address of an account that nobody holds, and none of their own", async () => {
      await person("u1", 1);
      await person("u2", 2);
      await store().transaction((tx) => tx.insertUser(aUser("unlinked")));
      await store().work.putObserved([aMember(8, "unlinked@acme.example"), aMember(9, "u1@acme.example")], NOW);
      expect(await drifted()).toEqual(["unlinked"]);
      await store().work.forgetObserved([1], NOW + 1);
      await settle("u1", "converged", undefined);
      expect(await drifted()).toEqual(["u1"]);
    });

    test("who waits already waits as before; a review is more than a sweep, and less than a change", async () => {
      await person("u1", 1);
      await person("u2", 2);
      await store().work.putObserved([aMember(1, "u1@acme.example", { role: "MA" })], NOW + 1);
      await store().work.enqueueDrifted("sweep", NOW);
      await store().work.enqueueEveryone("review", "mapping", "mapping", NOW);
      expect(await store().work.enqueueDrifted("sweep", NOW)).toBe(0);
      await store().work.enqueueEveryone("sweep", "start", "start", NOW);
      expect((await claim()).map(({ personId, lane, cause }) => [personId, lane, cause]).sort()).toEqual([
        ["u1", "review", "mapping"],
        ["u2", "review", "mapping"],
      ]);
    });
  });
}
