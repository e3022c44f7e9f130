// Staff change an order: its lines while it is pending, its address and note until it is cancelled. Lines are priced by a read, then one
// batch changes everything or, if the order is not as it was read, nothing; what needs no price is changed without a read. The stock follows by the difference; a new total makes the
// earlier request for payment void, and what is paid by it nevertheless is due for a refund.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { audit } from "../../audit/log.ts";
import { verifyApproval } from "../../auth/approvals/approve.ts";
import { decrementStock, recordSaleMoves } from "../../catalog/stock/stock.ts";
import { emit } from "../../events/outbox.ts";
import { versionCondition } from "../../auth/shops/if-match.ts";
import { attempt } from "../../platform/attempt.ts";
import type { ActorCtx } from "../../platform/context.ts";
import { requireThat, violates } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { priceForStaff } from "../../sales/price-sale.ts";
import { includedTax } from "../../sales/pricing.ts";
import { saleJson } from "../../sales/record.ts";
import {
  insertLines,
  kindInTerms,
  rejectChangedTerms,
  SALE_CONSTRAINTS,
  type SaleLineRow,
} from "../../sales/sale-statements.ts";
import { auditApproval } from "../../sales/sell.ts";
import { countryName } from "../../values/countries.ts";
import { newId } from "../../values/ids.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { cancelPaymentRequest } from "../payments/request-payment.ts";
import { hasChanged } from "../payments/status.ts";
import { editedLines, type EditMove, editMoves, itemsOf } from "./edited-lines.ts";
import { isOrder, type OrderBody, orderIn, orderOf, type OrderRow, selectOrder } from "./order.ts";
import { assertVersion, type OrderState, readEdit } from "./read-edit.ts";
import type { OrderPatch } from "./schema.ts";
import {
  type AgreedDiscounts,
  agreedDiscounts,
  checkedHold,
  isPayable,
  linkExpiry,
  storeDetails,
  storeNote,
} from "./terms.ts";

type Patch = z.infer<typeof OrderPatch>;

const MAX_CONFLICT_RETRIES = 20;

const editsLines = ({ items, discount }: Patch): boolean => items !== undefined || discount !== undefined;

/**
 * Changes an order. Its items, discount and hold only while it is pending, and the lines only at a version that `ifMatch` accepts.
 * One round trip; two for lines, an approval or to say why not, unless a concurrent change makes it price the order again.
 * @throws Problem not-found, precondition-required, precondition-failed, not-changeable, unknown-product, out-of-stock,
 * amount-too-large, approval-required, invalid-approval, too-many-attempts, invalid, conflict
 */
export async function changeOrder(
  ctx: ActorCtx,
  id: string,
  patch: Patch,
  ifMatch: string | undefined,
): Promise<OrderBody> {
  const needsRead = editsLines(patch) || patch.approval !== undefined;
  const changed = needsRead ? null : await attempt(ctx, () => recordUnread(ctx, id, patch, ifMatch));
  if (changed) return orderOf(ctx, changed);
  let approvedBy: string | null = null;
  for (let tried = 0; tried < MAX_CONFLICT_RETRIES; tried += 1) {
    const read = await readEdit(ctx, id, patch);
    assertVersion(ifMatch, read.order, editsLines(patch));
    assertChangeable(read.order, patch);
    if (patch.approval) approvedBy ??= await verifyApproval(ctx, patch.approval, read.approver);
    const edit = editsLines(patch) ? editOf(ctx, id, patch, read, approvedBy) : null;
    try {
      return await record(ctx, id, patch, read.order, edit);
    } catch (error) {
      rejectChangedTerms(error);
      if (!hasChanged(error) && !SALE_CONSTRAINTS.some((constraint) => violates(error, constraint)))
        throw error;
    }
  }
  throw new Problem("conflict", "Others are changing this order or its products. Send the request again.");
}

const needsPending = (patch: Patch): boolean => editsLines(patch) || patch.hold_until !== undefined;

