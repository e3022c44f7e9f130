import { z } from "@hono/zod-openapi";
import { Customer } from "../../customers/schema.ts";
import { amount, count, currency, units } from "../comparison/schema.ts";

const day = z.string().nullable().openapi({ format: "date", example: "2026-11-22" });

export const CustomerWithFigures = Customer.extend({
  figures: z.object({
    currency,
    orders: count.openapi({ description: "completed sales of all channels, without refunds" }),
    refunds: count,
    units: units.openapi({ description: "units sold minus units refunded, with at most three decimals" }),
    spend: amount.openapi({ description: "sales minus refunds, in minor units" }),
    average: amount.openapi({ description: "spend per order in minor units, rounded half away from zero" }),
    first_day: day.openapi({ description: "of the first sale that is not a refund" }),
    last_day: day.openapi({ description: "of the last sale that is not a refund" }),
  }),
}).openapi("CustomerWithFigures");
