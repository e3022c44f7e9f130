// Random sales, and the many ways in which programs and people write them to a file.
import * as fc from "fast-check";

/** An amount in cents, a quantity in thousandths, a time in minutes of the day. */
export type Line = { sku: string; description: string; quantity: number; price: number };
export type Sale = {
  number: string;
  day: string;
  minute: number;
  customer: string | null;
  country: string;
  isRefund: boolean;
  lines: Line[];
};

const COUNTRIES = ["Spain", "France", "Germany", "Portugal", "United Kingdom"];
const WORDS = [
  "Taza",
  "Café",
  "Señor",
  "Straße",
  "Rock’n’Roll",
  "5 € voucher",
  'the "big" one',
  "a, b; c",
  "x|y",
  "tab",
];

const line = fc.record({
  sku: fc.integer({ min: 0, max: 999 }).map((n) => `0${n}`),
  description: fc.constantFrom(...WORDS),
  quantity: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 12 }).map((n) => n * 1000) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map((n) => n * 1_000_000) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 4999 }) },
  ),
  price: fc.oneof(
    fc.integer({ min: 1, max: 9999 }),
    fc.integer({ min: 1, max: 3000 }).map((n) => n * 100),
    fc.integer({ min: 100_000, max: 99_999_999 }),
  ),
});

const sale = fc.record({
  day: fc
    .integer({ min: 0, max: 2500 })
    .map((n) => new Date(Date.UTC(2019, 0, 1) + n * 86_400_000).toISOString().slice(0, 10)),
  minute: fc.integer({ min: 0, max: 1439 }),
  customer: fc.option(fc.integer({ min: 100, max: 99_999 }).map(String)),
  country: fc.constantFrom(...COUNTRIES),
  isRefund: fc.boolean(),
  lines: fc.array(line, { minLength: 1, maxLength: 3 }),
});

/** Up to eight sales, whose numbers may begin with the letters of refunds. */
export const sales: fc.Arbitrary<Sale[]> = fc
  .tuple(
    fc.array(sale, { minLength: 1, maxLength: 8 }),
    fc.constantFrom("", "CA-", "F/", "R-", "C", "2026-", "00"),
    // A file of one month, or even of its first days, leaves more open.
    fc.constantFrom("any", "month", "early"),
  )
  .map(([all, prefix, days]) =>
    all.map((each, at) => ({
      ...each,
      number: `${prefix}${at + 101}`,
      day:
        days === "any"
          ? each.day
          : `2026-04-${String(days === "month" ? (each.minute % 28) + 1 : (each.minute % 12) + 1).padStart(2, "0")}`,
    })),
  );

type Names = [
  number: string,
  sku: string,
  description: string,
  quantity: string,
  date: string,
  price: string,
  amount: string,
  customer: string,
  country: string,
  time: string,
];

const NAMES: Record<string, Names> = {
  own: [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "LineTotal",
    "CustomerID",
    "Country",
    "Time",
  ],
  en: [
    "Order Number",
    "SKU",
    "Product",
    "Qty",
    "Order Date",
    "Price",
    "Line Total",
    "Customer",
    "Country",
    "Time",
  ],
  es: [
    "Nº Factura",
    "Código",
    "Artículo",
    "Cantidad",
    "Fecha",
    "Precio unitario",
    "Importe",
    "Cliente",
    "País",
    "Hora",
  ],
  de: [
    "Belegnummer",
    "Artikelnummer",
    "Bezeichnung",
    "Menge",
    "Datum",
    "Einzelpreis",
    "Gesamtpreis",
    "Kunde",
    "Land",
    "Uhrzeit",
  ],
  fr: [
    "N° facture",
    "Référence",
    "Désignation",
    "Quantité",
    "Date",
    "Prix unitaire",
    "Montant",
    "Client",
    "Pays",
    "Heure",
  ],
  pt: [
    "Número da fatura",
    "Código do produto",
    "Descrição",
    "Quantidade",
    "Data",
    "Preço unitário",
    "Valor total",
    "Cliente",
    "País",
    "Hora",
  ],
};

