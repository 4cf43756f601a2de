import { readFile } from "node:fs/promises";
import { beforeAll, expect, test } from "@jest/globals";
import { messages, sources, type Message } from "./messages.js";

let told: readonly Message[];
let quoted: readonly string[];
beforeAll(async () => {
  told = await messages();
  const text = await readFile("docs/troubleshooting.md", "utf8");
  const tables = text.split("\n\n").filter((part) => part.startsWith("| message "));
  const rows = tables.flatMap((table) => table.split("\n").slice(2)).filter((line) => line !== "");
  quoted = rows.map((line) => /^\| (`+) ?(.*?) ?\1 *\|/.exec(line)?.[2] ?? line);
});

test("every message that the program has is in docs/troubleshooting.md, with what to do about it", () => {
  expect(told.length).toBeGreaterThan(100);
  const missing = told.filter(({ text }) => !quoted.includes(text)).map(({ text, file }) => `${file}: ${text}`);
  expect(missing).toEqual([]);
});

test("every message that is quoted there is one of the program's", async () => {
  const source = await sourceText();
  const unknown = quoted.filter(
    (message) =>
      !told.some(({ text }) => text === message) && !fragments(message).every((part) => source.includes(part)),
  );
  expect(unknown).toEqual([]);
});

const fragments = (message: string): readonly string[] =>
  message
    .split("…")
    .map((part) => part.trim())
    .filter((part) => part.length > 2);

/** With what is broken over two lines put together. */
async function sourceText(): Promise<string> {
  const texts = await Promise.all((await sources("src")).map((file) => readFile(file, "utf8")));
  return texts.join("\n").replace(/["`] \+\s*["`]/g, "");
}
