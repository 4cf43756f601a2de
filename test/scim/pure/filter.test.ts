import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Filter } from "../../../src/directory/index.js";
import { matches } from "../../../src/scim/filter/index.js";
import { DEEPEST_FILTER } from "../../../src/scim/filter/parse.js";
import { LONGEST_FILTER, tokens } from "../../../src/scim/filter/tokens.js";
import { readFilter, readSortPath, type ResourceKind } from "../../../src/scim/pure.js";
import { scimTypeOf } from "./membership.js";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** A filter as one line: `(or (userName eq a) (not (title pr)))`; exact comparisons have `==`. */
function show(filter: Filter): string {
  switch (filter.kind) {
    case "and":
    case "or":
      return `(${filter.kind} ${filter.of.map(show).join(" ")})`;
    case "not":
      return `(not ${show(filter.of)})`;
    case "present":
      return `(${filter.path.join("/")} pr)`;
    case "compare": {
      const operator = filter.caseExact ? `${filter.operator}!` : filter.operator;
      return `(${filter.path.join("/")} ${operator} ${JSON.stringify(filter.value)})`;
    }
    case "element":
      return `(${filter.path.join("/")}[] ${show(filter.of)})`;
  }
}

describe("grammar", () => {
  test.each<[ResourceKind, string, string]>([
    ["User", 'userName eq "a"', '(userName eq "a")'],
    ["User", 'USERNAME EQ "a"', '(userName eq "a")'],
    [
      "User",
      'title pr and userType eq "E" or active eq true',
      '(or (and (title pr) (userType eq "E")) (active eq! true))',
    ],
    ["User", "(title pr or nickName pr) and active eq true", "(and (or (title pr) (nickName pr)) (active eq! true))"],
    ["User", '((userName sw "J"))', '(userName sw "J")'],
    [
      "User",
      "not (title pr or nickName pr) and active eq false",
      "(and (not (or (title pr) (nickName pr))) (active eq! false))",
    ],
    ["User", "not(title pr)", "(not (title pr))"],
    ["User", 'title ne "x"', '(not (title eq "x"))'],
    ["User", "title eq null", "(not (title pr))"],
    ["User", "title ne null", "(not (not (title pr)))"],
    ["User", 'active eq "True"', "(active eq! true)"],
    ["User", 'emails eq "a@x"', '(emails/value eq "a@x")'],
    ["User", "emails pr", "(emails pr)"],
    ["User", 'emails[type eq "work"]', '(emails/type eq "work")'],
    ["User", 'emails[type eq "work" and value co "@x"]', '(emails[] (and (type eq "work") (value co "@x")))'],
    [
      "User",
      'emails[type eq "work"].Value ew "x" or title pr',
      '(or (emails[] (and (type eq "work") (value ew "x"))) (title pr))',
    ],
    ["User", 'emails[not (type eq "work")]', '(emails[] (not (type eq "work")))'],
    ["User", `${ENTERPRISE}:department eq "R"`, `(${ENTERPRISE}/department eq "R")`],
    ["User", `${ENTERPRISE.toUpperCase()}:MANAGER.value eq "m"`, `(${ENTERPRISE}/manager/value eq! "m")`],
    ["User", 'urn:x:ext:1.0:User:tag eq "t"', '(urn:x:ext:1.0:User/tag eq "t")'],
    ["User", 'meta.lastModified gt "2011-05-13T04:42:34Z"', '(meta/lastModified gt! "2011-05-13T04:42:34.000Z")'],
    ["User", 'meta.created sw "2011-05"', '(meta/created sw! "2011-05")'],
    ["User", 'schemas eq "urn:x"', '(schemas eq! "urn:x")'],
    ["User", 'groups.value eq "G"', '(groups/value eq! "G")'],
    ["User", 'groups.$ref sw "https"', '(groups/$ref sw! "https")'],
    ["User", "score ge -1.5e2", "(score ge -150)"],
    ["User", 'externalId eq "a" and id eq "b"', '(and (externalId eq! "a") (id eq! "b"))'],
    ["User", 'emails.type eq "x"and title pr', '(and (emails/type eq "x") (title pr))'],
    ["User", 'eq eq "eq"', '(eq eq "eq")'],
    ["User", 'not eq "x"', '(not eq "x")'],
    ["Group", 'members[value eq "u"]', '(members/value eq! "u")'],
    ["Group", 'members.value eq "u" and displayName eq "g"', '(and (members/value eq! "u") (displayName eq "g"))'],
  ])("%s %s", (kind, text, expected) => expect(show(readFilter(kind, text))).toBe(expected));

  test.each([
    "",
    " ",
    "userName",
    "userName eq",
    "userName eq jyoung",
    'userName is "x"',
    'userName eq "x',
    'userName eq "x" garbage',
    'userName eq "x" and',
    'userName eq "x")',
    '(userName eq "x"',
    '(userName eq "x"]',
    'userName eq "\\x"',
    'userName eq "a\nb"',
    "userName eq 01",
    "userName eq true",
    'active eq "maybe"',
    'active co "t"',
    "active gt true",
    "title gt null",
    'name eq "Ada"',
    'userName.value eq "x"',
    'emails["work"]',
    'emails[type eq "work"',
    'emails[type eq "work"].',
    'emails[emails[type eq "x"]]',
    'name[givenName eq "x"]',
    'a.b.c eq "x"',
    "not title pr",
    'meta.created gt "yesterday"',
    '__proto__ eq "x"',
    '__proto__.x eq "1"',
    'emails.__proto__ eq "1"',
    'emails[constructor eq "1"]',
    "constructor pr",
    `${ENTERPRISE}:prototype eq "x"`,
    'userName eq "x" constructor title pr',
    ".*",
  ])("refuses %j", (text) => expect(scimTypeOf(() => readFilter("User", text))).toBe("invalidFilter"));

  test("says where it went wrong", () => {
    expect(() => readFilter("User", "userName eq")).toThrow("at position 12 it ends, expected a value");
    expect(() => readFilter("User", "externalId eq jyoung")).toThrow('at position 15 there is "jyoung"');
  });

  test.each([
    ["name.givenName", ["name", "givenName"], false],
    ["EMAILS", ["emails", "value"], false],
    ["profileUrl", ["profileUrl"], true],
    [`${ENTERPRISE}:department`, [ENTERPRISE, "department"], false],
  ])("sorts by %s", (text, path, caseExact) => expect(readSortPath("User", text)).toEqual({ path, caseExact }));

  test("refuses to sort by what has no value", () => {
    for (const text of ["", "name", "a b", "__proto__"])
      expect(scimTypeOf(() => readSortPath("User", text))).toBe("invalidPath");
  });
});

