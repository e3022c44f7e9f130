import { z } from "@hono/zod-openapi";
import { csvFormat, CsvFormatQuery, csvHeaders } from "../http/csv.ts";
import { uploadOf } from "../http/body.ts";
import { csvFile, jsonResponse } from "../http/content.ts";
import { IdempotencyHeader, LocationHeader, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext, actorContext } from "../http/app-context.ts";
import { Id } from "../values/ids.ts";
import { PageQuery } from "../http/pagination.ts";
import { invalid, pointerOf } from "../platform/problem.ts";
import { runPlan } from "../platform/plan.ts";
import { dryRun, PREVIEW_BYTES } from "./dry-run.ts";
import { productLayout } from "./mapping/fields.ts";
import { getImport, listImports, retainedCsv, rejectedRowsCsv } from "./progress.ts";
import { rejectedRowsFile } from "./rejects-file.ts";
import { DryRunReport, ImportKind, ImportList, ImportStatus } from "./schema.ts";
import { startImport } from "./start.ts";
import { MAX_MAPPING_LENGTH } from "./mapping/caller.ts";
import { mappingText } from "./mapping/saved.ts";
import { openUpload, WORKBOOK_TYPE } from "./upload.ts";
import { requestUndo } from "./undo/request.ts";

export const importRoutes = router();

const tags = ["Imports"];
const params = z.object({ id: Id });

const Dates = z.enum(["dmy", "mdy", "ymd"]).openapi("DateOrder");
const DecimalMark = z.enum(["comma", "point"]).openapi("DecimalSeparator");

/** What may also be in a form, where it comes before the query. */
const FormFields = z.strictObject({
  mapping: z.string().max(MAX_MAPPING_LENGTH).optional(),
  dates: Dates.optional(),
  decimal: DecimalMark.optional(),
  sheet: z.string().max(100).optional(),
});

const ImportQuery = z.strictObject({
  kind: ImportKind,
  dry_run: z.enum(["true", "head", "false"]).optional().openapi({
    description:
      "`true` returns what the import would do and stores nothing; `head` does so for the complete rows of the first 512 KB",
  }),
  dates: Dates.optional().openapi({
    description: "the order of day, month and year, where the file does not show it",
  }),
  decimal: DecimalMark.optional().openapi({
    description: "the decimal separator, where the file does not show it",
  }),
  mapping: z.string().max(MAX_MAPPING_LENGTH).optional().openapi({
    description:
      'the name of a saved mapping, or JSON: the column of each field, such as `{"InvoiceNo":"Ticket","UnitPrice":"PVP"}`, or `{"columns":{},"constants":{},"rules":{},"dates":"dmy","decimal":"comma"}`',
  }),
  sheet: z.string().max(100).optional().openapi({
    description: "the sheet of a spreadsheet; by default the first visible one that is not empty",
  }),
  tenant: z.string().max(100).optional(),
});

