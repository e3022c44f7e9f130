// Random sales, and the many ways in which programs and people write them to a file.
import * as fc from "fast-check";
import { bookOf, type Value } from "./workbooks.ts";

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

const line = fc
  .record({
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
  })
  // A refund that rounds to nothing is a correction of the stock in the layout of this API.
  .filter((each) => subtotalOf(each) > 0);

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

/** The column of each cell, in the order of `cellsOf`; null where the layout has none. */
type Names = [
  number: string,
  sku: string,
  description: string,
  quantity: string,
  date: string,
  price: string | null,
  amount: string | null,
  customer: string,
  country: string | null,
  time: string | null,
];

type Layout = {
  names: Names;
  /** Further columns that the layout has. */
  others?: (sale: Sale, line: Line, dialect: Dialect) => Record<string, string>;
  /** The fields of a sale are in its first row only. */
  isSparse?: boolean;
  /** Whether open dates are month first, and open decimals follow a point. */
  prescribes?: { dates?: boolean; decimal?: boolean };
};

const named = (...names: Names): Layout => ({ names });

const LAYOUTS: Record<string, Layout> = {
  own: {
    names: [
      "InvoiceNo",
      "StockCode",
      "Description",
      "Quantity",
      "InvoiceDate",
      "UnitPrice",
      null,
      "CustomerID",
      "Country",
      null,
    ],
  },
  en: named(
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
  ),
  es: named(
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
  ),
  de: named(
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
  ),
  fr: named(
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
  ),
  pt: named(
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
  ),
  "online-retail-ii": {
    names: [
      "Invoice",
      "StockCode",
      "Description",
      "Quantity",
      "InvoiceDate",
      "Price",
      null,
      "Customer ID",
      "Country",
      null,
    ],
    prescribes: { dates: true, decimal: true },
  },
  superstore: {
    names: [
      "Order ID",
      "Product ID",
      "Product Name",
      "Quantity",
      "Order Date",
      null,
      "Sales",
      "Customer ID",
      "Country",
      null,
    ],
    others: ({ day }, _, dialect) => ({
      "Ship Date": dateText(dialect, day),
      "Ship Mode": "First Class",
      Profit: "",
    }),
  },
  "shopify-orders": {
    names: [
      "Name",
      "Lineitem sku",
      "Lineitem name",
      "Lineitem quantity",
      "Created at",
      "Lineitem price",
      null,
      "Email",
      "Shipping Country",
      null,
    ],
    others: (sale, line, dialect) => ({
      "Financial Status": sale.lines[0] === line ? "paid" : "",
      Currency: sale.lines[0] === line ? "EUR" : "",
      Total: sale.lines[0] === line ? numberText(dialect, totalOf(sale), 2, true, sale.isRefund) : "",
    }),
    isSparse: true,
    prescribes: { decimal: true },
  },
  "square-item-sales": {
    names: ["Transaction ID", "SKU", "Item", "Qty", "Date", null, "Gross Sales", "Customer ID", null, "Time"],
    others: ({ isRefund }) => ({
      "Net Sales": "",
      "Event Type": isRefund ? "Refund" : "Payment",
      Discounts: "",
      Tax: "",
    }),
  },
  "etsy-order-items": {
    names: [
      "Order ID",
      "SKU",
      "Item Name",
      "Quantity",
      "Sale Date",
      "Price",
      null,
      "Buyer",
      "Ship Country",
      null,
    ],
    others: () => ({ "Item Total": "", "Discount Amount": "", "Order Shipping": "" }),
    prescribes: { dates: true, decimal: true },
  },
};

const LANGUAGES: Record<string, string> = { es: "es", de: "de", fr: "fr", pt: "pt" };

