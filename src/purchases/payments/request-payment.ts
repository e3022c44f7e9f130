// The payment of a purchase at its provider. The sale is committed as pending before the provider is called: a failed call is
// repeated by a replay of the checkout or by GET /purchases/{id}, for the same payment.
import type { z } from "zod";
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

const noPayment: CreatedPayment = { client_secret: null, error: null };

/** The sale as its buyer sees it. */
export function purchaseOf(sale: SaleBody, payment: CreatedPayment = noPayment): PurchaseBody {
  const status = isRefunded(sale) ? "refunded" : sale.status;
  const provider = sale.payment_provider ?? "manual";
  return { ...sale, status, payment: { provider, status: paymentStatus[status], ...payment } };
}

type PayableSale = Pick<SaleBody, "id" | "number" | "total">;

const requestOf = (ctx: Ctx, { id, number, total }: PayableSale): PaymentRequest => ({
  tenantId: ctx.tenant.id,
  saleId: id,
  number,
  total,
  currency: ctx.tenant.currency,
});

/** Creates the payment of a pending sale at its provider; if that fails, the client secret is null for now. */
export async function requestPayment(ctx: Ctx, sale: SaleBody): Promise<PurchaseBody> {
  const { status, payment_provider: name, hold_expires_at: expiresAt } = sale;
  if (status !== "pending" || name === null || (expiresAt ?? "") <= ctx.now.toISOString())
    return purchaseOf(sale);
  try {
    return purchaseOf(sale, await providerNamed(name).createPayment(ctx.env, requestOf(ctx, sale)));
  } catch (error) {
    logFailure(`payment by ${name}`, error);
    return purchaseOf(sale);
  }
}

/**
 * Cancels the payment of a sale that is no longer pending, after the response. If the buyer pays nevertheless, the late
 * payment is refunded.
 */
export function cancelPaymentRequest(
  ctx: Ctx,
  sale: PayableSale & { payment_provider: ProviderName | null },
): void {
  const name = sale.payment_provider;
  if (name === null) return;
  ctx.waitUntil(
    providerNamed(name)
      .cancelPayment(ctx.env, requestOf(ctx, sale))
      .catch((error: unknown) => logFailure(`cancellation by ${name}`, error)),
  );
}
