import { describe, expect, test } from "@jest/globals";
import { resolve, type Resolution } from "../../src/mapping/index.js";
import type { UserRecord } from "../../src/directory/index.js";
import { group, userWith, valid } from "./valid.js";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const nobody = userWith({});

const mapping = (rules: readonly string[], more = "") =>
  valid(`version: 1\nroles:\n${more}  rules:\n${rules.map((rule) => `    - ${rule}\n`).join("")}`);

const roleOf = (rule: string, user: UserRecord, ...names: string[]): Resolution["role"] =>
  resolve(
    mapping([rule]),
    user,
    names.map((name) => group(name)),
  ).role;

describe("group rules", () => {
  test.each([
    ["LS Admins", "LS Admins", "AD"],
    ["LS Admins", "  ls ADMINS ", "AD"],
    ["  ls admins ", "LS Admins", "AD"],
    ["LS Admins", "LS Admins 2", "NO"],
    ["LS Admins", "LS  Admins", "NO"],
    ["LS *", "ls admins", "AD"],
    ["*", "anything", "AD"],
    ["*admins*", "the LS Admins of Rome", "AD"],
    ["a*b*c", "a-b-b-c", "AD"],
    ["a*b*c", "acb", "NO"],
    ["ab*ba", "aba", "NO"],
    ["ab**ba", "abba", "AD"],
    ["LS.Admins", "LSxAdmins", "NO"],
    ["(a+)+*", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "NO"],
    ["Équipe", "E\u0301quipe", "AD"],
  ])("group %j, in %j: %s", (pattern, name, role) => {
    expect(roleOf(`{ group: "${pattern}", role: AD }`, nobody, name)).toBe(role);
  });

  test.each([
    ["00g1", "AD"],
    ["id of A", "AD"],
    ["00G1", "NO"],
    ["00g*", "NO"],
    ["A", "NO"],
  ])("groupId %j compared exactly with externalId and our id: %s", (id, role) => {
    expect(resolve(mapping([`{ groupId: "${id}", role: AD }`]), nobody, [group("A", "00g1")]).role).toBe(role);
  });

  test("a glob that would take a backtracking matcher for ever", () => {
    const { role } = resolve(mapping([`{ group: "${"*a".repeat(100)}b", role: AD }`]), nobody, [
      group("a".repeat(20_000)),
    ]);
    expect(role).toBe("NO");
  });
});

describe("user rules", () => {
  const user = userWith({
    userName: "kim@acme.example",
    title: "Lead",
    level: 3,
    remote: true,
    roles: [{ value: "Reviewer", primary: true }, { value: "x" }],
    costCentres: ["C1", "C2"],
    [ENTERPRISE]: { department: "Labelling", manager: { value: "26118915", displayName: "Jo" } },
  });

  test.each([
    ["roles.value", 'equals: "REVIEWER"', "RE"],
    ["ROLES.Value", 'equals: "reviewer"', "RE"],
    ["roles", 'equals: "reviewer"', "RE"],
    ["roles.value", 'equals: "review"', "NO"],
    ["roles.value", 'equals: "review*"', "NO"],
    ["roles.value", 'matches: "review*"', "RE"],
    ["roles.value", 'matches: "reviewer"', "RE"],
    ["roles.primary", "equals: true", "RE"],
    ["remote", 'equals: "True"', "RE"],
    ["remote", "equals: false", "NO"],
    ["level", "equals: 3", "RE"],
    ["level", 'equals: "3"', "RE"],
    ["costCentres", "equals: c2", "RE"],
    ["costCentres.value", "equals: c2", "RE"],
    ["nothing.here", 'matches: "*"', "NO"],
    ["userName", 'matches: "*@acme.example"', "RE"],
    ["externalId", "equals: ext-u1", "RE"],
    ["active", "equals: true", "RE"],
    [`${ENTERPRISE}:department`, "equals: labelling", "RE"],
    [`${ENTERPRISE.toUpperCase()}:Department`, "equals: labelling", "RE"],
    [`${ENTERPRISE}:manager.displayName`, "equals: jo", "RE"],
    ["urn:ietf:params:scim:schemas:core:2.0:User:title", "equals: lead", "RE"],
    ["department", "equals: labelling", "RE"],
    ["division", "equals: labelling", "NO"],
  ])("%s %s: %s", (attribute, comparison, role) => {
    expect(roleOf(`{ user: { attribute: "${attribute}", ${comparison} }, role: RE }`, user)).toBe(role);
  });

  test.each(["roles[0]", "a..b", "", ".", "urn:", "urn:x", "groups", "password", "a b"])(
    "attribute %j is a problem",
    (path) => {
      expect(() => mapping([`{ user: { attribute: "${path}", equals: x }, role: RE }`])).toThrow("attribute");
    },
  );
});