export const dialects = fc
  .record({
    names: fc.constantFrom(...Object.keys(LAYOUTS)),
    container: fc.oneof(
      { weight: 5, arbitrary: fc.constant("text" as const) },
      { weight: 1, arbitrary: fc.constantFrom("cells" as const, "texts in cells" as const) },
    ),
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
    dates: fc.constantFrom("ymd", "dmy", "mdy", "dots", "dmy-short", "month", "long month"),
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
  // Some layouts are month first with a decimal point wherever a file leaves it open.
  .map((dialect) => {
    const isOwn = dialect.names === "own" && dialect.delimiter === "," && dialect.container === "text";
    const isOwnBook = dialect.names === "own" && dialect.container !== "text";
    const { dates = false, decimal = false } =
      isOwn || isOwnBook ? { dates: true, decimal: true } : (LAYOUTS[dialect.names]?.prescribes ?? {});
    return {
      ...dialect,
      decimal: decimal ? ("point" as const) : dialect.decimal,
      dates: dates && dialect.dates.startsWith("dmy") ? "mdy" : dialect.dates,
    };
  });

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

function dateText({ dates, names }: Dialect, day: string): string {
  const [year = "", month = "", date = ""] = day.split("-");
  if (dates.endsWith("month"))
    return new Intl.DateTimeFormat(LANGUAGES[names] ?? "en", {
      day: "numeric",
      month: dates === "month" ? "short" : "long",
      year: "numeric",
      timeZone: "UTC",
    }).format(new Date(`${day}T00:00:00Z`));
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

/** The amount of a sale in cents, without the sign of a refund. */
const totalOf = ({ lines }: Sale): number => lines.reduce((sum, line) => sum + subtotalOf(line), 0);

type Column = {
  name: string;
  rank: number;
  text: (sale: Sale, line: Line) => string;
  value: (sale: Sale, line: Line) => Value;
};

/** The columns of the file in their order. */
function columnsOf(dialect: Dialect): Column[] {
  const layout = LAYOUTS[dialect.names];
  if (!layout) throw new Error("There is no such layout.");
  const { names, others, isSparse = false } = layout;
  const [, , , , , price, amount] = names;
  const columns = names.flatMap((name, at): Column[] => {
    if (name === null) return [];
    if (at === 5 && amount !== null && dialect.amounts === "amount") return [];
    if (at === 6 && price !== null && dialect.amounts === "price") return [];
    if (at === 9 && dialect.time !== "column") return [];
    const isOfSale = at === 0 || at === 4 || at === 7 || at === 8;
    const isShown = (sale: Sale, line: Line): boolean =>
      at === 0 || !isSparse || !isOfSale || sale.lines[0] === line;
    return [
      {
        name,
        rank: dialect.order[at] ?? 0,
        text: (sale, line) =>
          isShown(sale, line) ? (cellsOf(sale, line, dialect, names[9] !== null)[at] ?? "") : "",
        value: (sale, line) =>
          isShown(sale, line) ? valueOf(sale, line, at, dialect, names[9] !== null) : null,
      },
    ];
  });
  const further = Object.keys(others?.(EMPTY_SALE, EMPTY_LINE, dialect) ?? {}).map((name, at): Column => {
    const text = (sale: Sale, line: Line): string => others?.(sale, line, dialect)[name] ?? "";
    return {
      name,
      rank: dialect.order[(at * 5 + 2) % 12] ?? 0,
      text,
      value: (sale, line) => text(sale, line) || null,
    };
  });
  const ignored: Column = { name: "Shelf, row", rank: 2, text: () => "A; 3", value: () => "A; 3" };
  return [...columns, ...further, ...(dialect.extra ? [ignored] : [])].toSorted((a, b) => a.rank - b.rank);
}

const EMPTY_LINE: Line = { sku: "", description: "", quantity: 1000, price: 0 };
const EMPTY_SALE: Sale = {
  number: "",
  day: "2026-01-01",
  minute: 0,
  customer: null,
  country: "",
  isRefund: false,
  lines: [EMPTY_LINE],
};

/** The file of these sales in this dialect. */
export function write(all: Sale[], dialect: Dialect): Uint8Array {
  const columns = columnsOf(dialect);
  const header = columns.map(({ name }) => headingOf(dialect, name));
  const lines = all.flatMap((sale) => sale.lines.map((line) => ({ sale, line })));
  if (dialect.container !== "text") {
    const isTyped = dialect.container === "cells";
    const rows = lines.map(({ sale, line }) =>
      columns.map(({ text, value }): Value => (isTyped ? value(sale, line) : text(sale, line) || null)),
    );
    const title: Value[][] = dialect.preamble === "title" ? [["Report of the till"]] : [];
    return bookOf([...title, header, ...(dialect.blanks ? [[]] : []), ...rows], {
      formats: ["dd/mm/yyyy hh:mm", "h:mm"],
      inline: dialect.quotesAll,
    });
  }
  const records = lines.map(({ sale, line }) => columns.map(({ text }) => text(sale, line)));
  const texts = [header, ...records].map((cells) => recordOf(cells, dialect));
  if (dialect.blanks) texts.splice(2, 0, dialect.delimiter.repeat(header.length - 1), "");
  if (dialect.preamble === "sep") texts.unshift(`sep=${dialect.delimiter}`);
  if (dialect.preamble === "title") texts.unshift("Report of the till");
  return encode(texts.join(dialect.lineEnd) + dialect.lineEnd, dialect.encoding);
}

function cellsOf(each: Sale, line: Line, dialect: Dialect, hasTime: boolean): string[] {
  const amount = numberText(dialect, subtotalOf(line), 2, true, each.isRefund);
  const time = timeText(dialect, each.minute);
  const date = dateText(dialect, each.day);
  const isSplit = dialect.time === "column" && hasTime;
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

const serialOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 86_400_000 + 25_569;

/** A cell of a spreadsheet that has numbers and dates as such. */
function valueOf(sale: Sale, line: Line, at: number, dialect: Dialect, hasTime: boolean): Value {
  const sign = sale.isRefund ? -1 : 1;
  const isSplit = dialect.time === "column" && hasTime;
  if (at === 3) return (sign * line.quantity) / 1000;
  if (at === 4)
    return {
      serial: serialOf(sale.day) + (isSplit || dialect.time === "none" ? 0 : sale.minute / 1440),
      style: 1,
    };
  if (at === 5) return line.price / 100;
  if (at === 6) return (sign * subtotalOf(line)) / 100;
  if (at === 9) return { serial: sale.minute / 1440, style: 2 };
  return cellsOf(sale, line, dialect, hasTime)[at] || null;
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
