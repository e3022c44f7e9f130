// One edit of a word is a letter that is wrong, missing, extra, or swapped with its neighbour. Two words that are one edit
// apart share a variant: the word itself, or the word without one letter (symmetric delete: W. Garbe, SymSpell, 2012).

/** Shorter words match exactly: one edit would turn them into too many others. */
export const MIN_FUZZY_LENGTH = 4;
// A word has one variant per letter.
const MAX_FUZZY_LENGTH = 24;

/** The word (its first 24 letters) and every word that results from deleting one letter. */
export function deletionVariants(word: string): string[] {
  const letters = Array.from(word).slice(0, MAX_FUZZY_LENGTH);
  if (letters.length < MIN_FUZZY_LENGTH) return [word];
  const shorter = letters.map((_, at) => letters.toSpliced(at, 1).join(""));
  return [...new Set([letters.join(""), ...shorter])];
}

/** Whether at most one edit turns one word into the other. */
export function isWithinOneEdit(one: string, other: string): boolean {
  const a = Array.from(one);
  const b = Array.from(other);
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const restA = a.slice(start, a.length - end);
  const restB = b.slice(start, b.length - end);
  if (restA.length <= 1 && restB.length <= 1) return true;
  return restA.length === 2 && restB.length === 2 && restA[0] === restB[1] && restA[1] === restB[0];
}

/** Whether the word starts with `typed`, within one edit. */
export function isFuzzyPrefix(typed: string, word: string): boolean {
  const length = Array.from(typed).length;
  const letters = Array.from(word);
  return [length - 1, length, length + 1].some(
    (end) => end <= letters.length && isWithinOneEdit(typed, letters.slice(0, end).join("")),
  );
}
