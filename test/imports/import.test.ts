import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { firstCellsOf } from "../support/exports.ts";
import {
  COLUMNS,
  fileOf,
  importFile,
  rejectsOf,
  storeImport,
  uploadFile,
  waitForImport,
} from "../support/imports.ts";
import { newPerson, newProduct, newShop } from "../support/shops.ts";

describe("an import", () => {
  it("is queued, reports its progress at Location, and ends with its counts", async () => {
    const shop = await newShop();
    const file = fileOf([{ invoice: "1" }, { invoice: "1", sku: "B" }, { invoice: "C2", quantity: -1 }]);
    const started = await uploadFile(shop.admin.token, file);
    expect(started.status).toBe(202);
    expect(started.body).toMatchObject({
      kind: "sales",
      status: "queued",
      rows_read: 0,
      bytes_total: file.length,
    });
    expect(started.headers.get("location")).toBe(`${API}/imports/${started.body.id}`);
    const done = await waitForImport(shop.admin.token, started.body.id);
    expect(done).toMatchObject({
      status: "done",
      error: null,
      bytes_total: file.length,
      bytes_read: file.length,
    });
    expect(done).toMatchObject({ rows_read: 3, rows_accepted: 3, rows_rejected: 0, ignored_columns: [] });
    expect(Date.parse(done.finished_at)).toBeGreaterThanOrEqual(Date.parse(done.started_at));
    const { body } = await call("GET", `${API}/imports`, { token: shop.admin.token });
    expect(body.data).toEqual([done]);
    expect(await rejectsOf(shop.admin.token, done.id)).toBe("row,reason,text\r\n");
  });

  it("is listed once in the pages of imports, newest first, and recorded in the audit log", async () => {
    const shop = await newShop();
    const file = fileOf([{}]);
    const ids: string[] = [];
    for (let at = 0; at < 3; at += 1) ids.push(await storeImport(shop.admin.ctx(), file));
    const pageAfter = async (query: string) =>
      (await call("GET", `${API}/imports?limit=2${query}`, { token: shop.admin.token })).body;
    const first = await pageAfter("");
    const second = await pageAfter(`&cursor=${first.next_cursor}`);
    expect([...first.data, ...second.data].map(({ id }: { id: string }) => id)).toEqual(ids.toReversed());
    expect(second.next_cursor).toBeNull();
    const entries = await rowsOf(
      "SELECT entity_id, actor_id, after FROM audit_log WHERE tenant_id = ? AND action = 'import.started' ORDER BY id",
      shop.tenant.id,
    );
    const after = JSON.stringify({ kind: "sales", bytes_total: file.length });
    expect(entries).toEqual(ids.map((entity_id) => ({ entity_id, actor_id: shop.admin.id, after })));
  });

  it("stores an invoice as a sale with its lines, and a C invoice as a refund", async () => {
    const shop = await newShop();
    await importFile(
      shop,
      fileOf([
        { invoice: "1", sku: "A", quantity: 3, price: "0.335", customer: "17850", country: "Spain" },
        { invoice: "1", sku: "B", quantity: 2, price: "10", customer: "17850", country: "Spain" },
        { invoice: "C2", sku: "A", quantity: -1, price: "0.335", customer: "17850", country: "Spain" },
      ]),
    );
    const { body } = await call("GET", `${API}/sales`, { token: shop.admin.token });
    const sale = body.data.find((row: { kind: string }) => row.kind === "sale");
    expect(sale).toMatchObject({
      external_ref: "1",
      channel: "import",
      total: 2101,
      units: 5,
      lines: 2,
      customer_ref: "17850",
    });
    expect(sale).toMatchObject({
      placed_at: "2026-03-02T09:00:00.000Z",
      day: "2026-03-02",
      country: "Spain",
      seller_id: null,
    });
    const detail = await call("GET", `${API}/sales/${sale.id}`, { token: shop.admin.token });
    expect(detail.body.items).toMatchObject([
      { line_no: 1, sku: "A", quantity: 3, unit_price: 34, exact_price: "0.335", subtotal: 101 },
      { line_no: 2, sku: "B", quantity: 2, unit_price: 1000, exact_price: null, subtotal: 2000 },
    ]);
    const kpis = await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token });
    expect(kpis.body).toMatchObject({
      total_revenue: 2067,
      total_products_sold: 4,
      sales: 1,
      refunds: 1,
      customers: 1,
    });
  });

  it("creates a product without stock tracking for an unknown stock code, and does not change existing products", async () => {
    const shop = await newShop();
    const known = await newProduct(shop, { sku: "K", title: "Known", price: 500, stock: 7 });
    await importFile(
      shop,
      fileOf([
        { sku: "85123a", description: "", price: "0" },
        { sku: "85123a", description: "HOLDER", price: "2.55" },
        { sku: "85123A", description: "OTHER HOLDER", price: "1" },
        { sku: "K", description: "Otherwise", price: "9.99", quantity: 2 },
      ]),
    );
    const products = await rowsOf(
      "SELECT sku, title, price, stock / 1000.0 AS stock FROM products WHERE tenant_id = ? ORDER BY sku",
      shop.tenant.id,
    );
    expect(products).toEqual([
      { sku: "85123a", title: "HOLDER", price: 255, stock: null },
      { sku: "K", title: "Known", price: 500, stock: 7 },
    ]);
    expect(await count("SELECT subtotal n FROM sale_lines WHERE product_id = ?", known.id)).toBe(1998);
  });

  it("groups the lines of interleaved invoices in order", async () => {
    const shop = await newShop();
    await importFile(
      shop,
      fileOf(["1", "2", "1", "2", "1"].map((invoice, index) => ({ invoice, sku: `S${index}` }))),
    );
    const lines = await rowsOf(
      "SELECT s.external_ref, l.line_no, l.sku FROM sales s JOIN sale_lines l ON l.sale_id = s.id WHERE s.tenant_id = ? ORDER BY 1, 2",
      shop.tenant.id,
    );
    expect(lines.map((line) => Object.values(line))).toEqual([
      ["1", 1, "S0"],
      ["1", 2, "S2"],
      ["1", 3, "S4"],
      ["2", 1, "S1"],
      ["2", 2, "S3"],
    ]);
  });

  it("dates an invoice with two timestamps by the first", async () => {
    const shop = await newShop();
    await importFile(
      shop,
      fileOf([
        { invoice: "1", date: "2026-03-02 10:59" },
        { invoice: "1", date: "2026-03-02 11:01" },
      ]),
    );
    const { body } = await call("GET", `${API}/metrics/sales-summary`, { token: shop.admin.token });
    expect(body.data).toEqual([{ date: "2026-03-02", num_sales: 1, total_sales: 200 }]);
  });
});

