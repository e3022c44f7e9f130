import { z } from "@hono/zod-openapi";
import { Id } from "../values/ids.ts";
import { Quantity, Unit } from "../values/quantities.ts";
import { DayRange, limitQuery, listOf, orderedRange, PageQuery } from "../http/pagination.ts";
import { SEGMENTS } from "./segments.ts";

const tenant = z.string().max(100).optional();

// Not z.int(): a sum of very large prices may exceed 2^53, which must not fail the response.
const integer = z.number().openapi({ type: "integer" });
const amount = integer.openapi({ description: "in minor units", example: 1295 });
const units = z
  .number()
  .openapi({ description: "units of all products, with at most three decimals", example: 26 });
const count = z.int().openapi({ example: 22064 });
const asOf = z.iso.datetime().openapi({ description: "when the figures were calculated" });
const currency = z.string().openapi({ example: "GBP" });

const comparedRange = {
  ...DayRange,
  compare: z.enum(["none", "previous", "year"]).default("none").openapi({
    description:
      "adds `before`, `change` and `change_percent`: against the equally long range before, or the same days of the year before. Requires `from`. Today is compared up to the same time of day.",
  }),
  align: z.enum(["date", "weekday"]).default("date").openapi({
    description:
      "with `compare=year`: whether days are compared by their date, or by weekday 52 weeks before",
  }),
};

type ComparedQuery = {
  from?: string | undefined;
  to?: string | undefined;
  compare: "none" | "previous" | "year";
  align: "date" | "weekday";
};

const comparable = <T extends z.ZodType<ComparedQuery>>(query: T) =>
  orderedRange(query)
    .refine(({ from, compare }: ComparedQuery) => compare === "none" || from !== undefined, {
      path: ["from"],
      error: "is required with compare",
    })
    .refine(({ compare, align }: ComparedQuery) => align === "date" || compare === "year", {
      path: ["align"],
      error: "weekday requires compare=year",
    });

/** The figures of an object, and what `compare` adds. */
const withChanges = <T extends z.ZodRawShape>(figures: T) => {
  const each = (description: string) =>
    z
      .object(Object.fromEntries(Object.keys(figures).map((name) => [name, z.number().nullable()])))
      .optional()
      .openapi({ description });
  return {
    ...figures,
    before: z.object(figures).optional().openapi({ description: "with `compare`: the figures before" }),
    change: each("with `compare`: the difference from the figures before"),
    change_percent: each(
      "with `compare`: the change in percent of the figure before; null where that is zero",
    ),
  };
};

const comparedWith = z
  .object({
    from: z.string().openapi({ example: "2026-10-01" }),
    to: z.string().openapi({ example: "2026-10-31" }),
    until: z.iso
      .datetime()
      .nullable()
      .openapi({ description: "the last day counts before this time; null if it counts completely" }),
  })
  .optional()
  .openapi({ description: "with `compare`: the days of `before`" });

export const KpisQuery = comparable(z.strictObject({ ...comparedRange, tenant }));

export const DashboardQuery = comparable(z.strictObject({ ...comparedRange, tenant }));

export const RangeQuery = orderedRange(z.strictObject({ ...DayRange, tenant }));

