import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Attributes, Json } from "../../../src/directory/index.js";
import { MOST_OPERATIONS } from "../../../src/scim/patch/operation.js";
import { applyPatch, readPatch, standardForm, type ResourceKind } from "../../../src/scim/pure.js";
import { membersAfter, scimTypeOf } from "./membership.js";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const message = (...Operations: unknown[]) => ({ schemas: [PATCH_OP], Operations });
const patch = (before: Attributes, ...operations: unknown[]) =>
  applyPatch("User", before, readPatch("User", message(...operations)));
const ada = standardForm("User", {
  userName: "ada",
  emails: [{ type: "work", value: "a@x", primary: true }],
  [ENTERPRISE]: { department: "R" },
}).attributes;

describe("messages", () => {
  test.each<[string, ResourceKind, unknown]>([
    ["invalidSyntax", "User", null],
    ["invalidSyntax", "User", { Operations: [{ op: "add", path: "title", value: "x" }] }],
    ["invalidSyntax", "User", { schemas: ["urn:x"], Operations: [{ op: "add", path: "title", value: "x" }] }],
    ["invalidSyntax", "User", { schemas: [PATCH_OP] }],
    ["invalidSyntax", "User", message()],
    ["invalidSyntax", "User", message("x")],
    ["invalidSyntax", "User", message({ op: "move", path: "title", value: "x" })],
    ["invalidSyntax", "User", message({ path: "title", value: "x" })],
    [
      "invalidSyntax",
      "User",
      message(...Array.from({ length: MOST_OPERATIONS + 1 }, () => ({ op: "remove", path: "title" }))),
    ],
    [
      "invalidSyntax",
      "User",
      message({
        op: "replace",
        value: Object.fromEntries(Array.from({ length: MOST_OPERATIONS + 1 }, (_, at) => [`a${at}`, 1])),
      }),
    ],
    ["noTarget", "User", message({ op: "remove" })],
    ["noTarget", "User", message({ op: "remove", path: " " })],
    ["invalidPath", "User", message({ op: "add", path: 5, value: "x" })],
    ["invalidPath", "User", message({ op: "add", path: "a b", value: "x" })],
    ["invalidPath", "User", message({ op: "add", path: "emails[", value: "x" })],
    ["invalidPath", "User", message({ op: "add", path: "emails[0].value", value: "x" })],
    ["invalidPath", "User", message({ op: "add", path: "a.b.c", value: "x" })],
    ["invalidPath", "User", message({ op: "add", path: "userName.value", value: "x" })],
    ["invalidPath", "User", message({ op: "add", path: "__proto__.x", value: "x" })],
    ["invalidPath", "User", message({ op: "add", path: 'emails[type eq "x"].__proto__', value: "x" })],
    ["invalidSyntax", "User", message({ op: "replace", value: { "constructor.x": 1 } })],
    ["invalidSyntax", "User", message({ op: "replace", value: { constructor: 1 } })],
    ["invalidValue", "User", message({ op: "replace", path: "title" })],
    ["invalidValue", "User", message({ op: "replace", value: "x" })],
    ["invalidValue", "User", message({ op: "replace", path: "active", value: "maybe" })],
    ["invalidValue", "User", message({ op: "replace", path: "userName", value: "" })],
    ["invalidValue", "User", message({ op: "replace", path: ENTERPRISE, value: "x" })],
    ["mutability", "User", message({ op: "replace", path: "ID", value: "x" })],
    ["mutability", "User", message({ op: "remove", path: "active" })],
    ["mutability", "Group", message({ op: "remove", path: "displayName" })],
    ["mutability", "Group", message({ op: "replace", path: 'members[value eq "a"].display', value: "x" })],
    ["invalidPath", "Group", message({ op: "remove", path: 'members[display co "a"]' })],
    ["invalidValue", "Group", message({ op: "replace", path: "members", value: "" })],
  ])("%s for %s %j", (scimType, kind, body) => expect(scimTypeOf(() => readPatch(kind, body))).toBe(scimType));

  test("read-only paths and passwords are ignored", () => {
    const ignored = ["meta", "groups", "schemas", "password", `${ENTERPRISE}:manager.displayName`, "meta.version"];
    for (const path of ignored) expect(readPatch("User", message({ op: "replace", path, value: "x" }))).toEqual([]);
  });

  test("an empty list can be added to members, and null or no value takes all of them away", () => {
    const read = (operation: object) => readPatch("Group", message({ path: "members", ...operation }));
    expect(read({ op: "add", value: [] })).toEqual([{ kind: "members", op: "add", members: [] }]);
    expect(read({ op: "replace", value: null })).toEqual([{ kind: "members", op: "clear" }]);
    expect(read({ op: "remove", value: null })).toEqual([{ kind: "members", op: "clear" }]);
  });
});

