// The sort key of titles: case and accents folded, ñ after n as in Spanish, without opening quotation and question marks.
// A generated column holds it, so every write sets it. SQLite's lower() knows ASCII only and D1 limits an expression to a
// depth of 100: the letters are those of western Europe and Polish.

const letters: Record<string, string> = {
  a: "áàâäãåą",
  c: "çć",
  e: "éèêëę",
  i: "íìîï",
  l: "ł",
  n: "ń",
  "n~": "ñ",
  o: "óòôöõø",
  s: "ś",
  u: "úùûü",
  y: "ý",
  z: "źż",
  ae: "æ",
  oe: "œ",
};

// Combining accents of decomposed text, and punctuation that may precede the first letter.
const marks = ["\u0300", "\u0301", "\u0303", "\u0308", "¿", "¡", "«", "“", '"'];

const pairs: [string, string][] = [
  ...Object.entries(letters).flatMap(([base, of]) =>
    Array.from(of + of.toUpperCase(), (letter): [string, string] => [letter, base]),
  ),
  ["ß", "ss"],
  ...marks.map((mark): [string, string] => [mark, ""]),
];

/** SQL that computes the sort key from the column `title`. */
export const TITLE_KEY = pairs.reduce(
  (expression, [from, to]) => `replace(${expression}, char(${from.codePointAt(0)}), '${to}')`,
  "lower(title)",
);
