import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { mappingJsonSchema } from "../../src/mapping/index.js";
import { valid } from "./valid.js";

const read = (name: string): string => readFileSync(new URL(`../../mappings/${name}`, import.meta.url), "utf8");
const schema = JSON.parse(read("mapping.schema.json")) as object;
const accepts = new Ajv2020({ strict: true, strictRequired: false }).compile(schema);

test("mapping.schema.json is what the code generates (mappings/README.md says how)", () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(mappingJsonSchema())));
});

describe.each(["default.yaml", "okta.example.yaml", "entra.example.yaml"])("%s", (name) => {
  test("is valid, for the parser and for the schema", () => {
    expect(valid(read(name)).roles.rules.length).toBeGreaterThanOrEqual(4);
    accepts(parse(read(name)));
    expect(accepts.errors).toBeNull();
  });

  test("leads editors to the schema", () => {
    expect(read(name).split("\n")[0]).toBe("# yaml-language-server: $schema=mapping.schema.json");
  });
});

test("the default maps exactly the four groups", () => {
  const { rules } = valid(read("default.yaml")).roles;
  expect(rules.map(({ matcher, role }) => [matcher.kind === "group" ? matcher.name : undefined, role])).toEqual([
    ["LS Admins", "AD"],
    ["LS Managers", "MA"],
    ["LS Reviewers", "RE"],
    ["LS Annotators", "AN"],
  ]);
});

test.each([
  ["no version", {}],
  ["an unknown key", { version: 1, rolse: {} }],
  ["two matchers", { version: 1, roles: { rules: [{ group: "a", groupId: "b", role: "AD" }] } }],
  ["no matcher", { version: 1, roles: { rules: [{ role: "AD" }] } }],
  [
    "two comparisons",
    { version: 1, roles: { rules: [{ user: { attribute: "a", equals: 1, matches: "b" }, role: "AD" }] } },
  ],
  ["a wrong role", { version: 1, roles: { default: "VO" } }],
])("the schema refuses %s", (_what, data) => {
  expect(accepts(data)).toBe(false);
});

test("the README names every key and every role", () => {
  const readme = read("README.md");
  const keys = ["version", "roles.rules", "roles.precedence", "roles.default", "deprovision.deactivate"];
  const more = [
    "deprovision.delete",
    "identity.email",
    "adopt",
    "create",
    "protect.owners",
    "safety.massChange",
    "safety.massGrant",
  ];
  for (const key of [...keys, ...more]) expect(readme).toContain(`| \`${key}\``);
  for (const role of ["OW", "AD", "MA", "RE", "AN", "NO", "DI"]) expect(readme).toContain(`\`${role}\``);
});
