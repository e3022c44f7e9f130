import { z } from "@hono/zod-openapi";
import { Id } from "../values/ids.ts";
import { INSTANT_MESSAGE, isSupportedInstant } from "../values/days.ts";
import { MAX_CASH } from "../values/money.ts";
import { JsonOrCsvQuery } from "../http/csv.ts";
import { DayRange, listOf, orderedRange, PageQuery } from "../http/pagination.ts";
import { label } from "../values/text.ts";

const device = label(100, "Till 1");

const cash = z
  .int()
  .min(0)
  .max(MAX_CASH)
  .openapi({ description: "minor units in the drawer", example: 15000 });

export const NewShift = z
  .strictObject({ device_label: device.optional(), opening_cash: cash.default(0) })
  .openapi("NewShift");

export const NewSession = z.strictObject({ device_label: device.optional() }).openapi("NewWorkSession");

export const NewBreak = z
  .strictObject({ paid: z.boolean().default(false) })
  .openapi("NewBreak", { description: "An unpaid break does not count as worked time." });

export const WorkSession = z
  .object({
    id: Id,
    device_label: z.string().nullable(),
    start_at: z.iso.datetime(),
    end_at: z.iso.datetime().nullable(),
  })
  .openapi("WorkSession", { description: "A device on which the person works in a shift" });

const Break = z
  .object({
    id: Id,
    paid: z.boolean(),
    start_at: z.iso.datetime(),
    end_at: z.iso.datetime().nullable(),
  })
  .openapi("Break");

export const Shift = z
  .object({
    id: Id,
    user_id: Id,
    status: z.enum(["OPEN", "CLOSED"]).openapi("ShiftStatus"),
    start_at: z.iso.datetime(),
    end_at: z.iso.datetime().nullable(),
    day: z
      .string()
      .openapi({ description: "the day of the start in the shop's time zone", example: "2026-11-22" }),
    opening_cash: z.int(),
    counted_cash: z.int().nullable(),
    z_number: z.int().nullable().openapi({ description: "the number of the Z report" }),
    needs_review: z.boolean().openapi({
      description:
        "true if the shift was open longer than the shop's max_shift_hours, until an ADMIN closes or corrects it; and if the ADMIN left it longer than 24 hours",
    }),
    proposed_end_at: z.iso.datetime().nullable().openapi({
      description:
        "the last activity in a shift that needs review, sales, breaks and cash movements included",
    }),
    sessions: z.array(WorkSession),
    breaks: z.array(Break),
  })
  .openapi("Shift");

export const ShiftStarted = Shift.extend({
  session: WorkSession.openapi({ description: "the session of this device" }),
}).openapi("StartedShift");

/** An instant with an offset; stored in UTC to the millisecond, so that its text sorts by time. */
export const Instant = z.iso
  .datetime({ offset: true })
  .refine(isSupportedInstant, INSTANT_MESSAGE)
  .transform((text) => new Date(text).toISOString())
  .openapi({ type: "string", format: "date-time", example: "2026-11-22T20:00:00+01:00" });

export const reason = label(500, "forgot to clock out");

const snapshot = z.record(z.string(), z.unknown()).openapi({ description: "the shift at that time" });

export const ShiftAudit = z
  .object({
    id: Id,
    shift_id: Id,
    actor_id: Id.openapi({ description: "the ADMIN who made the change" }),
    action: z.enum(["close", "correct"]),
    reason: z.string(),
    before: snapshot,
    after: snapshot,
    created_at: z.iso.datetime(),
  })
  .openapi("ShiftAudit");

export const ShiftAuditList = z.object({ data: z.array(ShiftAudit) }).openapi("ShiftAuditList");

export const ShiftList = listOf(Shift).openapi("ShiftList");

export const ShiftQuery = orderedRange(
  z.strictObject({
    ...PageQuery,
    ...DayRange,
    user_id: Id.optional(),
    status: z.enum(["OPEN", "CLOSED"]).openapi("ShiftStatus").optional(),
    ...JsonOrCsvQuery,
    tenant: z.string().max(100).optional(),
  }),
);
