// A separator before three digits may separate decimals or thousands: `1.250`. Such a cell is read as its column says; all other
// cells say it themselves.

export type DecimalSeparator = "comma" | "point";

const DOLLARS =
  "USD CAD AUD NZD MXN ARS CLP COP UYU DOP SGD HKD TWD BBD BSD BZD BMD BND XCD FJD GYD JMD KYD LRD NAD SBD SRD TTD CVE MOP";

/** The currencies that a mark beside a number may mean. */
const MARKS: Record<string, string> = {
  "€": "EUR",
  euro: "EUR",
  euros: "EUR",
  eur: "EUR",
  "£": "GBP",
  $: DOLLARS,
  us$: "USD",
  r$: "BRL",
  a$: "AUD",
  au$: "AUD",
  c$: "CAD NIO",
  ca$: "CAD",
  nz$: "NZD",
  hk$: "HKD",
  s$: "SGD",
  nt$: "TWD",
  mx$: "MXN",
  "¥": "JPY CNY",
  "￥": "JPY CNY",
  "₹": "INR",
  rs: "INR PKR LKR NPR MUR SCR",
  "₽": "RUB",
  "₺": "TRY",
  "₩": "KRW KPW",
  "₪": "ILS",
  "₫": "VND",
  "₱": "PHP CUP",
  "฿": "THB",
  "₴": "UAH",
  "₦": "NGN",
  "₡": "CRC",
  "₲": "PYG",
  "₸": "KZT",
  "₼": "AZN",
  "₾": "GEL",
  "₵": "GHS",
  "₭": "LAK",
  "₮": "MNT",
  kr: "SEK NOK DKK ISK",
  zł: "PLN",
  kč: "CZK",
  ft: "HUF",
  lei: "RON MDL",
  fr: "CHF",
  "s/": "PEN",
};

const MARK = String.raw`(?:[A-Z]{0,2}\p{Sc}|[A-Z]{3}|[Ee]uros?|[Kk]r\.?|zł|Kč|Ft|lei|Fr\.?|Rs\.?|S\/\.?)`;
const ANY_MARK = new RegExp(MARK, "u");
const NUMBER = new RegExp(
  String.raw`^(\()?\s*([+\-−]?\s*${MARK}?\s*[+\-−]?)\s*([\d.,'’\s]*\d[\d.,'’\s]*?)\s*(${MARK}?\s*[-−]?)\s*(\))?$`,
  "u",
);

const MAX_LENGTH = 60;
const PLAIN = /^[+-]?\d{1,15}(?:\.\d{0,10})?$/;

/** The text of a number without currency, spaces and brackets, as sign and body; null if it is no number. */
function bare(text: string): { sign: string; body: string } | null {
  // The expression takes the square of the length.
  if (text.length > MAX_LENGTH) return null;
  const [, open, before, inner, after, close] = NUMBER.exec(text) ?? [];
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

// India separates hundreds of thousands: 1,25,000.
const isGrouped = (text: string, separator: string): boolean =>
  separator === "."
    ? /^\d{1,3}(?:\.\d{3})+$/.test(text)
    : /^(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})$/.test(text);

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
  if (separator === "point" && PLAIN.test(text)) return text.replace("+", "");
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

/** What the text names as its currency (`12 €`, `USD 5`, `Price ($)`), if that is another than this one; else null. */
export function otherCurrencyIn(text: string, currency: string): string | null {
  if (/^[+-]?[\d.,]*$/.test(text)) return null;
  const [mark] = ANY_MARK.exec(text) ?? [];
  if (mark === undefined) return null;
  const known =
    MARKS[mark.toLowerCase().replace(/\.$/, "")] ?? MARKS[/\p{Sc}/u.exec(mark)?.[0] ?? ""] ?? mark;
  if (known.split(" ").includes(currency)) return null;
  return known.includes(" ") ? mark : known;
}

/** A name of a column with the sign of another currency, such as `Price ($)`. */
export const otherCurrencyInName = (name: string, currency: string): string | null =>
  /\p{Sc}/u.test(name) ? otherCurrencyIn(/[A-Z]{0,2}\p{Sc}/u.exec(name)?.[0] ?? "", currency) : null;
