import { z } from "@hono/zod-openapi";
import { Id } from "../values/ids.ts";
import { MAX_AMOUNT } from "../values/money.ts";
import { Address, PaymentMethod } from "../sales/schema.ts";
import { label } from "../values/text.ts";

const quantity = z.int().min(1).max(999).openapi({ example: 2 });

export const NewCartItem = z.strictObject({ product_id: Id, quantity }).openapi("NewCartItem");

export const CartItemPatch = z.strictObject({ quantity }).openapi("CartItemPatch");

const amount = z.int().openapi({ description: "minor units", example: 2590 });

const CartItem = z
  .object({
    product_id: Id,
    sku: z.string(),
    title: z.string().openapi({ example: "Cien años de soledad" }),
    quantity,
    unit_price: amount.openapi({ description: "the price now" }),
    price_when_added: amount,
    price_changed: z.boolean().openapi({ description: "since it was put in" }),
    subtotal: amount,
    available: z.boolean().openapi({ description: "can be bought now, in this quantity" }),
    in_stock: z.int().nullable().openapi({ description: "units; null: not counted", example: 12 }),
  })
  .openapi("CartItem");

export const Cart = z
  .object({
    items: z.array(CartItem),
    units: z.int().openapi({ example: 2 }),
    total: amount,
    currency: z.string().openapi({ example: "EUR" }),
  })
  .openapi("Cart", {
    description: "Prices and availability are of now. An amount beyond 2^53 - 1 is shown as that.",
  });

export const Checkout = z
  .strictObject({
    payment_method: PaymentMethod,
    shipping_address: Address.optional(),
    country: label(60, "Spain").optional().openapi({ description: "by default that of the address" }),
    expected_total: z
      .int()
      .min(0)
      .max(MAX_AMOUNT)
      .optional()
      .openapi({ description: "what the buyer saw, in minor units: at another total nothing is done (409)" }),
  })
  .openapi("Checkout");
