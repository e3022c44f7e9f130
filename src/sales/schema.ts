import { z } from "@hono/zod-openapi";
import { Id } from "../values/ids.ts";
import { CsvFormatQuery, JsonOrCsvQuery } from "../http/csv.ts";
import { DayRange, listOf, orderedRange, PageQuery } from "../http/pagination.ts";
import { MAX_TOTAL } from "../values/money.ts";
import { LineQuantity, Quantity, thousandthsBetween, Unit } from "../values/quantities.ts";
import { label } from "../values/text.ts";
import { AddressOrNull } from "../values/address.ts";
import { warnings } from "../shifts/drawer/schema.ts";
import { Instant } from "../shifts/schema.ts";
import { Approval } from "../auth/approvals/schema.ts";
import { PaymentMethodCode } from "../auth/shops/payment-methods-schema.ts";

const price = z.int().min(0).max(MAX_TOTAL);

export const Discount = z
  .strictObject({
    percent: thousandthsBetween(0.001, 100)
      .optional()
      .openapi({ description: "percent, with at most three decimals", example: 10 }),
    amount: price.min(1).optional().openapi({ description: "minor units", example: 500 }),
    reason: label(200, "damaged cover"),
  })
  .refine(
    ({ percent, amount }) => (percent === undefined) !== (amount === undefined),
    "send either percent or amount",
  )
  .transform(({ percent, amount, reason }) =>
    percent === undefined ? { amount: amount ?? 0, reason } : { percent, reason },
  )
  .openapi("Discount");

const NewPayment = z
  .strictObject({
    method: PaymentMethodCode,
    amount: price.openapi({ description: "minor units", example: 2000 }),
    tendered: price.optional().openapi({
      description: "the cash handed over, in minor units; the rest is change",
      example: 5000,
    }),
  })
  .openapi("NewPayment");

const payments = z.array(NewPayment).min(1).max(10).openapi({
  description: "together the total; cash may be given before or after cash rounding",
});

export const PaymentMethod = PaymentMethodCode;

/** What staff sell of a product. */
export const SaleItem = z.strictObject({
  product_id: Id,
  quantity: LineQuantity,
  unit_price: price.optional().openapi({
    description: "the price to charge for a unit, in minor units; by default that of the product",
  }),
  discount: Discount.optional(),
});

/** An item of a new sale or order. */
export const NewSaleItem = SaleItem.openapi("NewSaleItem");

export const MAX_ITEMS = 100;

export const SaleDiscount = Discount.optional().openapi({
  description: "on the whole sale, spread over its lines",
});

export const NewSale = z
  .strictObject({
    items: z.array(NewSaleItem).min(1).max(MAX_ITEMS),
    discount: SaleDiscount,
    payment_method: PaymentMethod.optional().openapi({
      description: "how the whole total is paid; cash by default. Several: `payments`",
    }),
    payments: payments.optional(),
    customer_id: Id.optional(),
    seller_id: Id.optional().openapi({
      description:
        "the ADMIN or EMPLOYEE who sold, for a request with an API key; the sale belongs to their shift. Without it the sale has no seller. A signed-in user is always the seller",
    }),
    country: label(60, "Spain").optional(),
    approval: Approval.optional(),
    client_id: z.uuid().toLowerCase().optional().openapi({
      description:
        "an id that the till gives the sale. Unlike an Idempotency-Key it never expires: the same id again returns the sale as it is now; with other products or quantities it is rejected with 422 idempotency-mismatch.",
    }),
    sold_at: Instant.optional().openapi({
      description:
        "when the sale was made, not in the future and at most 7 days ago, for a till that was offline. It decides placed_at, the day and the shift: the one that the seller had open then, even if it is closed now",
    }),
    offline: z.boolean().optional().openapi({
      description:
        "the goods were handed over without a connection: beyond the stock the sale is accepted, and what is missing is a stock discrepancy",
    }),
  })
  .refine(({ payment_method, payments: list }) => payment_method === undefined || list === undefined, {
    path: ["payment_method"],
    message: "send either payment_method or payments",
  })
  .openapi("NewSale");

