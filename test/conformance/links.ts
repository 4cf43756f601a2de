// Which account is whose.
import { describe, expect, test } from "@jest/globals";
import type { UserRecord } from "../../src/directory/index.js";
import type { Store } from "../../src/ports.js";
import { aLink, AT, aUser, NOW } from "./records.js";

export function linksConformance(store: () => Store): void {
  const insert = (...users: readonly UserRecord[]) =>
    store().transaction(async (tx) => {
      for (const user of users) await tx.insertUser(user);
    });

  describe("links", () => {
    test("one living user at most holds an account; a tombstone does not count", async () => {
      await insert(aUser("u1"), aUser("u2"));
      await store().work.putLink(aLink("u1", 77));
      await expect(store().work.putLink(aLink("u2", 77))).rejects.toMatchObject({ code: "UNIQUENESS" });
      await store().transaction((tx) => tx.removeUser("u1", AT));
      await store().work.putLink(aLink("u2", 77));
      expect(await store().work.linkOfAccount(77)).toMatchObject({ personId: "u2" });
      expect(await store().work.tombstoneOf("u1@acme.example")).toMatchObject({ personId: "u1", tombstone: true });
    });

    test("a link that is stored after the deletion is a tombstone", async () => {
      await insert(aUser("u1"));
      await store().transaction((tx) => tx.removeUser("u1", AT));
      await store().work.putLink(aLink("u1", 77));
      expect(await store().work.linkOfAccount(77)).toBeUndefined();
      const [row] = await store().work.people(["u1"]);
      expect(row).toMatchObject({
        user: undefined,
        former: { userName: "u1@acme.example" },
        link: { tombstone: true },
      });
    });
  });

  describe("an account that is taken over", () => {
    const heir = { personId: "u2", cause: "account taken over", now: NOW };
    const due = () => store().work.nextDue(["change"]);

    test("is the heir's, who is looked at", async () => {
      await insert(aUser("u1"), aUser("u2"));
      await store().work.putLink(aLink("u1", 77, { everMatched: true }));
      await store().work.handOver(aLink("u1", 77, { everMatched: true }), heir);
      expect(await store().work.linkOfAccount(77)).toMatchObject({ personId: "u2", everMatched: true });
      expect((await store().work.people(["u1"]))[0]?.link).toBeUndefined();
      expect(await due()).toBe(NOW + 250);
    });

    test("stays with a tombstone as well, which is the heir's no more than before", async () => {
      await insert(aUser("u1"), aUser("u2"));
      await store().work.putLink(aLink("u1", 77));
      await store().transaction((tx) => tx.removeUser("u1", AT));
      await store().work.handOver(aLink("u1", 77, { tombstone: true }), heir);
      expect(await store().work.linkOfAccount(77)).toMatchObject({ personId: "u2", tombstone: false });
      expect(await store().work.tombstoneOfAccount(77)).toMatchObject({ personId: "u1" });
    });

    test("or nothing of it happens: nobody is left without a link in between", async () => {
      await insert(aUser("u1"), aUser("u2"), aUser("u3"));
      await store().work.putLink(aLink("u1", 77));
      await store().work.putLink(aLink("u3", 88));
      await expect(store().work.handOver(aLink("u1", 88), heir)).rejects.toMatchObject({ code: "UNIQUENESS" });
      expect(await store().work.linkOfAccount(77)).toMatchObject({ personId: "u1" });
      expect(await store().work.linkOfAccount(88)).toMatchObject({ personId: "u3" });
      expect(await due()).toBeUndefined();
    });
  });
}
