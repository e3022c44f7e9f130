// Dates that name their month say the order of day, month and year themselves: `3 abr 2024`, `Dec 12, 2023`, `3. März 2024`.
import { foldedName } from "./cells.ts";

const NAMES = [
  "jan january ene enero januar janner janvier janv janeiro",
  "feb february febrero februar fevrier fevr fev fevereiro febr",
  "mar march marzo marz mrz mars marco maerz",
  "apr april abr abril avril avr",
  "may mayo mai maio",
  "jun june junio juni juin junho",
  "jul july julio juli juillet juil julho",
  "aug august ago agosto aout",
  "sep sept september septiembre setiembre septembre setembro set",
  "oct october octubre okt oktober octobre out outubro",
  "nov november noviembre novembre novembro",
  "dec december dic diciembre dez dezember decembre dezembro",
];

const MONTHS = new Map(
  NAMES.flatMap((names, at) => names.split(" ").map((name) => [name, String(at + 1)] as const)),
);

// A weekday before the date says nothing more.
const WEEKDAY = String.raw`(?:\p{L}{2,13}(?:-feira)?\.?,?\s+)?(?:the |le |el |den )?`;
const GAP = String.raw`[\s\-/.,]*`;
const MONTH = String.raw`(\p{L}{3,10})\.?`;
const YEAR = String.raw`(\d{4}|\d{2})(?![\d:])`;

const DAY_FIRST = new RegExp(
  String.raw`^${WEEKDAY}(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.º)?${GAP}(?:de\s+|of\s+)?${MONTH}${GAP}(?:del?\s+)?${YEAR}`,
  "iu",
);
const MONTH_FIRST = new RegExp(
  String.raw`^(?:\p{L}{2,13}\.?,?\s+)?${MONTH}[\s\-/.]*(\d{1,2})(?:st|nd|rd|th)?[\s\-/,]+${YEAR}`,
  "iu",
);
const YEAR_FIRST = new RegExp(String.raw`^()(\d{4})[\s\-/.]+${MONTH}[\s\-/.]+(\d{1,2})(?![\d:])`, "iu");

/** A date with the name of a month at the start of the text, as texts of digits, and its length; null if there is none. */
export function namedDate(text: string): { year: string; month: string; day: string; length: number } | null {
  const dayFirst = DAY_FIRST.exec(text);
  const monthFirst = dayFirst ? null : MONTH_FIRST.exec(text);
  const yearFirst = dayFirst || monthFirst ? null : YEAR_FIRST.exec(text);
  const found = dayFirst ?? monthFirst ?? yearFirst;
  if (!found) return null;
  const [day, name, year] = dayFirst
    ? [dayFirst[1], dayFirst[2], dayFirst[3]]
    : monthFirst
      ? [monthFirst[2], monthFirst[1], monthFirst[3]]
      : [found[4], found[3], found[2]];
  const month = MONTHS.get(foldedName(name ?? ""));
  return month === undefined || day === undefined || year === undefined
    ? null
    : { year, month, day, length: found[0].length };
}