export const NewWriteOff = z
  .strictObject({
    client_id: z.uuid().toLowerCase().openapi({ description: "the id that the till gave the sale" }),
    sold_at: Instant,
    seller_id: Id.optional().openapi({ description: "who sold" }),
    total: price.openapi({ description: "what was charged, in minor units", example: 2590 }),
    items: z
      .array(z.strictObject({ product_id: Id, quantity: LineQuantity }))
      .min(1)
      .max(MAX_ITEMS),
    problem: z
      .string()
      .regex(/^[a-z-]{1,60}$/, "must be the last segment of the type of a problem")
      .optional()
      .openapi({ description: "why the sale was refused", example: "unknown-product" }),
    reason: label(500, "rung up again by hand"),
  })
  .openapi("NewWriteOff");

export const WriteOff = z
  .object({
    ...NewWriteOff.shape,
    client_id: z.uuid(),
    sold_at: z.iso.datetime(),
    items: z.array(z.object({ product_id: Id, quantity: Quantity })),
    written_off_by: Id.openapi({ description: "the ADMIN" }),
    created_at: z.iso.datetime(),
  })
  .openapi("WriteOff", {
    description: "A sale that a till made offline, and that an ADMIN decided not to record",
  });

export const NewRefund = z
  .strictObject({
    items: z
      .array(z.strictObject({ product_id: Id, quantity: LineQuantity }))
      .min(1)
      .max(100),
    reason: label(500, "damaged"),
    restock: z.boolean().default(false).openapi({ description: "return the units to stock" }),
    payment_method: PaymentMethod.optional().openapi({
      description:
        "by default as the sale was paid; required where the sale has no payments, as an imported sale",
    }),
    payments: z
      .array(NewPayment.omit({ tendered: true }))
      .min(1)
      .max(10)
      .optional()
      .openapi({ description: "how the refund is paid back if by several methods; positive amounts" }),
  })
  .refine(({ payment_method, payments: list }) => payment_method === undefined || list === undefined, {
    path: ["payment_method"],
    message: "send either payment_method or payments",
  })
  .openapi("NewRefund");

export const Void = z.strictObject({ reason: label(500, "rung up twice").default("voided") }).openapi("Void");

export const PaymentCorrection = z
  .strictObject({ payments, reason: label(500, "paid by card, not in cash") })
  .openapi("PaymentCorrection");

const amount = z.int().openapi({ description: "minor units", example: 2590 });

export const saleFields = {
  id: Id,
  kind: z.enum(["sale", "refund"]).openapi("SaleKind"),
  channel: z.enum(["counter", "online", "import"]).openapi("SaleChannel"),
  status: z.enum(["pending", "completed", "cancelled"]).openapi("SaleStatus"),
  refund_of: Id.nullable(),
  reason: z
    .string()
    .nullable()
    .openapi({ description: "reason for the refund, or why staff cancelled the order" }),
  seller_id: Id.nullable(),
  shift_id: Id.nullable().openapi({ description: "the shift of the seller" }),
  customer_id: Id.nullable(),
  customer_ref: z.string().nullable().openapi({ description: "the customer as named in the imported file" }),
  country: z.string().nullable().openapi({ example: "Spain" }),
  payment_method: PaymentMethod.nullable().openapi({
    description: "null if the sale was paid by several methods, or it is not known how",
  }),
  external_ref: z.string().nullable().openapi({ description: "the invoice number in the imported file" }),
  net: amount,
  tax: amount,
  total: amount.openapi({ description: "net and tax, in minor units" }),
  discount: amount.openapi({ description: "what all discounts together took off, in minor units" }),
  discount_reason: z
    .string()
    .nullable()
    .openapi({ description: "reason for the discount on the whole sale" }),
  rounding: amount.openapi({
    description: "what cash rounding adds to the total; the payments add up to total plus rounding",
    example: 0,
  }),
  approved_by: Id.nullable().openapi({ description: "the ADMIN who approved a discount or price" }),
  units: Quantity,
  lines: z.int().openapi({ example: 1 }),
  currency: z.string().openapi({ example: "EUR" }),
  placed_at: z.iso.datetime(),
  day: z.string().openapi({ description: "the day in the shop's time zone", example: "2026-11-22" }),
  created_at: z.iso.datetime(),
  number: z.string().nullable().openapi({
    description:
      "of the receipt (C-000001), the refund (R-000001) or the online order (A-10432); receipts and refunds are numbered without gaps",
    example: "C-000123",
  }),
  client_id: z.uuid().nullable(),
  offline: z.boolean().openapi({ description: "sold without a connection" }),
  is_void: z.boolean().openapi({ description: "a refund that undoes a whole sale within its shift" }),
  restocked: z.boolean().openapi({ description: "a refund whose goods went back to stock" }),
  payment_provider: z
    .enum(["manual", "stripe"])
    .openapi("PaymentProvider")
    .nullable()
    .openapi({ description: "set for online sales" }),
  hold_expires_at: z.iso
    .datetime()
    .nullable()
    .openapi({ description: "a pending sale reserves its stock until then" }),
};

