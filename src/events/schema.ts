import { z } from "@hono/zod-openapi";
import { Id } from "../values/ids.ts";
import { listOf } from "../http/pagination.ts";

/** What happens in a shop; a trigger writes `product.low_stock`. */
export const EVENT_TYPES = [
  "sale.completed",
  "sale.refunded",
  "sale.cancelled",
  "purchase.placed",
  "payment.refund_due",
  "payment.refunded",
  "product.created",
  "product.updated",
  "product.hidden",
  "product.low_stock",
  "shift.started",
  "shift.ended",
  "shift.corrected",
  "shift.idle",
  "shift.needs_review",
  "webhook.ping",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

export const DeadLetter = z
  .object({
    id: Id,
    queue: z.enum(["events"]),
    body: z.unknown().openapi({ description: "the message as it was sent" }),
    created_at: z.iso.datetime(),
    replayed_at: z.iso.datetime().nullable().openapi({ description: "when it was last sent again" }),
  })
  .openapi("DeadLetter");

export const DeadLetterList = listOf(DeadLetter).openapi("DeadLetterList");
