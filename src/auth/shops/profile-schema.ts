// The profile of a shop: what the public sees, what only staff see, and what an ADMIN changes.
import { z } from "@hono/zod-openapi";
import { failsAs } from "../../values/faults.ts";
import { postalAddress } from "../../values/address.ts";
import { CountryCode } from "../../values/countries.ts";
import { isPlain, label, LanguageTag, PLAIN_MESSAGE, textLines, trimmed } from "../../values/text.ts";
import { Email } from "../accounts/schema.ts";
import { rules } from "./rules.ts";
import { settings, shopBasics } from "./schema.ts";
import { Slug } from "./slug.ts";

export const ShopAddress = z.strictObject(postalAddress).openapi("ShopAddress");

const Phone = z
  .string()
  .overwrite(trimmed)
  .refine(isPlain, failsAs(PLAIN_MESSAGE, "invalid_characters"))
  .refine(
    (text) => /^\+?[\d ()./-]{3,30}$/.test(text) && /\d.*\d.*\d/.test(text),
    failsAs("must be a telephone number, such as +34 910 000 000", "not_a_phone_number"),
  )
  .openapi({ example: "+34 910 000 000" });

const BrandColor = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, "must be a colour such as #1f5f5b")
  .openapi({ description: "The colour of mails and of the pages that their links open", example: "#1f5f5b" });

const receiptText = textLines(500, "Thank you for your visit.\nReturns within 15 days with this receipt.");

const locale = LanguageTag.openapi({
  description: "BCP 47 language tag of the texts that the shop prints and sends, stored in canonical form",
  example: "es-ES",
});

export const ShopPatch = z
  .strictObject({
    ...shopBasics,
    legal_name: label(200, "Librería Sol, S. L.").nullable(),
    tax_id: label(40, "B12345678").nullable(),
    address: ShopAddress.nullable(),
    phone: Phone.nullable(),
    // An explicit type in OpenAPI is not made nullable.
    email: Email.nullable().openapi({ type: ["string", "null"], example: "sol@example.com" }),
    locale,
    country: CountryCode.nullable().openapi({
      description: "ISO 3166-1 alpha-2 code of the country in which the shop is taxed",
    }),
    prices_include_tax: z.boolean(),
    brand_color: BrandColor.nullable(),
    receipt_header: receiptText.nullable().openapi({ description: "lines above the sale on a receipt" }),
    receipt_footer: receiptText.nullable().openapi({ description: "lines below the sale on a receipt" }),
    ...rules,
  })
  .partial()
  .openapi("ShopPatch");

const publicFields = {
  slug: Slug,
  name: z.string().openapi({ example: "Librería Sol" }),
  locale: z.string().openapi({ example: "es-ES" }),
  currency: z.string().openapi({ example: "EUR" }),
  timezone: z.string().openapi({ example: "Europe/Madrid" }),
  country: z.string().nullable().openapi({ example: "ES" }),
  prices_include_tax: z.boolean(),
  legal_name: z.string().nullable().openapi({ example: "Librería Sol, S. L." }),
  receipt_header: z.string().nullable(),
  receipt_footer: z.string().nullable(),
  brand_color: z.string().nullable().openapi({ example: "#1f5f5b" }),
};

const staffFields = {
  tax_id: z.string().nullable().openapi({ example: "B12345678" }),
  address: ShopAddress.nullable(),
  phone: z.string().nullable().openapi({ example: "+34 910 000 000" }),
  email: z.string().nullable().openapi({ example: "sol@example.com" }),
  ...rules,
  rules: z
    .object(settings)
    .openapi("ShopRules")
    .openapi({ description: "The settings of the shop, which PATCH /settings changes" }),
};

/** The shop as the public sees it. */
export const PublicShop = z.object(publicFields);

/** The shop as its staff see it. */
export const StaffShop = z.object({ ...publicFields, ...staffFields });

export const Shop = z.object({ ...publicFields, ...z.object(staffFields).partial().shape }).openapi("Shop", {
  description:
    "tax_id, address, phone, email, max_discount_percent, allow_price_override, cash_rounding, oversell, employees_see, scale_codes and rules are present for EMPLOYEE and ADMIN only",
});

export const ChangedShop = StaffShop.extend({
  warnings: z
    .array(
      z.object({
        code: z.enum(["timezone-changed", "currency-changed"]),
        detail: z.string().openapi({
          description: "What the change does not affect, and what to check",
          example: "Past sales, refunds and shifts keep their day.",
        }),
      }),
    )
    .openapi({ description: "The consequences of this change; empty if it has none to be aware of" }),
}).openapi("ChangedShop");
