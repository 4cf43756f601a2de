import { describe, expect, test } from "@jest/globals";
import { standardForm } from "../../../src/scim/pure.js";
import { scimTypeOf } from "./membership.js";

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const form = (body: unknown) => standardForm("User", body).attributes;

describe("bodies in standard form", () => {
  test.each<[string, unknown, unknown]>([
    ["trims the userName", { userName: "  ada " }, { userName: "ada" }],
    [
      "names in any letter case",
      { USERNAME: "a", Emails: [{ VALUE: "x", Primary: true }] },
      { userName: "a", emails: [{ value: "x", primary: true }] },
    ],
    ["one object for many", { userName: "a", emails: { value: "x" } }, { userName: "a", emails: [{ value: "x" }] }],
    [
      "bare strings for many",
      { userName: "a", emails: ["x", "y"] },
      { userName: "a", emails: [{ value: "x" }, { value: "y" }] },
    ],
    [
      "only the last primary stays",
      {
        userName: "a",
        emails: [
          { value: "x", primary: true },
          { value: "y", primary: "TRUE" },
        ],
      },
      {
        userName: "a",
        emails: [
          { value: "x", primary: false },
          { value: "y", primary: true },
        ],
      },
    ],
    [
      "elements without their value go",
      {
        userName: "a",
        phoneNumbers: [
          { type: "work", value: "" },
          { type: "mobile", value: "1" },
        ],
      },
      { userName: "a", phoneNumbers: [{ type: "mobile", value: "1" }] },
    ],
    ["empty lists are absent", { userName: "a", roles: [], emails: [null] }, { userName: "a" }],
    ["absent active stays absent", { userName: "a", active: null }, { userName: "a" }],
    [
      "unknown keys that are no names",
      { userName: "a", "my key": 1, "a.b.c": 2, name: { "": 1 }, schemas: "x" },
      { userName: "a", "my key": 1, "a.b.c": 2 },
    ],
  ])("%s", (_name, body, expected) => expect(form(body)).toEqual({ schemas: [CORE], ...(expected as object) }));

  test("members: each once, kinds and displays as sent", () => {
    const members = [{ value: "a" }, { Value: "g", type: "group", display: "G" }, { value: "a", display: "A" }, "b"];
    expect(standardForm("Group", { displayName: " G ", members })).toEqual({
      attributes: { schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName: "G" },
      members: [
        { id: "a", type: "User", display: "A" },
        { id: "g", type: "Group", display: "G" },
        { id: "b", type: "User", display: undefined },
      ],
    });
    expect(standardForm("Group", { displayName: "G", members: [] }).members).toEqual([]);
    expect(standardForm("Group", { displayName: "G" }).members).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ["invalidSyntax", null],
    ["invalidSyntax", []],
    ["invalidSyntax", "x"],
    ["invalidValue", {}],
    ["invalidValue", { userName: "  " }],
    ["invalidValue", { userName: 5 }],
    ["invalidValue", { userName: "a".repeat(1001) }],
    ["invalidValue", { userName: "a", active: "yes" }],
    ["invalidValue", { userName: "a", name: "Ada" }],
    ["invalidValue", { userName: "a", title: { value: "x" } }],
    ["invalidValue", { userName: "a", emails: [[{ value: "x" }, { value: "y" }]] }],
    ["invalidValue", { userName: "a", emails: Array.from({ length: 1001 }, () => ({ value: "x" })) }],
    ["invalidSyntax", JSON.parse('{"userName":"a","__proto__":{"x":1}}')],
    ["invalidSyntax", JSON.parse('{"userName":"a","name":{"constructor":1}}')],
    ["invalidSyntax", { userName: "a", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:__proto__.x": 1 }],
  ])("refuses with %s: %j", (scimType, body) => expect(scimTypeOf(() => form(body))).toBe(scimType));

  test("names the attribute, what was sent and what is accepted, never the content", () => {
    expect(() => form({ userName: "a", emails: [{ value: { secret: "x" } }] })).toThrow(
      "emails.value was sent as an object; accepted is a string.",
    );
    for (const member of [{}, { value: 5 }, { value: "" }, { value: "x".repeat(257) }, null])
      expect(scimTypeOf(() => standardForm("Group", { displayName: "G", members: [member] }))).toBe("invalidValue");
  });

  test("nothing reaches Object.prototype", () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
