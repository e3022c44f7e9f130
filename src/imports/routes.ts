import { z } from "@hono/zod-openapi";
import { csvDownloadHeaders } from "../http/csv.ts";
import { uploadOf } from "../http/body.ts";
import { jsonResponse } from "../http/content.ts";
import { IdempotencyHeader, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext, actorContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { PageQuery } from "../http/pagination.ts";
import { Problem } from "../platform/problem.ts";
import { problemResponses } from "../http/problem-responses.ts";
import { runPlan } from "../platform/plan.ts";
import { productLayout } from "./rows/product-rows.ts";
import { getImport, listImports, rejectedRowsCsv } from "./progress.ts";
import { ImportKind, ImportList, ImportStatus } from "./schema.ts";
import { startImport } from "./start.ts";

export const importRoutes = router();

const tags = ["Imports"];
const params = z.object({ id: Id });

const CSV_TYPE =
  /^text\/csv\s*(;\s*header=\w+\s*)?(;\s*charset="?(utf-8|us-ascii|iso-8859-1)"?\s*)?(;\s*header=\w+\s*)?$/i;

importRoutes.openapi(
  operation("admin", {
    method: "post",
    path: "/imports",
    operationId: "startImport",
    summary: "Import sales or products from CSV",
    description: `The file is plain or gzip, UTF-8 or ISO-8859-1, up to 200 MB when decompressed, with columns in any order and case. With curl
use \`--data-binary\`. Rows that cannot be imported are rejected with a reason; all others are imported.

**kind=sales** uses the columns of the public Online Retail data set: InvoiceNo, StockCode, Description, Quantity, InvoiceDate,
UnitPrice, CustomerID, Country, and optionally Seller (an employee's e-mail). Each invoice becomes a sale, or a refund if its number
starts with C. An unknown StockCode becomes a product without stock tracking. InvoiceDate is \`2010-12-01 08:26[:00]\` or
\`12/1/2010 8:26\` (month first), both in the shop's time zone, or RFC 3339. Prices are in the shop's currency with a decimal point.
Negative prices and quantities are imported unchanged, as adjustments. Imported sales do not change the stock. Rows of an invoice
that already exists are rejected, even if an earlier import stored only some of its rows.

**kind=products** uses the columns sku, title, price, and optionally ${productLayout.optional.join(", ")}. The price is in major
units with a decimal point (\`12.95\`) and at most the decimals of the currency. Products are matched by SKU: new ones are added and
existing ones updated; hidden ones remain hidden. barcodes has any number of barcodes, separated by spaces or commas; a row with a
barcode of another product is rejected. A missing column changes nothing; an empty cell clears the field. The stock is
recorded as a count; an empty cell leaves it unchanged. The rules for fields are those of POST /products. When a SKU appears more
than once, its first valid row is imported and the others are rejected.`,
    tags,
    request: {
      query: z.strictObject({ kind: ImportKind, tenant: z.string().max(100).optional() }),
      headers: IdempotencyHeader,
      body: {
        required: true,
        content: {
          "text/csv": {
            schema: z.string(),
            examples: {
              sales: {
                value:
                  "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n536365,85123A,HEART HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n",
              },
              products: {
                value:
                  "sku,title,price,stock,author,language,isbn\n9788437604947,Cien años de soledad,12.95,12,Gabriel García Márquez,es,978-84-376-0494-7\n",
              },
            },
          },
        },
      },
    },
    responses: {
      202: {
        ...jsonResponse("Queued; follow its progress at Location", ImportStatus),
        headers: { Location: { description: "URL of the import", schema: { type: "string" } } },
      },
    },
  }),
  async (c) => {
    const body = uploadOf(c);
    if (!body) throw new Problem("body-required", "Send the file as the request body.");
    if (!CSV_TYPE.test(c.req.header("content-type") ?? ""))
      throw new Problem(
        "unsupported-media-type",
        "Send Content-Type: text/csv with charset UTF-8 or ISO-8859-1.",
      );
    if (!/^(gzip|identity)$/i.test(c.req.header("content-encoding") ?? "identity"))
      throw new Problem("unsupported-media-type", "Send Content-Encoding: gzip, or omit the header.");
    const key = c.req.valid("header")["idempotency-key"];
    const started = withReplayHeader(
      c,
      await startImport(actorContext(c), c.req.valid("query").kind, body, key),
    );
    c.header("Location", `/api/v1/imports/${started.id}`);
    return c.json(ImportStatus.parse(started), 202);
  },
);

importRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/imports",
    operationId: "listImports",
    summary: "List imports, newest first",
    tags,
    request: { query: z.strictObject({ ...PageQuery, tenant: z.string().max(100).optional() }) },
    responses: { 200: jsonResponse("A page of imports", ImportList) },
  }),
  async (c) => {
    const ctx = shopContext(c);
    return c.json(ImportList.parse(await runPlan(ctx, listImports(ctx, c.req.valid("query")))), 200);
  },
);

importRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/imports/{id}",
    operationId: "getImport",
    summary: "Get an import and its progress",
    tags,
    request: { params },
    responses: { 200: jsonResponse("The import", ImportStatus), ...problemResponses(404) },
  }),
  async (c) => c.json(ImportStatus.parse(await getImport(shopContext(c), c.req.valid("param").id)), 200),
);

importRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/imports/{id}/rejects",
    operationId: "importRejects",
    summary: "Download the rejected rows of an import",
    description:
      "CSV with the columns row (the number in a spreadsheet, where the header is row 1), reason and text.",
    tags,
    request: { params },
    responses: {
      200: {
        description: "The rejected rows",
        content: {
          "text/csv": {
            schema: z.string().openapi({ example: 'row,reason,text\r\n17,"Quantity is 0","..."\r\n' }),
          },
        },
      },
      ...problemResponses(404),
    },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const ctx = shopContext(c);
    return c.body(
      await rejectedRowsCsv(ctx, id),
      200,
      csvDownloadHeaders(`${ctx.tenant.name} rejects-${id}.csv`),
    );
  },
);