/** Changes the address, note or hold of an order in a batch that is rejected (`changeable`) where that is not allowed. */
async function recordUnread(
  ctx: ActorCtx,
  id: string,
  patch: Patch,
  ifMatch: string | undefined,
): Promise<OrderRow> {
  const status = needsPending(patch) ? sql`s.status = 'pending'` : sql`s.status <> 'cancelled'`;
  const isChangeable = sql`EXISTS (SELECT 1 FROM sales s
    WHERE ${isOrder(ctx, id)} AND ${status} AND ${versionCondition(ctx, ifMatch)})`;
  const order = selectOrder(ctx, id);
  const done = await ctx.db.batch([
    requireThat("changeable", isChangeable),
    sql`UPDATE sales SET version = version + 1 ${addressColumns(patch)} ${holdColumn(ctx, patch)}
      WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`,
    ...(patch.note === undefined ? [] : [storeNote(ctx, id, patch.note)]),
    auditChange(ctx, id, patch, null),
    emit(ctx, ctx.tenant.id, newId(), "purchase.changed", saleJson(ctx, id)),
    order,
  ]);
  return orderIn(done.of(order));
}

function assertChangeable({ status }: OrderState, patch: Patch): void {
  if (needsPending(patch) && status !== "pending")
    throw new Problem(
      "not-changeable",
      `The order is ${status}: its items, discount and hold cannot be changed. If it was paid, refund it.`,
    );
  if (status === "cancelled") throw new Problem("not-changeable", "The order is cancelled.");
}

type Edit = {
  lines: SaleLineRow[];
  total: number;
  moves: EditMove[];
  discounts: AgreedDiscounts;
  approvedBy: string | null;
};

/** The lines as edited, their total and the moves of stock. */
function editOf(
  ctx: ActorCtx,
  id: string,
  patch: Patch,
  { order, products, offered, terms }: Awaited<ReturnType<typeof readEdit>>,
  approvedBy: string | null,
): Edit {
  if (includedTax(order.lines) !== ctx.tenant.prices_include_tax && order.lines.some(isTaxed))
    throw new Problem(
      "conflict",
      "The shop has changed whether its prices include tax. Cancel the order and take it again.",
    );
  const items = patch.items ?? itemsOf(order.lines);
  const edited = editedLines(items, order.lines, order.discounts, offered);
  const discount = patch.discount === undefined ? order.discounts.order : (patch.discount ?? undefined);
  const { lines, total } = priceForStaff(ctx, edited, discount, terms, approvedBy);
  return {
    lines,
    total,
    moves: editMoves(id, order.lines, edited, products),
    discounts: agreedDiscounts(edited, discount),
    approvedBy,
  };
}

const isTaxed = ({ net, subtotal }: { net: number; subtotal: number }): boolean => net !== subtotal;

const sumOf = (lines: SaleLineRow[], field: "tax" | "discount" | "quantity"): number =>
  lines.reduce((sum, line) => sum + line[field], 0);

const integer = (value: number): SQL => sql`CAST(${value} AS INTEGER)`;

/** The columns that an edit of the lines sets. */
function lineColumns(ctx: ActorCtx, order: OrderState, edit: Edit): SQL {
  const provider = order.payment_provider ?? "manual";
  return sql`, kind = ${kindInTerms(ctx)}, total = ${integer(edit.total)}, tax = ${integer(sumOf(edit.lines, "tax"))},
    discount = ${integer(sumOf(edit.lines, "discount"))}, discount_reason = ${edit.discounts.order?.reason ?? null},
    units = ${integer(sumOf(edit.lines, "quantity"))}, lines = ${integer(edit.lines.length)}, approved_by = ${edit.approvedBy},
    payment_provider = ${isPayable(ctx, provider, edit.total) ? provider : "manual"}`;
}

