// What is being sold. Its amounts are those of the server, because both run the same functions.
import { amountOf, DiscountTooLarge, priceLines, type LineAmounts } from "../../../../src/sales/pricing.ts";
import { exceededLimit, type Rules } from "../../../../src/sales/limits.ts";
import type { TillProduct } from "./catalogue.ts";

/** A percentage in thousandths of a percent (10 % is 10000), or an amount in minor units. */
export type Discount = { percent: number; reason: string } | { amount: number; reason: string };

/** `quantity` in thousandths, prices in minor units, `tax_rate` in hundred-thousandths. */
export type CartLine = {
  key: number;
  product_id: string;
  title: string;
  unit: TillProduct["unit"];
  quantity: number;
  list_price: number;
  unit_price: number;
  tax_rate: number | null;
  discount?: Discount | undefined;
};

export type CartCustomer = { id: string; name: string; email: string | null };

export type Cart = {
  lines: CartLine[];
  discount?: Discount | undefined;
  customer?: CartCustomer | undefined;
  lastKey: number;
};

/** What the API takes as one sale. */
export const MAX_LINES = 100;

export const EMPTY_CART: Cart = { lines: [], lastKey: 0 };

export type CartTotals = { lines: LineAmounts[]; undiscounted: number; discount: number; total: number };

const sumOf = (lines: LineAmounts[], field: keyof LineAmounts): number =>
  lines.reduce((sum, line) => sum + line[field], 0);

/** The amounts of a cart; null if a discount exceeds what it is taken from. */
export function totalsOf({ lines, discount }: Cart, pricesIncludeTax: boolean): CartTotals | null {
  try {
    const amounts = priceLines(lines, pricesIncludeTax, discount);
    return {
      lines: amounts,
      undiscounted: sumOf(amounts, "undiscounted"),
      discount: sumOf(amounts, "discount"),
      total: sumOf(amounts, "subtotal"),
    };
  } catch (error) {
    if (error instanceof DiscountTooLarge) return null;
    throw error;
  }
}

/** What in the cart an EMPLOYEE may sell with an approval only, or null. */
export function limitExceededBy(
  cart: Cart,
  totals: CartTotals,
  rules: Rules,
): ReturnType<typeof exceededLimit> {
  const lines = cart.lines.flatMap((line, index) => {
    const amounts = totals.lines[index];
    return amounts ? [{ ...line, ...amounts }] : [];
  });
  return exceededLimit(lines, rules, cart.discount !== undefined);
}

/** The price of a line before its discounts. */
export const lineAmount = ({ unit_price, quantity }: CartLine): number => amountOf(unit_price, quantity);

const canMerge = (line: CartLine, product: TillProduct, unitPrice: number): boolean =>
  line.product_id === product.id &&
  line.unit === "piece" &&
  line.unit_price === unitPrice &&
  line.list_price === product.price &&
  line.discount === undefined;

/** Adds a product; pieces of the same product and price are one line. Returns the key of the line. */
export function addProduct(
  cart: Cart,
  product: TillProduct,
  { quantity, unitPrice, taxRate }: { quantity: number; unitPrice: number; taxRate: number | null },
): { cart: Cart; key: number } {
  const same = cart.lines.find((line) => canMerge(line, product, unitPrice));
  if (same)
    return { cart: changeLine(cart, same.key, { quantity: same.quantity + quantity }), key: same.key };
  const key = cart.lastKey + 1;
  const line: CartLine = {
    key,
    product_id: product.id,
    title: product.title,
    unit: product.unit,
    quantity,
    list_price: product.price,
    unit_price: unitPrice,
    tax_rate: taxRate,
  };
  return { cart: { ...cart, lines: [...cart.lines, line], lastKey: key }, key };
}

// Grams by which the weight of a packet may differ from what its price says.
const TOLERANCE = 50;

/**
 * What a packet with a printed price contains. No weight in grams makes up every price, so the price of the unit is adjusted where
 * this is allowed, and the weight by as few grams as make up the printed price.
 */
export function priceOfPacket(
  { price, unit }: TillProduct,
  printed: number,
  mayAdjust: boolean,
): { quantity: number; unitPrice: number } {
  if (unit === "piece" || price === 0) return { quantity: 1000, unitPrice: mayAdjust ? printed : price };
  const nearest = Math.max(Math.round((printed * 1000) / price), 1);
  if (!mayAdjust) return { quantity: nearest, unitPrice: price };
  for (let step = 0; step <= 2 * TOLERANCE; step += 1) {
    const quantity = nearest + (step % 2 === 0 ? -step / 2 : (step + 1) / 2);
    const adjusted = Math.round((printed * 1000) / quantity);
    for (const unitPrice of [price, adjusted])
      if (quantity > 0 && amountOf(unitPrice, quantity) === printed) return { quantity, unitPrice };
  }
  return { quantity: nearest, unitPrice: price };
}

/** Changes a line; without a quantity it is removed. */
export function changeLine(cart: Cart, key: number, change: Partial<CartLine>): Cart {
  const lines = cart.lines.flatMap((line) => {
    const next = line.key === key ? { ...line, ...change } : line;
    return next.quantity > 0 ? [next] : [];
  });
  return { ...cart, lines, ...(lines.length === 0 ? { discount: undefined } : {}) };
}

/** The prices and taxes of now, where they have changed since a line was added; a price that was set by hand stays. */
export function repriced(
  cart: Cart,
  find: (id: string) => TillProduct | undefined,
  taxRateOf: (product: TillProduct) => number | null,
): Cart {
  const lines = cart.lines.map((line) => {
    const product = find(line.product_id);
    if (!product) return line;
    const isOwnPrice = line.unit_price !== line.list_price;
    return {
      ...line,
      list_price: product.price,
      unit_price: isOwnPrice ? line.unit_price : product.price,
      tax_rate: taxRateOf(product),
    };
  });
  return { ...cart, lines };
}

const bodyOfDiscount = (discount: Discount): { percent?: number; amount?: number; reason: string } =>
  "percent" in discount ? { ...discount, percent: discount.percent / 1000 } : discount;

/** The cart as the API takes it. `fixPrices` sends all prices, for a sale whose goods are handed over at them. */
export function bodyOf({ lines, discount, customer }: Cart, fixPrices: boolean) {
  return {
    items: lines.map((line) => ({
      product_id: line.product_id,
      quantity: line.quantity / 1000,
      ...(fixPrices || line.unit_price !== line.list_price ? { unit_price: line.unit_price } : {}),
      ...(line.discount ? { discount: bodyOfDiscount(line.discount) } : {}),
    })),
    ...(discount ? { discount: bodyOfDiscount(discount) } : {}),
    ...(customer ? { customer_id: customer.id } : {}),
  };
}
