// Generates 90 days of sales as a CSV file for POST /imports. The sales of a day depend only on its date, so that two files agree where
// they overlap. Refunds are of sales in the same file.
import { demoBooks, type Book } from "./books.ts";
import { demoStaff } from "./people.ts";
import { between, pick, randomOf, shuffled, type Random } from "./random.ts";

const DAYS = 90;
const CUSTOMERS = 240;
// Monday first; a bookshop sells most on Saturdays.
const INVOICES_BY_WEEKDAY = [44, 46, 50, 52, 60, 74, 45];
const MAX_REFUNDS_PER_DAY = 2;
const REFUND_AFTER_DAYS = 3;

// The first countries have more customers.
const COUNTRIES = [
  "Spain",
  "Portugal",
  "France",
  "Italy",
  "Mexico",
  "United Kingdom",
  "Germany",
  "Argentina",
  "Netherlands",
  "Belgium",
  "Ireland",
  "United States",
];

const HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,Seller";

type Line = { book: Book; quantity: number };
type Invoice = { number: string; at: string; customer: Customer; seller: string; lines: Line[] };
type Customer = { id: string; country: string };
type Shop = { books: Book[]; customers: Customer[]; sellers: string[] };

/** The sales and refunds of the 90 days up to `lastDay` (YYYY-MM-DD, included), oldest first. */
export function demoSalesCsv(lastDay: string): string {
  const random = randomOf("shop");
  const shop: Shop = {
    // The first books sell better.
    books: shuffled(random, demoBooks()),
    customers: customersOf(random),
    sellers: demoStaff()
      .map((person) => person.email)
      .toReversed(),
  };
  const days = Array.from({ length: DAYS }, (_, index) => dayBefore(lastDay, DAYS - 1 - index));
  const sales = days.map((day) => salesOf(day, shop));
  const invoices = sales.flatMap((salesOfDay, index) => [
    ...salesOfDay,
    ...refundsOf(days[index] ?? lastDay, sales[index - REFUND_AFTER_DAYS] ?? []),
  ]);
  return `${[HEADER, ...invoices.flatMap(rowsOf)].join("\n")}\n`;
}

function customersOf(random: Random): Customer[] {
  return Array.from({ length: CUSTOMERS }, (_, index) => ({
    id: `C${String(index + 1).padStart(4, "0")}`,
    // Each country has at least one customer.
    country: COUNTRIES[index] ?? pick(random, COUNTRIES, 3),
  }));
}

function salesOf(day: string, { books, customers, sellers }: Shop): Invoice[] {
  const random = randomOf(`sales of ${day}`);
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  const count = (INVOICES_BY_WEEKDAY[weekday] ?? 0) + between(random, -4, 6);
  // From 9:30 to 20:30, in order.
  const minutes = Array.from({ length: count }, () => between(random, 570, 1230)).toSorted((a, b) => a - b);
  return minutes.map((minute, index) => ({
    number: invoiceNumber(day, index + 1),
    at: timeOf(day, minute),
    customer: pick(random, customers, 1.8),
    seller: pick(random, sellers, 1.3),
    lines: linesOf(random, books),
  }));
}

function linesOf(random: Random, books: Book[]): Line[] {
  const chosen = Array.from({ length: between(random, 1, 5) }, () => pick(random, books, 1.7));
  return [...new Set(chosen)].map((book) => ({ book, quantity: pick(random, [1, 1, 1, 2, 3], 1.4) }));
}

/** Refunds on `day` of some earlier sales, one line of each. */
function refundsOf(day: string, earlier: Invoice[]): Invoice[] {
  const random = randomOf(`refunds of ${day}`);
  return shuffled(random, earlier)
    .slice(0, between(random, 0, MAX_REFUNDS_PER_DAY))
    .map((invoice, index) => {
      const { book, quantity } = pick(random, invoice.lines);
      return {
        ...invoice,
        number: `C${invoiceNumber(day, 900 + index)}`,
        at: timeOf(day, 1235 + index),
        lines: [{ book, quantity: -quantity }],
      };
    });
}

const rowsOf = ({ number, at, customer, seller, lines }: Invoice): string[] =>
  lines.map(({ book, quantity }) =>
    [
      number,
      book.sku,
      cell(book.title),
      quantity,
      at,
      (book.price / 100).toFixed(2),
      customer.id,
      customer.country,
      seller,
    ].join(","),
  );

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The day and the position in it, for example 261121042. */
const invoiceNumber = (day: string, position: number): string =>
  day.replaceAll("-", "").slice(2) + String(position).padStart(3, "0");

const twoDigits = (value: number): string => String(value).padStart(2, "0");

function timeOf(day: string, minute: number): string {
  return `${day} ${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}:00`;
}

function dayBefore(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - days);
  return date.toISOString().slice(0, 10);
}
