import { z } from "@hono/zod-openapi";
import { answer, IdempotencyHeader, made, operation, router, shopOf, signedIn } from "../http.ts";
import { Id } from "../ids.ts";
import { PageQuery } from "../page.ts";
import { Problem, problems } from "../problem.ts";
import { getImport, listImports, rejectsCsv } from "./progress.ts";
import { ImportList, ImportStatus } from "./schema.ts";
import { startImport } from "./upload.ts";

export const imports = router();

const tags = ["Imports"];
const params = z.object({ id: Id });

imports.openapi(
  operation("admin", {
    method: "post",
    path: "/imports",
    operationId: "startImport",
    summary: "Import sales from CSV",
    description: `The public Online Retail layout: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice,
CustomerID, Country, in any order, and optionally Seller (an employee's e-mail). Plain or gzip, 200 MB at most when
decompressed. An invoice is a sale; an invoice number that starts with C is a refund; an unknown StockCode becomes a
product whose stock is not counted. InvoiceDate is
\`2010-12-01 08:26[:00]\` or \`12/1/2010 8:26\` (MONTH first), both in the shop's time zone, or RFC 3339. Prices are in the shop's
currency, with a point; negative ones and negative quantities are taken as they are (adjustments). Imports move no stock. An invoice
that the shop has already is refused row by row, also where it brought only a part of its rows. With curl send the file by
\`--data-binary\`.`,
    tags,
    request: {
      query: z.strictObject({ kind: z.enum(["sales"]), tenant: z.string().max(100).optional() }),
      headers: IdempotencyHeader,
      body: {
        required: true,
        content: {
          "text/csv": {
            schema: z.string().openapi({
              example:
                "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n536365,85123A,HEART HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n",
            }),
          },
        },
      },
    },
    responses: {
      202: {
        ...answer("Queued; follow it under Location", ImportStatus),
        headers: { Location: { description: "the import", schema: { type: "string" } } },
      },
    },
  }),
  async (c) => {
    const type = c.req.header("content-type") ?? "";
    if (!/^text\/csv\b/i.test(type))
      throw new Problem("unsupported-media-type", "Send Content-Type: text/csv.");
    if (!/^(gzip|identity)$/i.test(c.req.header("content-encoding") ?? "identity"))
      throw new Problem("unsupported-media-type", "Content-Encoding may be gzip, or left out.");
    const { body } = c.req.raw;
    if (!body) throw new Problem("body-required", "Send the file as the body.");
    const key = c.req.valid("header")["idempotency-key"];
    const started = made(c, await startImport(signedIn(c), body, key));
    c.header("Location", `/api/v1/imports/${started.id}`);
    return c.json(ImportStatus.parse(started), 202);
  },
);

imports.openapi(
  operation("admin", {
    method: "get",
    path: "/imports",
    operationId: "listImports",
    summary: "The shop's imports, newest first",
    tags,
    request: { query: z.strictObject({ ...PageQuery, tenant: z.string().max(100).optional() }) },
    responses: { 200: answer("A page of imports", ImportList) },
  }),
  async (c) => c.json(ImportList.parse(await listImports(shopOf(c), c.req.valid("query"))), 200),
);

imports.openapi(
  operation("admin", {
    method: "get",
    path: "/imports/{id}",
    operationId: "getImport",
    summary: "How far an import has come",
    tags,
    request: { params },
    responses: { 200: answer("The import", ImportStatus), ...problems(404) },
  }),
  async (c) => c.json(ImportStatus.parse(await getImport(shopOf(c), c.req.valid("param").id)), 200),
);

imports.openapi(
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
      ...problems(404),
    },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const csv = await rejectsCsv(shopOf(c), id);
    c.header("Content-Type", "text/csv; charset=utf-8");
    c.header("Content-Disposition", `attachment; filename="rejects-${id}.csv"`);
    return c.body(csv, 200);
  },
);