describe("the columns of a file", () => {
  it("can have any order and case, follow a byte order mark, and include others, which are reported as ignored", async () => {
    const shop = await newShop();
    const file =
      "\ufeffcountry,Shelf,UNITPRICE, InvoiceDate ,Quantity,Note,StockCode,InvoiceNo,Description,CustomerID\r\nSpain,x,2.50,2026-03-02 10:00,2,y,A,1,Thing,17850\r\n";
    const done = await importFile(shop, file);
    expect(done).toMatchObject({ rows_accepted: 1, ignored_columns: ["Shelf", "Note"] });
    const { body } = await call("GET", `${API}/sales`, { token: shop.admin.token });
    expect(body.data).toMatchObject([
      { external_ref: "1", total: 500, country: "Spain", customer_ref: "17850" },
    ]);
  });

  it("that are missing are reported immediately, and nothing is queued", async () => {
    const shop = await newShop();
    const answer = await uploadFile(
      shop.admin.token,
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice\n1,A,b,1,2026-03-02 10:00,1\n",
    );
    expect(answer.status).toBe(422);
    expect(answer.body.type).toBe("/problems/missing-columns");
    expect(answer.body.errors.map((fault: { detail: string }) => fault.detail)).toEqual([
      "the column CustomerID is missing",
      "the column Country is missing",
    ]);
    expect(await count("SELECT count(*) n FROM imports WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("that appear twice are rejected", async () => {
    const shop = await newShop();
    const answer = await uploadFile(shop.admin.token, `${COLUMNS},quantity\n`);
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toContain("Quantity appears more than once");
  });
});

describe("rejected rows", () => {
  it("are listed with their row number in a spreadsheet, the reason and their text", async () => {
    const shop = await newShop();
    const rows = [
      "1,A,Fine,1,2026-03-02 10:00,1.00,,",
      "1,A,None,0,2026-03-02 10:00,1.00,,",
      '2,B,"two\nlines",x,2026-03-02 10:00,1.00,,',
      "3,C,Day,1,2026-02-30 10:00,1.00,,",
      "4,D,Short,1",
      "5,E,Fine,1,2026-03-02 10:00,1.00,,",
    ];
    const done = await importFile(shop, [COLUMNS, ...rows].join("\r\n"));
    expect(done).toMatchObject({ status: "done", rows_read: 6, rows_accepted: 1, rows_rejected: 5 });
    expect((await rejectsOf(shop.admin.token, done.id)).split("\r\n")).toEqual([
      "row,reason,text",
      `2,"held: row 3 of invoice 1 was rejected","${rows[0]}"`,
      `3,"Quantity is 0","${rows[1]}"`,
      `4,"Quantity is not a number with at most three decimals: x","2,B,""two\nlines"",x,2026-03-02 10:00,1.00,,"`,
      `5,"InvoiceDate is not a date and time such as 2010-12-01 08:26: 2026-02-30 10:00","${rows[3]}"`,
      '6,"InvoiceDate is empty","4,D,Short,1"',
      "",
    ]);
  });

  it("cannot run as formulas in a spreadsheet", async () => {
    const shop = await newShop();
    const done = await importFile(
      shop,
      `${COLUMNS}\n=HYPERLINK(1),A,b,x,2026-03-02 10:00,1,,\n@1,A,b,=2,2026-03-02 10:00,1,,\n`,
    );
    expect((await rejectsOf(shop.admin.token, done.id)).split("\r\n").slice(1, 3)).toEqual([
      `2,"Quantity is not a number with at most three decimals: x","'=HYPERLINK(1),A,b,x,2026-03-02 10:00,1,,"`,
      `3,"Quantity is not a number with at most three decimals: =2","'@1,A,b,=2,2026-03-02 10:00,1,,"`,
    ]);
  });

  it("include only the line itself where a quote is never closed", async () => {
    const shop = await newShop();
    const done = await importFile(
      shop,
      fileOf([{ invoice: "1" }, { invoice: "2", description: '"never' }, { invoice: "3" }, { invoice: "4" }]),
    );
    expect(done).toMatchObject({ status: "done", rows_read: 4, rows_accepted: 3, rows_rejected: 1 });
    expect(await rejectsOf(shop.admin.token, done.id)).toContain('3,"a quote is opened and never closed"');
  });

  it("end the import after more than a thousand lines with an unclosed quote, and earlier rows are kept", async () => {
    const shop = await newShop();
    const broken = Array.from({ length: 1500 }, () => `2,A,"open\n`).join("");
    const done = await importFile(shop, `${fileOf([{ invoice: "1" }])}\n${broken}`);
    expect(done).toMatchObject({ status: "failed", rows_accepted: 1 });
    expect(done.error).toContain("quote");
    expect((await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token })).body.sales).toBe(1);
  });

  it("do not include blank lines", async () => {
    const shop = await newShop();
    const done = await importFile(shop, `\n${fileOf([{ invoice: "1" }])}\r\n\n${"\n".repeat(3)}`);
    expect(done).toMatchObject({ status: "done", rows_read: 1, rows_accepted: 1, rows_rejected: 0 });
    expect(done.bytes_read).toBe(done.bytes_total);
  });

  it("are all listed in order, even thousands of them", async () => {
    const shop = await newShop();
    const done = await importFile(
      shop,
      fileOf(Array.from({ length: 2001 }, (_, index) => ({ invoice: String(index), quantity: "0" }))),
    );
    expect(done).toMatchObject({ rows_accepted: 0, rows_rejected: 2001 });
    const lines = (await rejectsOf(shop.admin.token, done.id)).trim().split("\r\n").slice(1);
    expect(lines.map((line) => Number(line.split(",")[0]))).toEqual(
      Array.from({ length: 2001 }, (_, index) => index + 2),
    );
  });

  it("are hidden from other shops, employees and customers", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const done = await importFile(shop, fileOf([{ quantity: "0" }]));
    for (const path of [`imports/${done.id}`, `imports/${done.id}/rejects`])
      expect((await call("GET", `${API}/${path}`, { token: other.admin.token })).status).toBe(404);
    for (const role of ["EMPLOYEE", "CUSTOMER"] as const) {
      const { token } = await newPerson(shop.tenant, role);
      expect((await uploadFile(token, fileOf([{}]))).status).toBe(403);
      expect((await call("GET", `${API}/imports`, { token })).status).toBe(403);
      expect((await call("GET", `${API}/imports/${done.id}/rejects`, { token })).status).toBe(403);
    }
  });
});

it("the rejected rows are a file with each of them once, however many they are", async () => {
  const shop = await newShop();
  const id = await storeImport(shop.admin.ctx(), fileOf([{}]));
  const invoices = Array.from({ length: 700 }, (_, at) => String(at + 2));
  await change(
    `INSERT INTO import_rejects (tenant_id, import_id, row, reason, text)
      SELECT ?1, ?2, CAST(value AS INTEGER), 'Quantity is 0', value FROM json_each(?3)`,
    shop.tenant.id,
    id,
    JSON.stringify(invoices),
  );
  const path = `/imports/${id}/rejects?format=file`;
  expect(await firstCellsOf(shop.admin.token, path, invoices.length)).toEqual(invoices);
});
