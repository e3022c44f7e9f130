import { z } from "@hono/zod-openapi";
import { canonicalTimezone } from "../values/days.ts";
import { Id } from "../values/ids.ts";
import { isCurrency } from "../values/money.ts";
import { listOf } from "../http/pagination.ts";
import { PlanName } from "../quota/plans.ts";
import {
  folded,
  PLAIN_MESSAGE,
  isPlain,
  isStorable,
  label,
  LanguageTag,
  trimmed,
  STORABLE_MESSAGE,
} from "../values/text.ts";

/** E-mails are compared folded: Unicode NFC, lower case. */
const Email = z
  .string()
  .max(254)
  .transform((email) => folded(trimmed(email)))
  .refine((email) => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/u.test(email) && isPlain(email), "an e-mail address")
  .refine((email) => !email.endsWith("@erased.invalid"), "an e-mail address of nobody who was erased")
  .openapi({ type: "string", format: "email", maxLength: 254, example: "ana@example.com" });

export const Password = z
  .string()
  .refine((text) => text.length >= 8 && text.length <= 256, "8 to 256 characters")
  // Hashed as UTF-8, all halves of surrogate pairs would be one character.
  .refine(isStorable, STORABLE_MESSAGE)
  .openapi({
    type: "string",
    format: "password",
    minLength: 8,
    maxLength: 256,
    example: "correct horse battery",
  });

const Slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "lower-case letters, digits and inner hyphens, 63 at most")
  .openapi({ example: "libreria-sol" });

export const RoleName = z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]).openapi("Role");

export const Preferences = z
  .strictObject({
    categories: z.array(label(100, "Poetry")).max(50).optional(),
    language: LanguageTag.optional(),
  })
  .openapi("Preferences");

export const User = z
  .object({
    id: Id,
    tenant_id: Id,
    email: z.string().openapi({ example: "ana@example.com" }),
    first_name: z.string().openapi({ example: "Ana" }),
    last_name: z.string().openapi({ example: "Sol" }),
    role: RoleName,
    is_active: z.boolean(),
    preferences: Preferences,
    created_at: z.iso.datetime(),
  })
  .openapi("User");

const TenantBody = z
  .object({
    id: Id,
    slug: Slug,
    name: z.string().openapi({ example: "Librería Sol" }),
    currency: z.string().openapi({ example: "EUR" }),
    timezone: z.string().openapi({ example: "Europe/Madrid" }),
    created_at: z.iso.datetime(),
  })
  .openapi("Tenant");

const person = {
  email: Email,
  password: Password,
  first_name: label(100, "Ana"),
  last_name: label(100, "Sol"),
};

export const NewTenant = z
  .strictObject({
    slug: Slug,
    name: label(200, "Librería Sol"),
    currency: z.string().refine(isCurrency, "an ISO 4217 currency code, as EUR").openapi({ example: "EUR" }),
    timezone: z
      .string()
      .transform((text, ctx) => {
        const zone = canonicalTimezone(text);
        if (zone === null) ctx.addIssue({ code: "custom", message: "an IANA time zone, as Europe/Madrid" });
        return zone ?? z.NEVER;
      })
      .openapi({ type: "string", example: "Europe/Madrid" }),
    admin: z.strictObject(person),
  })
  .openapi("NewTenant");

export const TenantMade = z.object({ tenant: TenantBody, user: User }).openapi("TenantMade");

export const Registration = z.strictObject({ tenant: Slug, ...person }).openapi("Registration");

export const Credentials = z
  .strictObject({
    tenant: z.string().max(100).refine(isPlain, PLAIN_MESSAGE).openapi({ example: "libreria-sol" }),
    email: z
      .string()
      .max(254)
      .refine(isPlain, PLAIN_MESSAGE)
      .transform((email) => folded(email.trim()))
      .openapi({ type: "string", example: "ana@example.com" }),
    password: z.string().max(256).openapi({ example: "correct horse battery" }),
  })
  .openapi("Credentials");

export const Login = z
  .object({
    access_token: z.string().openapi({ description: "JWT, EdDSA; valid for expires_in seconds" }),
    token_type: z.literal("Bearer"),
    expires_in: z.int().openapi({ example: 600 }),
    refresh_token: z.string().openapi({ description: "Valid once; /auth/refresh answers the next one" }),
    user: User,
  })
  .openapi("Login");

export const RefreshBody = z
  .strictObject({ refresh_token: z.string().max(200).optional() })
  .openapi("Refresh", { description: "May be left out where the refresh cookie is sent" });

export const MePatch = z
  .strictObject({
    first_name: person.first_name.optional(),
    last_name: person.last_name.optional(),
    preferences: Preferences.optional(),
  })
  .openapi("MePatch");

export const NewStaff = z
  .strictObject({ ...person, role: z.enum(["EMPLOYEE", "ADMIN"]) })
  .openapi("NewStaff");

export const UserPatch = z
  .strictObject({ role: RoleName.optional(), is_active: z.boolean().optional() })
  .openapi("UserPatch");

const settings = {
  require_shift_to_sell: z
    .boolean()
    .openapi({ description: "no counter sale or refund without an open shift" }),
  require_if_match: z
    .boolean()
    .openapi({ description: "no change of a product that does not name its version by If-Match (428)" }),
  idle_minutes: z
    .int()
    .min(1)
    .max(480)
    .openapi({ description: "an alert after so long without activity", example: 15 }),
  max_shift_hours: z
    .int()
    .min(1)
    .max(48)
    .openapi({ description: "a longer shift needs a review", example: 12 }),
  hold_minutes: z
    .int()
    .min(1)
    .max(1440)
    .openapi({ description: "so long an unpaid purchase keeps its goods", example: 30 }),
};

const requests = z.int().openapi({ example: 30_000 });

export const Settings = z
  .object({
    ...settings,
    plan: PlanName.openapi({ description: "what the operator has booked for the shop" }),
    quotas: z.object({ tenant: requests, public: requests, user: requests, address: requests }).openapi({
      description:
        "requests a minute: of the shop, of its readers and customers together (part of the shop's), of one of its users, of one address",
    }),
  })
  .openapi("Settings");

export const SettingsPatch = z.strictObject(settings).partial().openapi("SettingsPatch");

export const UserList = listOf(User).openapi("UserList");
