// A separator before three digits may separate decimals or thousands: `1.250`. Such a cell is read as its column says; all other
// cells say it themselves.

export type DecimalSeparator = "comma" | "point";

const SYMBOLS: [string, string][] = [
  ["€", "EUR"],
  ["£", "GBP"],
  ["₹", "INR"],
  ["₽", "RUB"],
  ["₺", "TRY"],
  ["₩", "KRW"],
];

const PLAIN = /^[+-]?\d{1,15}(?:\.\d{0,10})?$/;

/** The text of a number without currency, spaces and brackets, as sign and body; null if it is no number. */
function bare(text: string): { sign: string; body: string } | null {
  const [, open, before, inner, after, close] =
    /^(\()?\s*([+\-−]?\s*(?:\p{Sc}|[A-Z]{3})?\s*[+\-−]?)\s*([\d.,'’\s]*\d[\d.,'’\s]*?)\s*((?:\p{Sc}|[A-Z]{3})?\s*[-−]?)\s*(\))?$/u.exec(
      text,
    ) ?? [];
  if (before === undefined || inner === undefined || after === undefined) return null;
  if ((open === undefined) !== (close === undefined)) return null;
  const signs = `${before}${after}`.replace(/[^+\-−]/g, "");
  if (signs.length > 1 || (open !== undefined && signs !== "")) return null;
  const sign = open !== undefined || /[-−]/.test(signs) ? "-" : "";
  const body = inner.replace(/['’\s]/g, "");
  // Spaces and apostrophes separate thousands only.
  if (body !== inner.trim() && !/^\d{1,3}(?:['’\s]\d{3})+(?:[.,]\d*)?$/.test(inner.trim())) return null;
  return { sign, body };
}

const isGrouped = (text: string, separator: string): boolean =>
  separator === "." ? /^\d{1,3}(?:\.\d{3})+$/.test(text) : /^\d{1,3}(?:,\d{3})+$/.test(text);

/** Which separator of decimals the cell proves; `either` for `1.250` and `1,250`; null if it proves nothing. */
export function separatorOf(text: string): DecimalSeparator | "either" | null {
  if (/^[+-]?\d*$/.test(text)) return null;
  const body = bare(text)?.body;
  if (body === undefined) return null;
  const point = body.lastIndexOf(".");
  const comma = body.lastIndexOf(",");
  if (point < 0 && comma < 0) return null;
  if (point >= 0 && comma >= 0) return point > comma ? "point" : "comma";
  const [last, separator, own, other] =
    point >= 0 ? ([point, ".", "point", "comma"] as const) : ([comma, ",", "comma", "point"] as const);
  if (body.indexOf(separator) !== last) return isGrouped(body, separator) ? other : null;
  const isAmbiguous = body.length - last - 1 === 3 && /^[1-9]\d{0,2}$/.test(body.slice(0, last));
  return isAmbiguous ? "either" : own;
}

/** A number as `-1250.5`; `decimal` decides where the cell itself does not. Null if it is no number. */
export function readNumber(text: string, decimal: DecimalSeparator): string | null {
  const proves = separatorOf(text);
  const separator = proves === null || proves === "either" ? decimal : proves;
  if (separator === "point" && PLAIN.test(text)) return text;
  const found = bare(text);
  if (!found) return null;
  const [mark, thousands] = separator === "point" ? [".", ","] : [",", "."];
  const at = found.body.indexOf(mark);
  const whole = at < 0 ? found.body : found.body.slice(0, at);
  const fraction = at < 0 ? "" : found.body.slice(at + 1);
  if (!/^\d*$/.test(fraction) || (!/^\d*$/.test(whole) && !isGrouped(whole, thousands))) return null;
  const digits = whole.replaceAll(thousands, "");
  return `${found.sign}${digits}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The currency that a cell names (`12 €`, `USD 5`); null if it names none or one of several (`$`). */
export function currencyIn(text: string): string | null {
  if (/^[+-]?[\d.,]*$/.test(text)) return null;
  return SYMBOLS.find(([symbol]) => text.includes(symbol))?.[1] ?? /[A-Z]{3}/.exec(text)?.[0] ?? null;
}
