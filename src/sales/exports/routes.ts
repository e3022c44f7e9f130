import { csvFile } from "../../http/content.ts";
import { actorContext } from "../../http/app-context.ts";
import { csvFormat, csvHeaders } from "../../http/csv.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { columnNames } from "../../values/csv.ts";
import { SaleLineQuery } from "../schema.ts";
import { saleLineColumns, saleLinesCsv } from "./lines.ts";

/** Must be mounted before the router of sales, whose `/sales/{id}` matches these paths too. */
export const saleExportRoutes = router();

saleExportRoutes.openapi(
  operation("employee", {
    scope: "sales:read",
    method: "get",
    path: "/sales/lines",
    operationId: "exportSaleLines",
    summary: "Download the lines of sales and refunds as CSV, oldest first",
    description: `One row a line, with the columns of its sale repeated: number, seller (an e-mail, for an ADMIN), payments, and for a refund
the number of the sale. Amounts are in major units of \`currency\`, \`total\` is \`net\` and \`tax\`, quantities are in the \`unit\` of the
line. \`day\` and \`time\` are those of the shop, \`placed_at\` is in UTC. By default only completed sales are included, so that the
totals add up to the revenue.

POST /imports?kind=sales recognises the file: imported into another shop it gives the same sales. First export the products and
import them there.`,
    tags: ["Sales"],
    request: { query: SaleLineQuery },
    responses: {
      200: {
        description: "The lines",
        content: {
          "text/csv": { schema: csvFile(columnNames(saleLineColumns)) },
        },
      },
    },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const ctx = actorContext(c);
    const body = await saleLinesCsv(ctx, query, csvFormat(ctx, query));
    return c.body(body, 200, csvHeaders(ctx, "sale-lines", query));
  },
);