export const dialects = fc
  .record({
    names: fc.constantFrom("own", "en", "es", "de", "fr", "pt"),
    heading: fc.constantFrom("plain", "upper", "spaced"),
    encoding: fc.constantFrom("utf-8", "utf-8-bom", "utf-16le", "utf-16be", "utf-16le-bare", "windows-1252"),
    delimiter: fc.constantFrom(",", ";", "\t", "|"),
    lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
    quotesAll: fc.boolean(),
    decimal: fc.constantFrom("comma" as const, "point" as const),
    groups: fc.boolean(),
    dropsZeros: fc.boolean(),
    currency: fc.constantFrom("", "€ ", " €", " EUR"),
    negative: fc.constantFrom("minus", "trailing", "brackets", "u2212"),
    dates: fc.constantFrom("ymd", "dmy", "mdy", "dots", "dmy-short"),
    time: fc.constantFrom("24h", "seconds", "12h", "none", "column", "offset"),
    amounts: fc.constantFrom("price", "amount", "both"),
    order: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 }),
    extra: fc.boolean(),
    preamble: fc.constantFrom("", "sep", "title"),
    blanks: fc.boolean(),
    cutsEnds: fc.boolean(),
    none: fc.constantFrom("", "NULL", "nan", "N/A", "-"),
    floats: fc.boolean(),
    marks: fc.constantFrom("", "=", "'"),
  })
  // The layout of this API is month first with a decimal point wherever a file with commas leaves it open.
  .map((dialect) =>
    dialect.names === "own" && dialect.delimiter === ","
      ? {
          ...dialect,
          decimal: "point" as const,
          dates: dialect.dates.startsWith("dmy") ? "mdy" : dialect.dates,
        }
      : dialect,
  );

export type Dialect = typeof dialects extends fc.Arbitrary<infer D> ? D : never;

/** The answers to the questions that a file in this dialect may raise. */
export const answersOf = ({ dates, decimal }: Dialect) => ({ dates: dates.slice(0, 3), decimal });

/** The amount of a line in cents, rounded half up. */
export const subtotalOf = ({ quantity, price }: Line): number => Math.floor((quantity * price + 500) / 1000);

function group(digits: string, separator: string): string {
  return digits.replace(/\B(?=(?:\d{3})+$)/g, separator);
}

function numberText(
  dialect: Dialect,
  units: number,
  scale: number,
  isMoney: boolean,
  isNegative: boolean,
): string {
  const digits = String(units).padStart(scale + 1, "0");
  const [mark, separator] = dialect.decimal === "comma" ? [",", "."] : [".", ","];
  const whole = digits.slice(0, -scale);
  let fraction = digits.slice(-scale);
  if (/^0+$/.test(fraction) && (dialect.dropsZeros || !isMoney)) fraction = "";
  const text = `${dialect.groups ? group(whole, separator) : whole}${fraction === "" ? "" : mark + fraction}`;
  const amount = !isMoney
    ? text
    : dialect.currency.startsWith("€")
      ? `${dialect.currency}${text}`
      : `${text}${dialect.currency}`;
  if (!isNegative) return amount;
  if (dialect.negative === "brackets") return `(${amount})`;
  if (dialect.negative === "trailing" && dialect.currency === "") return `${amount}-`;
  return `${dialect.negative === "u2212" && dialect.encoding !== "windows-1252" ? "\u2212" : "-"}${amount}`;
}

function dateText({ dates }: Dialect, day: string): string {
  const [year = "", month = "", date = ""] = day.split("-");
  if (dates === "ymd") return day;
  if (dates === "mdy") return `${Number(month)}/${Number(date)}/${year}`;
  if (dates === "dots") return `${date}.${month}.${year}`;
  return `${date}/${month}/${dates === "dmy-short" ? year.slice(2) : year}`;
}

function timeText({ time }: Dialect, minute: number): string {
  const [hour, rest] = [Math.floor(minute / 60), String(minute % 60).padStart(2, "0")];
  if (time === "none") return "";
  if (time === "12h") return `${hour % 12 || 12}:${rest} ${hour < 12 ? "AM" : "PM"}`;
  if (time === "seconds") return `${String(hour).padStart(2, "0")}:${rest}:00`;
  return `${hour}:${rest}${time === "offset" ? " +0000" : ""}`;
}

