import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatProblems, parseMapping } from "../../src/mapping/index.js";

function firstLine(text: string): string | undefined {
  const parsed = parseMapping(text);
  return parsed.kind === "problems" ? formatProblems("m", parsed.problems).split("\n")[0] : undefined;
}

describe("texts that are no mapping", () => {
  test.each([
    ["version: 1\nroles: [", "m:2:9  not valid YAML: "],
    ["version: 1\n\troles: {}", "m:2:1  not valid YAML: "],
    ["version: 1\nadopt: @strict", "m:2:8  not valid YAML: "],
    ["version: 1\n---\nversion: 1\n", "m:2:1  a second YAML document begins here"],
    ["version: 1\nroles: &r {}\nsafety: *r", "m:3:9  *r is an alias: aliases are not accepted"],
    ["version: 1\nroles: { rules: [{ group: *admins, role: AD }] }", "a name that begins with * needs quotes"],
    ["version: 1\nadopt: !js/function strict", "m:2:21  !js/function: tags are not accepted"],
    ["? [version]\n: 1", "m:1:3  not valid YAML: "],
  ])("%j", (text, start) => {
    expect(firstLine(text)).toContain(start);
  });

  test("an alias bomb is refused without being unfolded", () => {
    const level = (n: number): string =>
      `a${n}: &a${n} [${Array(10)
        .fill(`*a${n - 1}`)
        .join(", ")}]`;
    const bomb = ["a0: &a0 lol", ...Array.from({ length: 30 }, (_, n) => level(n + 1))].join("\n");
    expect(firstLine(bomb)).toContain("m:2:10  *a0 is an alias");
  });

  test.each(["[", "{a: ", "- ", "? ", "- - ? "])("%j without end is refused by its depth", (piece) => {
    expect(firstLine(`version: 1\nroles: ${piece.repeat(40_000)}`)).toMatch(/^m:\d+:\d+ {2}\S/);
    expect(firstLine(piece.repeat(40_000))).toMatch(/^m:1:\d+ {2}nested more than 16 levels deep$/);
  });

  test("indented without end", () => {
    const stairs = Array.from({ length: 300 }, (_, n) => `${" ".repeat(n)}a:`).join("\n");
    expect(firstLine(stairs)).toMatch(/^m:1[67]:\d+ {2}nested more than 16 levels deep$/);
  });

  test("a file over the cap", () => {
    expect(firstLine(`version: 1\n#${"x".repeat(256 * 1024)}`)).toBe(
      "m:1:1  the file has 262156 characters: at most 262144 are accepted",
    );
  });

  test("tens of thousands of keys take linear time", () => {
    // The lesser of two: what else the machine does can only add to it.
    const cpuMs = (count: number): number => {
      const keys = Array.from({ length: count }, (_, n) => ` k${n.toString(36)}:`).join("\n");
      const tries = [1, 2].map(() => {
        const before = process.cpuUsage();
        expect(firstLine(`version: 1\nadopt:\n${keys}`)).toContain("adopt is a block of keys");
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1_000;
      });
      return Math.min(...tries);
    };
    cpuMs(2_000);
    // Eight times as many take eight times as long; comparing each key with each, sixty-four times.
    expect(cpuMs(32_000)).toBeLessThan(24 * Math.max(1, cpuMs(4_000)));
  });

  test("any text gives a mapping or problems with a place", () => {
    const piece = fc.constantFrom(
      ..."version: 1|roles:|rules:|  |- |? |: |\n|[|]|{|}|,|&a |*a|!t |'|\"|#|group|role: AD|NO|007|~|---|...|%".split(
        "|",
      ),
      "|",
      ">",
      "\t",
      "\r\n",
      "\0",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(text, (input) => {
        const parsed = parseMapping(input);
        if (parsed.kind === "mapping") return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { line, column, message } of parsed.problems) {
          expect([line >= 1, column >= 1, message.length > 0]).toEqual([true, true, true]);
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});
