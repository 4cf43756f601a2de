// What identity providers prove themselves with: two of a name at once, and never more.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AuditLine, Credential, Store } from "../../src/ports.js";
import { AT, NOW } from "./records.js";

const DAY_MS = 86_400_000;

const aCredential = (id: string, more: Partial<Credential> = {}): Credential => ({
  id,
  kind: "token",
  name: "okta",
  digest: id.repeat(4),
  createdAt: NOW,
  expiresAt: undefined,
  lastUsedAt: undefined,
  ...more,
});

const line = (action: string, subject: string): AuditLine => ({
  ...{ at: AT, actor: "operator", requestId: undefined },
  ...{ action, subject, detail: {} },
});

export function credentialsConformance(name: string, open: () => Promise<Store>): void {
  describe(`${name} keeps credentials`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const add = (id: string, more: Partial<Credential> = {}) =>
      store.credentials.add(aCredential(id, more), line("token.create", id));
    const ids = async () => (await store.credentials.all()).map(({ id }) => id);

    test("as given, oldest first, each with its line in the audit log", async () => {
      const client = aCredential("c", { kind: "client", name: "entra", createdAt: NOW + 1 });
      await add("c", client);
      await add("b", { expiresAt: NOW + DAY_MS });
      expect(await store.credentials.all()).toEqual([aCredential("b", { expiresAt: NOW + DAY_MS }), client]);
      expect(await store.inquiries.history("c", 10)).toEqual([line("token.create", "c")]);
    });

    test("two of a name; the third is refused, also when all come at once, and leaves no trace", async () => {
      const made = await Promise.allSettled(["a", "b", "c", "d"].map((id) => add(id)));
      expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
      for (const each of made)
        if (each.status === "rejected") expect(each.reason).toMatchObject({ code: "UNIQUENESS" });
      expect(await ids()).toHaveLength(2);
      const audited = await Promise.all(["a", "b", "c", "d"].map((id) => store.inquiries.history(id, 10)));
      expect(audited.flat()).toHaveLength(2);
      await add("x", { name: "another" });
    });

    test("an expired one makes room for the next of its name, and stays until then", async () => {
      await add("a", { expiresAt: NOW + 1 });
      await add("b");
      expect(await ids()).toEqual(["a", "b"]);
      await add("c", { createdAt: NOW + 1 });
      expect(await ids()).toEqual(["b", "c"]);
      await expect(add("d", { createdAt: NOW + 2 })).rejects.toMatchObject({ code: "UNIQUENESS" });
    });

    test("revoked: gone, told once and audited once", async () => {
      await add("a");
      await add("b");
      expect(await store.credentials.revoke(["a", "nobody"], line("token.revoke", "a"))).toEqual(["a"]);
      expect(await store.credentials.revoke(["a"], line("token.revoke", "a"))).toEqual([]);
      expect(await store.credentials.revoke([], line("token.revoke", "a"))).toEqual([]);
      expect(await ids()).toEqual(["b"]);
      expect((await store.inquiries.history("a", 10)).map(({ action }) => action)).toEqual([
        "token.revoke",
        "token.create",
      ]);
    });

    test("last use never goes back, whatever process notes it", async () => {
      await add("a");
      await store.credentials.noteUses(new Map([["a", NOW + 5]]));
      await store.credentials.noteUses(
        new Map([
          ["a", NOW + 3],
          ["nobody", NOW],
        ]),
      );
      expect(await store.credentials.all()).toMatchObject([{ id: "a", lastUsedAt: NOW + 5 }]);
    });

    test("one signing key, the first proposed, for all who ask at once", async () => {
      const proposed = ["one", "two", "three"].map((id) => ({ id, secret: `secret of ${id}` }));
      const kept = await Promise.all(proposed.map((key) => store.credentials.signingKey(key, NOW)));
      expect(new Set(kept.map(({ id }) => id)).size).toBe(1);
      expect(proposed).toContainEqual(kept[0]);
      expect(await store.credentials.signingKey({ id: "four", secret: "4" }, NOW)).toEqual(kept[0]);
    });
  });
}
