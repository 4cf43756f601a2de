import { compileGlob, isGlob, matchesGlob, type Glob } from "./glob.js";

/** Patterns prepared so that one text finds all of its targets: plain ones by one look-up, globs one by one. */
export interface TextIndex<T> {
  readonly plain: ReadonlyMap<string, readonly T[]>;
  readonly globs: readonly { readonly glob: Glob; readonly target: T }[];
}

interface Pattern<T> {
  readonly pattern: string;
  /** Whether `*` is more than a star here. */
  readonly globs: boolean;
  readonly target: T;
}

export function indexTexts<T>(patterns: readonly Pattern<T>[]): TextIndex<T> {
  const plain = new Map<string, T[]>();
  const globs: { glob: Glob; target: T }[] = [];
  for (const { pattern, globs: allowed, target } of patterns) {
    const folded = fold(pattern);
    if (allowed && isGlob(folded)) globs.push({ glob: compileGlob(folded), target });
    else plain.set(folded, [...(plain.get(folded) ?? []), target]);
  }
  return { plain, globs };
}

export function lookUp<T>(index: TextIndex<T>, text: string): readonly T[] {
  const folded = fold(text);
  const plain = index.plain.get(folded) ?? [];
  if (index.globs.length === 0) return plain;
  return [...plain, ...index.globs.filter(({ glob }) => matchesGlob(glob, folded)).map(({ target }) => target)];
}

// NFC: the same name typed on two systems may differ in how an accent is encoded.
export const fold = (text: string): string => text.normalize("NFC").trim().toLowerCase();
