import { access } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { anchors, pages, prose, type DocumentPage } from "./pages.js";

let all: readonly DocumentPage[];
beforeAll(async () => {
  all = await pages();
});

const LINK = /\]\(([^)\s]+)\)/g;
const linksOf = ({ text }: DocumentPage): readonly string[] =>
  [...prose(text).matchAll(LINK)].map(([, target]) => target ?? "").filter((target) => !/^[a-z]+:/.test(target));

async function problemWith({ file, text }: DocumentPage, link: string): Promise<string | undefined> {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? file : normalize(join(dirname(file), path));
  const exists = await access(target).then(
    () => true,
    () => false,
  );
  if (!exists) return `${file}: ${link} is not there`;
  const aimed = path === "" ? text : all.find((page) => page.file === target)?.text;
  if (anchor !== undefined && !anchors(aimed ?? "").includes(anchor)) return `${file}: ${link} has no such heading`;
  return undefined;
}

test("every relative link leads to a file, and to a heading where it names one", async () => {
  const problems: (string | undefined)[] = [];
  for (const page of all) for (const link of linksOf(page)) problems.push(await problemWith(page, link));
  expect(problems.length).toBeGreaterThan(30);
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
});

describe("every page in docs/", () => {
  test("is linked from the README", () => {
    const readme = all.find(({ file }) => file === "README.md");
    const linked = readme ? linksOf(readme) : [];
    const guides = all.map(({ file }) => file).filter((file) => file.startsWith("docs/"));
    expect(guides.filter((file) => !linked.some((link) => link.split("#")[0] === file))).toEqual([]);
  });

  test("names commands and settings that there are", async () => {
    const { SETTINGS } = await import("../../src/config/settings.js");
    const { registeredCommands } = await import("./commands.js");
    const known = await registeredCommands();
    const first = new Set(known.flatMap((name) => [name, name.split(" ")[0] ?? ""]));
    const guides = all.filter(({ file }) => file.startsWith("docs/"));
    const unknown = guides.flatMap(({ file, text }) => [
      ...[...text.matchAll(/label-studio-scim-bridge ([a-z][a-z-]*)/g)]
        .filter(([, name = ""]) => !first.has(name) && !["approove", "serve"].includes(name))
        .map(([found]) => `${file}: ${found}`),
      ...[...text.matchAll(/(?<!\$)\b(?:LABEL_STUDIO|SCIM|ADMIN|BRIDGE|WIF|OAUTH)_[A-Z_]+\b/g)]
        .filter(([name]) => !(name.replace(/_FILE$/, "") in SETTINGS))
        .map(([found]) => `${file}: ${found}`),
    ]);
    expect(unknown).toEqual([]);
  });
});