export const Kpis = z
  .object({
    currency,
    ...withChanges({
      total_revenue: amount.openapi({
        description: "revenue minus refunds, in minor units",
      }),
      total_products_sold: units.openapi({
        description: "units sold minus units refunded, with at most three decimals",
        example: 5176450,
      }),
      average_products_sold: z
        .number()
        .openapi({ description: "average units per sale line", example: 9.55225 }),
      sales: count.openapi({ description: "number of sales, without refunds" }),
      refunds: count.openapi({ example: 3836 }),
      average_sale: amount.openapi({
        description: "revenue per sale in minor units, rounded half away from zero",
      }),
      customers: count.openapi({
        description: "distinct customers who bought something or received a refund",
        example: 4372,
      }),
    }),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("Kpis");

export const SeriesQuery = comparable(
  z.strictObject({
    ...comparedRange,
    interval: z.enum(["day", "week", "month", "year"]).default("day"),
    tenant,
  }),
);

const period = z
  .string()
  .openapi({ description: "first day of the period; weeks start on Monday", example: "2011-11-01" });

const partial = z.boolean().openapi({ description: "whether the period has not ended yet" });

export const Series = z
  .object({
    currency,
    interval: z.enum(["day", "week", "month", "year"]),
    data: z.array(
      z.object({
        period,
        partial,
        ...withChanges({ sales: count, refunds: count, units, revenue: amount }),
        growth_rate: z.number().nullable().openapi({
          description:
            "change of revenue in percent since the previous period of this list; null in the first period and after one without revenue",
          example: 36.522816,
        }),
      }),
    ),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("Series", {
    description:
      "All periods of the range, with zeros where nothing was sold. Where the range is open, they begin with the first sale or end with the last one; future periods are omitted.",
  });

export const CountriesQuery = comparable(
  z.strictObject({
    ...comparedRange,
    limit: limitQuery(10),
    sort: z.enum(["revenue", "units"]).default("revenue"),
    order: z.enum(["asc", "desc"]).default("desc"),
    tenant,
  }),
);

const countryNames = {
  country: z.string().openapi({ example: "Netherlands" }),
  country_code: z
    .string()
    .nullable()
    .openapi({ description: "ISO 3166-1 alpha-2; null if the name is not that of a country", example: "NL" }),
};

const countryFigures = {
  revenue: amount,
  units,
  sales: count,
  refunds: count,
  customers: count,
  share: z
    .number()
    .openapi({ description: "share of the revenue of all countries, from 0 to 1", example: 0.029203 }),
};

export const Countries = z
  .object({
    currency,
    data: z.array(z.object({ ...countryNames, ...withChanges(countryFigures) })),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("Countries", { description: "Sales without a country are counted as Unspecified." });

export const Country = z
  .object({
    currency,
    ...countryNames,
    ...countryFigures,
    series: z.array(z.object({ period, partial, revenue: amount, units, sales: count, refunds: count })),
    as_of: asOf,
  })
  .openapi("Country", {
    description:
      "A country's figures with its monthly series, from its first to its last sale or refund in the range.",
  });

export const SummaryQuery = orderedRange(
  z.strictObject({
    ...DayRange,
    format: z.enum(["json", "csv"]).default("json"),
    tenant,
  }),
);

export const SalesSummary = z
  .object({
    currency,
    data: z.array(
      z.object({
        date: z.string().openapi({ example: "2010-12-01" }),
        num_sales: count.openapi({ description: "number of sales, without refunds" }),
        total_sales: amount.openapi({ description: "revenue minus refunds, in minor units" }),
      }),
    ),
    as_of: asOf,
  })
  .openapi("SalesSummary");

const taxAmounts = {
  net: amount.openapi({ description: "of sales, in minor units", example: 10_000 }),
  tax: amount.openapi({ description: "of sales, in minor units", example: 2100 }),
  gross: amount.openapi({ description: "net and tax of sales, in minor units", example: 12_100 }),
  refunded_net: amount.openapi({ description: "of refunds, in minor units, positive", example: 1000 }),
  refunded_tax: amount.openapi({ description: "of refunds, in minor units, positive", example: 210 }),
  refunded_gross: amount.openapi({
    description: "net and tax of refunds, in minor units, positive",
    example: 1210,
  }),
};

export const TaxReport = z
  .object({
    currency,
    data: z.array(
      z.object({
        tax_rate_id: Id.nullable(),
        name: z.string().nullable().openapi({ example: "IVA 21 %" }),
        rate: z.int().nullable().openapi({ description: "hundred-thousandths", example: 21_000 }),
        ...taxAmounts,
      }),
    ),
    totals: z.object(taxAmounts),
    as_of: asOf,
  })
  .openapi("TaxReport", {
    description:
      "One row for each tax rate, highest first; last, with a null name and rate, what was sold without tax. A refund counts on the day of the refund.",
  });

const rankingQuery = {
  ...PageQuery,
  sort: z.enum(["revenue", "units", "sales"]).default("revenue"),
};

export const TopProductsQuery = comparable(
  z.strictObject({
    ...rankingQuery,
    ...comparedRange,
    category: z.string().min(1).max(100).optional().openapi({ example: "novela" }),
  }),
);

export const TopProducts = z
  .object({
    currency,
    data: z.array(
      z.object({
        product_id: Id,
        sku: z.string(),
        title: z.string(),
        ...withChanges({ units, revenue: amount, sales: count }),
      }),
    ),
    next_cursor: z.string().nullable(),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("TopProducts", {
    description:
      "Units and revenue are those of sale lines minus refunds; sales is the number of sales with the product, without refunds.",
  });

export const TopCustomersQuery = orderedRange(z.strictObject({ ...rankingQuery, ...DayRange }));

const customerIds = {
  customer_id: Id.nullable().openapi({ description: "the account; null for a customer of imported sales" }),
  customer_ref: z
    .string()
    .nullable()
    .openapi({ description: "the CustomerID of imported sales; null for an account", example: "17850" }),
};

export const TopCustomers = z
  .object({
    currency,
    data: z.array(
      z.object({
        ...customerIds,
        name: z
          .string()
          .nullable()
          .openapi({ description: "for an ADMIN, the name of the account; otherwise null" }),
        sales: count,
        units,
        revenue: amount,
      }),
    ),
    next_cursor: z.string().nullable(),
    as_of: asOf,
  })
  .openapi("TopCustomers", { description: "Sales without a customer are omitted." });

export const RfmQuery = z.strictObject({
  ...PageQuery,
  as_of: DayRange.to.openapi({
    description: "the day up to which sales and refunds count; today by default",
  }),
  segment: z.enum(SEGMENTS).optional().openapi({ description: "only the customers of this segment" }),
  format: z.enum(["json", "csv"]).default("json").openapi({
    description: "csv returns all customers; `limit` and `cursor` do not apply",
  }),
});

const score = z.int().min(1).max(5);

export const Rfm = z
  .object({
    currency,
    as_of: z.string().openapi({ description: "the day", example: "2011-12-09" }),
    segments: z.array(z.object({ segment: z.enum(SEGMENTS), customers: count, revenue: amount })),
    data: z.array(
      z.object({
        ...customerIds,
        recency: z.int().openapi({ description: "days from the last sale to `as_of`", example: 17 }),
        frequency: count.openapi({ description: "number of sales, without refunds", example: 12 }),
        monetary: amount.openapi({ description: "revenue minus refunds, in minor units" }),
        r: score.openapi({ description: "score of recency: 5 is the most recent" }),
        f: score.openapi({ description: "score of frequency" }),
        m: score.openapi({ description: "score of monetary value" }),
        segment: z.enum(SEGMENTS),
      }),
    ),
    next_cursor: z.string().nullable(),
    calculated_at: asOf,
  })
  .openapi("Rfm", {
    description:
      "All customers with at least one sale that is not a refund. Segments follow from the scores of recency and frequency.",
  });

export const LinesQuery = orderedRange(z.strictObject({ ...PageQuery, ...DayRange, tenant }));

export const MetricLine = z
  .object({
    sale_id: Id,
    line_no: z.int(),
    kind: z.enum(["sale", "refund"]),
    channel: z.enum(["counter", "online", "import"]),
    external_ref: z.string().nullable(),
    day: z.string(),
    placed_at: z.iso.datetime(),
    seller_id: Id.nullable(),
    customer: z.string().nullable(),
    country: z.string().nullable(),
    product_id: Id,
    sku: z.string(),
    description: z.string(),
    quantity: Quantity,
    unit: Unit,
    unit_price: amount,
    subtotal: amount,
  })
  .openapi("MetricLine");

export const MetricLineList = listOf(MetricLine).openapi("MetricLineList");

export const SellerDashboard = z
  .object({
    title: z.string(),
    currency,
    totals: z.object({
      employees: z.int().openapi({ description: "active staff" }),
      on_shift: z.int().openapi({ description: "staff with an open shift now" }),
      ...withChanges({
        hours: z.number(),
        orders: count.openapi({
          description: "number of sales of the shop, including those without a seller",
        }),
        revenue: amount,
      }),
    }),
    sellers: z.array(
      z.object({
        user_id: Id,
        name: z.string(),
        role: z.enum(["ADMIN", "EMPLOYEE", "CUSTOMER"]),
        ...withChanges({
          orders: count.openapi({ description: "number of sales, without refunds" }),
          units,
          revenue: amount,
          average_sale: amount,
          hours: z.number().openapi({
            description:
              "hours worked within the range, without unpaid breaks; an open shift counts up to now",
            example: 37.5,
          }),
          sales_per_hour: z.number().nullable().openapi({
            description:
              "sales made on shift per hour worked, with two decimals; null below one minute of work",
            example: 4.25,
          }),
        }),
        on_shift: z.boolean().openapi({ description: "whether they have an open shift now" }),
        status: z.enum(["working", "on_break", "off", "disabled"]),
      }),
    ),
    compared_with: comparedWith,
  })
  .openapi("SellerDashboard");
