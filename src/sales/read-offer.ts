// What a counter sale is decided by, in one read, with the problems that its batch could not name.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { type ApproverRow, selectApprover } from "../auth/approvals/approve.ts";
import { customMethodsColumn } from "../auth/shops/payment-methods.ts";
import { buyerOf } from "../customers/customers.ts";
import { type IdempotentRequest, selectStored, stopIfStored } from "../idempotency/run-once.ts";
import type { ActorCtx, Ctx } from "../platform/context.ts";
import { returning, type Returning, sqlBoolean } from "../platform/d1.ts";
import { type Fault, invalid, Problem } from "../platform/problem.ts";
import { openShiftId } from "../shifts/record.ts";
import { requireShift, selectShiftPolicy } from "../shifts/desk/shift-policy.ts";
import { isWholeEnough } from "../values/quantities.ts";
import { selectByClientId } from "./client-id.ts";
import { type Offered, selectOffered } from "./offer.ts";
import type { SaleBody } from "./record.ts";
import type { NewSale } from "./schema.ts";
import { assertSoldRecently, shiftAt } from "./sold-at.ts";

export type SaleInput = z.infer<typeof NewSale>;

/** Who sells: the signed-in user, or whom an API key names; null for a key that names nobody. */
export const sellerOf = ({ actor }: ActorCtx, { seller_id }: SaleInput): string | null =>
  actor.kind === "key" ? (seller_id ?? null) : actor.id;

/** A scalar query: the id of the seller's shift at the time of the sale, or NULL. */
export function shiftOf(ctx: ActorCtx, input: SaleInput): SQL {
  const sellerId = sellerOf(ctx, input);
  return input.sold_at === undefined
    ? openShiftId(ctx.tenant.id, sellerId)
    : shiftAt(ctx, sellerId, input.sold_at);
}

const termsRow = z.object({
  max_discount_percent: z.number(),
  allow_price_override: sqlBoolean,
  cash_rounding: z.number(),
  oversell: z.enum(["refuse", "allow"]),
  payment_methods: customMethodsColumn,
  // All of these as text, by which the batch of a sale sees that one has changed.
  state: z.string(),
});

const termsState = sql.raw(
  "json_array(max_discount_percent, allow_price_override, cash_rounding, oversell, payment_methods)",
);

export type Terms = z.infer<typeof termsRow>;

/** Reads the rules of the shop for what staff sell. */
export const selectTerms = (ctx: Ctx): Returning<Terms> =>
  returning(
    termsRow,
    sql`SELECT max_discount_percent, allow_price_override, cash_rounding, oversell, payment_methods,
        ${termsState} AS state
      FROM tenants WHERE id = ${ctx.tenant.id}`,
  );

/** The condition that the shop has these terms. */
export const hasTerms = (ctx: Ctx, { state }: Terms): SQL =>
  sql`(SELECT ${termsState} FROM tenants WHERE id = ${ctx.tenant.id}) = ${state}`;

/** What a sale is decided by. `existing` is the sale that was already made under the same client id. */
export type Offer = {
  existing: SaleBody | null;
  products: Map<string, Offered>;
  terms: Terms;
  approver: ApproverRow[];
};

const idRow = z.object({ id: z.string() });

const selectCustomer = (ctx: ActorCtx, id: string): Returning<z.infer<typeof idRow>> =>
  returning(
    idRow,
    sql`SELECT id FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${buyerOf(ctx.tenant.id, id)}
      AND erased_at IS NULL`,
  );

const selectSeller = (ctx: ActorCtx, id: string): Returning<z.infer<typeof idRow>> =>
  returning(
    idRow,
    sql`SELECT id FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} AND is_active = 1
      AND role IN ('ADMIN', 'EMPLOYEE')`,
  );

/** Reads what the sale is decided by, and throws the problem that its batch does not name. One round trip. */
export async function readOffer(
  ctx: ActorCtx,
  input: SaleInput,
  request: IdempotentRequest | null,
): Promise<Offer> {
  const { approval, client_id, customer_id, seller_id } = input;
  if (seller_id !== undefined && seller_id !== sellerOf(ctx, input))
    throw new Problem("forbidden", "Only an API key names a seller; that of a person is the person.");
  const shiftPolicy = selectShiftPolicy(ctx, sellerOf(ctx, input), shiftOf(ctx, input));
  const offered = selectOffered(ctx, JSON.stringify(input.items), input.offline === true);
  const terms = selectTerms(ctx);
  const customer = customer_id === undefined ? null : selectCustomer(ctx, customer_id);
  const existing = client_id === undefined ? null : selectByClientId(ctx, client_id);
  const approver = approval === undefined ? null : selectApprover(ctx, approval.user_id);
  const seller = seller_id === undefined ? null : selectSeller(ctx, seller_id);
  const optional = [customer, existing, approver, seller].filter((statement) => statement !== null);
  const stored = selectStored(request);
  const done = await ctx.db.batch([shiftPolicy, offered, terms, ...optional, ...stored]);
  stopIfStored(done, stored);
  const products = new Map(done.of(offered).map((product) => [product.id, product]));
  const [shop] = done.of(terms);
  if (!shop) throw new Error("the shop does not exist");
  const [sold] = existing ? done.of(existing) : [];
  if (sold) return { existing: sold.sale, products, terms: shop, approver: [] };
  assertSoldRecently(ctx, input.sold_at);
  if (seller && done.of(seller).length === 0)
    throw invalid([{ pointer: "#/seller_id", detail: "not an active ADMIN or EMPLOYEE of this shop" }]);
  requireShift(done.of(shiftPolicy), input.sold_at);
  if (customer && done.of(customer).length === 0)
    throw new Problem("unknown-customer", "This shop has no such customer.", {
      errors: [{ pointer: "#/customer_id", detail: "not a customer of this shop, or erased" }],
    });
  assertOffered(input.items, products);
  return { existing: null, products, terms: shop, approver: approver ? done.of(approver) : [] };
}

type OfferedItem = { product_id: string; quantity: number };

/**
 * Checks that the products of the items are offered, in this quantity; `isChecked` leaves out items.
 * @throws Problem unknown-product, invalid
 */
export function assertOffered(
  items: OfferedItem[],
  products: Map<string, Offered>,
  isChecked: (index: number) => boolean = () => true,
): void {
  const unknown = items.flatMap((item, index) =>
    products.has(item.product_id) || !isChecked(index)
      ? []
      : [{ pointer: `#/items/${index}/product_id`, detail: "not a product of this shop, or hidden" }],
  );
  if (unknown.length > 0)
    throw new Problem("unknown-product", "Some products cannot be sold.", { errors: unknown });
  const divided = items.flatMap(({ product_id, quantity }, index): Fault[] =>
    isWholeEnough(products.get(product_id)?.unit ?? "piece", quantity) || !isChecked(index)
      ? []
      : [{ pointer: `#/items/${index}/quantity`, detail: "must be whole: the product is sold by the piece" }],
  );
  if (divided.length > 0) throw invalid(divided);
}
