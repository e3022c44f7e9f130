import { z } from "@hono/zod-openapi";
import { Id } from "../ids.ts";
import { MAX_AMOUNT } from "../money.ts";
import { DayRange, listOf, PageQuery } from "../page.ts";
import { label } from "../text.ts";

const device = label(100, "Till 1");

const cash = z
  .int()
  .min(0)
  .max(MAX_AMOUNT)
  .openapi({ description: "minor units in the drawer", example: 15000 });

export const NewShift = z
  .strictObject({ device_label: device.optional(), opening_cash: cash.default(0) })
  .openapi("NewShift");

export const NewSession = z.strictObject({ device_label: device.optional() }).openapi("NewWorkSession");

export const NewBreak = z
  .strictObject({ paid: z.boolean().default(false) })
  .openapi("NewBreak", { description: "An unpaid break does not count as hours." });

export const WorkSession = z
  .object({
    id: Id,
    device_label: z.string().nullable(),
    start_at: z.iso.datetime(),
    end_at: z.iso.datetime().nullable(),
  })
  .openapi("WorkSession", { description: "A device from which a shift is worked" });

export const Break = z
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
    status: z.enum(["OPEN", "CLOSED"]),
    start_at: z.iso.datetime(),
    end_at: z.iso.datetime().nullable(),
    day: z.string().openapi({ description: "the shop's day on which it started", example: "2026-11-22" }),
    opening_cash: z.int(),
    counted_cash: z.int().nullable(),
    z_number: z.int().nullable().openapi({ description: "the number of the close report" }),
    sessions: z.array(WorkSession),
    breaks: z.array(Break),
  })
  .openapi("Shift");

export const ShiftStarted = Shift.extend({
  session: WorkSession.openapi({ description: "the session of this device" }),
}).openapi("ShiftStarted");

export const ShiftList = listOf(Shift).openapi("ShiftList");

export const ShiftQuery = z.strictObject({
  ...PageQuery,
  ...DayRange,
  user_id: Id.optional(),
  status: z.enum(["OPEN", "CLOSED"]).optional(),
  tenant: z.string().max(100).optional(),
});
