import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface DocumentPage {
  readonly file: string;
  readonly text: string;
}

const FOLDERS = [".", "docs", "docs/deploy", "docs/monitoring", "mappings", "src"];

/** Every Markdown file of the project. */
export async function pages(): Promise<readonly DocumentPage[]> {
  const all: DocumentPage[] = [];
  for (const folder of FOLDERS)
    for (const name of await readdir(folder))
      if (name.endsWith(".md")) {
        const file = join(folder, name);
        all.push({ file, text: await readFile(file, "utf8") });
      }
  return all;
}

/** Code is no prose: what looks like a link in it is none. */
export const prose = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "code");

/** As GitHub names the anchor of a heading. */
export const anchors = (text: string): readonly string[] =>
  [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[`*]/g, "")
      .replace(/[^\p{L}\p{N}\- _]/gu, "")
      .replaceAll(" ", "-"),
  );
