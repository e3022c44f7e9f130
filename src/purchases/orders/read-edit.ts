// What the edit of an order is decided by, in one read.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { selectApprover } from "../../auth/approvals/approve.ts";
import { acceptedVersions, preconditionFailed } from "../../auth/shops/if-match.ts";
import type { ActorCtx } from "../../platform/context.ts";
import { returning, sqlBoolean } from "../../platform/d1.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { selectOffered } from "../../sales/offer.ts";
import { selectTerms } from "../../sales/read-offer.ts";
import { joinDetails, paymentTerms, termsColumns } from "../payments/request-payment.ts";
import { isOrder } from "./order.ts";
import { Order, type OrderPatch } from "./schema.ts";
import { discountsColumn } from "./terms.ts";

const orderLine = z.object({
  line_no: z.number(),
  product_id: z.string(),
  sku: z.string(),
  description: z.string(),
  quantity: z.number(),
  unit: z.string(),
  list_price: z.number(),
  unit_price: z.number(),
  discount: z.number(),
  tax_rate_id: z.string().nullable(),
  tax_rate: z.number().nullable(),
  net: z.number(),
  subtotal: z.number(),
  cost: z.number().nullable(),
});

/** A line of an order as it is: quantity in thousandths, amounts in minor units. */
export type OrderLine = z.infer<typeof orderLine>;

const linesJson = sql.raw(
  `(SELECT json_group_array(json_object(${Object.keys(orderLine.shape)
    .map((name) => `'${name}', l.${name}`)
    .join(
      ", ",
    )}) ORDER BY l.line_no) FROM sale_lines l WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id)`,
);

const stateRow = paymentTerms.extend({
  status: z.enum(["pending", "completed", "cancelled"]),
  version: z.number(),
  number: z.string().nullable(),
  total: z.number(),
  discount: z.number(),
  approved_by: z.string().nullable(),
  payment_provider: z.enum(["manual", "stripe"]).nullable(),
  note: z.string().nullable(),
  payment_terms: Order.shape.payment_terms,
  discounts: discountsColumn,
  // Whether the shop requires If-Match for every change.
  requires_if_match: sqlBoolean,
  lines: z.string().transform((text) => z.array(orderLine).parse(JSON.parse(text))),
});

/** An order as it is before an edit. */
export type OrderState = z.infer<typeof stateRow>;

const productRow = z.object({
  id: z.string(),
  stock: z.number().nullable(),
  unit: z.string(),
  // Whether stock was taken for the order under the id of the sale.
  is_moved: sqlBoolean,
});

/** A product of an order before or after the edit. */
export type EditedProduct = z.infer<typeof productRow>;

export const stateColumns = sql`s.status, s.version, 'A-' || s.number AS number, s.total, s.discount, s.approved_by,
  s.payment_provider, d.note, d.payment AS payment_terms, d.discounts, ${linesJson} AS lines,
  (SELECT t.require_if_match FROM tenants t WHERE t.id = s.tenant_id) AS requires_if_match, ${termsColumns}`;

/** Reads the state of an order, for a batch. */
export const selectState = (ctx: ActorCtx, id: string) =>
  returning(stateRow, sql`SELECT ${stateColumns} FROM sales s ${joinDetails} WHERE ${isOrder(ctx, id)}`);

/** Reads what the edit is decided by. One round trip. @throws Problem not-found */
export async function readEdit(ctx: ActorCtx, id: string, patch: z.infer<typeof OrderPatch>) {
  const tenantId = ctx.tenant.id;
  const items = JSON.stringify(patch.items ?? []);
  const state = selectState(ctx, id);
  const products = returning(
    productRow,
    sql`SELECT p.id, p.stock, p.unit, EXISTS (SELECT 1 FROM stock_moves m
          WHERE m.tenant_id = p.tenant_id AND m.product_id = p.id AND m.id = ${id}) AS is_moved
      FROM (SELECT product_id AS id FROM sale_lines WHERE tenant_id = ${tenantId} AND sale_id = ${id}
        UNION SELECT value ->> 'product_id' FROM json_each(${items})) ids
      CROSS JOIN products p ON p.tenant_id = ${tenantId} AND p.id = ids.id`,
  );
  const offered = selectOffered(ctx, items, false);
  const terms = selectTerms(ctx);
  const approver = patch.approval ? selectApprover(ctx, patch.approval.user_id) : null;
  const done = await ctx.db.batch([state, products, offered, terms, ...(approver ? [approver] : [])]);
  const [order] = done.of(state);
  const [shop] = done.of(terms);
  if (!order) throw notFound("order");
  if (!shop) throw new Error("the shop does not exist");
  return {
    order,
    products: done.of(products),
    offered: new Map(done.of(offered).map((product) => [product.id, product])),
    terms: shop,
    approver: approver ? done.of(approver) : [],
  };
}

/** Checks If-Match against the version of an order. @throws Problem precondition-required, precondition-failed */
export function assertVersion(ifMatch: string | undefined, order: OrderState, isRequired: boolean): void {
  if (ifMatch === undefined && (isRequired || order.requires_if_match))
    throw new Problem(
      "precondition-required",
      "Send If-Match with the ETag of the order. It is required to edit lines, and for every change in some shops.",
    );
  const versions = acceptedVersions(ifMatch);
  if (versions !== null && !versions.includes(order.version)) throw preconditionFailed("order", order);
}