describe("hostile text", () => {
  const fill = (unit: string) => unit.repeat(Math.floor((LONGEST_FILTER - 40) / unit.length));
  test.each([
    ["raw newlines in an open string", 'a eq "' + fill("\n")],
    ["escaped pairs in an open string", 'a eq "' + fill("\\\\\n")],
    ["backslashes", 'a eq "' + fill("\\")],
    ["open parentheses", fill("(")],
    ["open brackets", fill("a[")],
    ["nots", fill("not(")],
    ["digits", "a eq " + fill("9") + "x"],
    ["dots", fill("a.")],
    ["colons", "urn:" + fill("a:")],
    ["spaces", "a eq" + fill(" ") + "("],
  ])("%s", (_name, text) => {
    for (let times = 0; times < 20; times++) expect(scimTypeOf(() => readFilter("User", text))).toBe("invalidFilter");
  });

  test("length and depth are bounded before and while it is read", () => {
    const nested = (depth: number) => `${"(".repeat(depth)}title pr${")".repeat(depth)}`;
    expect(show(readFilter("User", nested(DEEPEST_FILTER)))).toBe("(title pr)");
    expect(scimTypeOf(() => readFilter("User", nested(DEEPEST_FILTER + 1)))).toBe("invalidFilter");
    expect(() => readFilter("User", "a".repeat(LONGEST_FILTER + 1))).toThrow("4097 characters; at most 4096");
  });

  const word = fc.constantFrom(
    "userName",
    "emails",
    "not",
    "and",
    "or",
    "eq",
    "pr",
    "(",
    ")",
    "[",
    "]",
    '"x"',
    "1",
    " ",
    ".value",
    "\\",
    '"',
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(word, { maxLength: 60 }).map((words) => words.join(" ")),
  );

  test("nothing but a refusal is ever thrown, and there are never more tokens than characters", () => {
    fc.assert(
      fc.property(text, (filter) => {
        const refused = scimTypeOf(() => readFilter("User", filter));
        expect([undefined, "invalidFilter"]).toContain(refused);
        if (refused === undefined)
          expect(tokens(filter, "invalidFilter").length).toBeLessThanOrEqual(filter.length + 1);
      }),
      { numRuns: 1000 },
    );
  });

  test("any text without a NUL survives as a JSON literal", () => {
    const text = fc.string({ unit: "binary", maxLength: 200 }).filter((value) => !value.includes("\0"));
    fc.assert(
      fc.property(text, (value) => {
        expect(readFilter("User", `userName eq ${JSON.stringify(value)}`)).toMatchObject({ value });
      }),
    );
  });
});

describe("elements", () => {
  const element = { type: "Work", value: "Ada@x.io", primary: true, rank: 3 };
  test.each([
    ['type eq "work"', true],
    ['type eq "work" and primary eq true', true],
    ['primary eq "False"', false],
    ['value co "@X."', true],
    ['value sw "ada"', true],
    ['value ew "y"', false],
    ['value gt "a" and value le "b"', true],
    ["rank ge 3 and rank lt 4", true],
    ['rank gt "2"', false],
    ["display pr", false],
    ['display ne "x"', true],
    ["not (type pr) or rank eq 3", true],
  ])("%s", (text, expected) => {
    const filter = readFilter("User", `emails[${text} and (value pr or value pr)]`);
    expect(filter.kind === "element" && matches(filter.of, element)).toBe(expected);
  });
});