describe("among several", () => {
  const rules = [
    "{ group: a, role: AN }",
    "{ group: m, role: MA }",
    "{ group: '*', role: RE }",
    "{ group: d, role: DI }",
  ];
  const groups = [group("d"), group("a"), group("m")];

  test("precedence decides, and every match is a reason", () => {
    const { role, matched, reasons } = resolve(mapping(rules), nobody, groups);
    expect([role, matched]).toEqual(["MA", true]);
    expect(reasons.map(({ rule, line, role, matched, won }) => [rule, line, role, matched, won])).toEqual([
      [1, 5, "MA", { kind: "group", group: groups[2] }, true],
      [2, 6, "RE", { kind: "group", group: groups[0] }, false],
      [2, 6, "RE", { kind: "group", group: groups[1] }, false],
      [2, 6, "RE", { kind: "group", group: groups[2] }, false],
      [0, 4, "AN", { kind: "group", group: groups[1] }, false],
      [3, 7, "DI", { kind: "group", group: groups[0] }, false],
    ]);
  });

  test("a precedence of one's own; what it leaves out follows in built-in order", () => {
    expect(resolve(mapping(rules, "  precedence: [DI, AN]\n"), nobody, groups).role).toBe("DI");
    expect(resolve(mapping(rules, "  precedence: [AN]\n"), nobody, groups).role).toBe("AN");
    expect(resolve(mapping(rules.slice(1), "  precedence: [AN]\n"), nobody, groups).role).toBe("MA");
    expect(resolve(mapping(["{ group: a, role: DI }", "{ group: m, role: NO }"]), nobody, groups).role).toBe("NO");
  });

  test("of two rules with the winning role the first in the file won", () => {
    const twice = mapping(["{ group: '*', role: AN }", "{ group: a, role: AN }", "{ groupId: 'id of a', role: AN }"]);
    const { reasons } = resolve(twice, nobody, [group("a")]);
    expect(reasons.map(({ rule, won }) => [rule, won])).toEqual([
      [0, true],
      [1, false],
      [2, false],
    ]);
  });

  test("the same rule by id and externalId is one reason", () => {
    const both = { id: "x", externalId: "x", displayName: "X" };
    expect(resolve(mapping(["{ groupId: x, role: AN }"]), nobody, [both]).reasons).toHaveLength(1);
  });

  test("an attribute is a reason with its value", () => {
    const rule = "{ user: { attribute: roles.value, matches: 'r*' }, role: RE }";
    const { reasons } = resolve(mapping([rule]), userWith({ roles: [{ value: "R1" }, { value: "R1" }] }), []);
    expect(reasons).toEqual([
      {
        rule: 0,
        line: 4,
        role: "RE",
        matched: { kind: "attribute", attribute: "roles.value", value: "R1" },
        won: true,
      },
    ]);
  });
});

test.each(["keep", "NO", "AN"])("nothing matched: default %s", (role) => {
  const resolution = resolve(mapping(["{ group: a, role: AD }"], `  default: ${role}\n`), nobody, [group("b")]);
  expect(resolution).toEqual({ role, matched: false, reasons: [] });
});

test("a directory of 2,000 people in 50 groups each, 100 rules, in a moment", () => {
  const kinds = (n: number): string =>
    n % 2 === 0 ? `{ group: "LS group ${n}", role: RE }` : `{ group: "*team*${n}*x", role: AN }`;
  const big = mapping(Array.from({ length: 100 }, (_, n) => kinds(n)));
  const groups = Array.from({ length: 50 }, (_, n) => group(`LS group ${n * 3}`, `ext${n}`));
  const started = performance.now();
  for (let n = 0; n < 2000; n += 1) expect(resolve(big, nobody, groups).role).toBe("RE");
  // About 200 ms; walking all rules for all groups with folding each time takes many times that.
  expect(performance.now() - started).toBeLessThan(3000);
});
