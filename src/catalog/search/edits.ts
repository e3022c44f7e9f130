// One mistake in a word: a letter that is wrong, missing, extra, or swapped with its neighbour. Two words that are one
// mistake apart share a variant: the word itself, or the word less one letter (symmetric delete: W. Garbe, SymSpell, 2012).

/** Shorter words have no mistakes: they would be too many others. */
export const SHORTEST = 4;
// A variant a letter: of a long word its first letters tell enough.
const LONGEST = 24;

/** The word (its first letters, where it is very long) and the words that one letter less makes of it. */
export function variantsOf(word: string): string[] {
  const letters = Array.from(word).slice(0, LONGEST);
  if (letters.length < SHORTEST) return [word];
  const shorter = letters.map((_, at) => letters.toSpliced(at, 1).join(""));
  return [...new Set([letters.join(""), ...shorter])];
}

/** Whether one mistake, or none, makes one of the other. */
export function isNear(one: string, other: string): boolean {
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

/** Whether `typed` is the beginning of the word, with one mistake at most. */
export function beginsNear(typed: string, word: string): boolean {
  const length = Array.from(typed).length;
  const letters = Array.from(word);
  return [length - 1, length, length + 1].some(
    (end) => end <= letters.length && isNear(typed, letters.slice(0, end).join("")),
  );
}
