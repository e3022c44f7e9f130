// A counter sale: one read, then one batch that commits the whole sale or nothing. The batch rejects a sale whose products, stock
// or terms have changed since the read, and the sale is priced again.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import { selectApprover, verifyApproval } from "../auth/approvals/approve.ts";
import { customMethodsColumn, isMethod } from "../auth/shops/payment-methods.ts";
import type { ActorCtx } from "../platform/context.ts";
import { dayOf } from "../values/days.ts";
import { returning, type Returning, sqlBoolean, violates } from "../platform/d1.ts";
import { emit } from "../events/outbox.ts";
import { idempotentRequest, runOnce, type IdempotentRequest } from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { type Fault, invalid, Problem } from "../platform/problem.ts";
import { isWholeEnough, itemsInUnits } from "../values/quantities.ts";
import { closeAlerts } from "../shifts/activity/alerts.ts";
import { openShiftId } from "../shifts/record.ts";
import {
  counterChannel,
  violatesShiftPolicy,
  requireShift,
  selectShiftPolicy,
  shiftRequired,
} from "../shifts/desk/shift-policy.ts";
import { assertSameItems, findByClientId, selectByClientId } from "./client-id.ts";
import { type Offered, selectOffered } from "./offer.ts";
import { emitDiscrepancies } from "./oversell.ts";
import { DiscountTooLarge, priceLines } from "./pricing.ts";
import {
  saleJson,
  markDaysDirty,
  returningSale,
  saleOf,
  type SaleBody,
  storeSaleResponse,
} from "./record.ts";
import { requireWithinRules } from "./rules.ts";
import {
  saleStatements,
  assertInStock,
  nextNumber,
  rejectChangedTerms,
  SALE_CONSTRAINTS,
  type SaleLineRow,
  totalInRange,
} from "./sale-statements.ts";
import { type NewSale, Sale } from "./schema.ts";
import { settle, settleBy, singleMethod, type Settlement } from "./settlement.ts";
import { assertSoldRecently, shiftAt } from "./sold-at.ts";

type SaleInput = z.infer<typeof NewSale>;

const MAX_CONFLICT_RETRIES = 20;

const DEFAULT_METHOD = "cash";

/**
 * Sells over the counter; the seller is the actor. Two round trips, unless a concurrent change makes it price the sale again.
 * @throws Problem no-open-shift, unknown-product, unknown-customer, out-of-stock, amount-too-large, payments-mismatch,
 * approval-required, invalid-approval, too-many-attempts, invalid, idempotency-mismatch, conflict
 */
export async function sell(
  ctx: ActorCtx,
  input: SaleInput,
  key: string | undefined,
): Promise<{ replayed: boolean; value: SaleBody }> {
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, contentOf(input));
  let isKnown = false;
  const repeated = (sale: SaleBody): SaleBody => {
    assertSameItems(sale, input.items);
    isKnown = true;
    return sale;
  };
  const { replayed, value } = await runOnce(ctx, request, Sale, async () => {
    for (let attempt = 0; attempt < MAX_CONFLICT_RETRIES; attempt += 1) {
      const offer = await readOffer(ctx, input);
      if (offer.existing) return repeated(offer.existing);
      try {
        return await record(ctx, input, priceSale(ctx, input, offer), request);
      } catch (error) {
        const existing = await findByClientId(ctx, input.client_id, error);
        if (existing) return repeated(existing);
        if (violatesShiftPolicy(error)) throw shiftRequired(input.sold_at);
        rejectChangedTerms(error);
        if (![...SALE_CONSTRAINTS, "sales.status"].some((constraint) => violates(error, constraint)))
          throw error;
      }
    }
    throw new Problem("conflict", "Other sales changed the same products. Send the request again.");
  });
  return { replayed: replayed || isKnown, value };
}

/** What makes two requests the same one. The PIN must not be stored, even as a part of a fingerprint. */
const contentOf = ({ items, payment_method, approval, ...others }: SaleInput): object => ({
  items: itemsInUnits(items),
  payment_method: others.payments ? undefined : (payment_method ?? DEFAULT_METHOD),
  ...others,
  approval: approval?.user_id,
});

const termsRow = z.object({
  max_discount_percent: z.number(),
  allow_price_override: sqlBoolean,
  cash_rounding: z.number(),
  oversell: z.enum(["refuse", "allow"]),
  payment_methods: customMethodsColumn,
});

