import { LineCounter, parseDocument, type Document } from "yaml";
import { DEEPEST, tooDeepAt } from "./depth.js";
import { flawsOf } from "./flaws.js";
import { finder, placeIn } from "./places.js";
import { pathText, type Finding, type Path, type Position, type Problem } from "./problems.js";

/** About 5,000 rules; a text of this size is read in well under a second. */
const MAX_MAPPING_CHARACTERS = 256 * 1024;

export interface MappingDocument {
  readonly data: unknown;
  position(path: Path, at: Finding["at"]): Position;
}

type Reading =
  /** Nothing can be said about what the text means. */
  | { readonly kind: "unreadable"; readonly problems: readonly Problem[] }
  | { readonly kind: "readable"; readonly document: MappingDocument; readonly problems: readonly Problem[] };

export function readDocument(text: string): Reading {
  const refused = refusal(text);
  if (refused !== undefined) return { kind: "unreadable", problems: [refused] };
  const lines = new LineCounter();
  const document = compose(text, lines);
  const problem = (offset: number, path: Path, message: string): Problem => ({
    ...placeIn(lines, offset),
    path: pathText(path),
    message,
  });
  if (document.errors.length > 0)
    return { kind: "unreadable", problems: document.errors.map((error) => problem(error.pos[0], [], syntax(error))) };
  const flaws = flawsOf(document.contents);
  const problems = flaws.map(({ offset, path, message }) => problem(offset, path, message));
  // Aliases are not followed, not even to report more: a few of them can stand for gigabytes.
  if (flaws.some(({ kind }) => kind === "alias")) return { kind: "unreadable", problems };
  const find = finder(document.contents);
  const position = (path: Path, at: Finding["at"]): Position => placeIn(lines, find(path, at));
  return { kind: "readable", document: { data: document.toJS(), position }, problems };
}

/** What keeps the text from being parsed at all. */
function refusal(text: string): Problem | undefined {
  if (text.length > MAX_MAPPING_CHARACTERS) {
    const message = `the file has ${text.length} characters: at most ${MAX_MAPPING_CHARACTERS} are accepted`;
    return { line: 1, column: 1, path: "", message };
  }
  const deep = tooDeepAt(text);
  return deep && { ...deep, path: "", message: `nested more than ${DEEPEST} levels deep` };
}

// The core schema is named, so that a `%YAML 1.1` line cannot turn NO into false; flaws.ts looks for repeated keys.
const compose = (text: string, lineCounter: LineCounter): Document.Parsed =>
  parseDocument(text, {
    lineCounter,
    schema: "core",
    version: "1.2",
    uniqueKeys: false,
    stringKeys: true,
    prettyErrors: false,
    logLevel: "error",
  });

const syntax = ({ code, message }: { readonly code: string; readonly message: string }): string =>
  code === "MULTIPLE_DOCS"
    ? "a second YAML document begins here: a mapping file is one document"
    : `not valid YAML: ${message}`;
