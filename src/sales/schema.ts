import { z } from "@hono/zod-openapi";
import { Id } from "../ids.ts";
import { DayRange, listOf, PageQuery } from "../page.ts";
import { label } from "../text.ts";

const quantity = z.int().min(1).max(1_000_000).openapi({ example: 2 });

const items = z
  .array(z.strictObject({ product_id: Id, quantity }))
  .min(1)
  .max(100);

const PaymentMethod = z.enum(["cash", "card", "transfer"]);

export const NewSale = z
  .strictObject({
    items,
    payment_method: PaymentMethod.default("cash"),
    customer_id: Id.optional(),
    country: label(60, "Spain").optional(),
  })
  .openapi("NewSale");

export const NewRefund = z
  .strictObject({
    items,
    reason: label(500, "damaged"),
    restock: z.boolean().default(false).openapi({ description: "put the goods back into stock" }),
    payment_method: PaymentMethod.optional().openapi({
      description: "as the sale was paid, unless said; needed where that is not known, as of imports",
    }),
  })
  .openapi("NewRefund");

const amount = z.int().openapi({ description: "minor units", example: 2590 });

const head = {
  id: Id,
  kind: z.enum(["sale", "refund"]),
  channel: z.enum(["counter", "online", "import"]),
  status: z.enum(["pending", "completed", "cancelled"]),
  refund_of: Id.nullable(),
  reason: z.string().nullable().openapi({ description: "why it was refunded" }),
  seller_id: Id.nullable(),
  shift_id: Id.nullable().openapi({ description: "the seller's shift" }),
  customer_id: Id.nullable(),
  customer_ref: z.string().nullable().openapi({ description: "the customer's name in an imported file" }),
  country: z.string().nullable().openapi({ example: "Spain" }),
  payment_method: PaymentMethod.nullable(),
  external_ref: z.string().nullable().openapi({ description: "the invoice number of an imported file" }),
  total: amount,
  units: z.int().openapi({ example: 2 }),
  lines: z.int().openapi({ example: 1 }),
  currency: z.string().openapi({ example: "EUR" }),
  placed_at: z.iso.datetime(),
  day: z.string().openapi({ description: "the day in the shop's time zone", example: "2026-11-22" }),
  created_at: z.iso.datetime(),
};

export const SaleLine = z
  .object({
    line_no: z.int(),
    product_id: Id,
    sku: z.string(),
    description: z.string(),
    quantity: z.int(),
    unit_price: amount,
    exact_price: z
      .string()
      .nullable()
      .openapi({ description: "an imported price in major units that minor units cannot hold" }),
    subtotal: amount,
    refunded: z.int().openapi({ description: "units of this line that were refunded" }),
  })
  .openapi("SaleLine");

export const Sale = z
  .object({ ...head, items: z.array(SaleLine) })
  .openapi("Sale", { description: "A refund is a sale of kind refund, with negative amounts." });

const SaleHead = z.object(head).openapi("SaleHead");

export const SaleList = listOf(SaleHead).openapi("SaleList");

export const SaleQuery = z.strictObject({
  ...PageQuery,
  ...DayRange,
  channel: head.channel.optional(),
  kind: head.kind.optional(),
  status: head.status.optional(),
  seller_id: Id.optional(),
  customer: z.string().max(200).optional().openapi({ description: "customer_id or customer_ref" }),
  tenant: z.string().max(100).optional(),
});
