import { isStorable } from "../text.js";
import { quoted, refusal, type ScimType } from "./refusal.js";

export interface Token {
  readonly kind: "word" | "literal" | "bracket" | "sub" | "end";
  readonly text: string;
  /** Position in the text, from 1. */
  readonly at: number;
  readonly value?: string | number;
}

/** Longer ones come from no IdP; a bound on the text bounds terms, tokens and every step after. */
export const LONGEST_FILTER = 4096;

// The alternatives of each pattern begin with different characters, so nothing is ever tried twice: linear time.
const PATTERNS: readonly (readonly [Token["kind"] | "space", RegExp])[] = [
  ["space", /\s+/y],
  ["word", /[A-Za-z$_][\w.:/%+$-]*/y],
  ["literal", /"(?:[^"\\]|\\[^])*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.:-])/y],
  ["bracket", /[()[\]]/y],
  ["sub", /\.[A-Za-z$_][\w$-]*/y],
];

export function tokens(text: string, scimType: ScimType): readonly Token[] {
  if (text.length > LONGEST_FILTER)
    throw refusal(scimType, `The ${noun(scimType)} has ${text.length} characters; at most ${LONGEST_FILTER} are read.`);
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const next = tokenAt(text, at, scimType);
    at += next.text.length;
    if (next.kind !== "space") found.push({ ...next, kind: next.kind });
  }
  return [...found, { kind: "end", text: "", at: text.length + 1 }];
}

export const noun = (scimType: ScimType): string => (scimType === "invalidPath" ? "path" : "filter");

function tokenAt(
  text: string,
  at: number,
  scimType: ScimType,
): Omit<Token, "kind"> & { kind: Token["kind"] | "space" } {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text)?.[0];
    if (match !== undefined)
      return { kind, text: match, at: at + 1, ...(kind === "literal" ? { value: literal(match, at, scimType) } : {}) };
  }
  throw refusal(
    scimType,
    `The ${noun(scimType)} cannot be read at position ${at + 1}: ${quoted(text.slice(at, at + 20))}.`,
  );
}

/** RFC 7644 §3.4.2.2: literals are JSON, so `\"`, `\\` and `\u0041` mean what they mean there. */
function literal(text: string, at: number, scimType: ScimType): string | number {
  const value = parsed(text);
  const where = `The ${noun(scimType)} holds a literal at position ${at + 1}`;
  if (value === undefined)
    throw refusal(scimType, `${where} that is no valid JSON ${text.startsWith('"') ? "string" : "number"}.`);
  if (typeof value === "string" ? isStorable(value) : Number.isFinite(value)) return value;
  throw refusal(scimType, `${where} that nothing can have: a NUL, half of a surrogate pair, or beyond a double.`);
}

function parsed(text: string): string | number | undefined {
  try {
    return JSON.parse(text) as string | number;
  } catch {
    return undefined;
  }
}
