const LONGEST = 40;
const MOST_EDITS = 2;

/** The candidate that the word most likely was meant to be: apart in case, in separators, or by a letter or two. */
export function near(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > LONGEST) return undefined;
  const close = candidates
    .map((candidate) => ({ candidate, edits: distance(plain(word), plain(candidate)) }))
    .filter(({ candidate, edits }) => edits <= MOST_EDITS && edits < candidate.length / 2);
  return close.sort((a, b) => a.edits - b.edits)[0]?.candidate;
}

const plain = (word: string): string => word.toLowerCase().replace(/[-_ ]/g, "");

/** Levenshtein: letters to insert, drop or exchange. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
