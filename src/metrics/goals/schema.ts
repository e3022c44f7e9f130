import { z } from "@hono/zod-openapi";
import { Id } from "../../values/ids.ts";
import { MAX_TOTAL } from "../../values/money.ts";
import { amount, asOf, currency, tenant } from "../comparison/schema.ts";

const MAX_MONTHS = 36;
const MAX_SELLERS = 100;

const Month = z
  .string()
  .regex(/^20\d{2}-(0[1-9]|1[0-2])$/, "must be a month from 2000-01 to 2099-12, such as 2026-11")
  .openapi({ example: "2026-11" });

const monthNumber = (month: string): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5));

export const GoalsQuery = z
  .strictObject({
    from: Month.optional().openapi({ description: "the first month; by default `to`, or the current month" }),
    to: Month.optional().openapi({
      description: `the last month, inclusive, at most ${MAX_MONTHS} in all; by default \`from\`, or the current month`,
    }),
    tenant,
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ["from"],
    error: "must not be after to",
  })
  .refine(
    ({ from, to }) =>
      from === undefined || to === undefined || monthNumber(to) - monthNumber(from) < MAX_MONTHS,
    { path: ["to"], error: `must not be more than ${MAX_MONTHS} months from the first` },
  );

const target = z.int().min(1).max(MAX_TOTAL).openapi({ description: "in minor units", example: 1_500_000 });

export const GoalsBody = z
  .strictObject({
    month: Month,
    target: target.nullable().openapi({ description: "of the shop, in minor units; null for none" }),
    sellers: z
      .array(z.strictObject({ user_id: Id, target }))
      .max(MAX_SELLERS)
      .default([])
      .refine((sellers) => new Set(sellers.map(({ user_id }) => user_id)).size === sellers.length, {
        error: "must not contain a seller twice",
      }),
  })
  .openapi("GoalsBody");

const progress = {
  revenue: amount.openapi({ description: "in minor units, as in the key figures" }),
  expected: z.int().nullable().openapi({
    description:
      "in minor units: the target times the days of the month up to and including today, divided by all its days; null without a target",
  }),
  percent: z.number().nullable().openapi({
    description: "revenue in percent of the target; null without a target",
    example: 62.5,
  }),
};

export const MonthGoals = z
  .object({
    month: Month,
    target: target.nullable().openapi({ description: "of the shop, in minor units; null for none" }),
    ...progress,
    sellers: z.array(z.object({ user_id: Id, name: z.string(), target, ...progress })),
  })
  .openapi("MonthGoals");

export const Goals = z
  .object({
    currency,
    data: z.array(MonthGoals).openapi({ description: "the months with goals, oldest first" }),
    as_of: asOf,
  })
  .openapi("GoalList");
