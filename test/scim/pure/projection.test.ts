import { describe, expect, test } from "@jest/globals";
import { readProjection } from "../../../src/scim/pure.js";
import { scimTypeOf } from "./membership.js";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const user = {
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
  id: "u1",
  userName: "ada@x.io",
  name: { givenName: "Ada", familyName: "L" },
  emails: [{ type: "work", value: "ada@x.io" }],
  [ENTERPRISE]: { department: "R&D", manager: { value: "m1", $ref: "r" } },
  meta: { resourceType: "User" },
};
const always = { schemas: user.schemas, id: "u1" };

describe("projection", () => {
  test.each([
    [{}, user],
    [{ attributes: "" }, user],
    [{ attributes: "userName" }, { ...always, userName: user.userName }],
    [{ attributes: " USERNAME , nothing" }, { ...always, userName: user.userName }],
    [
      { attributes: "name.GivenName,emails.value" },
      { ...always, name: { givenName: "Ada" }, emails: [{ value: "ada@x.io" }] },
    ],
    [{ attributes: "name.givenName,name" }, { ...always, name: user.name }],
    [{ attributes: 'emails[type eq "work"]' }, { ...always, emails: user.emails }],
    [{ attributes: "urn:ietf:params:scim:schemas:core:2.0:User:userName" }, { ...always, userName: user.userName }],
    [{ attributes: ENTERPRISE }, { ...always, [ENTERPRISE]: user[ENTERPRISE] }],
    [{ attributes: `${ENTERPRISE}:manager.value` }, { ...always, [ENTERPRISE]: { manager: { value: "m1" } } }],
    [{ excludedAttributes: `id,schemas,meta,name,emails,${ENTERPRISE}` }, { ...always, userName: user.userName }],
    [
      { attributes: "name", excludedAttributes: "name.familyName" },
      { ...always, name: { givenName: "Ada" } },
    ],
  ])("%j", (query, expected) => expect(readProjection("User", query).apply(user)).toEqual(expected));

  test("says what need not be read", () => {
    const without = readProjection("Group", { excludedAttributes: "Members" });
    expect(["members", "displayName", "id"].map((name) => without.wants(name))).toEqual([false, true, true]);
    expect(readProjection("Group", { attributes: "displayName" }).wants("members")).toBe(false);
    expect(readProjection("Group", { excludedAttributes: "members.display" }).wants("members")).toBe(true);
  });

  test("refuses names that reach the prototype", () => {
    for (const attributes of ["__proto__", "name.constructor", `${ENTERPRISE}:prototype`])
      expect(scimTypeOf(() => readProjection("User", { attributes }))).toBe("invalidValue");
  });
});
