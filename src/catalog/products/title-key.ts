// How titles sort: case and accents folded, ñ behind n as Spanish has it, without the marks that open a quotation or a
// question. It is SQL for a generated column, so no way of writing a title can forget it. SQLite's own lower() knows ASCII
// only, and D1 allows an expression of 100 steps: the letters are those of western Europe and Polish.

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

// Combining accents of decomposed text, and what may stand before the first letter.
const marks = ["\u0300", "\u0301", "\u0303", "\u0308", "¿", "¡", "«", "“", '"'];

const pairs: [string, string][] = [
  ...Object.entries(letters).flatMap(([base, of]) =>
    Array.from(of + of.toUpperCase(), (letter): [string, string] => [letter, base]),
  ),
  ["ß", "ss"],
  ...marks.map((mark): [string, string] => [mark, ""]),
];

/** SQL of the sort key of the column `title`. */
export const TITLE_KEY = pairs.reduce(
  (expression, [from, to]) => `replace(${expression}, char(${from.codePointAt(0)}), '${to}')`,
  "lower(title)",
);
