// Text in columns of equal width, as receipt printers and terminals show it.

// Not at start-up, because few requests need it.
let segmenter: Intl.Segmenter | undefined;

// The blocks whose characters take two columns (East Asian Width W and F), and emoji.
const WIDE =
  /[\u1100-\u115F\u2329\u232A\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1AFF0}-\u{1B2FF}\u{1D300}-\u{1D376}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\p{Emoji}\uFE0F/u;

// Marks above, below or around a letter, and the joiners between letters.
const COLUMNLESS = /[\p{Mn}\p{Me}\p{Cf}]/gu;

/** The columns of one user-perceived character. */
const widthOfCharacter = (character: string): number =>
  WIDE.test(character) ? 2 : Array.from(character.replace(COLUMNLESS, "")).length;

function charactersOf(text: string): string[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** The columns of a text without control characters. */
export const widthOf = (text: string): number =>
  /^[ -~]*$/.test(text)
    ? text.length
    : charactersOf(text).reduce((sum, character) => sum + widthOfCharacter(character), 0);

// Format characters reorder or hide text. The joiners are needed inside words and emoji.
const HIDDEN = /(?![\u200C\u200D])[\p{Cf}\u2800\u{1D159}]/gu;

/** One line of visible text: control characters and runs of spaces become a space, other invisible characters are removed. */
export const printable = (text: string): string =>
  text
    .toWellFormed()
    .replace(HIDDEN, "")
    .replace(/[\p{Cc}\p{Z}]+/gu, " ")
    .trim();

/** A word in pieces of at most `width` columns. */
function broken(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  let used = 0;
  // A character with spacing marks may itself be wider than a line.
  const parts = charactersOf(word).flatMap((character) =>
    widthOfCharacter(character) > width ? Array.from(character) : [character],
  );
  for (const character of parts) {
    const columns = widthOfCharacter(character);
    if (used > 0 && used + columns > width) {
      pieces.push(piece);
      piece = "";
      used = 0;
    }
    piece += character;
    used += columns;
  }
  return [...pieces, piece];
}

/** The lines of at most `width` columns (2 or more) in which a printable text is written; one empty line for an empty text. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text
    .split(" ")
    .flatMap((each) => (widthOf(each) > width ? broken(each, width) : [each]))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line];
}

const spaces = (columns: number): string => " ".repeat(Math.max(columns, 0));

/** The text at the right end of `width` columns. */
export const alignedRight = (text: string, width: number): string => spaces(width - widthOf(text)) + text;

/** The text in the middle of `width` columns. */
export const centred = (text: string, width: number): string =>
  spaces(Math.floor((width - widthOf(text)) / 2)) + text;
