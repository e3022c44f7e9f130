import { parseDecimal, type Decimal } from "../../values/money.ts";
import { isPlain } from "../../values/text.ts";
import { cleanCell, isErrorValue, isScientific, withoutFloat } from "../formats/cells.ts";
import { otherCurrencyIn, otherCurrencyInName, readNumber } from "../formats/numbers.ts";
import type { SaleField } from "../mapping/fields.ts";
import { labelOf, type Plan } from "../mapping/plan.ts";
import { RowError } from "./row-importer.ts";

/** Reads the cells of a record by field. */
export function cellsOf(fields: string[], plan: Plan) {
  const label = (field: SaleField): string => labelOf(plan, field);
  const has = (field: SaleField): boolean => plan.columns[field] !== undefined || field in plan.constants;
  const cell = (field: SaleField): string => {
    const at = plan.columns[field];
    return cleanCell(at === undefined ? (plan.constants[field] ?? "") : (fields[at] ?? ""));
  };
  const text = (field: SaleField, max: number): string => {
    const value = cell(field).replace(/[\r\n\t]+/g, " ");
    if (value.length > max) throw new RowError(`${label(field)} has more than ${max} characters`);
    // Invisible characters are harmless in a description, but other columns are compared.
    const isValid = field === "Description" ? !/\p{Cc}/u.test(value) : isPlain(value);
    if (!isValid) throw new RowError(`${label(field)} has control or invisible characters`);
    return value;
  };
  const code = (field: SaleField, max: number): string => {
    const value = text(field, max);
    if (isScientific(value))
      throw new RowError(
        `${label(field)} is in scientific notation, which has lost its digits: ${value}. Format the column as text and export the file again`,
      );
    if (isErrorValue(value)) throw new RowError(`${label(field)} is an error of the spreadsheet: ${value}`);
    return withoutFloat(value);
  };
  const required = (field: SaleField, value: string): string => {
    if (value === "") throw new RowError(`${label(field)} is empty`);
    return value;
  };
  const decimal = (field: SaleField, value: string): string | null =>
    readNumber(value, plan.decimals[field] ?? plan.decimal);
  /** An amount in major units; null if the cell is empty. */
  const amount = (field: SaleField, currency: string): { text: string; value: Decimal } | null => {
    const value = cell(field);
    if (value === "") return null;
    const read = value.length > 32 ? null : decimal(field, value);
    const parsed = read === null ? null : parseDecimal(read);
    if (read === null || !parsed)
      throw new RowError(`${label(field)} is not a number: ${value.slice(0, 100)}`);
    const named = otherCurrencyIn(value, currency) ?? otherCurrencyInName(label(field), currency);
    if (named !== null)
      throw new RowError(`${label(field)} is in ${named}, and the shop's currency is ${currency}: ${value}`);
    return { text: read, value: parsed };
  };
  return { label, has, cell, text, code, required, decimal, amount };
}

export type SaleCells = ReturnType<typeof cellsOf>;

/**
 * The number of a record's invoice, even if the record cannot be imported; null if the number is not legible. Goods without a number
 * may belong to the invoice `above`, as where cells were merged.
 */
export function invoiceOf(fields: string[], plan: Plan, above: string | null): string | null {
  const cells = cellsOf(fields, plan);
  const hasGoods = (["StockCode", "Barcode", "Description"] as const).some(
    (field) => cells.cell(field) !== "",
  );
  try {
    return cells.code("InvoiceNo", 64) || (hasGoods ? above : null);
  } catch (error) {
    if (error instanceof RowError) return null;
    throw error;
  }
}
