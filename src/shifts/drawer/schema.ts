import { z } from "@hono/zod-openapi";
import { Approval } from "../../auth/approvals/schema.ts";
import { listOf } from "../../http/pagination.ts";
import { Id } from "../../values/ids.ts";
import { MAX_CASH } from "../../values/money.ts";
import { Quantity } from "../../values/quantities.ts";
import { Instant, reason, Shift } from "../schema.ts";
import { label } from "../../values/text.ts";

const amount = z.int().openapi({ description: "minor units", example: 12950 });

export const ShiftEnd = z
  .strictObject({
    counted_cash: z
      .int()
      .min(0)
      .max(MAX_CASH)
      .optional()
      .openapi({ description: "minor units in the drawer" }),
  })
  .openapi("ShiftEnd");

// Not extended from ShiftEnd: in the OpenAPI document each of the two would then forbid the fields of the other.
export const ShiftClose = z
  .strictObject({
    ...ShiftEnd.shape,
    end_at: Instant,
    reason: reason.default("closed by an ADMIN"),
  })
  .openapi("ShiftClose");

export const ShiftPatch = z
  .strictObject({ start_at: Instant.optional(), end_at: Instant.optional(), reason })
  .refine(
    (patch) => patch.start_at !== undefined || patch.end_at !== undefined,
    "send start_at, end_at or both",
  )
  .openapi("ShiftPatch", {
    example: { end_at: "2026-11-22T20:00:00+01:00", reason: "forgot to clock out" },
  });

export const NewCashMove = z
  .strictObject({
    kind: z.enum(["paid_in", "paid_out"]).openapi("CashMoveKind"),
    amount: z.int().min(1).max(MAX_CASH).openapi({ example: 2000 }),
    reason: label(200, "change from the bank"),
    approval: Approval.optional().openapi({
      description: "Needed by an EMPLOYEE who pays out more than the expected cash, and ignored otherwise",
    }),
  })
  .openapi("NewCashMove");

export const DrawerWarning = z
  .object({
    code: z.literal("drawer-short"),
    detail: z.string().openapi({ description: "explains the warning to people; switch on `code`" }),
    expected_cash: amount.openapi({
      description: "what the drawer should have held before the payment, in minor units",
      example: 800,
    }),
  })
  .openapi("DrawerWarning", { description: "More cash was paid out than the drawer should have held." });

export const warnings = z.array(DrawerWarning).openapi({
  description: "what to check, though the request was carried out; usually empty",
});

export const CashMove = z
  .object({
    id: Id,
    shift_id: Id,
    kind: z.enum(["paid_in", "paid_out"]).openapi("CashMoveKind"),
    amount,
    reason: z.string(),
    approved_by: Id.nullable().openapi({
      description: "The ADMIN who approved paying out more than the expected cash; null if it was not needed",
    }),
    created_at: z.iso.datetime(),
    warnings,
  })
  .openapi("CashMove");

export const ListedCashMove = CashMove.omit({ warnings: true })
  .extend({ user_id: Id.openapi({ description: "The person of the shift, who recorded it" }) })
  .openapi("ListedCashMove");

export const CashMoveList = listOf(ListedCashMove).openapi("CashMoveList");

const LateSale = z
  .object({
    id: Id,
    number: z.string().openapi({ example: "C-000123" }),
    total: amount,
    sold_at: z.iso.datetime(),
    shift_id: Id.nullable().openapi({
      description: "the shift in which it was sold; null if its seller had none then",
    }),
  })
  .openapi("LateSale");

export const OpeningCash = z
  .object({
    amount: amount.nullable().openapi({ description: "the cash that was counted, in minor units" }),
    shift_id: Id.nullable(),
    user_id: Id.nullable(),
    counted_at: z.iso.datetime().nullable().openapi({ description: "the end of the shift" }),
  })
  .openapi("OpeningCash", { description: "All null until a drawer of the shop has been counted." });

const negative = amount.openapi({ description: "minor units, zero or negative", example: -1290 });
const balance = amount.openapi({ description: "sales, less refunds and voids, in minor units" });

export const TillReport = z
  .object({
    report: z.enum(["X", "Z"]).openapi({ description: "X while the shift is open, Z once it is closed" }),
    z_number: z.int().nullable().openapi({ description: "numbered by shop, from 1" }),
    shift_id: Id,
    user_id: Id,
    start_at: z.iso.datetime(),
    end_at: z.iso.datetime().nullable(),
    currency: z.string(),
    sales: z.object({ count: z.int(), total: amount }),
    refunds: z.object({ count: z.int(), total: negative }).openapi({ description: "without voids" }),
    voids: z.object({ count: z.int(), total: negative }),
    total: amount.openapi({
      description: "sales, less refunds and voids: the sum of their totals, and net plus tax",
    }),
    net: amount.openapi({ description: "total without tax, in minor units" }),
    tax: amount.openapi({ description: "tax in the total, in minor units" }),
    discounts: amount.openapi({
      description: "what discounts took off sales, less those of refunds and voids, in minor units",
    }),
    rounding: amount.openapi({
      description: "what cash rounding added to the total; the payments add up to total plus rounding",
      example: 0,
    }),
    by_payment_method: z
      .array(
        z.object({
          payment_method: z.string(),
          sales: amount,
          refunds: negative,
          voids: negative,
          total: balance,
        }),
      )
      .openapi({
        description:
          "what was paid by each method, and paid back by it; the totals add up to total plus rounding of the report",
      }),
    taxes: z
      .array(
        z.object({
          tax_rate_id: Id.nullable(),
          name: z.string().nullable().openapi({ example: "IVA 21 %" }),
          rate: z.int().nullable().openapi({ description: "hundred-thousandths", example: 21_000 }),
          net: balance,
          tax: balance,
          gross: balance,
        }),
      )
      .openapi({
        description:
          "sales, less refunds and voids, by tax rate, highest first; last, with a null name and rate, what was sold without tax. " +
          "The rows add up to net, tax and total of the report.",
      }),
    by_category: z
      .array(z.object({ category: z.string().nullable(), units: Quantity, total: amount }))
      .openapi({
        description: "sales, less refunds and voids, by category; the rows add up to total of the report",
      }),
    first_sale_at: z.iso.datetime().nullable().openapi({ description: "over the counter" }),
    last_sale_at: z.iso.datetime().nullable().openapi({ description: "over the counter" }),
    opening_cash: amount,
    paid_in: amount,
    paid_out: amount,
    expected_cash: amount.openapi({
      description: "opening_cash + the total of cash in by_payment_method + paid_in - paid_out",
    }),
    counted_cash: amount.nullable(),
    difference: amount.nullable().openapi({ description: "counted_cash minus expected_cash", example: -50 }),
    late_sales: z.array(LateSale).openapi({
      description:
        "the first 100 sales that an offline till sent after the end of their shift or made without one: those made in this shift, and " +
        "those that its seller sent during it. No Z report and no expected cash includes them",
    }),
    late_sales_count: z.int().openapi({ example: 0 }),
  })
  .openapi("TillReport");

export const ShiftEnded = Shift.extend({ report: TillReport }).openapi("EndedShift");
