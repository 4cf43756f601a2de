import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { CHAPTERS } from "./chapters.js";
import { commandsDocument, registeredCommands } from "./commands.js";

test("every command has a chapter: add it to test/docs/chapters.ts, then npm run docs", async () => {
  const registered = await registeredCommands();
  expect(registered).toEqual(expect.arrayContaining(["serve", "holds approve", "backup"]));
  expect([...CHAPTERS.map(({ command }) => command)].sort()).toEqual([...registered].sort());
});

/** How long something took under load is none of the document's business. */
const timeless = (text: string): string =>
  text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
    .replace(/\d+ bytes|[\d.]+ [kMG]B/g, "<size>")
    .replace(/SQLite [\d.]+/g, "SQLite")
    .replace(/^ok +clock .*$/gm, "clock");

test("docs/commands.md is what the commands answer now: npm run docs", async () => {
  expect(timeless(await readFile("docs/commands.md", "utf8"))).toBe(timeless(await commandsDocument()));
}, 120_000);

test("what doctor says is shown the same in docs/label-studio.md", async () => {
  const commands = await readFile("docs/commands.md", "utf8");
  const block = /```console\n\$ label-studio-scim-bridge doctor\n[\s\S]*?```/.exec(commands)?.[0] ?? "nothing";
  expect(timeless(await readFile("docs/label-studio.md", "utf8"))).toContain(timeless(block));
});