type Terms = z.infer<typeof termsRow>;

type Offer = {
  existing: SaleBody | null;
  products: Map<string, Offered>;
  terms: Terms;
  approved_by: string | null;
};

const idRow = z.object({ id: z.string() });

const selectCustomer = (ctx: ActorCtx, id: string): Returning<z.infer<typeof idRow>> =>
  returning(
    idRow,
    sql`SELECT id FROM users WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} AND erased_at IS NULL`,
  );

/** Reads what the sale is decided by, and throws the problem that the batch could not name. One round trip. */
async function readOffer(ctx: ActorCtx, input: SaleInput): Promise<Offer> {
  const { approval, client_id, customer_id } = input;
  const shiftPolicy = selectShiftPolicy(ctx, shiftOf(ctx, input));
  const offered = selectOffered(ctx, JSON.stringify(input.items));
  const terms = returning(
    termsRow,
    sql`SELECT max_discount_percent, allow_price_override, cash_rounding, oversell, payment_methods FROM tenants
      WHERE id = ${ctx.tenant.id}`,
  );
  const customer = customer_id === undefined ? null : selectCustomer(ctx, customer_id);
  const existing = client_id === undefined ? null : selectByClientId(ctx, client_id);
  const approver = approval === undefined ? null : selectApprover(ctx, approval.user_id);
  const optional = [customer, existing, approver].filter((statement) => statement !== null);
  const done = await ctx.db.batch([shiftPolicy, offered, terms, ...optional]);
  const products = new Map(done.of(offered).map((product) => [product.id, product]));
  const [shop] = done.of(terms);
  if (!shop) throw new Error("the shop does not exist");
  const [sold] = existing ? done.of(existing) : [];
  if (sold) return { existing: sold.sale, products, terms: shop, approved_by: null };
  assertSoldRecently(ctx, input.sold_at);
  requireShift(done.of(shiftPolicy), input.sold_at);
  if (customer && done.of(customer).length === 0)
    throw new Problem("unknown-customer", "This shop has no such customer.", {
      errors: [{ pointer: "#/customer_id", detail: "not an account of this shop, or erased" }],
    });
  assertOffered(input, products);
  const approved_by =
    approval && approver ? (await verifyApproval(ctx, approval, done.of(approver))).approved_by : null;
  return { existing: null, products, terms: shop, approved_by };
}

function assertOffered({ items }: SaleInput, products: Map<string, Offered>): void {
  const unknown = items.flatMap((item, index) =>
    products.has(item.product_id)
      ? []
      : [{ pointer: `#/items/${index}/product_id`, detail: "not a product of this shop, or hidden" }],
  );
  if (unknown.length > 0)
    throw new Problem("unknown-product", "Some products cannot be sold.", { errors: unknown });
  const divided = items.flatMap(({ product_id, quantity }, index): Fault[] =>
    isWholeEnough(products.get(product_id)?.unit ?? "piece", quantity)
      ? []
      : [{ pointer: `#/items/${index}/quantity`, detail: "must be whole: the product is sold by the piece" }],
  );
  if (divided.length > 0) throw invalid(divided);
}

type PricedSale = Settlement & {
  lines: SaleLineRow[];
  approved_by: string | null;
  oversell: boolean;
};

