import { z } from "@hono/zod-openapi";
import { Id } from "../../values/ids.ts";
import { DayRange, listOf, orderedRange, PageQuery } from "../../http/pagination.ts";
import { Quantity, thousandthsBetween } from "../../values/quantities.ts";
import { label } from "../../values/text.ts";

export const StockChange = z
  .strictObject({
    delta: thousandthsBetween(-1_000_000_000, 1_000_000_000)
      .refine((delta) => delta !== 0, "must not be 0")
      .optional(),
    count: thousandthsBetween(0, 1_000_000_000).optional(),
    version: z.int().min(1).optional().openapi({
      description: "only with a count: the version of the product that was read; rejected if it has changed",
    }),
    reason: z.enum(["received", "count", "damage", "correction"]),
    reference: label(200, "delivery note 4711").optional(),
  })
  .refine(
    (change) => (change.delta === undefined) !== (change.count === undefined),
    "send either delta or count",
  )
  .refine((change) => change.version === undefined || change.count !== undefined, {
    path: ["version"],
    error: "is allowed only with a count",
  })
  .openapi("StockChange", { example: { delta: 5, reason: "received", reference: "delivery note 4711" } });

const move = {
  id: Id,
  product_id: Id,
  delta: Quantity,
  reason: z.enum(["sale", "refund", "received", "count", "damage", "correction"]).openapi("StockMoveReason"),
  reference: z.string().nullable().openapi({ description: "for a sale or refund, its id" }),
  created_at: z.iso.datetime(),
};

export const StockMove = z
  .object({ ...move, stock: Quantity.openapi({ description: "the stock after the move" }) })
  .openapi("StockMove");

export const StockMoveList = listOf(
  z
    .object({ ...move, actor_id: Id.nullable().openapi({ description: "the user who made the change" }) })
    .openapi("RecordedMove"),
).openapi("StockMoveList");

export const StockMoveQuery = orderedRange(
  z.strictObject({
    ...PageQuery,
    ...DayRange,
    reason: move.reason.optional(),
    tenant: z.string().max(100).optional(),
  }),
);
