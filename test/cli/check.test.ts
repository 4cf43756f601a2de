import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { check } from "../../src/cli/check.js";

async function run(text: string | Error, json = false) {
  const out: string[] = [];
  const err: string[] = [];
  const read = (): Promise<string> => (typeof text === "string" ? Promise.resolve(text) : Promise.reject(text));
  const streams = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const code = await check({ file: "mappings/x.yaml", json }, streams, read);
  return { code, out, err };
}

const rules = (...names: string[]): string =>
  `version: 1\nroles:\n  rules: [${names.map((name) => `{ group: ${name}, role: AD }`).join(", ")}]\n`;

test.each([
  [rules(), "0 rules"],
  [rules("a"), "1 rule"],
  [rules("a", "b"), "2 rules"],
])("a valid file: %j", async (text, count) => {
  expect(await run(text)).toEqual({ code: 0, out: [`mappings/x.yaml: valid - ${count}`], err: [] });
});

test("problems with line and column", async () => {
  const { code, out } = await run("version: 1\nadpot: strict\nroles: { default: XX }\n");
  expect(code).toBe(1);
  expect(out).toEqual([
    'mappings/x.yaml:2:1  unknown key "adpot": did you mean "adopt"?',
    'mappings/x.yaml:3:19  default is "XX": expected one of OW, AD, MA, RE, AN, NO, DI, keep',
  ]);
});

test("a file that cannot be read", async () => {
  const reason = "cannot read the mapping mappings/x.yaml: ENOENT: no such file or directory";
  const error = new Error("ENOENT: no such file or directory");
  expect(await run(error)).toEqual({ code: 2, out: [], err: [reason] });
  const asJson = await run(error, true);
  expect(asJson.code).toBe(2);
  expect(JSON.parse(asJson.out.join(""))).toEqual({ file: "mappings/x.yaml", valid: false, error: reason });
});

test("--json", async () => {
  const good = await run(rules("a"), true);
  expect(JSON.parse(good.out.join(""))).toEqual({
    file: "mappings/x.yaml",
    valid: true,
    rules: 1,
    doubts: [],
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const bad = await run("version: 2", true);
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.out.join(""))).toEqual({
    file: "mappings/x.yaml",
    valid: false,
    problems: [{ line: 1, column: 10, path: "version", message: "version is 2: expected 1" }],
  });
});

test("the default mapping as it ships", async () => {
  const file = fileURLToPath(new URL("../../mappings/default.yaml", import.meta.url));
  const out: string[] = [];
  const code = await check(
    { file, json: false },
    { out: (line) => void out.push(line), err: () => undefined },
    (path) => readFile(path, "utf8"),
  );
  expect([code, out]).toEqual([0, [`${file}: valid - 4 rules`]]);
});
