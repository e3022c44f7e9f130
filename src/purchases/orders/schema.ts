import { z } from "@hono/zod-openapi";
import { Email } from "../../auth/accounts/schema.ts";
import { Approval } from "../../auth/approvals/schema.ts";
import { JsonOrCsvQuery } from "../../http/csv.ts";
import { DayRange, listOf, orderedRange, PageQuery } from "../../http/pagination.ts";
import { Discount, MAX_ITEMS, NewSaleItem, SaleDiscount, saleFields, SaleItem } from "../../sales/schema.ts";
import { Phone } from "../../customers/schema.ts";
import { Instant } from "../../shifts/schema.ts";
import { Address } from "../../values/address.ts";
import { Id } from "../../values/ids.ts";
import { label, LanguageTag, textLines } from "../../values/text.ts";
import { Purchase, PurchaseHead } from "../schema.ts";

const NewOrderCustomer = z
  .strictObject({
    name: label(200, "Begoña Núñez"),
    email: Email.optional(),
    phone: Phone.optional(),
    language: LanguageTag.optional(),
  })
  .openapi("NewOrderCustomer", {
    description: "The customer with this e-mail, or a new one. A record that exists is not changed.",
  });

const OrderPayment = z.enum(["on_delivery", "transfer", "link"]).openapi("PaymentTerms").openapi({
  description:
    "link: at the page of the payment provider; on_delivery: when the goods are handed over; transfer: to the bank account of the shop. Staff confirm the last two with POST /purchases/{id}/confirm",
});

const note = textLines(1000, "Rings twice");

const hold = Instant.openapi({
  description:
    "until when the stock is reserved, at most 90 days ahead. By default 3 days for a link, 7 for a transfer and 30 on delivery",
});

export const NewOrder = z
  .strictObject({
    customer_id: Id.optional(),
    customer: NewOrderCustomer.optional(),
    items: z.array(NewSaleItem).min(1).max(MAX_ITEMS),
    discount: SaleDiscount,
    shipping_address: Address.optional(),
    country: label(60, "Spain").optional().openapi({ description: "by default that of the address" }),
    payment: OrderPayment,
    note: note.optional(),
    hold_until: hold.optional(),
    approval: Approval.optional(),
  })
  .refine(({ customer_id, customer }) => (customer_id === undefined) !== (customer === undefined), {
    path: ["customer"],
    message: "send either customer_id or customer",
  })
  .openapi("NewOrder", {
    example: {
      customer_id: "019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6071",
      items: [{ product_id: "019a1b2c-3d4e-7f60-8a1b-2c3d4e5f6072", quantity: 2 }],
      payment: "on_delivery",
    },
  });

const ChangedItem = SaleItem.extend({
  discount: Discount.nullable().optional().openapi({
    description: "by default that of the line as it was agreed; null for none",
  }),
});

export const OrderPatch = z
  .strictObject({
    items: z.array(ChangedItem).min(1).max(MAX_ITEMS).optional().openapi({
      description:
        "all lines that the order shall have. A product that it has already keeps its agreed price and tax; others are sold as they are offered now",
    }),
    discount: Discount.nullable().optional().openapi({
      description: "on the whole order; by default as it was agreed, null for none",
    }),
    shipping_address: Address.nullable().optional(),
    note: note.nullable().optional(),
    hold_until: hold.optional(),
    approval: Approval.optional(),
  })
  .refine((patch) => Object.keys(patch).some((name) => name !== "approval"), "must change something")
  .openapi("OrderPatch");

export const OrderCancellation = z
  .strictObject({ reason: label(500, "the customer changed their mind").optional() })
  .openapi("OrderCancellation");

const customer = z
  .object({
    id: Id,
    name: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
  })
  .nullable();

const staffFields = {
  seller_id: saleFields.seller_id.openapi({
    description: "who took the order; null for a purchase in the web shop",
  }),
  customer,
  payment_terms: OrderPayment.nullable().openapi({
    description: "how staff agreed that it is paid; null as at the checkout",
  }),
  version: z.int().openapi({ description: "grows with every change; the ETag is derived from it" }),
};

export const Order = Purchase.extend({
  ...staffFields,
  discount_reason: saleFields.discount_reason,
  approved_by: saleFields.approved_by,
  reason: z.string().nullable().openapi({ description: "why staff cancelled it" }),
  note: z.string().nullable(),
  link_expires_at: z.iso.datetime().nullable().openapi({ description: "of `payment.url`" }),
}).openapi("Order", { description: "A purchase as staff see it." });

export const OrderHead = PurchaseHead.extend({
  ...staffFields,
  customer_id: saleFields.customer_id,
}).openapi("OrderHead");

export const OrderList = listOf(OrderHead).openapi("OrderList");

export const OrderQuery = orderedRange(
  z.strictObject({
    ...PageQuery,
    ...DayRange,
    q: z.string().max(200).optional().openapi({
      description:
        "the number of an order (A-10432), or the first letters of words of its customer's name, e-mail or phone",
      example: "bego nuñ",
    }),
    status: PurchaseHead.shape.status.optional(),
    customer_id: Id.optional(),
    seller_id: Id.optional(),
    tenant: z.string().max(100).optional(),
    ...JsonOrCsvQuery,
  }),
);
