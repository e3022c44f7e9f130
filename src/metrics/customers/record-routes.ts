// The operations on customers that need their sales.
import { z } from "@hono/zod-openapi";
import { etagOf } from "../../auth/shops/if-match.ts";
import { listCustomers } from "../../customers/list.ts";
import { CustomerList, CustomerQuery } from "../../customers/schema.ts";
import { actorContext } from "../../http/app-context.ts";
import { jsonOrCsvResponse, jsonResponse } from "../../http/content.ts";
import { csvFormat, csvHeaders } from "../../http/csv.ts";
import { ETagHeaders } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { columnNames } from "../../values/csv.ts";
import { Id } from "../../values/ids.ts";
import { customerCsvColumns, customersCsv } from "./export.ts";
import { getCustomerWithFigures } from "./record.ts";
import { CustomerWithFigures } from "./record-schema.ts";

export const customerRecordRoutes = router();

const tags = ["Customers"];

customerRecordRoutes.openapi(
  operation("employee", {
    scope: "customers:read",
    method: "get",
    path: "/customers",
    operationId: "listCustomers",
    summary: "List or search the customers, newest first, as JSON or CSV",
    description: `Customers with and without an account; records that were merged or erased are left out. CSV lists the oldest first, with
the totals of their sales; without \`q\` it includes erased customers who have bought something. Its \`revenue\` is net of refunds, in major
units of \`currency\`; \`first_day\` and \`last_day\` are those of sales that are not refunds. Only an ADMIN gets names, e-mails, telephone
numbers and tax ids in it.`,
    tags,
    request: { query: CustomerQuery },
    responses: {
      200: jsonOrCsvResponse("A page of customers", CustomerList, columnNames(customerCsvColumns)),
    },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const query = c.req.valid("query");
    if (query.format === "json") return c.json(CustomerList.parse(await listCustomers(ctx, query)), 200);
    return c.body(await customersCsv(ctx, query.q, csvFormat(ctx, query)), 200, csvHeaders(ctx, "customers"));
  },
);

customerRecordRoutes.openapi(
  operation("employee", {
    scope: "customers:read",
    method: "get",
    path: "/customers/{id}",
    operationId: "getCustomer",
    summary: "Get a customer with the figures of their sales",
    description:
      "The figures include every completed sale immediately, whatever the channel and whoever sold it, also with the rule `employees_see: own`. For a merged record, returns the customer that replaced it.",
    tags,
    request: { params: z.object({ id: Id }) },
    responses: {
      200: { ...jsonResponse("The customer", CustomerWithFigures), headers: ETagHeaders },
    },
  }),
  async (c) => {
    const customer = await getCustomerWithFigures(actorContext(c), c.req.valid("param").id);
    c.header("ETag", etagOf(customer));
    return c.json(CustomerWithFigures.parse(customer), 200);
  },
);
