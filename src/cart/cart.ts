// The cart of an account, shared by all of its devices, or of a guest. It reserves no stock: prices and availability are read each time. A
// trigger limits a cart to 100 lines, a CHECK limits a line to 999 units. Quantities are thousandths.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { BuyerCtx } from "../platform/context.ts";
import { returning, type Returning, violates, violatesForeignKey } from "../platform/d1.ts";
import {
  idempotentRequest,
  type IdempotentRequest,
  runOnce,
  selectStored,
  stopIfStored,
  storeResponse,
} from "../idempotency/run-once.ts";
import { MAX_AMOUNT } from "../values/money.ts";
import { fromThousandths, isWholeEnough, Unit } from "../values/quantities.ts";
import { taxColumns } from "../sales/offer.ts";
import { priceLines } from "../sales/pricing.ts";
import { invalid, notFound, Problem } from "../platform/problem.ts";
import { cartDay, countLine } from "./counts.ts";
import { cartIdOf, isInCart, keyOwner, unknownCart } from "./owner.ts";
import { rememberCart } from "./remembered-cart.ts";
import type { Cart, NewCartItem } from "./schema.ts";

type CartBody = z.infer<typeof Cart>;

const cartLines = z.array(
  z.object({
    product_id: z.string(),
    sku: z.string(),
    title: z.string(),
    quantity: z.number(),
    price: z.number(),
    added_price: z.number(),
    stock: z.number().nullable(),
    is_active: z.union([z.literal(0), z.literal(1)]),
    unit: Unit,
    tax_rate_id: z.string().nullable(),
    tax_rate: z.number().nullable(),
  }),
);

/** Lines of a cart: quantities and stock in thousandths, prices in minor units. */
export type CartLines = z.infer<typeof cartLines>;

/** A scalar subquery: the lines of the cart as JSON, in the order in which they were added. */
const cartJson = (ctx: BuyerCtx): SQL => sql`
  (SELECT json_group_array(json_object('product_id', product_id, 'sku', sku, 'title', title, 'quantity', quantity,
      'price', price, 'added_price', added_price, 'stock', stock, 'is_active', is_active, 'unit', unit,
      'tax_rate_id', tax_rate_id, 'tax_rate', tax_rate) ORDER BY added_at, product_id)
    FROM (SELECT c.product_id, p.sku, p.title, c.quantity, p.price, c.price AS added_price, p.stock, p.is_active, p.unit,
        ${taxColumns}, c.added_at
      FROM cart_items c CROSS JOIN products p ON p.tenant_id = c.tenant_id AND p.id = c.product_id
      WHERE c.tenant_id = ${ctx.tenant.id} AND c.cart_id = ${cartIdOf(ctx)}))`;

/** A scalar subquery: what is in the cart, as `cartState` gives it for lines that were read. */
export const cartStateSql = (ctx: BuyerCtx): SQL => sql`
  (SELECT json_group_array(json_array(product_id, quantity) ORDER BY added_at, product_id) FROM cart_items
    WHERE ${isInCart(ctx)})`;

/** What is in a cart, as text that differs if another device has changed it. */
export const cartState = (lines: CartLines): string =>
  JSON.stringify(lines.map(({ product_id, quantity }) => [product_id, quantity]));

const cartRow = z.object({ cart: z.string().transform((text) => cartLines.parse(JSON.parse(text))) });

type CartRow = z.infer<typeof cartRow>;

/** The statement that reads the cart, for a batch; `linesOf` its rows are the lines. */
export const selectCart = (ctx: BuyerCtx): Returning<CartRow> =>
  returning(cartRow, sql`SELECT ${cartJson(ctx)} AS cart`);

export const linesOf = ([row]: CartRow[]): CartLines => row?.cart ?? [];

/** The units of a line's product that can be bought; null if unlimited. */
const stockOf = ({ stock, is_active }: CartLines[number]): number | null => (is_active ? stock : 0);

// Amounts are clamped to what JSON can represent; checkout rejects them.
const clampAmount = (amount: number): number => Math.min(amount, MAX_AMOUNT);

const sumOf = <T>(items: T[], amount: (item: T) => number): number =>
  items.reduce((sum, item) => sum + amount(item), 0);

