import { z } from "@hono/zod-openapi";
import { named } from "../../http/named.ts";
import { Email } from "../../auth/accounts/schema.ts";
import { ShopAddress } from "../../auth/shops/profile-schema.ts";
import { Id } from "../../values/ids.ts";
import { Quantity, Unit } from "../../values/quantities.ts";
import { LanguageTag } from "../../values/text.ts";

export const ReceiptQuery = z.strictObject({
  format: named("ReceiptFormat", z.enum(["json", "text", "html"]))
    .default("json")
    .openapi({ default: "json" }),
  width: z
    .enum(["32", "42", "48"])
    .default("42")
    .transform(Number)
    .openapi("ReceiptWidth", {
      type: "integer",
      enum: [32, 42, 48],
      default: 42,
      description: "columns of the text",
    }),
  tenant: z.string().max(100).optional(),
});

const amount = z.int().openapi({ description: "minor units", example: 2590 });
const number = z.string().nullable().openapi({
  description: "the receipt or order number; of an imported sale the invoice number of the file",
  example: "C-000123",
});
const taxRate = z
  .int()
  .nullable()
  .openapi({ description: "hundred-thousandths: 21000 is 21 %; null if no tax was charged", example: 21000 });
const taxMark = z
  .string()
  .openapi({ description: "refers to the row of `taxes` with the same mark", example: "A" });

const ReceiptShop = z
  .object({
    name: z.string(),
    legal_name: z.string().nullable(),
    tax_id: z.string().nullable(),
    address: ShopAddress.nullable(),
    phone: z.string().nullable(),
    receipt_header: z.string().nullable(),
    receipt_footer: z.string().nullable(),
  })
  .openapi("ReceiptShop");

export const ReceiptItem = z
  .object({
    sku: z.string(),
    description: z.string(),
    quantity: Quantity,
    unit: Unit,
    list_price: amount,
    unit_price: amount,
    exact_price: z.string().nullable().openapi({
      description: "the imported unit price in major units, where it is not a whole number of minor units",
    }),
    discount: amount,
    discount_reason: z.string().nullable(),
    amount: amount.openapi({ description: "`subtotal` if prices include tax, else `net`" }),
    tax_mark: taxMark,
    tax_rate: taxRate,
    net: amount,
    tax: amount,
    subtotal: amount,
  })
  .openapi("ReceiptItem");

const ReceiptTax = z
  .object({
    mark: taxMark,
    name: z.string().nullable().openapi({ example: "IVA general" }),
    rate: taxRate,
    net: amount,
    tax: amount,
    gross: amount,
  })
  .openapi("ReceiptTax");

const ReceiptPayment = z
  .object({
    method: z.string().openapi({ example: "cash" }),
    name: z.string().openapi({ description: "in the language of the shop", example: "Efectivo" }),
    amount,
    tendered: amount.nullable(),
  })
  .openapi("ReceiptPayment");

const ReceiptRefund = z
  .object({ id: Id, number, placed_at: z.iso.datetime(), is_void: z.boolean(), total: amount })
  .openapi("ReceiptRefund");

export const Receipt = z
  .object({
    id: Id,
    kind: z.enum(["sale", "refund"]).openapi("SaleKind"),
    is_void: z.boolean().openapi({ description: "this refund voids its sale, or this sale was voided" }),
    number,
    placed_at: z.iso.datetime(),
    locale: z.string().openapi({ example: "es-ES" }),
    currency: z.string().openapi({ example: "EUR" }),
    timezone: z.string().openapi({ example: "Europe/Madrid" }),
    shop: ReceiptShop,
    seller: z
      .string()
      .nullable()
      .openapi({ description: "first name; null if there is none or the account was erased" }),
    customer: z
      .string()
      .nullable()
      .openapi({ description: "name; null if there is none or the customer was erased" }),
    customer_tax_id: z.string().nullable().openapi({ example: "12345678Z" }),
    refund_of: z.object({ id: Id, number }).nullable().openapi({ description: "the refunded sale" }),
    reason: z.string().nullable().openapi({ description: "reason for the refund" }),
    prices_include_tax: z.boolean().openapi({ description: "whether the prices of this sale include tax" }),
    items: z.array(ReceiptItem),
    discount: amount.openapi({ description: "sum of the discounts of the items" }),
    discount_reason: z.string().nullable(),
    taxes: z.array(ReceiptTax),
    net: amount,
    tax: amount,
    total: amount,
    rounding: amount.openapi({
      description: "what cash rounding adds to the total; the payments add up to total plus rounding",
    }),
    payments: z.array(ReceiptPayment),
    change: amount,
    refunds: z.array(ReceiptRefund).openapi({ description: "the refunds of this sale so far" }),
  })
  .openapi("Receipt", { description: "A refund has negative quantities and amounts." });

export const ReceiptMailInput = z
  .strictObject({
    email: Email.optional().openapi({ description: "by default the address of the customer of the sale" }),
    language: LanguageTag.optional().openapi({
      description: "by default the language of the recipient, or of the shop",
    }),
  })
  .openapi("ReceiptMailInput");

export const ReceiptMail = z
  .object({ id: Id.openapi({ description: "the mail in GET /mails" }), status: z.literal("pending") })
  .openapi("ReceiptMail");
