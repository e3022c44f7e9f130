import { describe, expect, it } from "vitest";
import {
  ambiguityLines,
  amountOf,
  importLines,
  missingColumnLines,
  reportLines,
  undoLines,
} from "../../../scripts/import/words.mjs";
import { API, call } from "../../support/client.ts";
import { fileOf, importFile } from "../../support/imports.ts";
import { newShop, type Shop } from "../../support/shops.ts";

const send = (shop: Shop, raw: string, query = "", kind = "sales") =>
  call("POST", `${API}/imports?kind=${kind}&dry_run=true${query}`, {
    token: shop.admin.token,
    raw,
    headers: { "content-type": "text/csv" },
  });

describe("the words of a dry run", () => {
  it("say how the file is read and what would be imported", async () => {
    const shop = await newShop();
    const file = [
      "Factura;Fecha;Código;Cantidad;Precio;Cliente;Caja",
      "1;04/11/2024;A;2;1.250,50;17;1",
      "2;25/12/2024;A;1;1.250,50;18;1",
      "3;26/12/2024;A;-1;1.250,50;18;1",
      "4;27/12/2024;A;0;3,50;18;1",
      "",
    ].join("\n");
    expect(reportLines((await send(shop, file)).body)).toEqual([
      "Encoding utf-8, separated by semicolons, header in row 1",
      "Columns",
      "  InvoiceNo    Factura",
      "  StockCode    Código",
      "  Quantity     Cantidad",
      "  InvoiceDate  Fecha",
      "  UnitPrice    Precio",
      "  CustomerID   Cliente",
      "Ignored columns: Caja",
      "Dates: day, month, year. Numbers: a comma before the decimals.",
      "4 rows: 3 to import, 1 rejected",
      "2 sales and 1 refund, from 2024-11-04 to 2024-12-26",
      "Revenue EUR 2,501.00, by month",
      "  2024-11  EUR 2,501.00",
      "  2024-12      EUR 0.00",
      "1 new product, 2 new customers",
      "Rejected rows",
      "  1 row: Cantidad is 0",
      "    row 5  4;27/12/2024;A;0;3,50;18;1",
    ]);
  });

  it("say which rows are known, and which products a file would change", async () => {
    const shop = await newShop();
    const file = fileOf([{ invoice: "1", sku: "A" }]);
    await importFile(shop, file);
    expect(reportLines((await send(shop, file)).body)).toContain(
      "1 row: 0 to import, 0 rejected, 1 in the shop already",
    );
    expect(reportLines((await send(shop, file)).body)).toContain("No sales");
    const products = await send(shop, "sku,title,price\nA,New,2\nB,B,3\n", "", "products");
    expect(reportLines(products.body)).toContain("1 new product, 1 product to change");
  });

  it("name the options that answer an open question", async () => {
    const shop = await newShop();
    const { body } = await send(shop, "Ticket;Fecha;Producto;Cantidad;Precio\n1;03/04/2026;A;1;2,50\n");
    expect(ambiguityLines(body)).toEqual([
      "No day is above 12, so the dates can be read in two ways: 03/04/2026.",
      "  --dates dmy  day, month, year",
      "  --dates mdy  month, day, year",
    ]);
  });

  it("show the columns of a file that lacks some, and how to name them", async () => {
    const shop = await newShop();
    const { body } = await send(shop, "Ticket;Fecha;Zzz;Cantidad;Precio\n1;2026-03-31;A;1;2,50\n");
    expect(missingColumnLines(body).slice(1)).toEqual([
      "Columns of the file: Ticket, Fecha, Zzz, Cantidad, Precio",
      "Recognised",
      "  InvoiceNo    Ticket",
      "  Quantity     Cantidad",
      "  InvoiceDate  Fecha",
      "  UnitPrice    Precio",
      "First rows",
      "  1 | 2026-03-31 | A | 1 | 2,50",
      'Write the other columns to a file, such as {"StockCode":"NAME OF ITS COLUMN"}, and give it with --map.',
    ]);
  });

  it("have amounts in the major units of each currency", () => {
    expect([amountOf(123_456, "EUR"), amountOf(1234, "JPY"), amountOf(-1500, "KWD")]).toEqual([
      "EUR 1,234.56",
      "JPY 1,234",
      "-KWD 1.500",
    ]);
  });
});

describe("the words of an end", () => {
  it("count the rows of an import", () => {
    const end = {
      status: "failed",
      error: "Too many lines.",
      rows_accepted: 1,
      rows_rejected: 1200,
      rows_skipped: 3,
      rows_known: 0,
      created_at: "2026-01-01T00:00:00.000Z",
      finished_at: "2026-01-01T00:00:01.500Z",
    };
    expect(importLines(end)).toEqual([
      "failed: 1 row imported, 1,200 rejected, 3 skipped, in 1.5 s",
      "Error: Too many lines.",
    ]);
  });

  it("list what an undo retained, at most twenty", () => {
    const rows = Array.from(
      { length: 22 },
      (_, index) => `sale,id-${index},"a ""${index}""","refunded since"`,
    );
    const csv = ["kind,id,reference,reason", 'product,p,"A","in other sales"', ...rows, ""].join("\r\n");
    const end = { status: "undone", error: null, undone_sales: 2, undone_products: 1, undo_retained: 23 };
    const lines = undoLines(end, csv);
    expect(lines.slice(0, 3)).toEqual([
      "undone: 2 sales and 1 product removed, 23 retained",
      "  product A: in other sales",
      '  sale a "0": refunded since',
    ]);
    expect([lines.length, lines.at(-1)]).toEqual([22, "  and 3 more"]);
  });
});
