import { z } from "@hono/zod-openapi";
import { Id } from "../../values/ids.ts";
import { JsonOrCsvQuery } from "../../http/csv.ts";
import { DayRange, orderedRange } from "../../http/pagination.ts";

const seconds = z
  .int()
  .openapi({ description: "worked seconds: elapsed time without unpaid breaks", example: 27000 });
const hours = z.number().openapi({ description: "seconds / 3600, two decimals", example: 7.5 });
const name = z.string().openapi({ example: "Ana Sol" });
const count = z.int().openapi({ example: 1 });

export const HoursQuery = orderedRange(
  z.strictObject({
    ...DayRange,
    user_id: Id.optional(),
    ...JsonOrCsvQuery,
    tenant: z.string().max(100).optional(),
  }),
);

export const Hours = z
  .object({
    from: z.string().openapi({ example: "2026-10-23" }),
    to: z.string().openapi({ example: "2026-11-22" }),
    data: z.array(
      z.object({
        user_id: Id,
        name,
        day: z.string().openapi({ example: "2026-11-22" }),
        seconds,
        hours,
        unpaid_break_seconds: z.int().openapi({ example: 1800 }),
        shifts: count.openapi({ description: "number of shifts that overlap the day" }),
      }),
    ),
    totals: z.array(
      z.object({
        user_id: Id,
        name,
        seconds,
        hours,
        shifts: count.openapi({ description: "number of shifts that overlap the range" }),
      }),
    ),
    as_of: z.iso.datetime().openapi({ description: "open shifts count until then" }),
  })
  .openapi("WorkedHourList", {
    description: "Sorted by day and name. A shift across midnight is split between both days.",
  });

export const ActiveShifts = z
  .object({
    data: z.array(
      z
        .object({
          user_id: Id,
          name,
          role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]).openapi("Role"),
          shift_id: Id,
          start_at: z.iso.datetime(),
          on_break: z.boolean(),
          devices: z
            .array(z.string().nullable())
            .openapi({ description: "labels of the devices in use", example: ["Till 1"] }),
          seconds,
        })
        .openapi("ActiveShift"),
    ),
  })
  .openapi("ActiveShiftList", { description: "Sorted by start, the longest shift first." });
