import { z } from "@hono/zod-openapi";
import { csvFormat, csvHeaders } from "../http/csv.ts";
import { jsonOrCsvResponse, jsonResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { actorContext, shopContext } from "../http/app-context.ts";
import { columnNames, csvText } from "../values/csv.ts";
import type { Range } from "./days.ts";
import { cachedResponse } from "./response-cache.ts";
import { getCountry, topCountries } from "./countries.ts";
import { kpis, salesSummary, summaryColumns } from "./figures.ts";
import { overview } from "./overview/overview.ts";
import { Overview, OverviewQuery } from "./overview/schema.ts";
import { series } from "./series.ts";
import { listSaleLines } from "./sale-lines.ts";
import {
  Countries,
  CountriesQuery,
  Country,
  Kpis,
  KpisQuery,
  LinesQuery,
  MetricLineList,
  RangeQuery,
  SalesSummary,
  Series,
  SeriesQuery,
  SummaryQuery,
  TaxReport,
} from "./schema.ts";
import {
  Rfm,
  RfmQuery,
  TopCustomers,
  TopCustomersQuery,
  TopProducts,
  TopProductsQuery,
} from "./rankings/schema.ts";
import { DashboardQuery, SellerDashboard } from "./staff/schema.ts";
import { sellerDashboard } from "./staff/sellers.ts";
import type { Ctx } from "../platform/context.ts";
import { runPlan } from "../platform/plan.ts";
import { rfm, rfmColumns, rfmCsv } from "./rankings/rfm.ts";
import { topCustomers, withNames, withoutNames } from "./rankings/top-customers.ts";
import { topProducts } from "./rankings/top-products.ts";
import { taxColumns, taxCsv, taxReport } from "./taxes.ts";

export const metricRoutes = router();

/** The parameters on which a report depends, whatever its format. */
const dayRange = ({ from, to }: Range): Range => ({ from, to });

const tags = ["Figures"];
const description =
  "A sale counts as soon as it is made, but a response may come from a cache: `Age` and `as_of` say how old it is, at most 60 seconds.";

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/kpis",
    operationId: "getKpis",
    summary: "Get key figures over a range of days",
    description,
    tags,
    request: { query: KpisQuery },
    responses: { 200: jsonResponse("The key figures", Kpis) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    return c.json(await cachedResponse(c, Kpis, query, (ctx) => runPlan(ctx, kpis(ctx, query))), 200);
  },
);

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/series",
    operationId: "getSeries",
    summary: "Get sales by hour, day, week, month or year",
    description,
    tags,
    request: { query: SeriesQuery },
    responses: { 200: jsonResponse("The periods, oldest first", Series) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    return c.json(await cachedResponse(c, Series, query, (ctx) => runPlan(ctx, series(ctx, query))), 200);
  },
);

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/top-countries",
    operationId: "getTopCountries",
    summary: "Rank countries by revenue or units",
    description,
    tags,
    request: { query: CountriesQuery },
    responses: { 200: jsonResponse("The countries", Countries) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    return c.json(await cachedResponse(c, Countries, query, (ctx) => topCountries(ctx, query)), 200);
  },
);

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/top-countries/{country}",
    operationId: "getCountry",
    summary: "Get a country with its monthly series",
    description,
    tags,
    request: {
      params: z.object({ country: z.string().max(100).openapi({ example: "Spain" }) }),
      query: RangeQuery,
    },
    problems: ["unknown-country"],
    responses: { 200: jsonResponse("The country", Country) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const { country } = c.req.valid("param");
    return c.json(
      await cachedResponse(c, Country, query, (ctx) => runPlan(ctx, getCountry(ctx, country, query))),
      200,
    );
  },
);

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/top-products",
    operationId: "getTopProducts",
    summary: "Rank products by revenue, units or sales",
    description,
    tags,
    request: { query: TopProductsQuery },
    responses: { 200: jsonResponse("A page of products, highest first", TopProducts) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    return c.json(await cachedResponse(c, TopProducts, query, (ctx) => topProducts(ctx, query)), 200);
  },
);

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/top-customers",
    operationId: "getTopCustomers",
    summary: "Rank customers by revenue, units or sales",
    description,
    tags,
    request: { query: TopCustomersQuery },
    responses: { 200: jsonResponse("A page of customers, highest first", TopCustomers) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const compute = (ctx: Ctx) => topCustomers(ctx, query);
    const names = { remove: withoutNames, add: withNames };
    return c.json(await cachedResponse(c, TopCustomers, query, compute, names), 200);
  },
);

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/rfm",
    operationId: "getRfm",
    summary: "Get customers by recency, frequency and monetary value, as JSON or CSV",
    description,
    tags,
    request: { query: RfmQuery },
    responses: {
      200: jsonOrCsvResponse(
        "The segments, and a page of customers by monetary value, highest first",
        Rfm,
        columnNames(rfmColumns),
      ),
    },
  }),
  async (c) => {
    const query = c.req.valid("query");
    if (query.format === "json")
      return c.json(await cachedResponse(c, Rfm, query, (ctx) => rfm(ctx, query)), 200);
    const ctx = shopContext(c);
    return c.body(await rfmCsv(ctx, query, csvFormat(ctx, query)), 200, csvHeaders(ctx, "rfm"));
  },
);

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/overview",
    operationId: "getOverview",
    summary: "Get a whole dashboard",
    tags,
    request: { query: OverviewQuery },
    responses: { 200: jsonResponse("The dashboard", Overview) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    return c.json(Overview.parse(await overview(ctx, c.req.valid("query"))), 200);
  },
);

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/page",
    operationId: "listMetricLines",
    summary: "List the sale lines behind the figures, newest first",
    description:
      "With the rule `employees_see: own` of the shop, an EMPLOYEE lists those of their own sales.",
    tags,
    request: { query: LinesQuery },
    responses: { 200: jsonResponse("A page of lines", MetricLineList) },
  }),
  async (c) => c.json(MetricLineList.parse(await listSaleLines(actorContext(c), c.req.valid("query"))), 200),
);

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/sales-summary",
    operationId: "getSalesSummary",
    summary: "Get sales and revenue per day, as JSON or CSV",
    description,
    tags,
    request: { query: SummaryQuery },
    responses: {
      200: jsonOrCsvResponse("The days, oldest first", SalesSummary, columnNames(summaryColumns)),
    },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const summary = await cachedResponse(c, SalesSummary, dayRange(query), (ctx) =>
      runPlan(ctx, salesSummary(ctx, query)),
    );
    if (query.format === "json") return c.json(summary, 200);
    const ctx = shopContext(c);
    const body = csvText(summaryColumns, summary.data, csvFormat(ctx, query));
    return c.body(body, 200, csvHeaders(ctx, "sales-summary", query));
  },
);

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/reports/dashboard",
    operationId: "getSellerDashboard",
    summary: "Get the dashboard of staff and their sales",
    description:
      "With the rule `employees_see: own` of the shop, an EMPLOYEE gets themselves only, and their own `totals`.",
    tags,
    request: { query: DashboardQuery },
    responses: { 200: jsonResponse("Totals, and sellers by revenue in descending order", SellerDashboard) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    return c.json(SellerDashboard.parse(await runPlan(ctx, sellerDashboard(ctx, c.req.valid("query")))), 200);
  },
);

metricRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/reports/tax",
    operationId: "getTaxReport",
    summary: "Get net, tax and gross amounts by tax rate, as JSON or CSV",
    description,
    tags,
    request: { query: SummaryQuery },
    responses: { 200: jsonOrCsvResponse("The tax rates, highest first", TaxReport, columnNames(taxColumns)) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const report = await cachedResponse(c, TaxReport, dayRange(query), (ctx) => taxReport(ctx, query));
    if (query.format === "json") return c.json(report, 200);
    const ctx = shopContext(c);
    return c.body(taxCsv(report, csvFormat(ctx, query)), 200, csvHeaders(ctx, "tax", query));
  },
);
