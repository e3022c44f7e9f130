// Files whose rows of an order follow each other, and in which some fields of the order are only in one of its rows.

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
import { withOrderAmounts } from "./order-amounts.ts";
import { cellsOf, type SaleCells } from "./sale-cells.ts";
import { checkSold } from "./sale-checks.ts";
import { keptRefundOf, parseLine, type SaleRow } from "./sale-rows.ts";

const CARRIED: SaleField[] = [
  "InvoiceNo",
  "InvoiceDate",
  "Time",
  "CustomerID",
  "CustomerEmail",
  "CustomerName",
  "Country",
  "Seller",
  "PaymentMethod",
  "Currency",
  "Status",
];

/** The number of leading records whose orders are complete if more records follow. */
export function countWholeOrders(records: (string[] | null)[], plan: Plan): number {
  const at = plan.columns["InvoiceNo"] ?? plan.columns["Handle"] ?? 0;
  // Rows without a number belong to the order before them.
  const last = records.findLast((fields) => fields?.[at]?.trim())?.[at];
  let count = records.length;
  for (; count > 0; count -= 1) {
    const number = records[count - 1]?.[at];
    if (number !== last && number?.trim()) break;
  }
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
    const number = record.value[at];
    if (order && (!number?.trim() || order[0]?.value[at] === number)) order.push(record);
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
    const isLine = (value: string[]): boolean => isLineOf(cellsOf(value, plan), plan);
    const lines = records
      .filter(({ value }) => isLine(value))
      .map(({ row, value }) => ({ row, value: lineAt(row, cellsOf(value, plan), plan, format) }));
    const skipped = records
      .filter(({ value }) => !isLine(value))
      .map(({ row }) => ({ row, reason: "the row describes its sale or a payment" }));
    const refunds = lines.flatMap(({ row, value }) => {
      const record = records.find((each) => each.row === row);
      const refund = record && keptRefundOf(cellsOf(record.value, plan), value, format);
      return refund ? [{ row, value: refund }] : [];
    });
    return { rows: [...withOrderAmounts(cells, lines, plan, format), ...refunds], rejected: [], skipped };
  } catch (error) {
    if (error instanceof SkippedRow) return { ...none, skipped: everyRow(error.message) };
    if (error instanceof RowError) return { ...none, rejected: everyRow(error.message) };
    throw error;
  }
}

const GOODS: SaleField[] = ["StockCode", "Barcode", "Description"];
const AMOUNTS: SaleField[] = ["UnitPrice", "Amount"];

/** Whether a row of an order is a line, by its type if rows have one, else because it names goods, or an amount where no row does. */
function isLineOf(cells: SaleCells, { columns, rules: { line_types } }: Plan): boolean {
  if (line_types.length > 0) return isStatus(cells.text("LineType", 60), line_types);
  const isMapped = (field: SaleField): boolean => columns[field] !== undefined;
  const fields = GOODS.some(isMapped) ? GOODS : AMOUNTS;
  return fields.filter(isMapped).some((field) => cells.cell(field) !== "");
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
