import { shopContext } from "../../http/app-context.ts";
import { jsonOrCsvResponse, jsonResponse } from "../../http/content.ts";
import { csvFormat, csvHeaders } from "../../http/csv.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { runPlan } from "../../platform/plan.ts";
import { columnNames, csvText } from "../../values/csv.ts";
import { cachedResponse } from "../response-cache.ts";
import { cohortColumns, cohortMonths, cohorts } from "./cohorts.ts";
import { customers } from "./customers.ts";
import { Cohorts, CohortsQuery, Customers, CustomersQuery } from "./schema.ts";

export const customerFigureRoutes = router();

const tags = ["Figures"];
const description =
  "A sale counts as soon as it is made, but a response may come from a cache: `Age` and `as_of` say how old it is, at most 60 seconds.";

customerFigureRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/customers",
    operationId: "getCustomerFigures",
    summary: "Get new and returning customers and their revenue",
    description,
    tags,
    request: { query: CustomersQuery },
    responses: { 200: jsonResponse("The figures", Customers) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    return c.json(
      await cachedResponse(c, Customers, query, (ctx) => runPlan(ctx, customers(ctx, query))),
      200,
    );
  },
);

customerFigureRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/metrics/cohorts",
    operationId: "getCohorts",
    summary: "Get customers by the month of their first sale, with retention and revenue",
    description,
    tags,
    request: { query: CohortsQuery },
    responses: { 200: jsonOrCsvResponse("The cohorts, oldest first", Cohorts, columnNames(cohortColumns)) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const found = await cachedResponse(c, Cohorts, query, (ctx) => runPlan(ctx, cohorts(ctx, query)));
    if (query.format === "json") return c.json(found, 200);
    const ctx = shopContext(c);
    const text = csvText(cohortColumns, cohortMonths(found), csvFormat(ctx, query));
    return c.body(text, 200, csvHeaders(ctx, "cohorts", query));
  },
);