/** The lines with their amounts at current prices. */
export const pricedLines = (ctx: BuyerCtx, lines: CartLines) =>
  priceLines(
    lines.map((line) => ({ ...line, unit_price: line.price })),
    ctx.tenant.prices_include_tax,
  );

/** The cart as its buyer sees it, which this isolate remembers. */
function shownCart(ctx: BuyerCtx, lines: CartLines): CartBody {
  rememberCart(ctx, lines);
  return cartOf(ctx, lines);
}

function cartOf(ctx: BuyerCtx, lines: CartLines): CartBody {
  const priced = pricedLines(ctx, lines);
  const items = lines.map((line, index) => {
    const stock = stockOf(line);
    const { tax, subtotal } = priced[index] ?? { tax: 0, subtotal: 0 };
    return {
      product_id: line.product_id,
      sku: line.sku,
      title: line.title,
      quantity: fromThousandths(line.quantity),
      unit: line.unit,
      unit_price: line.price,
      price_when_added: line.added_price,
      price_changed: line.price !== line.added_price,
      tax: clampAmount(tax),
      subtotal: clampAmount(subtotal),
      available: (stock === null || stock >= line.quantity) && isWholeEnough(line.unit, line.quantity),
      unavailable: !line.is_active,
      in_stock: stock === null ? null : fromThousandths(stock),
    };
  });
  const sold = items.filter(({ unavailable }) => !unavailable);
  const quantity = sumOf(
    lines.filter(({ is_active }) => is_active),
    (line) => line.quantity,
  );
  return {
    items,
    units: fromThousandths(quantity),
    tax: clampAmount(sumOf(sold, ({ tax }) => tax)),
    total: clampAmount(sumOf(sold, ({ subtotal }) => subtotal)),
    currency: ctx.tenant.currency,
  };
}

/** The cart at current prices. One round trip. */
export async function getCart(ctx: BuyerCtx): Promise<CartBody> {
  const cart = selectCart(ctx);
  const done = await ctx.db.batch([cart]);
  return shownCart(ctx, linesOf(done.of(cart)));
}

// The cart of an account begins with its first line.
const insertAccountCart = ({ now, tenant, actor }: BuyerCtx): SQL[] =>
  actor === null
    ? []
    : [
        sql`INSERT INTO carts (tenant_id, id, created_at) VALUES (${tenant.id}, ${actor.id}, ${now.toISOString()})
          ON CONFLICT DO NOTHING`,
      ];

/** The statements that add a line, or set an existing one to `newQuantity` (SQL in which `excluded` is the added line). */
const upsertLine = (ctx: BuyerCtx, item: z.infer<typeof NewCartItem>, newQuantity: SQL): SQL[] => [
  ...insertAccountCart(ctx),
  ...countLine(ctx, item),
  sql`INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at, cart_day, origin)
    VALUES (${ctx.tenant.id}, ${cartIdOf(ctx)}, ${item.product_id}, ${item.quantity},
      (SELECT price FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${item.product_id} AND is_active = 1),
      ${ctx.now.toISOString()}, ${cartDay(ctx)}, ${item.origin ?? ""})
    ON CONFLICT DO UPDATE SET quantity = ${newQuantity}, price = excluded.price`,
];

/** The problem behind a constraint that `upsertLine` violated, else the error itself. */
function lineProblem(error: unknown, unknownProduct: () => Problem): unknown {
  if (violates(error, "cart_items.price")) return unknownProduct();
  // The guest has signed in meanwhile, which deleted the cart.
  if (violatesForeignKey(error)) return unknownCart();
  if (violates(error, "idempotency_keys.body"))
    return new Problem(
      "too-many-attempts",
      `The cart has had ${KEYS_PER_GUEST} Idempotency-Keys within a day. Send none, set quantities with PUT, or create another cart.`,
      {},
      { "retry-after": "86400" },
    );
  if (violates(error, "cart_full")) return new Problem("cart-full", "Remove a product from the cart first.");
  if (violates(error, "cart_line"))
    return invalid([
      {
        pointer: "#/quantity",
        detail:
          "must be whole for a product that is sold by the piece, and the line at most 10^12 minor units",
      },
    ]);
  if (violates(error, "cart_items_quantity"))
    return new Problem("quantity-too-large", "The line would exceed 999 units. Send a smaller quantity.", {
      errors: [{ pointer: "#/quantity", detail: "the line would exceed 999 units" }],
    });
  return error;
}

