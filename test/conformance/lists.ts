// What every Store promises of lists: filters and pages. Part of the suite in store.ts.
import { describe, expect, test } from "@jest/globals";
import { LABEL_STUDIO_EXTENSION, type Filter, type Json, type UserRecord } from "../../src/directory/index.js";
import type { Store } from "../../src/ports.js";
import { ALL, idsIn, VIEW, walk } from "./pages.js";
import { aGroup, AT, aUser, eq } from "./records.js";
import { surveysConformance } from "./surveys.js";

export function listConformance(open: () => Store): void {
  surveysConformance(open);
  const insert = (...users: readonly UserRecord[]) =>
    open().transaction(async (tx) => {
      for (const user of users) await tx.insertUser(user);
    });
  const whole = (filter: Filter) => ({ ...ALL, filter });
  const ids = async (filter: Filter) => idsIn(await open().directory.users(whole(filter), VIEW));
  const groups = async (filter: Filter) => idsIn(await open().directory.groups(whole(filter), VIEW));

  describe("lists", () => {
    test("what an index finds is paged like any list, and all of the filter counts", async () => {
      await insert(...["u3", "u1", "u2"].map((id) => aUser(id, { externalId: "shared" })), aUser("u4"));
      const page = (more: object) =>
        open().directory.users({ ...whole(eq("externalId", "shared", true)), ...more }, VIEW);
      const second = await page({ startIndex: 2, count: 1 });
      expect([second.total, idsIn(second)]).toEqual([3, ["u1"]]);
      expect(idsIn(await page({ count: 2 }))).toEqual(["u3", "u1"]);
      expect(await page({ startIndex: 4 })).toEqual({ total: 3, count: 0, text: "" });
      expect(await ids(eq("userName", " U4@ACME.example "))).toEqual(["u4"]);
      expect(await ids({ ...eq("userName", "u4@acme.example"), operator: "ge" } as Filter)).toEqual(["u4"]);
      expect(await ids(eq("id", "U4", true))).toEqual([]);
    });

    test("`not` holds for who has no such value, and letters have two cases beyond ASCII too", async () => {
      await insert(
        aUser("u1", { externalId: "x", attributes: { userName: "u1", title: "Ärztin" } }),
        aUser("u2", { attributes: { userName: "u2" } }),
      );
      expect(await ids({ kind: "not", of: eq("externalId", "x", true) })).toEqual(["u2"]);
      expect(await ids(eq("title", "ÄRZTIN"))).toEqual(["u1"]);
      const notWork: Filter = { kind: "element", path: ["emails"], of: { kind: "not", of: eq("type", "work") } };
      expect(await ids(notWork)).toEqual([]);
    });

    test("members and groups are filtered element by element", async () => {
      await insert(aUser("u1"), aUser("u2"));
      await open().transaction(async (tx) => {
        await tx.insertGroup(aGroup("g1", "One"));
        await tx.insertGroup(aGroup("g2", "Two"));
        await tx.addMembers("g1", [{ id: "u1", type: "User", display: "Ada" }]);
        await tx.addMembers("g2", [{ id: "g1", type: "Group", display: undefined }]);
      });
      const both = (...of: Filter[]): Filter => ({ kind: "element", path: ["members"], of: { kind: "and", of } });
      expect(await groups(both(eq("value", "u1", true), eq("type", "user")))).toEqual(["g1"]);
      expect(await groups(both(eq("value", "u1", true), eq("type", "group")))).toEqual([]);
      expect(await groups({ kind: "not", of: both(eq("type", "user")) })).toEqual(["g2"]);
      expect(await groups(eq("members.display", "ADA"))).toEqual(["g1"]);
      expect(await groups({ kind: "present", path: ["members", "display"] })).toEqual(["g1"]);
      expect(await ids({ kind: "element", path: ["groups"], of: eq("display", "one") })).toEqual(["u1"]);
      expect(await ids({ kind: "not", of: { kind: "present", path: ["groups"] } })).toEqual(["u2"]);
    });

    test("simple values are elements too, and count as their own value", async () => {
      const tagged = (id: string, tags: Json) => aUser(id, { attributes: { userName: id, tags } });
      await insert(
        tagged("u1", ["a", 'b"{']),
        tagged("u2", "A"),
        tagged("u3", [{ value: "a" }]),
        tagged("u4", [1, null]),
      );
      const tags = (of: Filter): Filter => ({ kind: "element", path: ["tags"], of });
      expect(await ids(tags(eq("value", "a")))).toEqual(["u1", "u2", "u3"]);
      expect(await ids(tags({ kind: "not", of: eq("value", "a") }))).toEqual(["u1", "u4"]);
      expect(await ids(tags({ kind: "present", path: ["other"] }))).toEqual([]);
      expect(await ids(eq("tags.value", 'B"{'))).toEqual(["u1"]);
    });

    test("values of several types are sorted: numbers, then texts; who has none is last", async () => {
      const ranks = JSON.parse(
        '["b",-1.5,10,"B",9,0,-20,"10",null,"ä",true,1e21,"Z",{"value":3},""]',
      ) as readonly Json[];
      await insert(...ranks.map((rank, n) => aUser(`u${n}`, { attributes: { userName: `u${n}`, rank } })));
      const sort = { path: ["rank"], descending: false, caseExact: false };
      const expected = [6, 1, 5, 10, 4, 2, 11, 14, 7, 0, 3, 12, 9, 8, 13].map((n) => `u${n}`);
      expect(await walk(open(), sort, 4)).toEqual(expected);
      const withoutRank = expected.slice(-2);
      const descending = await walk(open(), { ...sort, descending: true }, 4);
      expect(descending.slice(0, 2)).toEqual(withoutRank);
      // Among equals the order of arrival stays.
      expect(descending.slice(2)).toEqual([9, 12, 0, 3, 7, 14, 11, 2, 4, 10, 5, 1, 6].map((n) => `u${n}`));
    });

    test("whatever place a page is asked for behind, there is an answer", async () => {
      await insert(aUser("u1"));
      for (const path of ["userName", "externalId", "title", `${LABEL_STUDIO_EXTENSION} userId`, "meta version"])
        for (const key of ["x", "", 7.5, -3, null, "\0"]) {
          const sort = { path: path.split(" "), descending: false, caseExact: false };
          const after = { position: Number.MAX_SAFE_INTEGER, key };
          expect((await open().directory.users({ ...ALL, sort, after }, VIEW)).total).toBe(1);
        }
    });

    test("pages behind a place go on there when its row is gone; who has no value is last, or first descending", async () => {
      const titled = (id: string, title?: string) =>
        aUser(id, { attributes: { userName: id, ...(title && { title }) } });
      await insert(titled("c", "C"), titled("none"), titled("a", "a"), titled("b", "B"), titled("a2", "A"));
      const byTitle = { path: ["title"], descending: false, caseExact: false };
      const removeFirst = async (found: readonly string[]) => {
        if (found.length === 1) await open().transaction((tx) => tx.removeUser("a", AT));
      };
      expect(await walk(open(), byTitle, 1, removeFirst)).toEqual(["a", "a2", "b", "c", "none"]);
      expect(await walk(open(), { ...byTitle, descending: true }, 1)).toEqual(["none", "c", "b", "a2"]);
    });
  });
}
