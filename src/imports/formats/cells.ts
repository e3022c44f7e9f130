// How spreadsheets and databases write a cell, apart from its number or date.
import { withoutNeutralising } from "../../values/csv.ts";

const EMPTY_WORDS = /^(?:null|\(null\)|\\n|nan|n\/a|#n\/a|nil|undefined|-+|[–—])$/i;
const FORMULA_TEXT = /^="((?:[^"]|"")*)"$/;

/** A cell without surrounding spaces and the marks of text (`="00123"`, `'00123`); words for nothing (`NULL`, `N/A`, `-`) are empty. */
export function cleanCell(raw: string): string {
  let text = raw.trim();
  const first = text.charCodeAt(0);
  if (first === 61) text = FORMULA_TEXT.exec(text)?.[1]?.replaceAll('""', '"').trim() ?? text;
  // Before a digit or a sign an apostrophe marks text; elsewhere it may belong to it ('n Roll).
  else if (first === 39) text = text.replace(/^'+(?=[\d=+\-@])/, "").trim();
  // What the file of rejected rows neutralised within a cell.
  if (text.includes(";'")) text = withoutNeutralising(text);
  return text.length <= 9 && EMPTY_WORDS.test(text) ? "" : text;
}

/** Whether digits of a code were lost, as in `9.78E+12`. */
export const isScientific = (text: string): boolean => /^\d(?:[.,]\d+)?E\+\d+$/i.test(text);

/** An error of a spreadsheet, such as `#REF!` and `#¿NOMBRE?`. */
export const isErrorValue = (text: string): boolean =>
  /^#[¡¿]?(?:[A-ZÄÖÜ]{2,9}|[A-Z]{3}\/0)[!?]$|^#NV$/.test(text);

/** A reference that passed through a column of floating-point numbers: `13085.0` is 13085. */
export const withoutFloat = (text: string): string =>
  text.endsWith("0") ? text.replace(/^(\d+)\.0+$/, "$1") : text;

/** A name without accents, case, spaces and punctuation, by which columns are found; `%` is `percent`. */
export const foldedName = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("%", "percent")
    .replace(/[^\p{L}\p{N}]/gu, "");