describe("application", () => {
  test("the same object when nothing changed", () => {
    expect(patch(ada, { op: "replace", path: "userName", value: "ada" })).toBe(ada);
    expect(
      patch(ada, { op: "add", path: "emails", value: [{ value: "A@X".toLowerCase(), type: "Work".toLowerCase() }] }),
    ).toBe(ada);
    expect(patch(ada, { op: "remove", path: "title" }, { op: "remove", path: 'emails[type eq "home"]' })).toBe(ada);
    expect(patch(ada, { op: "add", path: "title", value: "T" }, { op: "remove", path: "title" })).toBe(ada);
  });

  test.each<[string, unknown, Partial<Record<string, Json>>]>([
    [
      "the last value of an extension takes its URN along",
      { op: "remove", path: `${ENTERPRISE}:department` },
      { [ENTERPRISE]: undefined },
    ],
    ["an extension as a whole", { op: "remove", path: ENTERPRISE }, { [ENTERPRISE]: undefined }],
    [
      "an added e-mail of the same value and type is merged",
      { op: "add", path: "emails", value: [{ value: "A@x", type: "Work", display: "A" }] },
      { emails: [{ type: "Work", value: "A@x", primary: true, display: "A" }] },
    ],
    [
      "an added primary demotes the old one",
      { op: "add", value: { emails: [{ value: "b@x", primary: true }] } },
      {
        emails: [
          { type: "work", value: "a@x", primary: false },
          { value: "b@x", primary: true },
        ],
      },
    ],
    ["an element is removed by its filter", { op: "remove", path: 'emails[value eq "A@X"]' }, { emails: undefined }],
    [
      "an element is merged with what replaces it",
      { op: "replace", path: 'emails[type eq "work"]', value: { value: "c@x" } },
      { emails: [{ type: "work", value: "c@x", primary: true }] },
    ],
    [
      "an element is added through its filter",
      { op: "add", path: 'emails[type eq "home" and primary eq true]', value: { value: "c@x" } },
      {
        emails: [
          { type: "work", value: "a@x", primary: false },
          { value: "c@x", type: "home", primary: true },
        ],
      },
    ],
    [
      "a part of every element",
      { op: "replace", path: "emails.display", value: "D" },
      { emails: [{ type: "work", value: "a@x", primary: true, display: "D" }] },
    ],
    ["a part of no element creates one", { op: "add", path: "ims.value", value: "x" }, { ims: [{ value: "x" }] }],
    ["an unknown complex attribute", { op: "add", path: "foo.bar", value: 1 }, { foo: { bar: 1 } }],
    [
      "an unknown multi-valued attribute by filter",
      { op: "add", path: 'foo[type eq "a"].value', value: 1 },
      { foo: [{ value: 1, type: "a" }] },
    ],
    [
      "a colon and a dot in a filter",
      { op: "add", path: 'emails[type eq "a:b.c]d"].value', value: "x" },
      {
        emails: [
          { type: "work", value: "a@x", primary: true },
          { value: "x", type: "a:b.c]d" },
        ],
      },
    ],
  ])("%s", (_name, operation, expected) => {
    const after = patch(ada, operation);
    for (const [name, value] of Object.entries(expected)) expect(after[name]).toEqual(value);
    expect(standardForm("User", after).attributes).toEqual(after);
  });

  test("a value that is stored twice is not added a third time", () => {
    const twice = patch(ada, { op: "replace", path: "roles", value: [{ value: "a" }, { value: "A" }] });
    const after = patch(twice, { op: "add", path: "roles", value: [{ value: "a", display: "D" }] });
    expect(after["roles"]).toEqual([{ value: "a", display: "D" }, { value: "A" }]);
  });

  test("what a request may cost is bounded, whatever it is made of", () => {
    const parts = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`part${at}`, "x"]));
    const places = Array.from({ length: 1000 }, (_, at) => ({ ...parts, region: `${at}` }));
    const person = patch(ada, { op: "add", path: "addresses", value: places });
    const others = places.map(({ region }) => ({ locality: region }));
    const terms = Array.from({ length: 90 }, () => 'a eq "b"').join(" or ");
    expect(patch(person, { op: "remove", path: "addresses", value: others.slice(0, 50) })).toBe(person);
    for (const operation of [
      { op: "remove", path: "addresses", value: others },
      { op: "remove", path: `addresses[${terms}]` },
    ])
      expect(scimTypeOf(() => patch(person, operation))).toBe("invalidValue");
  });

  test.each<[string, unknown]>([
    ["noTarget", { op: "replace", path: 'emails[value eq "z@x"].display', value: "x" }],
    ["noTarget", { op: "replace", path: 'emails[type eq "home"].type', value: "x" }],
    ["noTarget", { op: "add", path: 'emails[type co "home"].value', value: "x" }],
    ["invalidPath", { op: "add", path: 'name[givenName eq "x"].value', value: "x" }],
  ])("%s: %j", (scimType, operation) => expect(scimTypeOf(() => patch(ada, operation))).toBe(scimType));
});

