import { z } from "@hono/zod-openapi";
import { actorContext } from "../../http/app-context.ts";
import { csvFormat, CsvFormatQuery, csvHeaders } from "../../http/csv.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { columnNames } from "../../values/csv.ts";
import { customerCsvColumns, customersCsv } from "./export.ts";

export const customerExportRoutes = router();

customerExportRoutes.openapi(
  operation("employee", {
    method: "get",
    path: "/customers",
    operationId: "exportCustomers",
    summary: "Download the customers with the totals of their sales as CSV",
    description: `First the accounts by \`customer_id\`, then the customers whom only imported sales name, by \`customer_ref\`. Revenue is in
major units of \`currency\`, refunds taken off; the days are those of the first and the last sale that is not a refund. Only an ADMIN gets
names and e-mails.`,
    tags: ["Figures"],
    request: {
      query: z.strictObject({
        format: z.enum(["csv"]).default("csv"),
        ...CsvFormatQuery,
        tenant: z.string().max(100).optional(),
      }),
    },
    responses: {
      200: {
        description: "The customers",
        content: {
          "text/csv": { schema: z.string().openapi({ example: `${columnNames(customerCsvColumns)}\r\n` }) },
        },
      },
    },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const body = await customersCsv(ctx, csvFormat(ctx, c.req.valid("query")));
    return c.body(body, 200, csvHeaders(ctx, "customers"));
  },
);