/** Prices the sale and checks it against the stock and the rules of the shop. */
function priceSale(ctx: ActorCtx, input: SaleInput, { products, terms, approved_by }: Offer): PricedSale {
  const offered = input.items.map((item) => {
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
  const amounts = pricedOrInvalid(() => priceLines(offered, ctx.tenant.prices_include_tax, input.discount));
  const total = totalInRange(amounts);
  const ruled = offered.map((line, index) => ({ ...line, ...amountsAt(amounts, index) }));
  if (approved_by === null) requireWithinRules(ctx, ruled, terms, input.discount !== undefined);
  const oversell = input.offline === true || terms.oversell === "allow";
  if (!oversell) assertInStock(offered);
  const lines = ruled.map((line, index) => ({
    line_no: index + 1,
    move_id: newId(),
    product_id: line.product_id,
    quantity: line.quantity,
    unit: line.unit,
    list_price: line.list_price,
    unit_price: line.unit_price,
    discount: line.discount,
    discount_reason: input.items[index]?.discount?.reason ?? null,
    tax_rate_id: line.tax_rate_id,
    tax_rate: line.tax_rate,
    tax: line.tax,
    subtotal: line.subtotal,
  }));
  return { ...settleSale(input, total, terms), lines, approved_by, oversell };
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
  const { payments, payment_method: method = DEFAULT_METHOD } = input;
  const { payment_methods: custom, cash_rounding: coin } = terms;
  const errors = (payments ?? []).flatMap((payment, index): Fault[] =>
    isMethod(payment.method, custom)
      ? []
      : [{ pointer: `#/payments/${index}/method`, detail: "not a payment method of this shop" }],
  );
  if (!payments && !isMethod(method, custom))
    errors.push({ pointer: "#/payment_method", detail: "not a payment method of this shop" });
  if (errors.length > 0) throw invalid(errors);
  return payments ? settle(payments, total, coin) : settleBy(method, total, coin);
}

/** A scalar query: the id of the seller's shift at the time of the sale, or NULL. */
const shiftOf = (ctx: ActorCtx, { sold_at }: SaleInput): SQL =>
  sold_at === undefined ? openShiftId(ctx.tenant.id, ctx.actor.id) : shiftAt(ctx, sold_at);

/** A scalar query for `sales.status`: 'completed', or NULL where the customer is no account of the shop or was erased. */
const statusFor = (ctx: ActorCtx, customerId: string | undefined): SQL =>
  customerId === undefined
    ? sql`'completed'`
    : sql`(SELECT 'completed' FROM users
        WHERE tenant_id = ${ctx.tenant.id} AND id = ${customerId} AND erased_at IS NULL)`;

const auditApproval = (ctx: ActorCtx, id: string, lines: SaleLineRow[], approvedBy: string): SQL =>
  audit(ctx, "sale.approved", id, {
    after: sql`${JSON.stringify({
      approved_by: approvedBy,
      discount: lines.reduce((sum, { discount }) => sum + discount, 0),
      prices: lines
        .filter((line) => line.unit_price !== line.list_price)
        .map(({ product_id, list_price, unit_price }) => ({ product_id, list_price, unit_price })),
    })}`,
  });

async function record(
  ctx: ActorCtx,
  input: SaleInput,
  { lines, payments, rounding, approved_by, oversell }: PricedSale,
  request: IdempotentRequest | null,
): Promise<SaleBody> {
  const id = newId();
  const eventId = newId();
  const tenantId = ctx.tenant.id;
  const shiftId = shiftOf(ctx, input);
  const openShift = openShiftId(tenantId, ctx.actor.id);
  const placedAt = input.sold_at === undefined ? ctx.now : new Date(input.sold_at);
  const completed = returningSale(emit(ctx, tenantId, eventId, "sale.completed", saleJson(ctx, id)));
  const done = await ctx.db.batch([
    ...saleStatements(
      ctx,
      lines,
      payments,
      {
        id,
        channel: counterChannel(ctx, shiftId),
        status: statusFor(ctx, input.customer_id),
        seller_id: ctx.actor.id,
        shift_id: shiftId,
        late_shift_id:
          input.sold_at === undefined
            ? sql`NULL`
            : sql`(SELECT iif(h.status = 'CLOSED', coalesce(${openShift}, h.id), NULL) FROM shifts h
                WHERE h.tenant_id = ${tenantId} AND h.id = ${shiftId})`,
        customer_id: input.customer_id ?? null,
        country: input.country ?? null,
        payment_method: singleMethod(payments),
        discount_reason: input.discount?.reason ?? null,
        rounding,
        approved_by,
        client_id: input.client_id ?? null,
        is_offline: input.offline === true,
        placed_at: placedAt,
        number: nextNumber(tenantId, "C"),
        online: null,
      },
      oversell,
    ),
    ...(approved_by === null ? [] : [auditApproval(ctx, id, lines, approved_by)]),
    ...(oversell ? [emitDiscrepancies(ctx, id, lines)] : []),
    // A sale of earlier is no sign that its seller is active now.
    ...(input.sold_at === undefined ? [closeAlerts(tenantId, openShift, ctx.now.toISOString(), "idle")] : []),
    ...markDaysDirty(tenantId, sql`${JSON.stringify([dayOf(placedAt, ctx.tenant.timezone)])}`),
    completed,
    ...storeSaleResponse(ctx, request, eventId),
  ]);
  return saleOf(done, completed);
}
