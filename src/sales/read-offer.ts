// What a counter sale is decided by, in one read, with the problems that its batch could not name.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { type ApproverRow, selectApprover } from "../auth/approvals/approve.ts";
import { customMethodsColumn } from "../auth/shops/payment-methods.ts";
import { buyerOf } from "../customers/customers.ts";
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

/** A scalar query: the id of the seller's shift at the time of the sale, or NULL. */
export const shiftOf = (ctx: ActorCtx, { sold_at }: SaleInput): SQL =>
  sold_at === undefined ? openShiftId(ctx.tenant.id, ctx.actor.id) : shiftAt(ctx, sold_at);

const termsRow = z.object({
  max_discount_percent: z.number(),
  allow_price_override: sqlBoolean,
  cash_rounding: z.number(),
  oversell: z.enum(["refuse", "allow"]),
  payment_methods: customMethodsColumn,
});

export type Terms = z.infer<typeof termsRow>;

/** Reads the rules of the shop for what staff sell. */
export const selectTerms = (ctx: Ctx): Returning<Terms> =>
  returning(
    termsRow,
    sql`SELECT max_discount_percent, allow_price_override, cash_rounding, oversell, payment_methods FROM tenants
      WHERE id = ${ctx.tenant.id}`,
  );

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

/** Reads what the sale is decided by, and throws the problem that the batch could not name. One round trip. */
export async function readOffer(ctx: ActorCtx, input: SaleInput): Promise<Offer> {
  const { approval, client_id, customer_id } = input;
  const shiftPolicy = selectShiftPolicy(ctx, shiftOf(ctx, input));
  const offered = selectOffered(ctx, JSON.stringify(input.items), input.offline === true);
  const terms = selectTerms(ctx);
  const customer = customer_id === undefined ? null : selectCustomer(ctx, customer_id);
  const existing = client_id === undefined ? null : selectByClientId(ctx, client_id);
  const approver = approval === undefined ? null : selectApprover(ctx, approval.user_id);
  const optional = [customer, existing, approver].filter((statement) => statement !== null);
  const done = await ctx.db.batch([shiftPolicy, offered, terms, ...optional]);
  const products = new Map(done.of(offered).map((product) => [product.id, product]));
  const [shop] = done.of(terms);
  if (!shop) throw new Error("the shop does not exist");
  const [sold] = existing ? done.of(existing) : [];
  if (sold) return { existing: sold.sale, products, terms: shop, approver: [] };
  assertSoldRecently(ctx, input.sold_at);
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
