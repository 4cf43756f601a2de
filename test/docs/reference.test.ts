import { readFile } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import { readConfig } from "../../src/config.js";
import { SETTINGS, type Setting } from "../../src/config/settings.js";
import { referenceDocument } from "./reference.js";

const REQUIRED = {
  LABEL_STUDIO_URL: "https://ls.example",
  LABEL_STUDIO_API_KEY: "k",
  SCIM_BEARER_TOKEN: "t".repeat(16),
};
const all = Object.entries<Setting>(SETTINGS);

test("docs/reference.md is what the code says: npm run docs", async () => {
  expect(await readFile("docs/reference.md", "utf8")).toBe(await referenceDocument());
});

test("the defaults that are told are those that are taken", () => {
  const told = Object.fromEntries(all.map(([name, setting]) => [name, setting.default]));
  expect(readConfig({ ...told, ...REQUIRED })).toEqual(readConfig(REQUIRED));
  const missing = all.filter(([, { required }]) => required).map(([name]) => name);
  const refused = readConfig({});
  expect(refused.kind === "problems" ? refused.problems.map((problem) => problem.split(" ")[0]) : []).toEqual(
    expect.arrayContaining(missing),
  );
});

describe("the table in the README", () => {
  test.each(all)("%s is in it, with its default", async (name, { default: otherwise, required }) => {
    const readme = await readFile("README.md", "utf8");
    const row = readme.split("\n").find((line) => line.startsWith("|") && line.split("|")[1]?.includes(`\`${name}\``));
    expect(row).toBeDefined();
    expect(row?.split("|").at(-2)).toContain(required ? "required" : (otherwise ?? ""));
  });
});