importRoutes.openapi(
  operation("admin", {
    scope: "imports:write",
    method: "post",
    path: "/imports",
    operationId: "startImport",
    summary: "Import sales or products from CSV or a spreadsheet",
    description: `The file is CSV, plain or gzip, up to 200 MB when decompressed, or a spreadsheet of Excel (.xlsx) of up to 60 MB. With
curl use \`--data-binary\`, or \`-F\` for a form with the fields \`mapping\`, \`dates\`, \`decimal\` and \`sheet\` before the one
\`file\`. Rows that cannot be
imported are rejected with a reason; all others are imported. \`dry_run=true\` returns the figures that the import would have, and
stores nothing. \`dry_run=head\` does so for the rows of the first 512 KB, so that it returns at once whatever the size of the file: send
only that much of it, also of a gzip file. What these rows leave open is 422 \`ambiguous-format\`, although the whole file may show it.

**The file** is UTF-8, UTF-16 or Windows-1252, with fields separated by a comma, semicolon, tab or vertical bar. The header is among the
first ten lines. Columns are found by their names in English, Spanish, German, French and Portuguese, in any order; the exports of
Shopify, WooCommerce, Square, Amazon, eBay, Etsy, Stripe, Lightspeed, PrestaShop, Odoo and others are recognised. \`mapping\` names
columns that are not found, and comes first; it may be saved with PUT /import-mappings. Without the columns that an import needs, the response is 422 \`missing-columns\` with the columns of the file, a
proposal and three rows. The order of day and month and the decimal separator are decided by all cells of a column; what they leave open
is 422 \`ambiguous-format\` with \`choices\`, which the parameters \`dates\` and \`decimal\` settle. Empty rows and cells such as
\`NULL\` count as empty, and missing cells at the end of a row too. Of a spreadsheet the first visible sheet with rows is read, or the one that \`sheet\` names;
its formulas are not computed. Files of other programs (.xls, .xlsb, .ods) have to be saved as CSV UTF-8.

**kind=sales** uses the columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country, of the public Online Retail data set, in which dates are month first. Each invoice becomes a sale, or a
refund if its quantity or amount is negative; in the Online Retail layout, if the quantity is negative and the number starts with C or the
amount is negative; or as \`rules\` of the mapping say (\`refund_prefixes\`, \`refund_statuses\`). Rows of cancelled orders are skipped
and rows of another currency are rejected. Further columns are Barcode, which finds the product where there is no StockCode, Unit, Seller
(an employee's e-mail, or their name in files of other programs), PaymentMethod, Discount, TaxRate and Tax, which the amounts include
unless price and amount show that it is added. An unknown StockCode becomes a product without stock tracking. Dates are in the shop's time
zone unless they name one, and at midday if they have no time. Prices are in the shop's currency. Imported sales do not change the stock.
An invoice is imported whole or not at all: a row that is rejected holds back all rows of its invoice, and so does a row with another
day, customer or country than the rows before. Rows of an invoice that already exists with the same content count as \`rows_known\`, and
rows that differ are rejected. While an import with the same invoices is being undone, the import waits, and a dry run is 409 \`conflict\`.

**kind=products** uses the columns sku, title, price, and optionally ${productLayout.optional.join(", ")}. The price and cost are in major
units with at most the decimals of the currency. Products are matched by SKU: new ones are added and
existing ones updated; hidden ones remain hidden. Codes in scientific notation (\`9.78E+12\`) are rejected. barcodes has any number of barcodes, separated by spaces or commas; a row with a
barcode of another product is rejected. A missing column changes nothing; an empty cell clears the field. The stock is
recorded as a count; an empty cell leaves it unchanged. The rules for fields are those of POST /products. When a SKU appears more
than once, its first valid row is imported and the others are rejected.`,
    tags,
    request: {
      query: ImportQuery,
      headers: IdempotencyHeader,
      body: {
        required: true,
        content: {
          // Not as zod schemas, with which the framework would read the whole body.
          [WORKBOOK_TYPE]: { schema: { type: "string", format: "binary" } },
          "multipart/form-data": {
            schema: {
              type: "object",
              required: ["file"],
              properties: {
                mapping: { type: "string" },
                dates: { type: "string" },
                decimal: { type: "string" },
                sheet: { type: "string" },
                file: { type: "string", format: "binary" },
              },
            },
          },
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
    problems: [
      "body-required",
      "invalid-gzip",
      "too-large",
      "unsupported-media-type",
      "conflict",
      "missing-columns",
      "ambiguous-format",
    ],
    responses: {
      200: jsonResponse("What the import would do, with `dry_run`", DryRunReport),
      202: {
        ...jsonResponse("Queued; follow its progress at Location", ImportStatus),
        headers: LocationHeader,
      },
    },
  }),
  async (c) => {
    const { kind, dry_run, tenant: _, ...query } = c.req.valid("query");
    const {
      file: body,
      fields,
      charset,
    } = await openUpload(await uploadOf(c), c.req.header("content-type"), c.req.header("content-encoding"));
    const form = FormFields.safeParse(Object.fromEntries(fields));
    if (!form.success)
      throw invalid(
        form.error.issues.map(({ path, message }) => ({ pointer: `#/${pointerOf(path)}`, detail: message })),
      );
    const said = { ...query, ...form.data };
    const options = { ...said, charset, mapping: await mappingText(shopContext(c), kind, said.mapping) };
    if (dry_run === "true" || dry_run === "head") {
      const maxBytes = dry_run === "head" ? PREVIEW_BYTES : undefined;
      const report = await dryRun(actorContext(c), kind, body, { ...options, maxBytes });
      return c.json(DryRunReport.parse(report), 200);
    }
    const key = c.req.valid("header")["idempotency-key"];
    const started = withReplayHeader(c, await startImport(actorContext(c), kind, body, key, options));
    c.header("Location", `/api/v1/imports/${started.id}`);
    return c.json(ImportStatus.parse(started), 202);
  },
);

importRoutes.openapi(
  operation("admin", {
    scope: "imports:read",
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
    scope: "imports:read",
    method: "get",
    path: "/imports/{id}",
    operationId: "getImport",
    summary: "Get an import and its progress",
    tags,
    request: { params },
    responses: { 200: jsonResponse("The import", ImportStatus) },
  }),
  async (c) => c.json(ImportStatus.parse(await getImport(shopContext(c), c.req.valid("param").id)), 200),
);

importRoutes.openapi(
  operation("admin", {
    scope: "imports:read",
    method: "get",
    path: "/imports/{id}/rejects",
    operationId: "getImportRejects",
    summary: "Download the rejected rows of an import",
    description: `CSV with the columns row (the number in a spreadsheet, where the first line is row 1), reason and text. With
\`format=file\` the rows have the columns and the delimiter of the imported file and \`reason\` as the last column: correct them and
import the file, which ignores \`reason\`. A row that was held back only because another row of its invoice was rejected has a reason
that begins with \`held\`.`,
    tags,
    request: {
      params,
      query: z.strictObject({
        format: z.enum(["csv", "file"]).default("csv"),
        ...CsvFormatQuery,
        tenant: z.string().max(100).optional(),
      }),
    },
    responses: {
      200: {
        description: "The rejected rows",
        content: {
          "text/csv": {
            schema: csvFile('row,reason,text\r\n17,"Quantity is 0","..."'),
          },
        },
      },
    },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const ctx = shopContext(c);
    const query = c.req.valid("query");
    const format = csvFormat(ctx, query);
    const isFile = query.format === "file";
    return c.body(
      await (isFile ? rejectedRowsFile(ctx, id, format) : rejectedRowsCsv(ctx, id, format)),
      200,
      csvHeaders(ctx, `rejects-${id}`),
    );
  },
);

importRoutes.openapi(
  operation("admin", {
    scope: "imports:write",
    method: "delete",
    path: "/imports/{id}",
    operationId: "undoImport",
    summary: "Undo an import",
    description: `Removes what the import stored; a running import stops. The status becomes \`undoing\` and, when nothing is left
to remove, \`undone\`. Afterwards the invoice numbers are free and the file can be imported again, also under the same Idempotency-Key.

Sales that were refunded since remain, and so do products that are in other sales, in a cart or list, or whose fields or stock were
changed since. Products that a file changed remain as they are, because their previous values are not known.
\`undo_retained\` counts what remains, and GET /imports/{id}/retained lists it with the reasons. Repeating the request has no effect.`,
    tags,
    request: { params },
    responses: { 202: jsonResponse("The import", ImportStatus) },
  }),
  async (c) => c.json(ImportStatus.parse(await requestUndo(actorContext(c), c.req.valid("param").id)), 202),
);

importRoutes.openapi(
  operation("admin", {
    scope: "imports:read",
    method: "get",
    path: "/imports/{id}/retained",
    operationId: "getImportRetained",
    summary: "Download what the undo of an import left in place",
    description:
      "CSV with the columns kind (sale or product), id, reference (the invoice number or SKU) and reason.",
    tags,
    request: {
      params,
      query: z.strictObject({ ...CsvFormatQuery, tenant: z.string().max(100).optional() }),
    },
    responses: {
      200: {
        description: "Sales and products that remain",
        content: {
          "text/csv": {
            schema: csvFile(
              'kind,id,reference,reason\r\nsale,0190a6e4-7c00-7000-8000-000000000001,"536365","refunded since"',
            ),
          },
        },
      },
    },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const ctx = shopContext(c);
    const format = csvFormat(ctx, c.req.valid("query"));
    return c.body(await retainedCsv(ctx, id, format), 200, csvHeaders(ctx, `retained-${id}`));
  },
);
