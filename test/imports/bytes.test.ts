// What arrives: encodings, delimiters, headers that are not in the first line, and rows that are too long.
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { COLUMNS, filesOf, fileOf, importFile, rejectsOf, uploadFile } from "../support/imports.ts";
import { newShop, type Shop } from "../support/shops.ts";

const descriptionsOf = async (shop: Shop) =>
  (
    await rowsOf(
      "SELECT description FROM sale_lines WHERE tenant_id = ? ORDER BY description",
      shop.tenant.id,
    )
  ).map(({ description }) => description);

const utf16 = (text: string) => Buffer.from(text, "utf16le");

describe("the encoding of a file", () => {
  const file = fileOf([{ description: "Taza añil 5 €" }]);

  it.each([
    ["UTF-16 with a byte order mark, little-endian", utf16(`\ufeff${file}`)],
    ["UTF-16 with a byte order mark, big-endian", utf16(`\ufeff${file}`).swap16()],
    ["UTF-16 without a byte order mark", utf16(file)],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${file}`)],
  ])("may be %s", async (_, bytes) => {
    const shop = await newShop();
    expect(await importFile(shop, bytes)).toMatchObject({ rows_accepted: 1, rows_rejected: 0 });
    expect(await descriptionsOf(shop)).toEqual(["Taza añil 5 €"]);
  });

  it("is Windows-1252 where bytes are not UTF-8, also if the charset says ISO-8859-1", async () => {
    const bytes = Buffer.from(
      fileOf([{ description: "a\x92b \x96 \x80" }, { description: "caf\xe9" }]),
      "latin1",
    );
    for (const type of ["text/csv", "text/csv; charset=iso-8859-1", "text/csv;charset=windows-1252"]) {
      const shop = await newShop();
      const started = await uploadFile(shop.admin.token, bytes, { "content-type": type });
      expect(started.status, started.text).toBe(202);
      await expect.poll(() => descriptionsOf(shop)).toEqual(["a’b – €", "café"]);
    }
  });

  it("is the one that the charset declares", async () => {
    const shop = await newShop();
    // In UTF-8 these bytes would be valid too.
    const bytes = Buffer.from(fileOf([{ description: "Ã©" }]), "latin1");
    await uploadFile(shop.admin.token, bytes, { "content-type": "text/csv; charset=windows-1252" });
    await expect.poll(() => descriptionsOf(shop)).toEqual(["Ã©"]);
    const unknown = await uploadFile(shop.admin.token, bytes, {
      "content-type": "text/csv; charset=klingon",
    });
    expect(unknown.status).toBe(415);
  });
});

describe("a file that is not CSV", () => {
  it.each([
    ["a spreadsheet", Buffer.from("PK\u0003\u0004 xl/workbook.xml")],
    ["an old spreadsheet", Buffer.from("d0cf11e0a1b11ae1", "hex")],
    ["a PDF document", Buffer.from("%PDF-1.7\n")],
    ["a web page", Buffer.from("<!DOCTYPE html><table>")],
  ])("is refused with advice: %s", async (_, bytes) => {
    const shop = await newShop();
    const { status, body } = await uploadFile(shop.admin.token, bytes);
    expect(status).toBe(415);
    expect(body.detail).toContain('save it as "CSV UTF-8"');
    expect(await filesOf(shop)).toEqual([]);
  });
});

describe("the lines of a file", () => {
  const row = ["1", "A", "x, y; z", "1", "2026-03-02 10:00", "1.00", "", ""];

  it.each([
    [";", "\n"],
    ["\t", "\r\n"],
    ["|", "\r"],
    [",", "\r"],
  ])("may have fields separated by %j and end with %j", async (delimiter, end) => {
    const shop = await newShop();
    const cells = row.map((cell) => (/[,;]/.test(cell) ? `"${cell}"` : cell));
    const file = [COLUMNS.split(","), cells, cells].map((line) => line.join(delimiter)).join(end);
    expect(await importFile(shop, file)).toMatchObject({ rows_read: 2, rows_accepted: 2 });
    expect(await descriptionsOf(shop)).toEqual(["x, y; z", "x, y; z"]);
  });

  it("may follow a line that names the separator, and titles before the header", async () => {
    const shop = await newShop();
    const file = `sep=;\nReport of the till;;\n;;\n${COLUMNS.replaceAll(",", ";")}\n1;A;b;0;2026-03-02 10:00;1;;\n2;A;b;1;2026-03-02 10:00;1;;\n`;
    const done = await importFile(shop, file);
    expect(done).toMatchObject({ rows_accepted: 1, rows_rejected: 1 });
    expect(await rejectsOf(shop.admin.token, done.id)).toContain('5,"Quantity is 0"');
  });

  it("may be empty, which is counted apart, or lack cells at the end", async () => {
    const shop = await newShop();
    const file = `${COLUMNS}\n1,A,b,1,2026-03-02 10:00,1\n,,,,,,,\n\n , ,,,,,,\n2,A,b,1,2026-03-02 10:00,1,,,,\n`;
    expect(await importFile(shop, file)).toMatchObject({
      rows_read: 4,
      rows_accepted: 2,
      rows_rejected: 0,
      rows_skipped: 2,
    });
  });

  it("have a quote within a field without meaning", async () => {
    const shop = await newShop();
    const file = fileOf([{ description: 'Mug Set "Duo"' }, { description: '"Duo" mug' }]);
    expect(await importFile(shop, file)).toMatchObject({ rows_accepted: 2 });
    expect(await descriptionsOf(shop)).toEqual(['"Duo" mug', 'Mug Set "Duo"']);
  });

  it("of more than a megabyte are one rejected row each, and the rows after them have their numbers", async () => {
    const shop = await newShop();
    const long = "x".repeat(1_100_000);
    const file = fileOf([
      { invoice: "1" },
      { invoice: "2", description: long },
      { invoice: "3", description: `"${long}"` },
      { invoice: "4", quantity: 0 },
      { invoice: "5" },
    ]);
    const done = await importFile(shop, file);
    expect(done).toMatchObject({ status: "done", rows_read: 5, rows_accepted: 2, rows_rejected: 3 });
    const rejects = (await rejectsOf(shop.admin.token, done.id)).split("\r\n");
    expect(rejects.slice(1, 4).map((line) => line.slice(0, 28))).toEqual([
      '3,"the row has more than 64 ',
      '4,"the row has more than 64 ',
      '5,"Quantity is 0","4,A,A thi',
    ]);
  });
});

describe("a dry run", () => {
  const file = `${fileOf([
    { invoice: "1", quantity: 2, price: "2.50" },
    { invoice: "1", sku: "B" },
    { invoice: "C2", quantity: -1, price: "2.50", date: "2026-04-01 10:00" },
    { invoice: "3", quantity: 0 },
    { invoice: "4", quantity: 0 },
    { invoice: "5", price: "much" },
  ])},,,,,,,\n`;

  const databaseOf = (shop: Shop) =>
    Promise.all(
      [
        "imports",
        "import_rejects",
        "sales",
        "sale_lines",
        "products",
        "stock_moves",
        "dirty_days",
        "events",
        "audit_log",
        "idempotency_keys",
      ].map((table) => count(`SELECT count(*) n FROM ${table} WHERE tenant_id = ?`, shop.tenant.id)),
    );

  const dryRun = (shop: Shop, raw: BodyInit, kind = "sales") =>
    call("POST", `${API}/imports?kind=${kind}&dry_run=true`, {
      token: shop.admin.token,
      raw,
      headers: { "content-type": "text/csv" },
    });

  it("returns the figures and reasons of the import, and stores nothing", async () => {
    const shop = await newShop();
    const before = await databaseOf(shop);
    const { status, body } = await dryRun(shop, file);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      preset: "online-retail",
      encoding: "utf-8",
      delimiter: ",",
      columns: COLUMNS.split(","),
      mapping: { InvoiceNo: "InvoiceNo", UnitPrice: "UnitPrice" },
      formats: { dates: "mdy", decimal: "point" },
      rows: 7,
      rows_accepted: 3,
      rows_rejected: 3,
      rows_skipped: 1,
      sales: 1,
      refunds: 1,
      revenue: 350,
      currency: "EUR",
      months: [
        { month: "2026-03", revenue: 600 },
        { month: "2026-04", revenue: -250 },
      ],
      first_day: "2026-03-02",
      last_day: "2026-04-01",
      new_products: 2,
      rejects: [
        { reason: "Quantity is 0", count: 2, examples: [{ row: 5 }, { row: 6 }] },
        { reason: "UnitPrice is not a number: much", count: 1, examples: [{ row: 7 }] },
      ],
      skipped: [{ reason: "the row is empty", count: 1 }],
    });
    expect(await databaseOf(shop)).toEqual(before);
    expect(await filesOf(shop)).toEqual([]);
  });

  it("knows the invoices and products that the shop has", async () => {
    const shop = await newShop();
    await importFile(shop, fileOf([{ invoice: "1" }]));
    const { body } = await dryRun(shop, file);
    expect(body).toMatchObject({ sales: 0, refunds: 1, new_products: 0 });
    expect(body.rejects[0]).toMatchObject({ count: 2 });
  });

  it("of products counts those that are new", async () => {
    const shop = await newShop();
    const products = "sku,title,price\n1,A,1\n2,B,2\n2,B,2\n";
    const { body } = await dryRun(shop, products, "products");
    expect(body).toMatchObject({ rows: 3, rows_accepted: 2, rows_rejected: 1, new_products: 2, sales: 0 });
    expect(await count("SELECT count(*) n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("of a file that cannot be read leaves no file", async () => {
    const shop = await newShop();
    expect((await dryRun(shop, "a,b\n1,2\n")).status).toBe(422);
    expect(await filesOf(shop)).toEqual([]);
  });
});
