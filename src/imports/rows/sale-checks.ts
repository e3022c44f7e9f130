// Whether a row is a line of a sale at all, by what its cells say about it.
import { foldedName } from "../formats/cells.ts";
import type { SaleField } from "../mapping/fields.ts";
import type { Plan } from "../mapping/plan.ts";
import { isStatus, meaningOf } from "../mapping/statuses.ts";
import { RowError, SkippedRow, type ShopFormat } from "./row-importer.ts";
import type { SaleCells } from "./sale-cells.ts";

const TOTALS =
  /^(?:(?:grand|sub|sous|zwischen|gesamt|end)?(?:total(?:es|s)?|summe|suma|somme|soma)(?:general|geral|general|dia|del?dia|ticket|factura|invoice|order|pedido)?|gesamt)$/;

/** Whether the row is neither a total nor the header again. @throws SkippedRow */
export function checkLine(cells: SaleCells): void {
  const number = cells.cell("InvoiceNo");
  if (number === cells.label("InvoiceNo") && cells.cell("Quantity") === cells.label("Quantity"))
    throw new SkippedRow("the row repeats the header");
  // A product may be called `Total` if it has a code.
  if (cells.cell("StockCode") !== "" || cells.cell("Barcode") !== "") return;
  const name = cells.cell("Description");
  const folded = foldedName(name || number);
  if (TOTALS.test(folded) || (number !== "" && folded === `total${foldedName(number)}`))
    throw new SkippedRow(`the row is a total: ${name || number}`);
}

/** Whether the row is of a sale in the shop's currency. @throws RowError, SkippedRow */
export function checkSold(cells: SaleCells, plan: Plan, { currency }: ShopFormat): void {
  if (cells.has("Cancelled") && isYes(cells.text("Cancelled", 100)))
    throw new SkippedRow(`${cells.label("Cancelled")} is ${cells.cell("Cancelled")}, so the row is no sale`);
  for (const field of ["Status", "Type"] as const) checkStatus(cells, field, plan);
  if (cells.has("Refunded") && isYes(cells.text("Refunded", 100)) && !isNegative(cells))
    throw new RowError(
      `${cells.label("Refunded")} says that the row was refunded: state in the mapping that the column is RefundedAmount if it has amounts of its row, or that Refunded is null: ${cells.cell("Refunded")}`,
    );
  const named = cells.text("Currency", 10).toUpperCase();
  if (named !== "" && named !== currency)
    throw new RowError(`${cells.label("Currency")} is ${named}, and the shop's currency is ${currency}`);
}

/** Whether the status of a row says that it is a sale or a refund. @throws RowError, SkippedRow */
function checkStatus(cells: SaleCells, field: "Status" | "Type", { columns, rules }: Plan): void {
  const status = cells.has(field) ? cells.text(field, 100) : "";
  if (status === "") return;
  if (isStatus(status, rules.skip_statuses)) throw skipped(cells, field);
  if (isStatus(status, rules.sale_statuses) || isStatus(status, rules.refund_statuses)) return;
  const meaning = meaningOf(status, field === "Type");
  if (meaning === "cancelled") throw skipped(cells, field);
  const isExplained =
    isNegative(cells) ||
    columns["KeptQuantity"] !== undefined ||
    columns["RefundedAmount"] !== undefined ||
    columns["KeptTotal"] !== undefined;
  if (meaning === "refunded" && !isExplained)
    throw new RowError(
      `${cells.label(field)} is ${status}: say in the mapping whether such rows are refunds (refund_statuses) or no sales (skip_statuses)`,
    );
  if (meaning === "open")
    throw new RowError(
      `${cells.label(field)} is ${status}: say in the mapping whether such rows are sales (sale_statuses) or not (skip_statuses)`,
    );
}

const skipped = (cells: SaleCells, field: SaleField): SkippedRow =>
  new SkippedRow(`${cells.label(field)} is ${cells.cell(field)}, so the row is no sale`);

const isNegative = (cells: SaleCells): boolean =>
  (["Quantity", "UnitPrice", "Amount"] as const).some((field) => /[-−]|^\(/.test(cells.cell(field)));

const isYes = (text: string): boolean =>
  text !== "" && !/^(?:no?|n[ãa]o|non|nein|f|false|falso|falsch|faux|[+-]?0+(?:[.,]0+)?)$/i.test(text);
