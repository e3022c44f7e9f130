import { z } from "@hono/zod-openapi";
import { failsAs } from "../values/faults.ts";
import { Email } from "../auth/accounts/schema.ts";
import { JsonOrCsvQuery } from "../http/csv.ts";
import { listOf, PageQuery } from "../http/pagination.ts";
import { Address } from "../values/address.ts";
import { Id } from "../values/ids.ts";
import { label, LanguageTag, textLines, trimmed } from "../values/text.ts";

const MAX_ADDRESSES = 20;

// Digits with the separators that people write; at most 15 digits by ITU-T E.164, and some more for an extension.
export const Phone = z
  .string()
  .overwrite((text) => trimmed(text).replaceAll(/ +/g, " "))
  .max(40)
  .refine(
    (text) => /^\+?[\d ().\-/]+$/.test(text) && /^\d{4,20}$/.test(text.replaceAll(/\D/g, "")),
    failsAs("must be a phone number of 4 to 20 digits", "not_a_phone_number"),
  )
  .openapi({ type: "string", maxLength: 40, example: "+34 600 11 22 33" });

const TaxId = label(40, "12345678Z").overwrite((text) => text.toUpperCase());

const fields = {
  name: label(200, "Begoña Núñez"),
  email: Email.nullable().optional(),
  phone: Phone.nullable().optional(),
  tax_id: TaxId.nullable().optional(),
  addresses: z.array(Address).max(MAX_ADDRESSES).optional(),
  note: textLines(2000, "Prefers paperbacks").nullable().optional(),
  language: LanguageTag.nullable().optional(),
  accepts_mail: z.boolean().optional().openapi({
    description: "whether the customer agreed to mails that no order causes; by default not",
  }),
  external_ref: label(200, "17850").nullable().optional().openapi({
    description: "the customer in the files of another system, by which imports find the record",
  }),
};

export const NewCustomer = z.strictObject(fields).openapi("NewCustomer");

export const CustomerPatch = z
  .strictObject({ ...fields, name: fields.name.optional() })
  .openapi("CustomerPatch");

export const Customer = z
  .object({
    id: Id,
    name: z.string().nullable().openapi({ example: "Begoña Núñez" }),
    email: z.string().nullable().openapi({ example: "begona@example.com" }),
    email_confirmed: z.boolean().openapi({
      description:
        "false without an address, and while an account has not confirmed its address: it identifies nobody then",
    }),
    email_bounced_at: z.iso.datetime().nullable().openapi({
      description:
        "when a mail to the address bounced; until a mail reaches it or the address is entered again, no mails about orders are sent",
    }),
    phone: z.string().nullable().openapi({ example: "+34 600 11 22 33" }),
    tax_id: z.string().nullable().openapi({ example: "12345678Z" }),
    addresses: z.array(Address),
    note: z.string().nullable(),
    language: z.string().nullable().openapi({ example: "es" }),
    accepts_mail: z.boolean(),
    accepts_mail_at: z.iso.datetime().nullable().openapi({ description: "when the customer agreed" }),
    external_ref: z.string().nullable().openapi({ example: "17850" }),
    has_login: z.boolean().openapi({
      description: "whether the customer has an account, which has the same id; name and e-mail are then its",
    }),
    version: z.int(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Customer");

export const CustomerList = listOf(Customer).openapi("CustomerList");

export const CustomerQuery = z.strictObject({
  ...PageQuery,
  q: z.string().max(200).optional().openapi({
    description:
      "words, each of which begins a word of the name, the e-mail, the phone or the tax id. Accents and case do not matter, nor do spaces in a phone or tax id.",
    example: "bego nuñ",
  }),
  ...JsonOrCsvQuery,
});

export const CustomerMerge = z
  .strictObject({ into: Id.openapi({ description: "the customer that remains" }) })
  .openapi("CustomerMerge");