/** The figures of the day of a paid order are by the country that it was sold to, whatever becomes of the address. */
function addressColumns({ shipping_address: address }: Patch): SQL {
  if (address === undefined) return sql``;
  if (address === null) return sql`, shipping_address = NULL`;
  const country = countryName(address.country);
  return sql`, shipping_address = ${JSON.stringify(address)}, country = iif(status = 'pending', ${country}, country)`;
}

/** @throws Problem invalid */
const holdColumn = (ctx: ActorCtx, { hold_until }: Patch): SQL =>
  hold_until === undefined ? sql`` : sql`, hold_expires_at = ${checkedHold(ctx, hold_until)}`;

/** What the audit log has of lines. Addresses and notes are personal data, of which it has only the names. */
const summary = (
  total: number,
  lines: { product_id: string; quantity: number; unit_price: number; subtotal: number }[],
): object => ({
  total,
  items: lines.map(({ product_id, quantity, unit_price, subtotal }) => ({
    product_id,
    quantity: fromThousandths(quantity),
    unit_price,
    subtotal,
  })),
});

function auditChange(
  ctx: ActorCtx,
  id: string,
  patch: Patch,
  lines: { before: OrderState; edit: Edit } | null,
): SQL {
  const fields = Object.keys(patch).filter((name) => name !== "approval");
  return audit(ctx, "purchase.changed", id, {
    before: lines ? sql`${JSON.stringify(summary(lines.before.total, lines.before.lines))}` : sql`NULL`,
    after: sql`${JSON.stringify({ fields, ...(lines ? summary(lines.edit.total, lines.edit.lines) : {}) })}`,
  });
}

async function record(
  ctx: ActorCtx,
  id: string,
  patch: Patch,
  before: OrderState,
  edit: Edit | null,
): Promise<OrderBody> {
  const tenantId = ctx.tenant.id;
  const hasNewTotal = edit !== null && edit.total !== before.total;
  const isLinked =
    before.link_expires_at !== null &&
    isPayable(ctx, before.payment_provider ?? "manual", edit?.total ?? before.total);
  const { payment_no: no, link_expires_at: expiresAt } = before;
  const terms = hasNewTotal
    ? { payment_no: no + 1, link_expires_at: isLinked ? linkExpiry(ctx) : null }
    : { payment_no: no, link_expires_at: expiresAt };
  const order = selectOrder(ctx, id);
  const done = await ctx.db.batch([
    // Whatever changes the status increments the version.
    sql`UPDATE sales SET version = version + 1,
        status = CASE WHEN version = ${before.version} THEN status END
        ${edit ? lineColumns(ctx, before, edit) : sql``} ${addressColumns(patch)} ${holdColumn(ctx, patch)}
      WHERE tenant_id = ${tenantId} AND id = ${id}`,
    ...(edit ? lineStatements(ctx, id, edit) : []),
    storeDetails(ctx, id, {
      ...terms,
      note: patch.note === undefined ? before.note : patch.note,
      payment: before.payment_terms,
      discounts: edit ? edit.discounts : before.discounts,
    }),
    auditChange(ctx, id, patch, edit && { before, edit }),
    ...(edit?.approvedBy ? [auditApproval(ctx, id, edit.lines, edit.approvedBy)] : []),
    emit(ctx, tenantId, newId(), "purchase.changed", saleJson(ctx, id)),
    order,
  ]);
  if (hasNewTotal) cancelPaymentRequest(ctx, { id, ...before }, before);
  return orderOf(ctx, orderIn(done.of(order)));
}

/** The statements that replace the lines of an order and move the stock. */
function lineStatements(ctx: ActorCtx, id: string, { lines, moves }: Edit): SQL[] {
  const tenantId = ctx.tenant.id;
  const moved = JSON.stringify(moves);
  return [
    sql`DELETE FROM sale_lines WHERE tenant_id = ${tenantId} AND sale_id = ${id}`,
    ...insertLines(tenantId, id, JSON.stringify(lines), false),
    ...(moves.length === 0 ? [] : [decrementStock(ctx, moved), recordSaleMoves(ctx, moved, "sale", id)]),
  ];
}
