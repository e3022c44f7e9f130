// How an order is paid, and until when it reserves its stock.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { invalid } from "../../platform/problem.ts";
import type { Discount } from "../../sales/pricing.ts";
import type { ProviderName } from "../payments/provider.ts";
import { providerFor, providerNamed } from "../payments/providers.ts";
import type { PaymentTerms } from "../payments/request-payment.ts";

export type OrderPayment = "link" | "on_delivery" | "transfer";

/** The method that is recorded unless staff confirm another one. */
export const methodOf = { link: "card", on_delivery: "cash", transfer: "transfer" } as const;

const HOLD_DAYS = { link: 3, on_delivery: 30, transfer: 7 } as const;
const MAX_HOLD_DAYS = 90;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

// Stripe's pages are open for a day at most, and it forgets the key by which we find the page after that.
const LINK_MS = 23 * HOUR_MS;

/** Until when an order reserves its stock (UTC): as requested, or as is usual for its payment. @throws Problem invalid */
export function holdUntil(ctx: Ctx, payment: OrderPayment, requested: string | undefined): string {
  if (requested === undefined) return new Date(ctx.now.getTime() + HOLD_DAYS[payment] * DAY_MS).toISOString();
  return checkedHold(ctx, requested);
}

/** Checks the end of a hold. @throws Problem invalid */
export function checkedHold(ctx: Ctx, requested: string): string {
  const wait = Date.parse(requested) - ctx.now.getTime();
  if (wait <= 0) throw invalid([{ pointer: "#/hold_until", detail: "must be in the future" }]);
  if (wait > MAX_HOLD_DAYS * DAY_MS)
    throw invalid([{ pointer: "#/hold_until", detail: `must be at most ${MAX_HOLD_DAYS} days ahead` }]);
  return requested;
}

/** When a link that is made now expires (UTC). */
export const linkExpiry = (ctx: Ctx): string => new Date(ctx.now.getTime() + LINK_MS).toISOString();

/** The provider whose page a link leads to; null if the deployment has none. */
export function linkProvider(ctx: Ctx): ProviderName | null {
  const name = providerFor(ctx.env, methodOf.link);
  return providerNamed(name).hasLinks(ctx.env) ? name : null;
}

/** Whether the provider can take this total (minor units). */
export const isPayable = (ctx: Ctx, provider: ProviderName, total: number): boolean =>
  total > 0 && total % providerNamed(provider).minimumUnit(ctx.tenant.currency) === 0;

const discount = z.union([
  z.strictObject({ percent: z.number(), reason: z.string() }),
  z.strictObject({ amount: z.number(), reason: z.string() }),
]);

/** The discounts as they were agreed: that of the order, and those of lines by their number. */
export type AgreedDiscounts = {
  order?: Discount | undefined;
  lines?: Record<string, Discount> | undefined;
};

/** The column order_details.discounts. */
export const discountsColumn = z
  .string()
  .nullable()
  .transform((text): AgreedDiscounts =>
    z
      .strictObject({ order: discount.optional(), lines: z.record(z.string(), discount).optional() })
      .parse(JSON.parse(text ?? "{}")),
  );

/** The discounts of a new or changed order, to be stored. */
export function agreedDiscounts(
  items: { discount?: Discount | undefined }[],
  order: Discount | undefined,
): AgreedDiscounts {
  const lines = Object.fromEntries(
    items.flatMap((item, index) => (item.discount ? [[String(index + 1), item.discount]] : [])),
  );
  return { ...(order ? { order } : {}), ...(Object.keys(lines).length > 0 ? { lines } : {}) };
}

type Details = PaymentTerms & {
  note: string | null;
  payment: OrderPayment | null;
  discounts: AgreedDiscounts;
};

/** The statement that stores the details of an order. */
export const storeDetails = (ctx: Ctx, saleId: string, details: Details): SQL =>
  sql`INSERT INTO order_details (tenant_id, sale_id, note, payment, payment_no, link_expires_at, discounts)
    VALUES (${ctx.tenant.id}, ${saleId}, ${details.note}, ${details.payment}, CAST(${details.payment_no} AS INTEGER),
      ${details.link_expires_at}, ${JSON.stringify(details.discounts)})
    ON CONFLICT DO UPDATE SET note = excluded.note, payment = excluded.payment, payment_no = excluded.payment_no,
      link_expires_at = excluded.link_expires_at, discounts = excluded.discounts`;

/** The statement that stores the note of an order alone. */
export const storeNote = (ctx: Ctx, saleId: string, note: string | null): SQL =>
  sql`INSERT INTO order_details (tenant_id, sale_id, note) VALUES (${ctx.tenant.id}, ${saleId}, ${note})
    ON CONFLICT DO UPDATE SET note = excluded.note`;
