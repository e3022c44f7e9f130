import { z } from "@hono/zod-openapi";
import { Id } from "../../values/ids.ts";
import { listOf, PageQuery } from "../../http/pagination.ts";
import {
  folded,
  isPlain,
  isStorable,
  label,
  LanguageTag,
  STORABLE_MESSAGE,
  trimmed,
} from "../../values/text.ts";
import { failsAs } from "../../values/faults.ts";
import { ExistingSlug } from "../shops/slug.ts";

// E-mail addresses are stored and compared in NFC and lower case.
export const Email = z
  .string()
  .max(254)
  .transform((email) => folded(trimmed(email)))
  .refine(
    (email) => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/u.test(email) && isPlain(email),
    failsAs("must be an e-mail address", "not_an_email"),
  )
  .refine(
    (email) => !/@(erased|no-login)\.invalid$/.test(email),
    failsAs("must not be an address at erased.invalid or no-login.invalid", "not_an_email"),
  )
  .openapi({ type: "string", format: "email", maxLength: 254, example: "ana@example.com" });

const LENGTH_MESSAGE = "must have 8 to 256 characters";

export const Password = z
  .string()
  .refine((text) => text.length >= 8, failsAs(LENGTH_MESSAGE, "too_short", 8))
  .refine((text) => text.length <= 256, failsAs(LENGTH_MESSAGE, "too_long", 256))
  // In UTF-8, all unpaired surrogates become the same character.
  .refine(isStorable, failsAs(STORABLE_MESSAGE, "invalid_characters"))
  .openapi({
    type: "string",
    format: "password",
    minLength: 8,
    maxLength: 256,
    example: "correct horse battery",
  });

export const RoleName = z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]).openapi("Role");

export const Preferences = z
  .strictObject({
    categories: z.array(label(100, "Poetry")).max(50).optional(),
    language: LanguageTag.optional(),
    weekly_report: z.boolean().optional().openapi({
      description:
        "Whether an ADMIN gets the figures of the week by mail on Monday morning; by default not. Requires a confirmed address.",
    }),
    daily_summary: z.boolean().optional().openapi({
      description:
        "Whether an ADMIN gets the figures of each day by mail on the next morning, unless nothing was sold; by default not. Requires a confirmed address.",
    }),
    alerts_by_mail: z.boolean().optional().openapi({
      description:
        "Whether an ADMIN gets a mail for each product whose stock is low and each idle shift, at most 20 of each an hour; by default not. Requires a confirmed address.",
    }),
  })
  .openapi("Preferences");

export const User = z
  .object({
    id: Id,
    tenant_id: Id,
    email: z.string().openapi({ example: "ana@example.com" }),
    email_confirmed: z.boolean().openapi({ description: "Whether a mail to the address reached the person" }),
    email_bounced_at: z.iso.datetime().nullable().openapi({
      description:
        "When a mail to the address bounced. Until a mail reaches it, only what the person has asked for is sent",
    }),
    first_name: z.string().openapi({ example: "Ana" }),
    last_name: z.string().openapi({ example: "Sol" }),
    role: RoleName,
    is_active: z.boolean(),
    preferences: Preferences,
    created_at: z.iso.datetime(),
  })
  .openapi("User");

/** The fields of everybody who gets an account. */
export const person = {
  email: Email,
  password: Password,
  first_name: label(100, "Ana"),
  last_name: label(100, "Sol"),
};

export const Registration = z.strictObject({ tenant: ExistingSlug, ...person }).openapi("Registration");

export const MePatch = z
  .strictObject({
    first_name: person.first_name.optional(),
    last_name: person.last_name.optional(),
    preferences: Preferences.optional(),
  })
  .openapi("MePatch");

export const EmailChange = z
  .strictObject({ email: Email, password: z.string().max(256) })
  .openapi("EmailChange");

export const EmailConfirmation = z
  .strictObject({
    token: z.string().max(200).openapi({ description: "The `token` of the link in the mail" }),
  })
  .openapi("EmailConfirmation");

export const NewStaff = z
  .strictObject({ ...person, role: z.enum(["EMPLOYEE", "ADMIN"]).openapi("StaffRole") })
  .openapi("NewStaff");

export const UserPatch = z
  .strictObject({ role: RoleName.optional(), is_active: z.boolean().optional() })
  .openapi("UserPatch");

export const UserList = listOf(User).openapi("UserList");

export const UserQuery = z.strictObject({
  ...PageQuery,
  role: RoleName.optional(),
  tenant: z.string().optional(),
});