describe("whatever is sent", () => {
  const path = fc.constantFrom(
    ...["userName", "active", "title", "name", "name.givenName", "emails", "emails.display", 'emails[type eq "work"]'],
    ...['emails[type eq "home"].value', 'emails[primary eq "True"].value', "manager", `${ENTERPRISE}:manager.value`],
    ...[
      ENTERPRISE,
      "urn:x:y:2.0:User:tag",
      "roles",
      "foo",
      "foo.bar",
      'foo[type eq "a"].b',
      "toString",
      "hasOwnProperty",
    ],
    ...['members[value eq "a"]', "members"],
  );
  const part = fc.constantFrom("value", "type", "primary", "display", "givenName", "manager", "department", "$ref");
  const simple = fc.oneof(fc.constantFrom<Json>("", null, "True", true, false, 7, "work", "a@x"), fc.string());
  const object = fc.dictionary(part, simple, { maxKeys: 4 });
  const value = fc.oneof(
    simple,
    object,
    fc.array(fc.oneof(simple, object), { maxLength: 4 }),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const operation = fc.oneof(
    fc.record({ op: fc.constantFrom("add", "Replace", "remove"), path, value }),
    fc.record({ op: fc.constantFrom("add", "replace"), value: fc.dictionary(path, value, { maxKeys: 5 }) }),
  );

  test("a PATCH ends in standard form or in a refusal, never in anything else", () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 6 }), (operations) => {
        let after: Attributes = ada;
        const refused = scimTypeOf(() => (after = patch(ada, ...operations)));
        expect(refused).not.toBe("");
        expect(standardForm("User", after).attributes).toEqual(after);
      }),
      { numRuns: 1000 },
    );
  });

  test("to send one replace or remove twice is to send it once", () => {
    // Two keys of one value may contradict each other, so one path at a time.
    const alone = path.chain((one) =>
      fc.record({ op: fc.constantFrom("replace", "remove"), path: fc.constant(one), value }),
    );
    const pathless = fc.record({ op: fc.constant("replace"), value: fc.dictionary(path, value, { maxKeys: 1 }) });
    const once = fc.oneof(alone, pathless);
    fc.assert(
      fc.property(once, (one) => {
        let after: Attributes = ada;
        let twice: Attributes = ada;
        if (scimTypeOf(() => (after = patch(ada, one))) !== undefined) return;
        // What a filter selected may no longer be what it selects: { type: "home" } for emails[type eq "work"].
        if (scimTypeOf(() => (twice = patch(after, one))) !== "noTarget") expect(twice).toBe(after);
      }),
      { numRuns: 1000 },
    );
  });

  test("a body is a fixed point of its own standard form, or refused", () => {
    fc.assert(
      fc.property(fc.dictionary(path, value, { maxKeys: 6 }), (body) => {
        let form: Attributes = ada;
        scimTypeOf(() => (form = standardForm("User", { ...body, userName: "x" }).attributes));
        expect(standardForm("User", form).attributes).toEqual(form);
      }),
      { numRuns: 1000 },
    );
  });

  test("adding members is union, removing difference, whatever the form", () => {
    const id = fc.constantFrom("a", "b", "c", "d", "e");
    const ids = fc.uniqueArray(id);
    fc.assert(
      fc.property(ids, fc.array(id), ids, (before, added, removed) => {
        const operations = readPatch(
          "Group",
          message(
            { op: "Add", path: "members", value: added.map((value) => ({ value })) },
            { op: "Remove", path: "members", value: removed.map((value) => ({ value, display: "x" })) },
            ...removed.map((value) => ({ op: "remove", path: `members[value eq "${value}"]` })),
          ),
        );
        const expected = [...new Set([...before, ...added])].filter((member) => !removed.includes(member));
        expect([...membersAfter(before, operations)].sort()).toEqual(expected.sort());
      }),
    );
  });
});
