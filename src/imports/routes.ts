import { z } from "@hono/zod-openapi";
import { csvDownloadHeaders } from "../http/csv.ts";
import { jsonResponse } from "../http/content.ts";
import { IdempotencyHeader, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext, actorContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { PageQuery } from "../http/pagination.ts";
import { Problem } from "../platform/problem.ts";
import { problemResponses } from "../http/problem-responses.ts";
import { productLayout } from "./rows/product-rows.ts";
import { getImport, listImports, rejectsCsv } from "./progress.ts";
import { ImportKind, ImportList, ImportStatus } from "./schema.ts";
import { startImport } from "./file/upload.ts";

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
    description: `Plain or gzip, UTF-8 or ISO-8859-1, 200 MB at most when decompressed; columns in any order and case. With curl send
the file by \`--data-binary\`. A row that is refused is kept with its reason, and the rest imported.

**kind=sales**: the public Online Retail layout: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice,
CustomerID, Country, and optionally Seller (an employee's e-mail). An invoice is a sale; an invoice number that starts with C is a
refund; an unknown StockCode becomes a product whose stock is not counted. InvoiceDate is
\`2010-12-01 08:26[:00]\` or \`12/1/2010 8:26\` (MONTH first), both in the shop's time zone, or RFC 3339. Prices are in the shop's
currency, with a point; negative ones and negative quantities are taken as they are (adjustments). Imports of sales move no stock. An
invoice that the shop has already is refused row by row, also where it brought only a part of its rows.

**kind=products**: sku, title, price, and optionally ${productLayout.optional.join(", ")}. The price is in major units with a point
(\`12.95\`), and has no more decimals than the currency. Products are found by SKU: a new one is added, a known one changed; hidden
ones stay hidden. A column that the file lacks changes nothing; an empty cell clears the field. The stock is a count, recorded as a
move; an empty cell leaves it as it is. Fields are held to the rules of POST /products. A SKU that the file names twice is taken
from its first good row, the others are refused.`,
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
        ...jsonResponse("Queued; follow it under Location", ImportStatus),
        headers: { Location: { description: "the import", schema: { type: "string" } } },
      },
    },
  }),
  async (c) => {
    const { body } = c.req.raw;
    if (!body) throw new Problem("body-required", "Send the file as the body.");
    if (!CSV_TYPE.test(c.req.header("content-type") ?? ""))
      throw new Problem("unsupported-media-type", "Send Content-Type: text/csv, in UTF-8 or ISO-8859-1.");
    if (!/^(gzip|identity)$/i.test(c.req.header("content-encoding") ?? "identity"))
      throw new Problem("unsupported-media-type", "Content-Encoding may be gzip, or left out.");
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
    summary: "The shop's imports, newest first",
    tags,
    request: { query: z.strictObject({ ...PageQuery, tenant: z.string().max(100).optional() }) },
    responses: { 200: jsonResponse("A page of imports", ImportList) },
  }),
  async (c) => c.json(ImportList.parse(await listImports(shopContext(c), c.req.valid("query"))), 200),
);

importRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/imports/{id}",
    operationId: "getImport",
    summary: "How far an import has come",
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
    summary: "The rows that were refused, with the reason",
    description: "CSV: row (as a spreadsheet numbers it: the header is row 1), reason, text.",
    tags,
    request: { params },
    responses: {
      200: {
        description: "The refused rows",
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
    return c.body(await rejectsCsv(ctx, id), 200, csvDownloadHeaders(`${ctx.tenant.name} rejects-${id}.csv`));
  },
);
