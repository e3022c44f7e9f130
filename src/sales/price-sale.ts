import { assertMethods } from "../auth/shops/payment-methods.ts";
import type { ActorCtx } from "../platform/context.ts";
import { invalid } from "../platform/problem.ts";
import { newId } from "../values/ids.ts";
import { type Discount, DiscountTooLarge, type PriceableLine, priceLines } from "./pricing.ts";
import type { Offer, SaleInput, Terms } from "./read-offer.ts";
import type { Rules } from "./limits.ts";
import { requireWithinRules } from "./rules.ts";
import { assertInStock, type AgreedLine, type SaleLineRow, totalInRange } from "./sale-statements.ts";
import { settle, settleBy, type Settlement } from "./settlement.ts";

/** How a sale is paid that says nothing about it. */
export const DEFAULT_METHOD = "cash";

export type PricedSale = Settlement & {
  lines: SaleLineRow[];
  approved_by: string | null;
  oversell: boolean;
  terms: Terms;
};

/** What is to be priced: `quantity` in thousandths, prices in minor units, `tax_rate` in hundred-thousandths. */
export type UnpricedLine = PriceableLine & {
  product_id: string;
  list_price: number;
  unit: string;
  tax_rate_id: string | null;
  agreed?: AgreedLine | undefined;
};

/**
 * Prices lines for staff by the rules of the shop, unless `approved_by` names the ADMIN who approved them.
 * @throws Problem amount-too-large, approval-required, invalid
 */
export function priceForStaff(
  ctx: ActorCtx,
  unpriced: UnpricedLine[],
  discount: Discount | undefined,
  rules: Rules,
  approved_by: string | null,
): { lines: SaleLineRow[]; total: number } {
  const amounts = pricedOrInvalid(() => priceLines(unpriced, ctx.tenant.prices_include_tax, discount));
  const total = totalInRange(amounts);
  const ruled = unpriced.map((line, index) => ({ line, amounts: amountsAt(amounts, index) }));
  if (approved_by === null)
    requireWithinRules(
      ctx,
      ruled.map(({ line, amounts: each }) => ({ ...line, ...each })),
      rules,
      discount !== undefined,
    );
  const lines = ruled.map(({ line, amounts: { discount: reduction, tax, subtotal } }, index) => ({
    line_no: index + 1,
    move_id: newId(),
    product_id: line.product_id,
    quantity: line.quantity,
    unit: line.unit,
    list_price: line.list_price,
    unit_price: line.unit_price,
    discount: reduction,
    discount_reason: line.discount?.reason ?? null,
    tax_rate_id: line.tax_rate_id,
    tax_rate: line.tax_rate,
    tax,
    subtotal,
    ...(line.agreed ? { agreed: line.agreed } : {}),
  }));
  return { lines, total };
}

/** The items of a sale as their products are offered now. */
export const asOffered = ({ items }: Pick<SaleInput, "items">, { products }: Pick<Offer, "products">) =>
  items.map((item) => {
    const product = products.get(item.product_id);
    if (!product) throw new Error("a product of the sale was not read");
    const { price: list_price, unit, stock, tax_rate_id, tax_rate } = product;
    return {
      ...item,
      list_price,
      unit_price: item.unit_price ?? list_price,
      unit,
      stock,
      tax_rate_id,
      tax_rate,
    };
  });

/** Prices the sale and checks it against the stock and the rules of the shop. */
export function priceSale(
  ctx: ActorCtx,
  input: SaleInput,
  offer: Offer,
  approved_by: string | null,
): PricedSale {
  const { terms } = offer;
  const offered = asOffered(input, offer);
  const { lines, total } = priceForStaff(ctx, offered, input.discount, terms, approved_by);
  const oversell = input.offline === true || terms.oversell === "allow";
  if (!oversell) assertInStock(offered);
  return { ...settleSale(input, total, terms), lines, approved_by, oversell, terms };
}

function amountsAt<T>(amounts: T[], index: number): T {
  const found = amounts[index];
  if (found === undefined) throw new Error("a line was not priced");
  return found;
}

function pricedOrInvalid<T>(price: () => T): T {
  try {
    return price();
  } catch (error) {
    if (!(error instanceof DiscountTooLarge)) throw error;
    const pointer = error.line === null ? "#/discount" : `#/items/${error.line}/discount`;
    throw invalid([{ pointer, detail: "exceeds the amount that it is taken from" }]);
  }
}

/** The payments of the sale. @throws Problem payments-mismatch, invalid */
function settleSale(input: SaleInput, total: number, terms: Terms): Settlement {
  const { payments, payment_method = DEFAULT_METHOD } = input;
  assertMethods({ payment_method: payments ? undefined : payment_method, payments }, terms.payment_methods);
  return payments
    ? settle(payments, total, terms.cash_rounding)
    : settleBy(payment_method, total, terms.cash_rounding);
}
