// What the staff of a shop may do at the counter, and how its scales print barcodes. An ADMIN changes both with the profile.
import { z } from "@hono/zod-openapi";
import { sqlBoolean } from "../../platform/d1.ts";
import { fromThousandths, toThousandths } from "../../values/quantities.ts";

/** The layout of the EAN-13 codes that a scale prints: prefix, item number, value, check digit. */
export const ScaleCode = z
  .strictObject({
    prefix: z.string().regex(/^2\d$/, "must be two digits from 20 to 29").openapi({ example: "21" }),
    item_digits: z
      .int()
      .min(4)
      .max(6)
      .openapi({ description: "The digits of the item number, directly after the prefix", example: 5 }),
    value: z.enum(["weight", "price"]).openapi({ description: "What the digits after the item number are" }),
    decimals: z.int().min(0).max(3).openapi({
      description: "The decimals of the value: of the product's unit, or of the currency",
      example: 3,
    }),
    value_check_digit: z.boolean().default(false).openapi({
      description:
        "Whether the first digit after the item number is a check digit of the value. It is skipped, because the check digit of the code covers it.",
    }),
  })
  .openapi("ScaleCode");

const scaleCodes = z
  .array(ScaleCode)
  .max(10)
  .refine((codes) => new Set(codes.map(({ prefix }) => prefix)).size === codes.length, {
    message: "must have each prefix once",
  })
  .openapi({
    description: "The layouts of the barcodes with a weight or price that the shop's scales print",
  });

/** The rules that an ADMIN changes with the profile of the shop. */
export const rules = {
  max_discount_percent: z
    .number()
    .min(0)
    .max(100)
    .refine((percent) => toThousandths(percent) !== null, "must have at most three decimals")
    .openapi({ description: "The largest discount that an EMPLOYEE gives without an approval", example: 10 }),
  allow_price_override: z.boolean().openapi({
    description: "Whether an EMPLOYEE may set another price than the product's without an approval",
  }),
  cash_rounding: z.int().min(0).max(1_000_000).openapi({
    description: "minor units to a multiple of which amounts in cash are rounded; 0 for no rounding",
    example: 5,
  }),
  oversell: z
    .enum(["refuse", "allow"])
    .openapi("OversellRule")
    .openapi({ description: "What a counter sale does that takes more than the stock" }),
  employees_see: z.enum(["own", "all"]).openapi("EmployeeVisibility").openapi({
    description:
      "Whose sales, revenue and presence an EMPLOYEE sees: only their own, or those of all colleagues. Figures of the whole shop are visible in both cases.",
  }),
  scale_codes: scaleCodes,
};

/** The columns of the rules. Percents are stored as hundred-thousandths: 10 % is 10000. */
export const rulesRow = z.object({
  max_discount_percent: z.number().transform(fromThousandths),
  allow_price_override: sqlBoolean,
  cash_rounding: z.number(),
  oversell: rules.oversell,
  employees_see: rules.employees_see,
  scale_codes: z.string().transform((text) => z.array(ScaleCode).parse(JSON.parse(text))),
});
