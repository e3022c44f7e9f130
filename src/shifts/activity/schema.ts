import { z } from "@hono/zod-openapi";
import { Flag } from "../../http/named.ts";
import { INSTANT_MESSAGE, isSupportedInstant } from "../../values/days.ts";
import { Id } from "../../values/ids.ts";
import { listOf, PageQuery } from "../../http/pagination.ts";
import { label } from "../../values/text.ts";

/** The name of a platform, compared and stored in lower case. */
const Platform = label(50, "whatsapp").transform((name) => name.normalize("NFC").toLowerCase());

const NewActivity = z.strictObject({
  id: z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/, "1 to 64 visible ASCII characters")
    .optional()
    .openapi({
      description:
        "the id of the event at the client; without it, events with the same content are duplicates",
    }),
  at: z.iso
    .datetime({ offset: true })
    .refine(isSupportedInstant, INSTANT_MESSAGE)
    .openapi({ example: "2026-11-22T10:15:00Z" }),
  platform: Platform,
  kind: label(50, "message_answered"),
  detail: label(1000, "asked for opening hours").optional(),
});

export const ActivityBatch = z
  .strictObject({ events: z.array(NewActivity).min(1).max(100) })
  .openapi("ActivityBatch");

export const Rejection = z.enum(["platform_not_allowed", "in_the_future", "before_the_shift", "too_old"]);

export const ActivityTaken = z
  .object({
    accepted: z.int(),
    duplicates: z.int().openapi({ description: "events that are already stored for the shift" }),
    rejected: z.array(
      z.object({
        index: z.int().openapi({ description: "the index in `events`, from 0" }),
        reason: Rejection,
      }),
    ),
  })
  .openapi("ActivityResult");

export const Activity = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    platform: z.string(),
    kind: z.string(),
    detail: z.string().nullable(),
    created_at: z.iso.datetime().openapi({ description: "when the server received it" }),
  })
  .openapi("Activity");

export const ActivityList = listOf(Activity).openapi("ActivityList");

export const ActivityQuery = z.strictObject({ ...PageQuery, tenant: z.string().max(100).optional() });

export const Platforms = z
  .strictObject({
    platforms: z
      .array(Platform)
      .max(100)
      .openapi({ example: ["instagram", "whatsapp"] }),
  })
  .openapi("Platforms");

export const PlatformsSeen = z
  .object({
    platforms: z.array(z.string()),
    allows_all: z.boolean().openapi({ description: "true until the shop sets its first list" }),
  })
  .openapi("PlatformList");

export const Alert = z
  .object({
    id: Id,
    kind: z.enum(["idle", "overlong", "stock_discrepancy"]).openapi("AlertKind"),
    shift_id: Id.nullable().openapi({
      description: "of a stock discrepancy: the shift of its sale, if there was one",
    }),
    user_id: Id.nullable().openapi({
      description: "of a stock discrepancy: the seller; null for a sale by an API key that names none",
    }),
    product_id: Id.nullable().openapi({
      description:
        "of a stock discrepancy: the product whose stock is to be counted; GET /stock/discrepancies has the details",
    }),
    opened_at: z.iso.datetime(),
    closed_at: z.iso.datetime().nullable(),
  })
  .openapi("Alert");

export const AlertList = listOf(Alert).openapi("AlertList");

export const AlertQuery = z.strictObject({
  ...PageQuery,
  open: Flag.optional(),
  user_id: Id.optional(),
  kind: Alert.shape.kind.optional(),
  tenant: z.string().max(100).optional(),
});