const headingOf = ({ heading }: Dialect, name: string): string =>
  heading === "upper" ? name.toUpperCase() : heading === "spaced" ? ` ${name} ` : name;

/** The file of these sales in this dialect. */
export function write(all: Sale[], dialect: Dialect): Uint8Array {
  const names = NAMES[dialect.names];
  if (!names) throw new Error("There are no such names.");
  const isOwn = dialect.names === "own";
  const used = names.map((_, at) => {
    if (at === 5) return isOwn || dialect.amounts !== "amount";
    if (at === 6) return !isOwn && dialect.amounts !== "price";
    return at !== 9 || (!isOwn && dialect.time === "column");
  });
  const columns = names
    .map((name, at) => ({ name, at, rank: dialect.order[at] ?? 0 }))
    .filter(({ at }) => used[at])
    .toSorted((a, b) => a.rank - b.rank);
  const header = [
    ...columns.map(({ name }) => headingOf(dialect, name)),
    ...(dialect.extra ? ["Shelf, row"] : []),
  ];
  const rows = all.flatMap((each) => each.lines.map((line) => cellsOf(each, line, dialect)));
  const records = rows.map((cells) => [
    ...columns.map(({ at }) => cells[at] ?? ""),
    ...(dialect.extra ? ["A; 3"] : []),
  ]);
  const lines = [header, ...records].map((cells) => recordOf(cells, dialect));
  if (dialect.blanks) lines.splice(2, 0, dialect.delimiter.repeat(header.length - 1), "");
  if (dialect.preamble === "sep") lines.unshift(`sep=${dialect.delimiter}`);
  if (dialect.preamble === "title") lines.unshift("Report of the till");
  return encode(lines.join(dialect.lineEnd) + dialect.lineEnd, dialect.encoding);
}

function cellsOf(each: Sale, line: Line, dialect: Dialect): string[] {
  const amount = numberText(dialect, subtotalOf(line), 2, true, each.isRefund);
  const time = timeText(dialect, each.minute);
  const date = dateText(dialect, each.day);
  const isSplit = dialect.time === "column" && dialect.names !== "own";
  const code = dialect.marks === "=" ? `="${line.sku}"` : `${dialect.marks}${line.sku}`;
  return [
    each.number,
    code,
    line.description,
    numberText({ ...dialect, negative: "minus" }, line.quantity, 3, false, each.isRefund),
    isSplit || time === "" ? date : `${date} ${time}`,
    numberText(dialect, line.price, 2, true, false),
    amount,
    each.customer === null ? dialect.none : `${each.customer}${dialect.floats ? ".0" : ""}`,
    each.country,
    time,
  ];
}

function recordOf(cells: string[], { delimiter, quotesAll, cutsEnds }: Dialect): string {
  const kept = [...cells];
  if (cutsEnds) while (kept.length > 2 && kept.at(-1) === "") kept.pop();
  return kept
    .map((cell) =>
      quotesAll ||
      cell.startsWith('"') ||
      /[\r\n]/.test(cell) ||
      cell.includes(delimiter) ||
      cell.includes('"')
        ? `"${cell.replaceAll('"', '""')}"`
        : cell,
    )
    .join(delimiter);
}

function encode(text: string, encoding: string): Uint8Array {
  if (encoding === "windows-1252") {
    const special: Record<string, number> = { "€": 0x80, "’": 0x92, "–": 0x96 };
    return Uint8Array.from(text, (char) => special[char] ?? char.codePointAt(0) ?? 63);
  }
  if (encoding.startsWith("utf-8"))
    return new TextEncoder().encode(encoding === "utf-8" ? text : `\ufeff${text}`);
  const bytes = Buffer.from(encoding === "utf-16le-bare" ? text : `\ufeff${text}`, "utf16le");
  return encoding === "utf-16be" ? bytes.swap16() : bytes;
}
