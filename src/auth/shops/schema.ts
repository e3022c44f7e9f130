import { z } from "@hono/zod-openapi";
import { customFault, failsAs } from "../../values/faults.ts";
import { canonicalTimezone } from "../../values/days.ts";
import { Id } from "../../values/ids.ts";
import { isCurrency } from "../../values/money.ts";
import { PlanName } from "../../quota/plans.ts";
import { label } from "../../values/text.ts";
import { person, User } from "../accounts/schema.ts";
import { Slug } from "./slug.ts";

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

/** The fields that every shop has from its opening on. */
export const shopBasics = {
  name: label(200, "Librería Sol"),
  currency: z
    .string()
    .refine(isCurrency, failsAs("must be an ISO 4217 currency code, such as EUR", "not_an_option"))
    .openapi({ example: "EUR" }),
  timezone: z
    .string()
    .transform((text, ctx) => {
      const zone = canonicalTimezone(text);
      if (zone === null)
        ctx.addIssue(customFault("must be an IANA time zone, such as Europe/Madrid", "not_an_option"));
      return zone ?? z.NEVER;
    })
    .openapi({ type: "string", example: "Europe/Madrid" }),
};

export const NewTenant = z
  .strictObject({ slug: Slug, ...shopBasics, admin: z.strictObject(person) })
  .openapi("NewTenant");

export const TenantMade = z.object({ tenant: TenantBody, user: User }).openapi("OpenedTenant");

const limit = (example: number) => z.int().min(1).max(1_000_000).openapi({ example });

/** The settings that an ADMIN can change. */
export const settings = {
  require_shift_to_sell: z
    .boolean()
    .openapi({ description: "Counter sales and refunds require an open shift" }),
  require_if_match: z
    .boolean()
    .openapi({ description: "Changes to a product require If-Match; without it they are rejected with 428" }),
  order_mails: z.boolean().openapi({
    description:
      "Whether the customer of an online order gets mails about it: placed, paid, cancelled and refunded",
  }),
  idle_minutes: z
    .int()
    .min(1)
    .max(480)
    .openapi({ description: "Minutes without activity after which an alert is raised", example: 15 }),
  max_shift_hours: z
    .int()
    .min(1)
    .max(48)
    .openapi({ description: "Hours after which a shift needs a review", example: 12 }),
  hold_minutes: z
    .int()
    .min(1)
    .max(1440)
    .openapi({ description: "Minutes for which an unpaid purchase reserves its stock", example: 30 }),
  guest_hold_minutes: z
    .int()
    .min(1)
    .max(1440)
    .openapi({ description: "Minutes for which an unpaid order of a guest reserves its stock", example: 15 }),
  pending_orders_per_customer: limit(5).openapi({
    description: "How many unpaid orders a customer with an account may have placed at the same time",
  }),
  pending_units_per_customer: limit(200).openapi({
    description: "How many units a customer with an account may reserve with unpaid orders",
  }),
  pending_orders_per_address: limit(20).openapi({
    description: "How many unpaid orders customers and guests may have placed from one network address",
  }),
  pending_units_per_address: limit(600).openapi({
    description:
      "How many units customers and guests may reserve with unpaid orders from one network address",
  }),
};

const requests = z.int().openapi({ example: 30_000 });

export const Settings = z
  .object({
    ...settings,
    plan: PlanName.openapi({ description: "The plan that the operator has set for the shop" }),
    quotas: z
      .object({ tenant: requests, public: requests, user: requests, key: requests, address: requests })
      .openapi({
        description:
          "Requests per minute of the shop, of its anonymous readers and customers together (part of the shop's), of each user, and of each address",
      }),
  })
  .openapi("Settings");

export const SettingsPatch = z.strictObject(settings).partial().openapi("SettingsPatch");
