import { z } from "@hono/zod-openapi";
import { Id } from "../values/ids.ts";
import { MAX_AMOUNT } from "../values/money.ts";
import { Quantity, thousandthsBetween, Unit } from "../values/quantities.ts";
import { PaymentMethod } from "../sales/schema.ts";
import { Address } from "../values/address.ts";
import { label, LanguageTag } from "../values/text.ts";
import { Email } from "../auth/accounts/schema.ts";
import { Phone } from "../customers/schema.ts";

const quantity = thousandthsBetween(0.001, 999).openapi({ example: 2 });

export const CartOrigin = z.enum(["search", "list", "recommendation", "saved", "other"]);

export const NewCartItem = z
  .strictObject({
    product_id: Id,
    quantity,
    origin: CartOrigin.optional().openapi({
      description:
        "where the buyer found the product, for GET /metrics/funnel; it counts when the product is new in the cart",
    }),
  })
  .openapi("NewCartItem");

export const CartItemPatch = z.strictObject({ quantity }).openapi("CartItemPatch");

const amount = z.int().openapi({ description: "minor units", example: 2590 });

const CartItem = z
  .object({
    product_id: Id,
    sku: z.string(),
    title: z.string().openapi({ example: "Cien años de soledad" }),
    quantity: Quantity,
    unit: Unit,
    unit_price: amount.openapi({ description: "the current price of a unit, in minor units" }),
    price_when_added: amount,
    price_changed: z.boolean().openapi({ description: "whether the price has changed since it was added" }),
    tax: amount.openapi({ description: "the tax in the subtotal, in minor units" }),
    subtotal: amount,
    available: z.boolean().openapi({ description: "whether this quantity can be bought now" }),
    unavailable: z.boolean().openapi({
      description: "the shop no longer sells the product; total and units do not include it",
    }),
    in_stock: Quantity.nullable().openapi({ description: "null if the stock is not tracked", example: 12 }),
  })
  .openapi("CartItem");

export const Cart = z
  .object({
    items: z.array(CartItem),
    units: Quantity,
    tax: amount.openapi({ description: "the tax in the total, in minor units" }),
    total: amount,
    currency: z.string().openapi({ example: "EUR" }),
  })
  .openapi("Cart", {
    description: "Prices and availability are current. Amounts beyond 2^53 - 1 are shown as 2^53 - 1.",
  });

export const NewCart = z
  .object({
    cart_token: z.string().openapi({
      description:
        "Send it as X-Cart, never in a URL. Whoever has it can see and buy the cart; only a hash of it is stored.",
    }),
    expires_at: z.iso.datetime().openapi({ description: "30 days from now" }),
  })
  .openapi("NewCart");

export const Checkout = z
  .strictObject({
    payment_method: PaymentMethod,
    email: Email.optional().openapi({ description: "of a guest, for whom it is required" }),
    name: label(200, "Elena Robledo")
      .optional()
      .openapi({ description: "of a guest; by default the name of the address" }),
    phone: Phone.optional().openapi({ description: "of a guest" }),
    language: LanguageTag.optional().openapi({ description: "in which a guest wants mails" }),
    shipping_address: Address.optional(),
    country: label(60, "Spain").optional().openapi({ description: "defaults to the country of the address" }),
    expected_total: z.int().min(0).max(MAX_AMOUNT).optional().openapi({
      description: "the total that the buyer saw, in minor units; at any other total the response is 409",
    }),
  })
  .openapi("Checkout");
