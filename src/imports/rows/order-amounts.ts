// The amounts that an order has as a whole become lines of their own, so that the total of the sale is what was paid.
import { allot } from "../../values/allot.ts";
import type { SaleField } from "../mapping/fields.ts";
import type { Plan } from "../mapping/plan.ts";
import { RowError, type FileRow, type ShopFormat } from "./row-importer.ts";
import { minorUnits } from "./sale-amounts.ts";
import type { SaleCells } from "./sale-cells.ts";
import { amountLine, moneyRefund, type SaleRow } from "./sale-rows.ts";

type Row = FileRow<SaleRow>;

/**
 * The lines of an order with its discount, shipping and tax, and its refund. `cells` are those of its first row. A tax that the lines
 * include is spread over them. @throws RowError
 */
export function withOrderAmounts(
  cells: SaleCells,
  lines: Row[],
  { rules }: Plan,
  { digits, currency }: ShopFormat,
): Row[] {
  const [first] = lines;
  if (!first) return [];
  const minor = (field: SaleField): number | null => {
    const amount = cells.has(field) ? cells.amount(field, currency) : null;
    return amount && minorUnits(amount.value, digits);
  };
  const of = (field: SaleField): number => minor(field) ?? 0;
  const discount = Math.abs(of("Discount"));
  const shipping = of("Shipping") + of("ShippingTax") - Math.abs(of("ShippingDiscount"));
  const tax = of("Tax");
  const total = minor("Total");
  const found = reconcile({
    lines,
    others: shipping - discount,
    taxes: rules.adds_tax ? [tax] : [0, tax],
    // A tax that the marketplace collects and remits is no revenue, but may be in the total.
    totals: total === null ? null : [total, total - of("CollectedTax")],
  });
  if (!found)
    throw new RowError(
      `the lines, discount, shipping and taxes of the order do not add up to its ${cells.label("Total")} of ${cells.cell("Total")}`,
    );
  const extra = (name: string, amount: number): Row[] =>
    amount === 0
      ? []
      : [
          {
            row: first.row,
            value: { ...amountLine(first.value, name, amount), tax: name === "Tax" ? amount : null },
          },
        ];
  const rows = [
    ...(found.tax === 0 && tax !== 0 ? withTax(found.lines, tax) : found.lines),
    ...extra("Discount", -discount),
    ...extra("Shipping", shipping),
    ...extra("Tax", found.tax),
    ...extra("Rounding", found.rounding),
  ];
  const remaining = of("KeptTotal");
  const refunded =
    Math.abs(of("RefundedAmount")) || (remaining > 0 && total !== null ? total - remaining : 0);
  if (refunded === 0) return rows;
  return [...rows, { row: first.row, value: moneyRefund(first.value, refunded) }];
}

type Order = { lines: Row[]; others: number; taxes: number[]; totals: number[] | null };

/**
 * How the lines add up to the total: with the tax in them or on top, and with the discounts of the lines as their own or as parts of
 * that of the order. Rounding may make a minor unit a line. Null if they do not add up.
 */
function reconcile({ lines, others, taxes, totals }: Order) {
  const isDiscounted = lines.some(({ value }) => value.discount !== 0);
  const variants = isDiscounted ? [lines, lines.map(withoutDiscount)] : [lines];
  const candidates = variants.flatMap((variant) =>
    taxes.map((tax) => ({
      lines: variant,
      tax,
      sum: variant.reduce((sum, { value }) => sum + value.subtotal, 0) + others + tax,
    })),
  );
  const [first] = candidates;
  if (totals === null) return first ? { lines: first.lines, tax: first.tax, rounding: 0 } : null;
  for (const tolerance of [0, lines.length])
    for (const { sum, ...candidate } of candidates)
      for (const total of totals)
        if (Math.abs(total - sum) <= tolerance) return { ...candidate, rounding: total - sum };
  return null;
}

const withoutDiscount = ({ row, value }: Row): Row => ({
  row,
  value: { ...value, discount: 0, subtotal: value.subtotal + value.discount },
});

/** The lines with their shares of a tax that their amounts include, which has the sign of the order. */
function withTax(lines: Row[], tax: number): Row[] {
  const sign = Math.sign(tax);
  const weights = lines.map(({ value }) => Math.max(0, sign * value.subtotal));
  if (Math.abs(tax) > weights.reduce((sum, weight) => sum + weight, 0)) return lines;
  const shares = allot(Math.abs(tax), weights);
  // Not -0, which JSON and comparisons show.
  return lines.map(({ row, value }, at) => ({ row, value: { ...value, tax: 0 + sign * (shares[at] ?? 0) } }));
}
