import { z } from "@hono/zod-openapi";
import { named } from "../http/named.ts";
import { Id } from "../values/ids.ts";
import { Quantity, Unit } from "../values/quantities.ts";
import { JsonOrCsvQuery } from "../http/csv.ts";
import { DayRange, limitQuery, listOf, orderedRange, PageQuery } from "../http/pagination.ts";
import {
  amount,
  asOf,
  comparable,
  comparedRange,
  comparedWith,
  count,
  currency,
  tenant,
  units,
  withChanges,
} from "./comparison/schema.ts";

export const KpisQuery = comparable(z.strictObject({ ...comparedRange, tenant }));

export const RangeQuery = orderedRange(z.strictObject({ ...DayRange, tenant }));

export const keyFigures = withChanges("KeyFigures", {
  total_revenue: amount.openapi({
    description: "revenue minus refunds, in minor units",
  }),
  total_products_sold: units.openapi({
    description: "units sold minus units refunded, with at most three decimals",
    example: 5176450,
  }),
  average_products_sold: z.number().openapi({ description: "average units per sale line", example: 9.55225 }),
  sales: count.openapi({ description: "number of sales, without refunds" }),
  refunds: count.openapi({ example: 3836 }),
  average_sale: amount.openapi({
    description: "revenue per sale in minor units, rounded half away from zero",
  }),
  customers: count.openapi({
    description: "distinct customers who bought something or received a refund",
    example: 4372,
  }),
});

export const Kpis = z
  .object({
    currency,
    ...keyFigures,
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("KpiReport");

const interval = named("Interval", z.enum(["hour", "day", "week", "month", "year"])).openapi({
  description: "an hour of the shop's clock requires `from` and at most 92 days",
});

export const SeriesQuery = comparable(
  z.strictObject({
    ...comparedRange,
    interval: interval.default("day").openapi({ default: "day" }),
    tenant,
  }),
);

const period = z.string().openapi({
  description:
    "first day of the period; weeks start on Monday. For an hour its start with the offset of the shop's clock, such as 2026-10-25T02:00:00+02:00: a day on which the clocks change has 23 or 25",
  example: "2011-11-01",
});

const partial = z.boolean().openapi({ description: "whether the period has not ended yet" });

export const Series = z
  .object({
    currency,
    interval,
    data: z.array(
      z
        .object({
          period,
          partial,
          ...withChanges("PeriodFigures", { sales: count, refunds: count, units, revenue: amount }),
          growth_rate: z.number().nullable().openapi({
            description:
              "change of revenue in percent since the previous period of this list; null in the first period and after one without revenue",
            example: 36.522816,
          }),
        })
        .openapi("SeriesPeriod"),
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
    data: z.array(
      z
        .object({ ...countryNames, ...withChanges("CountryFigures", countryFigures) })
        .openapi("RankedCountry"),
    ),
    compared_with: comparedWith,
    as_of: asOf,
  })
  .openapi("CountryRanking", { description: "Sales without a country are counted as Unspecified." });

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
    ...JsonOrCsvQuery,
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

export const LinesQuery = orderedRange(z.strictObject({ ...PageQuery, ...DayRange, tenant }));

export const MetricLine = z
  .object({
    sale_id: Id,
    line_no: z.int(),
    kind: z.enum(["sale", "refund"]).openapi("SaleKind"),
    channel: z.enum(["counter", "online", "import"]).openapi("SaleChannel"),
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
