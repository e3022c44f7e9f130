// A purchase as its buyer sees it, and the demand for its money. The sale is committed as pending before the provider is
// asked: whatever fails there, it is asked again by a replay of the checkout or by GET /purchases/{id}, for the same demand.
import type { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { logFailure } from "../../platform/log.ts";
import type { Sale } from "../../sales/schema.ts";
import type { Bill, Demand, ProviderName } from "./provider.ts";
import { providerNamed } from "./providers.ts";
import type { Purchase } from "../schema.ts";

type SaleBody = z.infer<typeof Sale>;
type PurchaseBody = z.infer<typeof Purchase>;

const paymentStatus = {
  pending: "pending",
  completed: "paid",
  cancelled: "cancelled",
  refunded: "refunded",
} as const;

const isRefunded = ({ status, items }: SaleBody): boolean =>
  status === "completed" && items.every(({ refunded, quantity }) => refunded >= quantity);

const noDemand: Demand = { client_secret: null, error: null };

/** The sale as its buyer sees it. */
export function purchaseOf(sale: SaleBody, demand: Demand = noDemand): PurchaseBody {
  const status = isRefunded(sale) ? "refunded" : sale.status;
  const provider = sale.payment_provider ?? "manual";
  return { ...sale, status, payment: { provider, status: paymentStatus[status], ...demand } };
}

const billOf = (ctx: Ctx, { id, number, total }: Pick<SaleBody, "id" | "number" | "total">): Bill => ({
  tenantId: ctx.tenant.id,
  saleId: id,
  number,
  total,
  currency: ctx.tenant.currency,
});

/** Asks the provider for the money of a sale that is pending; where that fails the secret is null for now. */
export async function requestPayment(ctx: Ctx, sale: SaleBody): Promise<PurchaseBody> {
  const { status, payment_provider: name, hold_expires_at: until } = sale;
  if (status !== "pending" || name === null || (until ?? "") <= ctx.now.toISOString())
    return purchaseOf(sale);
  try {
    return purchaseOf(sale, await providerNamed(name).demand(ctx.env, billOf(ctx, sale)));
  } catch (error) {
    logFailure(`payment by ${name}`, error);
    return purchaseOf(sale);
  }
}

/** Takes the demand for a sale back that is pending no more, after the answer. Who pays all the same gets it back as a late payment. */
export function cancelPaymentRequest(
  ctx: Ctx,
  sale: Pick<SaleBody, "id" | "number" | "total"> & { payment_provider: ProviderName | null },
): void {
  if (sale.payment_provider === null) return;
  const name = sale.payment_provider;
  ctx.waitUntil(
    providerNamed(name)
      .withdraw(ctx.env, billOf(ctx, sale))
      .catch((error: unknown) => logFailure(`withdrawal by ${name}`, error)),
  );
}
