import { z } from "@hono/zod-openapi";
import { Id } from "../values/ids.ts";
import { MAX_AMOUNT } from "../values/money.ts";
import { Quantity } from "../values/quantities.ts";
import { DayRange, listOf, orderedRange, PageQuery } from "../http/pagination.ts";
import { PaymentMethod, saleFields, SaleLine } from "../sales/schema.ts";
import { AddressOrNull } from "../values/address.ts";

const amount = z.int().openapi({ description: "minor units", example: 2590 });

const status = z
  .enum(["pending", "completed", "cancelled", "refunded"])
  .openapi("OrderStatus")
  .openapi({ description: "refunded: all units were refunded" });

// Without seller and shift, which do not concern the buyer.
const head = {
  ...z.object(saleFields).pick({
    id: true,
    number: true,
    channel: true,
    country: true,
    payment_method: true,
    net: true,
    tax: true,
    total: true,
    discount: true,
    rounding: true,
    units: true,
    lines: true,
    currency: true,
    placed_at: true,
    day: true,
    hold_expires_at: true,
    created_at: true,
  }).shape,
  status,
};

const ProviderName = z.enum(["manual", "stripe"]).openapi("PaymentProvider");

export const Purchase = z
  .object({
    ...head,
    kind: saleFields.kind,
    customer_id: saleFields.customer_id.openapi({ description: "null for a guest" }),
    shipping_address: AddressOrNull,
    items: z.array(SaleLine),
    payment: z.object({
      provider: ProviderName,
      status: z.enum(["pending", "paid", "cancelled", "refunded"]),
      client_secret: z.string().nullable().openapi({
        description:
          "the secret with which the buyer's page pays at the provider; if null, get the purchase again",
      }),
      url: z.url().nullable().openapi({
        description:
          "the page of the provider where an order with a payment link is paid; null if it is paid otherwise, or the link has expired",
      }),
      error: z.string().nullable().openapi({
        description: "why the provider rejects the payment: cancel the purchase and pay by another method",
        example: "Amount must be at least €0.50 eur",
      }),
    }),
  })
  .openapi("Purchase");

export const PlacedPurchase = Purchase.extend({
  order_token: z.string().nullable().openapi({
    description:
      "for a guest: send it as X-Order to follow or cancel the order, for 90 days. Only a hash of it is stored, so a replay returns another one. null when signed in",
  }),
}).openapi("PlacedPurchase");

export const PurchaseHead = z.object(head).openapi("PurchaseHead");

export const PurchaseList = listOf(PurchaseHead).openapi("PurchaseList");

export const PurchaseQuery = orderedRange(
  z.strictObject({
    ...PageQuery,
    ...DayRange,
    status: status.optional(),
    tenant: z.string().max(100).optional(),
  }),
);

export const SummaryQuery = orderedRange(
  z.strictObject({ ...DayRange, tenant: z.string().max(100).optional() }),
);

const orders = z.int().openapi({ description: "completed purchases", example: 3 });

export const PurchaseSummary = z
  .object({
    currency: z.string().openapi({ example: "EUR" }),
    orders,
    units: Quantity,
    spend: amount.openapi({ description: "net of refunds, in minor units" }),
    refunded: amount.openapi({ description: "sum of refunds as a non-negative amount, in minor units" }),
    average: amount.openapi({ description: "spend per order, in minor units" }),
    by_category: z.array(z.object({ category: z.string().nullable(), units: Quantity, spend: amount })),
    by_month: z.array(z.object({ month: z.string().openapi({ example: "2026-11" }), orders, spend: amount })),
  })
  .openapi("PurchaseSummary", { description: "Amounts beyond 2^53 - 1 are shown as 2^53 - 1." });

export const Payment = z
  .object({
    id: Id,
    sale_id: Id.openapi({ description: "the sale that was paid, or the refund of a sale" }),
    refund_of: Id.nullable().openapi({ description: "the sale that was paid, if sale_id is its refund" }),
    number: z.string().nullable().openapi({ example: "A-10432" }),
    provider: ProviderName,
    provider_ref: z.string().nullable().openapi({ description: "the provider's id of the payment" }),
    amount,
    currency: z.string().openapi({ example: "EUR" }),
    status: z.enum(["received", "refund_due", "refunded"]).openapi("PaymentStatus").openapi({
      description: "refund_due: the payment arrived too late or had a wrong amount, or its sale was refunded",
    }),
    refunded: amount.openapi({ description: "what was refunded so far, in minor units" }),
    actor_id: Id.nullable().openapi({ description: "the user who confirmed the payment or made the refund" }),
    attempts: z.int().openapi({ description: "number of failed refund attempts" }),
    last_error: z.string().nullable().openapi({ description: "why the last refund attempt failed" }),
    retry_at: z.iso
      .datetime()
      .nullable()
      .openapi({ description: "when the refund is attempted again; null: only when staff request it" }),
    created_at: z.iso.datetime(),
  })
  .openapi("Payment");

export const PurchaseConfirmation = z
  .strictObject({
    payment_method: PaymentMethod.optional().openapi({
      description: "how the buyer paid, if not by the method of the checkout",
    }),
    expected_total: z.int().min(0).max(MAX_AMOUNT).optional().openapi({
      description:
        "the total that was paid, in minor units: if it is not that of the purchase, because staff have changed it, the response is 409 price-changed",
      example: 2590,
    }),
  })
  .openapi("PurchaseConfirmation");

export const PaymentRefund = z
  .strictObject({
    amount: z.int().min(1).max(MAX_AMOUNT).optional().openapi({
      description: "how much to refund, in minor units; by default all that is due",
      example: 500,
    }),
  })
  .openapi("PaymentRefund");

export const PaymentList = listOf(Payment).openapi("PaymentList");

export const PaymentQuery = z.strictObject({
  ...PageQuery,
  status: Payment.shape.status.optional(),
  tenant: z.string().max(100).optional(),
});

// Parsed by Stripe's package after it has verified the signature.
export const StripeEvent = z.looseObject({}).openapi("StripeEvent");

export const StripeHeader = z.object({
  "stripe-signature": z.string().max(2000).optional().openapi({ example: "t=1795320000,v1=..." }),
});
