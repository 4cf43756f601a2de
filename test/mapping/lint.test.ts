import { expect, test } from "@jest/globals";
import { lint } from "../../src/mapping/index.js";
import { group, valid } from "./valid.js";

const rules = (...lines: readonly string[]) =>
  valid(`version: 1\nroles:\n  rules:\n${lines.map((line) => `    - ${line}\n`).join("")}`);
const doubts = (...lines: readonly string[]) => lint(rules("{ group: Admins, role: AD }", ...lines), undefined);

test.each<[string, readonly string[], readonly unknown[]]>([
  ["different groups", ["{ group: A, role: RE }", "{ group: B, role: RE }"], []],
  ["the same group with less", ["{ group: A, role: RE }", "{ group: ' a', role: AN }"], [[6, 5, "RE"]]],
  ["the same group with more", ["{ group: A, role: AN }", "{ group: A, role: RE }"], [[5, 6, "RE"]]],
  ["the same twice: the second", ["{ group: A, role: AN }", "{ group: A, role: AN }"], [[6, 5, "AN"]]],
  [
    "a name below a pattern that gives more",
    ["{ group: 'LS *', role: RE }", "{ group: LS North, role: AN }"],
    [[6, 5, "RE"]],
  ],
  ["a name below a pattern that gives less", ["{ group: 'LS *', role: AN }", "{ group: LS North, role: RE }"], []],
  ["two patterns", ["{ group: 'LS *', role: RE }", "{ group: 'LS N*', role: AN }"], []],
  ["a group and an id", ["{ group: A, role: RE }", "{ groupId: A, role: AN }"], []],
  [
    "attributes, of which equals takes a star literally",
    [
      "{ user: { attribute: title, matches: 'L*' }, role: RE }",
      "{ user: { attribute: Title, equals: 'l*' }, role: AN }",
    ],
    [[6, 5, "RE"]],
  ],
  [
    "another attribute",
    ["{ user: { attribute: a, equals: x }, role: RE }", "{ user: { attribute: b, equals: x }, role: AN }"],
    [],
  ],
])("shadowed: %s", (_what, lines, expected) => {
  const found = doubts(...lines).map(({ line, message }) => [
    line,
    ...(/line (\d+) .* gives (\w+)/.exec(message)?.slice(1) ?? []),
  ]);
  expect(found).toEqual(
    expected.map((each) => (each as unknown[]).map((part, at) => (at === 1 ? String(part) : part))),
  );
});

test("rules for groups that nobody has pushed, where it is known which have been", () => {
  const mapping = rules("{ group: Admins, role: AD }", "{ group: 'LS *', role: AN }", "{ groupId: 00g1, role: RE }");
  expect(lint(mapping, undefined)).toEqual([]);
  expect(lint(mapping, [group("admins"), group("x", "00g1")]).map(({ line }) => line)).toEqual([5]);
});

test("a mapping that makes nobody administrator", () => {
  expect(lint(rules("{ group: A, role: AN }"), undefined)).toEqual([
    { line: 1, message: "no rule gives AD: nobody becomes an administrator by this mapping" },
  ]);
  expect(lint(valid("version: 1"), undefined)).toEqual([]);
});
