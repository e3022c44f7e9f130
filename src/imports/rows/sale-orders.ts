// Files whose rows of an order follow each other, and in which some fields of the order are only in one of its rows.
import { allot } from "../../values/allot.ts";
import type { Decimal } from "../../values/money.ts";
import type { SaleField } from "../mapping/fields.ts";
import type { Plan } from "../mapping/plan.ts";
import { isStatus } from "../mapping/statuses.ts";
import {
  padded,
  RowError,
  SkippedRow,
  type FileRow,
  type ParsedRows,
  type ShopFormat,
} from "./row-importer.ts";
import { minorUnits } from "./sale-amounts.ts";
import { cellsOf, type SaleCells } from "./sale-cells.ts";
import { amountLine, checkSold, parseLine, type SaleRow } from "./sale-rows.ts";

const CARRIED: SaleField[] = [
  "InvoiceDate",
  "Time",
  "CustomerID",
  "Country",
  "Seller",
  "PaymentMethod",
  "Currency",
  "Status",
];

/** The number of leading records whose orders are complete if more records follow. */
export function countWholeOrders(records: (string[] | null)[], plan: Plan): number {
  const at = plan.columns["InvoiceNo"] ?? plan.columns["Handle"] ?? 0;
  const last = records.at(-1)?.[at];
  let count = records.length;
  while (count > 0 && records[count - 1]?.[at] === last) count -= 1;
  return count;
}

/** Parses the rows of orders. An order is accepted, rejected or skipped as a whole. */
export function parseOrders(
  records: FileRow<string[]>[],
  plan: Plan,
  format: ShopFormat,
): ParsedRows<SaleRow> {
  const all: ParsedRows<SaleRow> = { rows: [], rejected: [], skipped: [] };
  for (const order of ordersOf(records, plan)) {
    const { rows, rejected, skipped } = parseOrder(order, plan, format);
    all.rows.push(...rows);
    all.rejected.push(...rejected);
    all.skipped.push(...skipped);
  }
  return all;
}

function ordersOf(records: FileRow<string[]>[], plan: Plan): FileRow<string[]>[][] {
  const at = plan.columns["InvoiceNo"] ?? 0;
  const orders: FileRow<string[]>[][] = [];
  for (const record of records) {
    const order = orders.at(-1);
    if (order && order[0]?.value[at] === record.value[at]) order.push(record);
    else orders.push([record]);
  }
  return orders;
}

function parseOrder(order: FileRow<string[]>[], plan: Plan, format: ShopFormat): ParsedRows<SaleRow> {
  const none = { rows: [], rejected: [], skipped: [] };
  const everyRow = (reason: string) => order.map(({ row }) => ({ row, reason }));
  try {
    const records = withCarried(
      order.map(({ row, value }) => ({ row, value: padded(value, plan.header.length) })),
      plan,
    );
    const [first] = records;
    if (!first) return none;
    const cells = cellsOf(first.value, plan);
    checkSold(cells, plan, format);
    const { line_types } = plan.rules;
    const isLine = (value: string[]): boolean =>
      line_types.length === 0 || isStatus(cellsOf(value, plan).text("LineType", 60), line_types);
    const lines = records
      .filter(({ value }) => isLine(value))
      .map(({ row, value }) => ({ row, value: lineAt(row, cellsOf(value, plan), plan, format) }));
    const skipped = records
      .filter(({ value }) => !isLine(value))
      .map(({ row }) => ({ row, reason: "the row describes its sale or a payment" }));
    const { rows, extras } = amountsOfOrder(cells, lines, format);
    return { rows: [...rows, ...extras], rejected: [], skipped };
  } catch (error) {
    if (error instanceof SkippedRow) return { ...none, skipped: everyRow(error.message) };
    if (error instanceof RowError) return { ...none, rejected: everyRow(error.message) };
    throw error;
  }
}

function lineAt(row: number, cells: SaleCells, plan: Plan, format: ShopFormat): SaleRow {
  try {
    return parseLine(cells, plan, format);
  } catch (error) {
    if (error instanceof RowError) throw new RowError(`${error.message} (row ${row})`);
    throw error;
  }
}

/** The rows with empty fields of the order filled from its other rows. */
function withCarried(records: FileRow<string[]>[], { columns }: Plan): FileRow<string[]>[] {
  const carried = CARRIED.flatMap((field) => {
    const at = columns[field];
    const found = at === undefined ? undefined : records.find(({ value }) => value[at]?.trim());
    return at === undefined || !found ? [] : [[at, found.value[at] ?? ""] as const];
  });
  return records.map(({ row, value }) => {
    const filled = [...value];
    for (const [at, text] of carried) if (!filled[at]?.trim()) filled[at] = text;
    return { row, value: filled };
  });
}

/**
 * The discount, shipping and tax of the order as lines, so that its total is what was paid, and its refund. A tax that the lines
 * include is spread over them. @throws RowError
 */
function amountsOfOrder(
  cells: SaleCells,
  lines: FileRow<SaleRow>[],
  { digits, currency }: ShopFormat,
): { rows: FileRow<SaleRow>[]; extras: FileRow<SaleRow>[] } {
  const [first] = lines;
  if (!first) return { rows: [], extras: [] };
  const of = (field: SaleField): number => toMinor(cells.amount(field, currency)?.value, digits);
  const discount = Math.abs(of("Discount"));
  const shipping = of("Shipping");
  const sum = lines.reduce((total, { value }) => total + value.subtotal, 0) - discount + shipping;
  const stated = cells.amount("Total", currency);
  const total = stated ? minorUnits(stated.value, digits) : sum;
  const tax = of("Tax");
  const added = sum === total ? 0 : tax;
  if (sum + added !== total)
    throw new RowError(
      `the lines, discount, shipping and taxes of the order do not add up to its ${cells.label("Total")} of ${cells.cell("Total")}`,
    );
  const amounts: [string, number][] = [
    ["Discount", -discount],
    ["Shipping", shipping],
    ["Tax", added],
  ];
  const extra = (name: string, amount: number): FileRow<SaleRow> => ({
    row: first.row,
    value: { ...amountLine(first.value, name, amount), tax: name === "Tax" ? amount : null },
  });
  const extras = amounts.filter(([, amount]) => amount !== 0).map(([name, amount]) => extra(name, amount));
  const rows = added === 0 && tax > 0 ? withTax(lines, tax) : lines;
  const refunded = Math.abs(of("RefundedAmount"));
  if (refunded === 0) return { rows, extras };
  const refund = { ...first.value, invoice: `${first.value.invoice}-R`, isRefund: true };
  const line = { ...amountLine(refund, "Refund", -refunded), quantity: -1000, unitPrice: refunded };
  return { rows, extras: [...extras, { row: first.row, value: line }] };
}

/** The lines with their shares of a tax that their amounts include. */
function withTax(lines: FileRow<SaleRow>[], tax: number): FileRow<SaleRow>[] {
  const weights = lines.map(({ value }) => Math.max(0, value.subtotal));
  if (tax > weights.reduce((sum, weight) => sum + weight, 0)) return lines;
  const shares = allot(tax, weights);
  return lines.map(({ row, value }, at) => ({ row, value: { ...value, tax: shares[at] ?? 0 } }));
}

const toMinor = (value: Decimal | undefined, digits: number): number =>
  value ? minorUnits(value, digits) : 0;
