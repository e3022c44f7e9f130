import { z } from "@hono/zod-openapi";
import { postalAddress } from "../values/address.ts";
import { Id } from "../values/ids.ts";
import { DayRange, listOf, orderedRange, PageQuery } from "../http/pagination.ts";
import { label } from "../values/text.ts";

const quantity = z.int().min(1).max(1_000_000).openapi({ example: 2 });

export const Address = z
  .strictObject({ name: label(200, "Elena Robledo"), ...postalAddress })
  .openapi("Address");

const items = z
  .array(z.strictObject({ product_id: Id, quantity }))
  .min(1)
  .max(100);

export const PaymentMethod = z.enum(["cash", "card", "transfer"]);

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
    restock: z.boolean().default(false).openapi({ description: "return the units to stock" }),
    payment_method: PaymentMethod.optional().openapi({
      description: "by default that of the sale; required where the sale has none, as an imported sale may",
    }),
  })
  .openapi("NewRefund");

const amount = z.int().openapi({ description: "minor units", example: 2590 });

export const saleFields = {
  id: Id,
  kind: z.enum(["sale", "refund"]),
  channel: z.enum(["counter", "online", "import"]),
  status: z.enum(["pending", "completed", "cancelled"]),
  refund_of: Id.nullable(),
  reason: z.string().nullable().openapi({ description: "reason for the refund" }),
  seller_id: Id.nullable(),
  shift_id: Id.nullable().openapi({ description: "the shift of the seller" }),
  customer_id: Id.nullable(),
  customer_ref: z.string().nullable().openapi({ description: "the customer as named in the imported file" }),
  country: z.string().nullable().openapi({ example: "Spain" }),
  payment_method: PaymentMethod.nullable(),
  external_ref: z.string().nullable().openapi({ description: "the invoice number in the imported file" }),
  total: amount,
  units: z.int().openapi({ example: 2 }),
  lines: z.int().openapi({ example: 1 }),
  currency: z.string().openapi({ example: "EUR" }),
  placed_at: z.iso.datetime(),
  day: z.string().openapi({ description: "the day in the shop's time zone", example: "2026-11-22" }),
  created_at: z.iso.datetime(),
  number: z
    .string()
    .nullable()
    .openapi({ description: "the order number of an online sale", example: "A-10432" }),
  payment_provider: z.enum(["manual", "stripe"]).nullable().openapi({ description: "set for online sales" }),
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
    quantity: z.int(),
    unit_price: amount,
    exact_price: z.string().nullable().openapi({
      description: "the imported unit price in major units, where it is not a whole number of minor units",
    }),
    subtotal: amount,
    refunded: z.int().openapi({ description: "refunded units of this line" }),
  })
  .openapi("SaleLine");

export const Sale = z
  .object({ ...saleFields, shipping_address: Address.nullable(), items: z.array(SaleLine) })
  .openapi("Sale", { description: "A refund is a sale of kind refund with negative amounts." });

const SaleHead = z.object(saleFields).openapi("SaleHead");

export const SaleList = listOf(SaleHead).openapi("SaleList");

export const SaleQuery = orderedRange(
  z.strictObject({
    ...PageQuery,
    ...DayRange,
    channel: saleFields.channel.optional(),
    kind: saleFields.kind.optional(),
    status: saleFields.status.optional(),
    seller_id: Id.optional(),
    customer: z.string().max(200).optional().openapi({ description: "customer_id or customer_ref" }),
    tenant: z.string().max(100).optional(),
  }),
);
