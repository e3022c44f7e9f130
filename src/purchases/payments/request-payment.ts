// The payment of a purchase at its provider. The sale is committed as pending before the provider is called: a failed call is
// repeated by a replay of the checkout or by GET /purchases/{id}, for the same payment.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { logFailure } from "../../platform/log.ts";
import type { SaleBody } from "../../sales/record.ts";
import type { CreatedPayment, PaymentRequest, ProviderName } from "./provider.ts";
import { providerNamed } from "./providers.ts";
import type { Purchase } from "../schema.ts";

type PurchaseBody = z.infer<typeof Purchase>;

const paymentStatus = {
  pending: "pending",
  completed: "paid",
  cancelled: "cancelled",
  refunded: "refunded",
} as const;

const isRefunded = ({ status, items }: SaleBody): boolean =>
  status === "completed" && items.every(({ refunded, quantity }) => refunded >= quantity);

const noPayment: CreatedPayment = { client_secret: null, url: null, error: null };

/** Which request for payment is the current one of a sale; that of a new sale is `firstPayment`. */
export const paymentTerms = z.object({ payment_no: z.number(), link_expires_at: z.string().nullable() });

export type PaymentTerms = z.infer<typeof paymentTerms>;

export const firstPayment: PaymentTerms = { payment_no: 0, link_expires_at: null };

/** The columns of `PaymentTerms` and, joined to the sale `s`, the row they are in. */
export const termsColumns = sql.raw("coalesce(d.payment_no, 0) AS payment_no, d.link_expires_at");
export const joinDetails = sql.raw(
  "LEFT JOIN order_details d ON d.tenant_id = s.tenant_id AND d.sale_id = s.id",
);

/** The sale as its buyer sees it. */
export function purchaseOf(sale: SaleBody, payment: CreatedPayment = noPayment): PurchaseBody {
  const status = isRefunded(sale) ? "refunded" : sale.status;
  const provider = sale.payment_provider ?? "manual";
  return { ...sale, status, payment: { provider, status: paymentStatus[status], ...payment } };
}

type PayableSale = Pick<SaleBody, "id" | "number" | "total">;

const requestOf = (
  ctx: Ctx,
  { id, number, total }: PayableSale,
  { payment_no, link_expires_at }: PaymentTerms,
): PaymentRequest => ({
  tenantId: ctx.tenant.id,
  saleId: id,
  number,
  total,
  currency: ctx.tenant.currency,
  payment_no,
  link_expires_at,
});

const isExpired = (ctx: Ctx, { link_expires_at: at }: PaymentTerms): boolean =>
  at !== null && at <= ctx.now.toISOString();

/** Creates the payment of a pending sale at its provider; if that fails, or its link has expired, there is no way to pay for now. */
export async function requestPayment(ctx: Ctx, sale: SaleBody, terms: PaymentTerms): Promise<PurchaseBody> {
  const { status, payment_provider: name, hold_expires_at: expiresAt } = sale;
  if (status !== "pending" || name === null || name === "manual") return purchaseOf(sale);
  if ((expiresAt ?? "") <= ctx.now.toISOString()) return purchaseOf(sale);
  if (isExpired(ctx, terms)) return purchaseOf(sale);
  try {
    return purchaseOf(sale, await providerNamed(name).createPayment(ctx.env, requestOf(ctx, sale, terms)));
  } catch (error) {
    logFailure(`payment by ${name}`, error);
    return purchaseOf(sale);
  }
}

/**
 * Cancels a request for the payment of a sale that is no longer pending or has another total now, after the response. If the buyer
 * pays nevertheless, the payment is refunded.
 */
export function cancelPaymentRequest(
  ctx: Ctx,
  sale: PayableSale & { payment_provider: ProviderName | null },
  terms: PaymentTerms,
): void {
  const name = sale.payment_provider;
  if (name === null || isExpired(ctx, terms)) return;
  ctx.waitUntil(
    providerNamed(name)
      .cancelPayment(ctx.env, requestOf(ctx, sale, terms))
      .catch((error: unknown) => logFailure(`cancellation by ${name}`, error)),
  );
}
