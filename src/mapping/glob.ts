/** Pieces between the stars; the first is a prefix, the last a suffix. */
export type Glob = readonly string[];

export const isGlob = (pattern: string): boolean => pattern.includes("*");

export const compileGlob = (pattern: string): Glob => pattern.split("*");

/**
 * Whole-string match. Each inner piece takes its leftmost place and is never moved again, so there is nothing to go
 * back to: no pattern makes it slower than text × longest piece.
 */
export function matchesGlob(glob: Glob, text: string): boolean {
  const prefix = glob[0] ?? "";
  const suffix = glob.at(-1) ?? "";
  const end = text.length - suffix.length;
  if (end < prefix.length || !text.startsWith(prefix) || !text.endsWith(suffix)) return false;
  let from = prefix.length;
  for (let at = 1; at < glob.length - 1; at += 1) {
    const piece = glob[at] ?? "";
    const found = text.indexOf(piece, from);
    if (found < 0 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}
