// What every Store promises of resources as JSON text: the same bytes as JSON.stringify. Part of the suite in store.ts.
import { describe, expect, test } from "@jest/globals";
import type { MemberRef } from "../../src/directory/index.js";
import type { Store } from "../../src/ports.js";
import { ALL, VIEW } from "./pages.js";
import { aGroup, AT, aUser } from "./records.js";

const CONTROLS = Array.from({ length: 31 }, (_, n) => String.fromCharCode(n + 1)).join("");
/** Client text may hold whatever text can. */
const NAMES = [
  CONTROLS,
  `"quoted" \\back\\slash/ 'single'`,
  "\u007f\u0085\u2028\u2029\ufeff",
  "Ärzte 😀 \ud83d\ude00 日本",
  '","x":1',
];
const { User, Group } = VIEW.locations;

const meta = (resourceType: string, location: string, version = 1) => ({
  resourceType,
  created: AT,
  lastModified: AT,
  location,
  version: `W/"${version}"`,
});

export function shownConformance(open: () => Store): void {
  const fill = () =>
    open().transaction(async (tx) => {
      for (const [n, name] of NAMES.entries()) {
        await tx.insertUser(
          aUser(`u${n}`, { attributes: { userName: `u${n}`, title: name, [name]: [1.5, null, true] } }),
        );
        // In an order that is not that of their ids.
        await tx.insertGroup(aGroup(`g${9 - n}`, name, { version: 12 }));
        await tx.addMembers(`g${9 - n}`, [{ id: "u0", type: "User", display: name }]);
      }
    });

  describe("resources as JSON text", () => {
    test("a user is shown with its groups, in their order of arrival", async () => {
      await fill();
      const attributes = { userName: "u0", title: CONTROLS, [CONTROLS]: [1.5, null, true] };
      const groups = NAMES.map((display, n) => ({
        value: `g${9 - n}`,
        $ref: `${Group}g${9 - n}`,
        display,
        type: "direct",
      }));
      const text = JSON.stringify({ id: "u0", ...attributes, groups, meta: meta("User", `${User}u0`) });
      expect(await open().directory.shownUser("u0", VIEW)).toEqual({ version: 1, text });
      expect((await open().directory.users({ ...ALL, count: 1 }, VIEW)).text).toBe(text);
      const alone = JSON.stringify({ id: "u0", ...attributes, meta: meta("User", `${User}u0`) });
      expect(await open().directory.shownUser("u0", { ...VIEW, related: false })).toEqual({ version: 1, text: alone });
    });

    test("a group is shown with its members, in the order of their ids", async () => {
      await fill();
      const members: readonly MemberRef[] = [
        { id: "u1", type: "User", display: undefined },
        { id: "g8", type: "Group", display: "" },
      ];
      await open().transaction((tx) => tx.addMembers("g9", members));
      const text = JSON.stringify({
        id: "g9",
        displayName: CONTROLS,
        members: [
          { value: "g8", $ref: `${Group}g8`, display: "", type: "Group" },
          { value: "u0", $ref: `${User}u0`, display: CONTROLS, type: "User" },
          { value: "u1", $ref: `${User}u1`, type: "User" },
        ],
        meta: meta("Group", `${Group}g9`, 12),
      });
      expect(await open().directory.shownGroup("g9", VIEW)).toEqual({ version: 12, text });
      expect((await open().directory.groups({ ...ALL, count: 1 }, VIEW)).text).toBe(text);
    });

    test("without any, the lists are empty; nobody is shown as nothing", async () => {
      await open().transaction(async (tx) => {
        await tx.insertUser(aUser("u1", { attributes: { userName: "u1" } }));
        await tx.insertGroup(aGroup("g1", "G"));
      });
      const group = { id: "g1", displayName: "G", members: [], meta: meta("Group", `${Group}g1`) };
      const user = { id: "u1", userName: "u1", groups: [], meta: meta("User", `${User}u1`) };
      expect((await open().directory.shownGroup("g1", VIEW))?.text).toBe(JSON.stringify(group));
      expect((await open().directory.shownUser("u1", VIEW))?.text).toBe(JSON.stringify(user));
      expect(await open().directory.shownUser("g1", VIEW)).toBeUndefined();
    });
  });
}
