// tags, workspaces and projects in the file.
import { describe, expect, test } from "@jest/globals";
import { lint, mappingDigest, parseMapping, wanted, type Named } from "../../src/mapping/index.js";
import { group, userWith, valid } from "./valid.js";

const SECTIONS = `version: 1
tags:
  create: true
  rules:
    - { group: "Night *", tag: night-shift }
    - { groupId: "ext-7", tag: 12 }
    - { tag: "{{department}} {{title}}" }
workspaces:
  manage: exact
  rules:
    - { user: { attribute: department, equals: vision }, workspace: Vision }
projects:
  rules:
    - { group: "Night Crew", project: 42, role: AN }
    - { group: "Night Crew", project: Street scenes }
`;

const shown = (named: Named): string | number =>
  "id" in named ? named.id : "name" in named ? named.name : `${named.template}: ${named.names}`;

const problems = (text: string): readonly string[] => {
  const parsed = parseMapping(text);
  return parsed.kind === "mapping" ? [] : parsed.problems.map(({ line, message }) => `${line}: ${message}`);
};

test("rules give by id, by name, and by a name made of attributes, in the order in which it is carried out", () => {
  const user = userWith({ department: "Vision", title: "Lead" });
  const given = wanted(valid(SECTIONS), user, [group("Night Crew"), group("Other", "ext-7")]);
  expect(given.map(({ kind, named, role, line }) => [kind, shown(named), role, line])).toEqual([
    ["workspace", "Vision", "inherit", 11],
    ["project", 42, "AN", 14],
    ["project", "Street scenes", "inherit", 15],
    ["tag", "night-shift", "inherit", 5],
    ["tag", 12, "inherit", 6],
    ["tag", "Vision Lead", "inherit", 7],
  ]);
});

test("whoever lacks one of the attributes gets no name made of it; several values make several names", () => {
  const mapping = valid(SECTIONS);
  const names = (attributes: Parameters<typeof userWith>[0]) =>
    wanted(mapping, userWith(attributes), []).map(({ named }) => shown(named));
  expect(names({ department: "Sales" })).toEqual([]);
  expect(names({ department: "", title: "Lead" })).toEqual([]);
  expect(names({ department: [{ value: "A" }, { value: "B" }], title: "Lead" })).toEqual(["A Lead", "B Lead"]);
});

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

test("what the core schema does not have is found in the enterprise extension, where identity providers send it", () => {
  const given = (attributes: Parameters<typeof userWith>[0]) =>
    wanted(valid(SECTIONS), userWith(attributes), []).map(({ named }) => shown(named));
  expect(given({ [ENTERPRISE]: { department: "vision" }, title: "Lead" })).toEqual(["Vision", "vision Lead"]);
  expect(given({ department: "Sales", [ENTERPRISE]: { department: "Vision" }, title: "Lead" })).toEqual(["Sales Lead"]);
});

test("more names of one person's attributes than can be meant are counted, and none of them is given", () => {
  const values = (count: number, letter: string) => Array.from({ length: count }, (_, at) => ({ value: letter + at }));
  const given = (departments: number, titles: number) =>
    wanted(valid(SECTIONS), userWith({ department: values(departments, "D"), title: values(titles, "T") }), []);
  expect(given(10, 2)).toHaveLength(20);
  expect(given(7, 3).map(({ named }) => shown(named))).toEqual(["{{department}} {{title}}: 21"]);
});

test("a file without sections has none, and its digest is what it was before there were any", () => {
  const mapping = valid("version: 1");
  expect(mapping.sections).toEqual([]);
  expect(mappingDigest(mapping)).toBe(mappingDigest({ ...mapping, sections: [] }));
  expect(mappingDigest(valid(SECTIONS))).not.toBe(mappingDigest(valid(SECTIONS.replace("exact", "additive"))));
});

describe("what is wrong is told with its line", () => {
  test.each([
    ["tags: { rules: [ { group: A } ] }", "2: tag is missing: expected a name, or an id as a whole number"],
    ["tags: { rules: [ { tag: night } ] }", "2: a rule has exactly one of group, groupId, user: this one has none"],
    [
      'tags: { rules: [ { tag: "{{department}" } ] }',
      "2: an attribute in a name is written {{department}}: braces do not match here",
    ],
    [
      'tags: { rules: [ { tag: "{{a b}}" } ] }',
      '2: attribute is not a dotted path: expected one such as roles.value or "urn:…:User:department", without filters',
    ],
    ["workspaces: { manage: all }", '2: manage is "all": expected one of additive, exact'],
    ["projects: { create: true }", '2: unknown key "create": accepted here: manage, rules'],
    ["projects: { rules: [ { group: A, project: 1, role: MA } ] }", '2: role is "MA": expected one of inherit, AN, RE'],
    [
      "workspaces: { rules: [ { group: A, groupId: B, workspace: 1 } ] }",
      "2: a rule has exactly one of group, groupId, user: this one also has group",
    ],
  ])("%s", (section, problem) => {
    expect(problems(`version: 1\n${section}\n`)).toEqual([problem]);
  });
});

test("lint names the rules of sections that match no group", () => {
  expect(lint(valid(SECTIONS), [group("Night Crew")]).map(({ line }) => line)).toEqual([6]);
});