export const SaleLine = z
  .object({
    line_no: z.int(),
    product_id: Id,
    sku: z.string(),
    description: z.string(),
    quantity: Quantity,
    unit: Unit,
    list_price: amount.openapi({ description: "the price of the product for a unit, in minor units" }),
    unit_price: amount.openapi({
      description: "the price charged for a unit before discounts, in minor units",
    }),
    exact_price: z.string().nullable().openapi({
      description: "the imported unit price in major units, where it is not a whole number of minor units",
    }),
    discount: amount.openapi({ description: "with the share of the sale's discount, in minor units" }),
    discount_reason: z.string().nullable(),
    tax_rate_id: Id.nullable(),
    tax_rate: z
      .int()
      .nullable()
      .openapi({ description: "hundred-thousandths: 21 % is 21000", example: 21000 }),
    net: amount,
    tax: amount,
    subtotal: amount.openapi({ description: "net and tax, in minor units" }),
    refunded: Quantity.openapi({ description: "how much of this line was refunded" }),
  })
  .openapi("SaleLine");

export const SalePayment = z
  .object({
    method: PaymentMethod,
    amount: amount.openapi({ description: "minor units; negative for a refund" }),
    tendered: amount.nullable().openapi({ description: "the cash handed over" }),
  })
  .openapi("SalePayment");

export const Sale = z
  .object({
    ...saleFields,
    shipping_address: AddressOrNull,
    items: z.array(SaleLine),
    payments: z.array(SalePayment),
    change: amount.openapi({ description: "cash given back of what was tendered", example: 0 }),
  })
  .openapi("Sale", { description: "A refund is a sale of kind refund with negative amounts." });

export const Refund = Sale.extend({ warnings }).openapi("Refund", {
  description: "A sale of kind refund, and what to check in the drawer from which it was paid back.",
});

export const SaleHead = z.object(saleFields).openapi("SaleHead");

export const SaleList = listOf(SaleHead).openapi("SaleList");

const saleFilters = {
  ...DayRange,
  channel: saleFields.channel.optional(),
  kind: saleFields.kind.optional(),
  seller_id: Id.optional(),
  customer: z
    .string()
    .max(200)
    .optional()
    .openapi({ description: "customer_id, external_ref of a customer, or customer_ref" }),
  number: z
    .string()
    .regex(/^[ACRacr]-\d{1,15}$/, "must be a number such as C-000123, R-000045 or A-10432")
    .optional()
    .openapi({ description: "the number of a receipt, refund or order", example: "C-000123" }),
  tenant: z.string().max(100).optional(),
};

export const SaleQuery = orderedRange(
  z.strictObject({
    ...PageQuery,
    ...saleFilters,
    status: saleFields.status.optional(),
    ...JsonOrCsvQuery,
  }),
);

export const CustomerSalesQuery = orderedRange(
  z.strictObject({
    ...PageQuery,
    ...DayRange,
    kind: saleFields.kind.optional(),
    status: saleFields.status.optional(),
  }),
);

export const SaleLineQuery = orderedRange(
  z.strictObject({
    ...saleFilters,
    status: saleFields.status.default("completed"),
    format: z.enum(["csv"]).default("csv"),
    ...CsvFormatQuery,
  }),
);
