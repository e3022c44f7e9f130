import { z } from "@hono/zod-openapi";
import { Id } from "../values/ids.ts";
import { listOf } from "../http/pagination.ts";

/** The types of events; `product.low_stock` is written by a trigger. */
export const EVENT_TYPES = [
  "sale.completed",
  "sale.refunded",
  "sale.cancelled",
  "sale.payments_corrected",
  "purchase.placed",
  "purchase.changed",
  "payment.refund_due",
  "payment.refunded",
  "product.created",
  "product.updated",
  "product.hidden",
  "product.low_stock",
  "product.stock_changed",
  "products.imported",
  "stock.discrepancy",
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
    body: z.unknown().openapi({ description: "The body of the message" }),
    created_at: z.iso.datetime(),
    replayed_at: z.iso.datetime().nullable().openapi({ description: "The time of the last replay" }),
  })
  .openapi("DeadLetter");

export const DeadLetterList = listOf(DeadLetter).openapi("DeadLetterList");