// A guest has no account whose requests are limited, and each key is a row for a day.
const KEYS_PER_GUEST = 300;

/**
 * The statements that store the key of an addition. Of its response nothing is stored, because a cart has kilobytes; NULL rejects the
 * key of a guest who has used too many.
 */
function storeKey(ctx: BuyerCtx, request: IdempotentRequest | null): SQL[] {
  if (ctx.actor !== null) return storeResponse(ctx.now, request, "null");
  const keys = sql`SELECT 1 FROM idempotency_keys WHERE tenant_id = ${ctx.tenant.id} AND actor = ${keyOwner(ctx)}
    LIMIT CAST(${KEYS_PER_GUEST} AS INTEGER)`;
  const body = sql`(SELECT iif(count(*) < ${KEYS_PER_GUEST}, 'null', NULL) FROM (${keys}))`;
  return storeResponse(ctx.now, request, body);
}

/**
 * Adds units of a product to the cart. One round trip; a request that is repeated under its key takes two and returns the cart as it is now.
 * @throws Problem unknown-product, cart-full, quantity-too-large, too-many-attempts
 */
export async function addToCart(
  ctx: BuyerCtx,
  item: z.infer<typeof NewCartItem>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: CartBody }> {
  const content = { cart: { ...item, quantity: fromThousandths(item.quantity) } };
  const request = idempotentRequest(ctx.tenant.id, keyOwner(ctx), key, content);
  const added: CartLines[] = [];
  const { replayed } = await runOnce(ctx, request, z.unknown(), async () => {
    const cart = selectCart(ctx);
    try {
      const done = await ctx.db.batch([
        // First, so that a repeated request is known by its key whatever else would reject it.
        ...storeKey(ctx, request),
        ...upsertLine(ctx, item, sql`quantity + excluded.quantity`),
        cart,
      ]);
      added.push(linesOf(done.of(cart)));
    } catch (error) {
      if (violates(error, "idempotency_keys.tenant_id")) {
        const stored = selectStored(request);
        const found = await ctx.db.batch([cart, ...stored]);
        added.push(linesOf(found.of(cart)));
        stopIfStored(found, stored);
      }
      throw lineProblem(
        error,
        () =>
          new Problem("unknown-product", "This shop has no such product.", {
            errors: [{ pointer: "#/product_id", detail: "not a product of this shop, or hidden" }],
          }),
      );
    }
  });
  const [lines] = added;
  return { replayed, value: lines ? shownCart(ctx, lines) : await getCart(ctx) };
}

/** Sets the quantity of a product in the cart. One round trip. @throws Problem not-found, cart-full */
export async function setInCart(ctx: BuyerCtx, product_id: string, quantity: number): Promise<CartBody> {
  const cart = selectCart(ctx);
  try {
    const done = await ctx.db.batch([
      ...upsertLine(ctx, { product_id, quantity }, sql`excluded.quantity`),
      cart,
    ]);
    return shownCart(ctx, linesOf(done.of(cart)));
  } catch (error) {
    throw lineProblem(error, () => notFound("product"));
  }
}

const idRow = z.object({ id: z.string() });

/** Removes a product of the shop from the cart, if it is in it. One round trip. @throws Problem not-found */
export async function removeFromCart(ctx: BuyerCtx, productId: string): Promise<CartBody> {
  const cart = selectCart(ctx);
  const product = returning(
    idRow,
    sql`SELECT id FROM products WHERE tenant_id = ${ctx.tenant.id} AND id = ${productId}`,
  );
  const done = await ctx.db.batch([
    product,
    sql`DELETE FROM cart_items WHERE ${isInCart(ctx)} AND product_id = ${productId}`,
    cart,
  ]);
  if (done.of(product).length === 0) throw notFound("product");
  return shownCart(ctx, linesOf(done.of(cart)));
}

/** The statement that empties the cart. */
export const deleteCartItems = (ctx: BuyerCtx): SQL => sql`DELETE FROM cart_items WHERE ${isInCart(ctx)}`;

/** Empties the cart. One round trip. */
export async function emptyCart(ctx: BuyerCtx): Promise<CartBody> {
  await ctx.db.run(deleteCartItems(ctx));
  return shownCart(ctx, []);
}
