// What every Store promises, whatever database is behind it.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Filter, UserRecord } from "../../src/directory/index.js";
import type { Claim, Move, Store } from "../../src/ports.js";
import { assignmentsConformance } from "./places.js";
import { driftedConformance } from "./drifted.js";
import { holdsConformance } from "./holds.js";
import { listConformance } from "./lists.js";
import { observedConformance } from "./observed.js";
import { ALL, idsIn, VIEW } from "./pages.js";
import { aGroup, aLink, aMember, AT, aUser, eq, NOW, outcome } from "./records.js";
import { linksConformance } from "./links.js";
import { seatsConformance } from "./seats.js";
import { shownConformance } from "./shown.js";
import { standingsConformance } from "./standings.js";
import { turnsConformance } from "./turns.js";
import { unclaimedConformance } from "./unclaimed.js";

export function storeConformance(name: string, open: () => Promise<Store>): void {
  describe(`${name} is a Store`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const insert = (...users: readonly UserRecord[]) =>
      store.transaction(async (tx) => {
        for (const user of users) await tx.insertUser(user);
      });
    const ids = async (filter: Filter) => idsIn(await store.directory.users({ ...ALL, filter }, VIEW));
    const enqueue = (people: readonly string[], lane: "leaver" | "change", now = NOW, addresses: string[] = []) =>
      store.transaction((tx) => tx.enqueue({ people, addresses, lane, cause: "test", origin: "test", now }));
    const claim = (now: number) => store.work.claim(["leaver", "change", "review", "sweep"], 10, 1_000, now);

    describe("directory", () => {
      test("keeps a user as given", async () => {
        const user = aUser("u1", { externalId: "00u1", active: false });
        await insert(user);
        expect(await store.directory.user("u1")).toMatchObject(user);
      });

      test("userName is unique whatever its letter case, and nothing of the failed transaction stays", async () => {
        await insert(aUser("u1", { userName: "Kim@Acme.example" }));
        await expect(insert(aUser("u2"), aUser("u3", { userName: "kim@acme.EXAMPLE" }))).rejects.toMatchObject({
          code: "UNIQUENESS",
        });
        expect(await store.directory.user("u2")).toBeUndefined();
      });

      test("group displayName is unique whatever its letter case, also on rename", async () => {
        await store.transaction(async (tx) => {
          await tx.insertGroup(aGroup("g1", "LS Annotators"));
          await tx.insertGroup(aGroup("g2", "Others"));
        });
        const rename = store.transaction((tx) => tx.putGroup(aGroup("g2", "ls annotators", { version: 2 }), 1));
        await expect(rename).rejects.toMatchObject({ code: "UNIQUENESS" });
      });

      test("a write with a stale version fails and changes nothing", async () => {
        await insert(aUser("u1"));
        await store.transaction((tx) => tx.putUser(aUser("u1", { version: 2, active: false }), 1));
        const stale = store.transaction((tx) => tx.putUser(aUser("u1", { version: 2 }), 1));
        await expect(stale).rejects.toMatchObject({ code: "VERSION_CONFLICT" });
        expect(await store.directory.user("u1")).toMatchObject({ active: false, version: 2 });
      });

      test("pages are in order of arrival and say the true total", async () => {
        await insert(...["c", "a", "b"].map((id) => aUser(id)));
        const second = await store.directory.users({ ...ALL, startIndex: 2, count: 1 }, VIEW);
        expect([second.total, idsIn(second)]).toEqual([3, ["a"]]);
        expect(await store.directory.users({ ...ALL, startIndex: 9 }, VIEW)).toEqual({ total: 3, count: 0, text: "" });
      });

      test("filters compare as their attributes do", async () => {
        await insert(
          aUser("u1", { userName: "Ada@acme.example", externalId: "X1" }),
          aUser("u2", {
            active: false,
            attributes: { userName: "u2", title: "Lead", emails: [{ value: "B@acme.example", type: "home" }] },
          }),
        );
        expect(await ids(eq("userName", "ADA@ACME.EXAMPLE"))).toEqual(["u1"]);
        expect(await ids(eq("externalId", "x1", true))).toEqual([]);
        expect(await ids(eq("externalId", "X1", true))).toEqual(["u1"]);
        expect(await ids({ kind: "not", of: eq("externalId", "X1", true) })).toEqual(["u2"]);
        expect(await ids(eq("emails.value", "b@ACME.example"))).toEqual(["u2"]);
        expect(await ids(eq("active", false))).toEqual(["u2"]);
        expect(await ids(eq("title", "lead"))).toEqual(["u2"]);
        const home: Filter = {
          kind: "and",
          of: [eq("type", "home"), { ...eq("value", "b@"), operator: "sw" } as Filter],
        };
        expect(await ids({ kind: "element", path: ["emails"], of: home })).toEqual(["u2"]);
        expect(await ids({ kind: "not", of: { kind: "present", path: ["title"] } })).toEqual(["u1"]);
      });

      test("members are rows: added once, removed singly, gone with their user", async () => {
        await insert(aUser("u1"), aUser("u2"));
        const member = (id: string) => ({ id, type: "User" as const, display: undefined });
        await store.transaction(async (tx) => {
          await tx.insertGroup(aGroup("g1", "G"));
          expect(await tx.addMembers("g1", [member("u1"), member("u2")])).toEqual(["u1", "u2"]);
          expect(await tx.addMembers("g1", [member("u1")])).toEqual([]);
          expect(await tx.removeMembers("g1", ["u2", "nobody"])).toEqual(["u2"]);
        });
        expect((await store.directory.groupsOf(["u1", "u2"])).get("u1")).toEqual([
          { id: "g1", externalId: undefined, displayName: "G" },
        ]);
        expect(await store.transaction((tx) => tx.removeUser("u1", AT))).toEqual(["g1"]);
        expect((await store.directory.membersOf(["g1"])).size).toBe(0);
      });
    });

    for (const more of [listConformance, shownConformance, seatsConformance, assignmentsConformance]) more(() => store);

    describe("outbox", () => {
      test("fifty changes of one person are one look", async () => {
        await insert(aUser("u1"));
        for (let n = 0; n < 50; n++) await enqueue(["u1"], "change", NOW + n);
        expect(await claim(NOW + 2_000)).toHaveLength(1);
      });

      test("a change waits for 250 ms of quiet, 1 s at the longest; a leaver not at all", async () => {
        await insert(aUser("u1"), aUser("u2"));
        await enqueue(["u1"], "change", NOW);
        expect(await claim(NOW + 249)).toHaveLength(0);
        for (const later of [200, 400, 600, 800, 990]) await enqueue(["u1"], "change", NOW + later);
        expect(await store.work.nextDue(["change"])).toBe(NOW + 1_000);
        await enqueue(["u2"], "leaver", NOW);
        expect((await claim(NOW)).map((row) => row.personId)).toEqual(["u2"]);
      });

      test("leavers come first, and the mark stays until it is settled", async () => {
        await insert(aUser("u1"), aUser("u2"));
        await enqueue(["u1"], "change", NOW - 5_000);
        await enqueue(["u2"], "leaver", NOW);
        const [first] = await claim(NOW);
        expect(first).toMatchObject({ personId: "u2", leaverDue: true, lane: "leaver" });
        await enqueue(["u2"], "change", NOW);
        await store.work.settle(first as Claim, outcome("converged"));
        const again = (await claim(NOW + 5_000)).find((row) => row.personId === "u2");
        expect(again).toMatchObject({ leaverDue: false });
      });

      test("a claimed row is leased; after the lease anybody may take it", async () => {
        await insert(aUser("u1"));
        await enqueue(["u1"], "leaver");
        expect(await claim(NOW)).toHaveLength(1);
        expect(await claim(NOW + 999)).toHaveLength(0);
        expect(await claim(NOW + 1_001)).toHaveLength(1);
      });

      test("a lease is renewed for whoever is in hand, not for who has been let go of", async () => {
        await insert(aUser("u1"), aUser("u2"));
        await enqueue(["u1", "u2"], "leaver");
        const [, second] = await claim(NOW);
        await store.work.retry(second as Claim, NOW + 500, undefined, undefined);
        await store.work.renewLeases(["u1", "u2"], NOW + 5_000);
        expect((await claim(NOW + 4_999)).map((row) => row.personId)).toEqual([second?.personId]);
      });

      test("settling keeps a row that has changed since it was claimed", async () => {
        await insert(aUser("u1"));
        await enqueue(["u1"], "leaver");
        const [held] = await claim(NOW);
        expect(await store.work.isCurrent(held as Claim)).toBe(true);
        await enqueue(["u1"], "leaver", NOW + 1);
        expect(await store.work.isCurrent(held as Claim)).toBe(false);
        await store.work.settle(held as Claim, outcome("converged"));
        expect((await store.work.counts(NOW)).pending).toBe(1);
      });

      test("whoever shares an address is looked at too, without becoming a leaver", async () => {
        await insert(
          aUser("u1"),
          aUser("u2", { attributes: { userName: "x", emails: [{ value: "u1@acme.example" }] } }),
        );
        await enqueue(["u1"], "leaver", NOW, ["u1@acme.example"]);
        const claims = await claim(NOW);
        expect(claims.map((row) => [row.personId, row.leaverDue]).sort()).toEqual([
          ["u1", true],
          ["u2", false],
        ]);
      });

      test("one of those refused for a reason probes; its success releases all", async () => {
        await insert(aUser("u1"), aUser("u2"));
        await enqueue(["u1", "u2"], "leaver");
        for (const held of await claim(NOW))
          await store.work.retry(held, NOW + 900_000, "no seats", outcome("failing"));
        await store.work.probeRefusals(NOW + 60_000, NOW);
        expect(await claim(NOW + 60_000)).toHaveLength(1);
        await store.work.probeRefusals(NOW + 60_001, NOW + 1);
        expect(await claim(NOW + 60_001)).toHaveLength(0);
        await store.work.release("no seats", NOW + 60_002);
        expect(await claim(NOW + 60_002)).toHaveLength(1);
      });

      test("everybody is in exactly one state", async () => {
        await insert(...["a", "b", "c", "d"].map((id) => aUser(id)));
        await enqueue(["a", "b", "c", "d"], "leaver");
        const [a, b, c] = (await claim(NOW)) as [Claim, Claim, Claim];
        await store.work.settle(a, outcome("converged", { warning: "address differs" }));
        await store.work.settle(b, outcome("held"));
        await store.work.retry(c, NOW + 5_000, "refused", outcome("failing"));
        expect(await store.work.counts(NOW + 3_000)).toEqual({
          converged: 1,
          pending: 1,
          leavers: 1,
          held: 1,
          failing: 1,
          warnings: 1,
          oldestPendingSeconds: 3,
        });
      });
    });

    linksConformance(() => store);

    describe("a move to another server", () => {
      const MOVE: Move = {
        fact: { name: "server", value: "new" },
        members: [aMember(1, "u1@acme.example"), aMember(2, "new@acme.example"), aMember(9, "u4@acme.example")],
        askedAt: NOW,
        forget: ["invited."],
        cause: "move",
        now: NOW,
        audit: (links) => ({
          at: AT,
          actor: "bridge",
          requestId: undefined,
          action: "upstream.move",
          subject: "new",
          detail: { ...links },
        }),
      };
      const linked = async () => {
        await insert(...["u1", "u2", "u3", "u4"].map((id) => aUser(id)));
        await store.remember("server", "old");
        await store.remember("invited.u5", AT);
        for (const [id, account] of [
          ["u1", 1],
          ["u2", 2],
          ["u3", 3],
          ["u4", 4],
        ] as const)
          await store.work.putLink(aLink(id, account));
        await store.transaction((tx) => tx.removeUser("u3", AT));
        await store.work.putObserved([aMember(4, "u4@acme.example")], NOW + 1_000);
      };
      const accounts = async () => (await store.work.people(["u1", "u2", "u3", "u4"])).map(({ link }) => link?.userId);

      test("keeps what the new server confirms by user id and address, and nothing else", async () => {
        await linked();
        expect(await store.work.moveTo(MOVE)).toEqual({ kept: 1, dropped: 3 });
        expect(await accounts()).toEqual([1, undefined, undefined, undefined]);
        expect([...(await store.work.observed([1, 2, 4, 9])).keys()].sort()).toEqual([1, 2, 9]);
        expect([await store.recall("server"), await store.recall("invited.u5")]).toEqual(["new", undefined]);
        expect((await claim(NOW)).map((row) => row.personId).sort()).toEqual(["u1", "u2", "u4"]);
      });

      test("changes nothing when it fails at its end", async () => {
        await linked();
        const fail = (): never => {
          throw new TypeError("no audit line");
        };
        await expect(store.work.moveTo({ ...MOVE, audit: fail })).rejects.toThrow("no audit line");
        expect(await accounts()).toEqual([1, 2, 3, 4]);
        expect([...(await store.work.observed([1, 2, 4, 9])).keys()]).toEqual([4]);
        expect([await store.recall("server"), await store.recall("invited.u5")]).toEqual(["old", AT]);
        expect(await claim(NOW)).toEqual([]);
      });
    });

    observedConformance(() => store);
    standingsConformance(() => store);
    driftedConformance(() => store);
    turnsConformance(() => store);
    holdsConformance(() => store);
    unclaimedConformance(() => store);
  });
}
