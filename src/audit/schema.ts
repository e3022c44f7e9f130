import { z } from "@hono/zod-openapi";
import { isDay, isSupportedInstant } from "../values/days.ts";
import { Id } from "../values/ids.ts";
import { JsonOrCsvQuery } from "../http/csv.ts";
import { listOf, PageQuery } from "../http/pagination.ts";

const ACTIONS = [
  "shop.opened",
  "shop.changed",
  "user.registered",
  "user.added",
  "user.changed",
  "user.profile_changed",
  "user.signed_in",
  "user.signed_out",
  "user.sessions_ended",
  "user.device_approved",
  "user.device_denied",
  "user.password_changed",
  "user.password_set",
  "user.password_reset",
  "user.email_changed",
  "user.invited",
  "user.invitation_withdrawn",
  "user.pin_set",
  "user.pin_removed",
  "user.pin_failed",
  "user.erased",
  "settings.changed",
  "payment_methods.changed",
  "customer.added",
  "customer.changed",
  "customer.merged",
  "customer.erased",
  "sale.added",
  "sale.approved",
  "sale.voided",
  "sale.payments_corrected",
  "sale.receipt_mailed",
  "sale.written_off",
  "platforms.changed",
  "product.added",
  "product.changed",
  "product.hidden",
  "product.stock_moved",
  "product.sku_ambiguous",
  "goal.changed",
  "tax_rate.added",
  "tax_rate.changed",
  "sale.refunded",
  "purchase.placed",
  "purchase.changed",
  "purchase.link_renewed",
  "purchase.confirmed",
  "purchase.cancelled",
  "payment.due_back",
  "payment.given_back",
  "shift.closed",
  "shift.corrected",
  "shift.paid_out_approved",
  "import.started",
  "import.undo_started",
  "import_mapping.saved",
  "import_mapping.deleted",
  "api_key.added",
  "api_key.changed",
  "api_key.secret_rotated",
  "api_key.revoked",
  "webhook.added",
  "webhook.changed",
  "webhook.deleted",
  "webhook.secret_rotated",
  "dead_letter.replayed",
  "mail.retried",
] as const;

export type Action = (typeof ACTIONS)[number];

const entityOf = (action: string): string => action.slice(0, action.indexOf("."));

const ActionName = z.enum(ACTIONS).openapi("AuditAction").openapi({ example: "product.changed" });
const Entity = z
  .enum([...new Set(ACTIONS.map(entityOf))])
  .openapi("AuditEntity")
  .openapi({ example: "product" });

const fields = z.record(z.string(), z.unknown()).nullable();

export const AuditEntry = z
  .object({
    id: Id,
    created_at: z.iso.datetime(),
    actor_id: Id.nullable().openapi({
      description: "The account or API key that made the change; null if nobody was signed in",
    }),
    key_name: z.string().nullable().openapi({
      description: "The name of the API key that made the change; null for a person",
    }),
    action: ActionName,
    entity: Entity.openapi({ description: "The kind of entity that changed" }),
    entity_id: z.string().openapi({
      description:
        "The id of the entity, the month of goals, or the id of the shop for entities of which a shop has only one",
    }),
    before: fields.openapi({ description: "The changed fields before the change" }),
    after: fields.openapi({
      description:
        "The changed fields after the change. For people, only the names of the fields, the role and is_active",
    }),
    request_id: z.string().nullable().openapi({
      description: "The X-Request-Id of the change; null if the client sent one that is not a UUID",
    }),
  })
  .openapi("AuditEntry");

export const AuditList = listOf(AuditEntry).openapi("AuditList");

const Moment = z
  .string()
  .refine(
    (text) =>
      isDay(text) || (z.iso.datetime({ offset: true }).safeParse(text).success && isSupportedInstant(text)),
    "must be a day, such as 2026-11-22, or a time, such as 2026-11-22T20:00:00Z",
  )
  .optional();

export const AuditQuery = z.strictObject({
  ...PageQuery,
  from: Moment.openapi({ description: "A day in the shop's time zone, or a time", example: "2026-11-22" }),
  to: Moment.openapi({
    description: "A day in the shop's time zone, or a time; inclusive",
    example: "2026-11-22T20:00:00Z",
  }),
  actor_id: Id.optional(),
  action: ActionName.optional(),
  entity: Entity.optional(),
  entity_id: z.string().max(100).optional(),
  ...JsonOrCsvQuery,
  tenant: z.string().max(100).optional(),
});
