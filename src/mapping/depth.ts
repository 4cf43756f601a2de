import { Lexer, LineCounter, Parser } from "yaml";
import { placeIn } from "./places.js";
import type { Position } from "./problems.js";

/** Collections open at once; the deepest place that means anything is the fifth. */
export const DEEPEST = 16;

/**
 * Where the text first nests deeper, if it does. Asked before anything is composed: composing recurses, and 100,000
 * brackets do not merely overflow the stack, which could be caught; they can take the process down.
 */
export function tooDeepAt(text: string): Position | undefined {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    if (parser.stack.length > DEEPEST) return placeIn(lines, parser.offset);
  }
  return undefined;
}
