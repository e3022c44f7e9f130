// What single cells of sales and products must contain, as a person who corrects a file sees it.
import { describe, expect, it } from "vitest";
import { storeRejectedRows } from "../../src/imports/checkpoint.ts";
import { cleanCell } from "../../src/imports/formats/cells.ts";
import { API, call, costOf } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { fileOf, gzip, importFile } from "../support/imports.ts";
import { dryRunOf } from "../support/layouts.ts";
import { newShop, type Shop } from "../support/shops.ts";
import { bookOf } from "../support/workbooks.ts";

const exported = {
  number: "C-000001",
  line_no: "1",
  kind: "sale",
  status: "completed",
  placed_at: "2026-04-01T10:00:00.000Z",
  day: "2026-04-01",
  sku: "TAZA",
  barcode: "",
  description: "Taza",
  quantity: "1",
  unit: "piece",
  list_price: "12.50",
  unit_price: "12.50",
  discount: "0.00",
  discount_reason: "",
  tax_rate: "",
  tax_percent: "",
  tax: "0.00",
  total: "12.50",
  currency: "EUR",
  sale_payments: "cash=12.50",
  sale_rounding: "0.00",
  sale_id: "",
};

/** An export of lines of this API. */
const exportOf = (...lines: Partial<typeof exported>[]): string =>
  [
    Object.keys(exported),
    ...lines.map((line, at) => Object.values({ ...exported, number: `C-${at}`, ...line })),
  ]
    .map((cells) => `${cells.join(",")}\n`)
    .join("");

const euros = () => newShop({ currency: "EUR", timezone: "UTC" });

const reasonsOf = async (shop: Shop, file: string, kind = "sales", query = ""): Promise<string[]> => {
  const { body, text } = await dryRunOf(shop, file, kind, query);
  expect(body.rejects, text).toBeDefined();
  return body.rejects.map(({ reason }: { reason: string }) => reason);
};

describe("a cell", () => {
  it.each([
    ['="00123"', "00123"],
    ['="5"" nail"', '5" nail'],
    ['=" A "', "A"],
    ['="N/A"', ""],
    ["=1+1", "=1+1"],
    ['="A"&"B"', '="A"&"B"'],
    ["'00123", "00123"],
    ["'n Roll", "'n Roll"],
    ["a;'=b", "a;=b"],
    ["undefined", ""],
    ["-".repeat(9), ""],
    ["-".repeat(10), "-".repeat(10)],
  ])("is the text that a spreadsheet marks as such: %s", (cell, text) => {
    expect(cleanCell(cell)).toBe(text);
  });
});

describe("an exported line", () => {
  it.each<[string, Partial<typeof exported>, Partial<typeof exported>, string]>([
    [
      "a reason of up to 1,000 characters",
      { discount_reason: "x".repeat(1000) },
      { discount_reason: "x".repeat(1001) },
      "has more than 1000 characters",
    ],
    ["a quantity", { quantity: "-1" }, { quantity: "0" }, "quantity is 0 or empty"],
    ["a number", { number: "C-1" }, { number: "" }, "number is empty"],
    ["a total that is a number", { total: "12.50" }, { total: "twelve" }, "total is not a number"],
    [
      "a day within two days of its instant",
      { placed_at: "2026-04-03T12:00:00.000Z" },
      { placed_at: "2026-04-03T12:00:00.001Z" },
      "day is not the day of the sale",
    ],
    [
      "the currency of the shop",
      {},
      { currency: "USD" },
      "the file is in USD, and the shop's currency is EUR",
    ],
    ["a currency", {}, { currency: "" }, "the file is in no currency, and the shop's currency is EUR"],
  ])("has %s", async (_, good, bad, reason) => {
    const shop = await euros();
    expect(await reasonsOf(shop, exportOf(good))).toEqual([]);
    expect(await reasonsOf(shop, exportOf(bad))).toEqual([expect.stringContaining(reason)]);
  });

  it("has the tax rate of its name and percentage, and none without a name", async () => {
    const shop = await euros();
    for (const [name, rate] of [
      ["IVA", 21_000],
      ["VAT", 21_000],
    ])
      await call("POST", `${API}/tax-rates`, { token: shop.admin.token, json: { name, rate } });
    const taxed = { tax_percent: "21", tax: "2.17" };
    await importFile(shop, exportOf({ ...taxed, tax_rate: "VAT" }, { ...taxed, tax_rate: "" }));
    const rates = await rowsOf(
      `SELECT s.external_ref AS ref, r.name, l.tax_rate FROM sale_lines l
        JOIN sales s ON s.tenant_id = l.tenant_id AND s.id = l.sale_id
        LEFT JOIN tax_rates r ON r.tenant_id = l.tenant_id AND r.id = l.tax_rate_id WHERE l.tenant_id = ? ORDER BY 1`,
      shop.tenant.id,
    );
    expect(rates).toEqual([
      { ref: "C-0", name: "VAT", tax_rate: 21_000 },
      { ref: "C-1", name: null, tax_rate: 21_000 },
    ]);
  });

  it("has its payments in their order, from the first", async () => {
    const shop = await euros();
    await importFile(shop, exportOf({ sale_payments: "cash=10.00 card=2.50" }));
    expect(
      await rowsOf(
        "SELECT payment_no, method, amount FROM sale_payments WHERE tenant_id = ? ORDER BY payment_no",
        shop.tenant.id,
      ),
    ).toEqual([
      { payment_no: 1, method: "cash", amount: 1000 },
      { payment_no: 2, method: "card", amount: 250 },
    ]);
  });

  it("gives its new product a barcode only if that is one", async () => {
    const shop = await euros();
    await importFile(
      shop,
      exportOf({ sku: "A", barcode: "4006381333931" }, { sku: "B", barcode: "4006381333932" }),
    );
    expect(
      await rowsOf("SELECT sku, barcodes FROM products WHERE tenant_id = ? ORDER BY 1", shop.tenant.id),
    ).toEqual([
      { sku: "A", barcodes: '["4006381333931"]' },
      { sku: "B", barcodes: "[]" },
    ]);
  });
});

describe("a row of products", () => {
  it("has the currency of the shop if it names one", async () => {
    const file = (currency: string): string =>
      `sku,title,price,is_active,currency,product_id\nA,Taza,12.50,true,${currency},\n`;
    const shop = await euros();
    expect(await reasonsOf(shop, file("EUR"), "products")).toEqual([]);
    expect(await reasonsOf(shop, file("USD"), "products")).toEqual([
      "the file is in USD, and the shop's currency is EUR",
    ]);
  });

  it("has numbers with up to nine decimals, and no words for them", async () => {
    const file = "sku,title,price,rating\nA,A,1,4.123456789\nB,B,1,4.1234567891\nC,C,1,good\n";
    expect(await reasonsOf(await euros(), file, "products")).toEqual([
      expect.stringContaining("rating is not a number: 4.1234567891"),
    ]);
    const { body } = await dryRunOf(await euros(), file, "products");
    expect(body).toMatchObject({ rows_accepted: 1, rows_rejected: 2 });
  });

  it("has the decimal separator of its column, where columns differ", async () => {
    const shop = await euros();
    const file = "sku;title;price;stock;unit\nA;Queso;12,50;1.5;kg\nB;Jamón;1.250;2.5;kg\n";
    const done = await importFile(shop, file, "products");
    expect(done).toMatchObject({ rows_accepted: 2 });
    expect(
      await rowsOf("SELECT sku, price, stock FROM products WHERE tenant_id = ? ORDER BY 1", shop.tenant.id),
    ).toEqual([
      { sku: "A", price: 1250, stock: 1500 },
      { sku: "B", price: 125_000, stock: 2500 },
    ]);
  });
});

describe("a line of a sale", () => {
  it("by its total has the price with ten decimals", async () => {
    const shop = await euros();
    await importFile(
      shop,
      "Order No,SKU,Qty,Date,Line total\n1,A,3,2026-04-03,10.00\n2,A,4,2026-04-03,10.00\n3,A,999999999,2026-04-03,0.01\n",
    );
    expect(
      await rowsOf(
        `SELECT s.external_ref AS ref, l.unit_price, l.exact_price, l.subtotal FROM sale_lines l
          JOIN sales s ON s.tenant_id = l.tenant_id AND s.id = l.sale_id WHERE l.tenant_id = ? ORDER BY 1`,
        shop.tenant.id,
      ),
    ).toEqual([
      { ref: "1", unit_price: 333, exact_price: "3.3333333333", subtotal: 1000 },
      { ref: "2", unit_price: 250, exact_price: null, subtotal: 1000 },
      { ref: "3", unit_price: 0, exact_price: "0", subtotal: 1 },
    ]);
  });

  it("has a discount in the currency of the shop", async () => {
    const shop = await euros();
    const file = (discount: string): string =>
      `Order No,SKU,Qty,Date,Price,Discount\n1,A,1,2026-04-03,12.50,${discount}\n`;
    expect(await reasonsOf(shop, file("2.00 €"))).toEqual([]);
    expect(await reasonsOf(shop, file("$2.00"))).toEqual([expect.stringContaining("Discount is in $")]);
  });

  it("of an order of several rows is refused with its own row", async () => {
    const mapping = JSON.stringify({ columns: {}, rules: { by_order: true } });
    const file = "Order No,SKU,Qty,Date,Price\n1,A,1,2026-04-03,12.50\n1,B,many,2026-04-03,12.50\n";
    const reasons = await reasonsOf(await euros(), file, "sales", `&mapping=${encodeURIComponent(mapping)}`);
    expect(reasons).toEqual([expect.stringMatching(/^Qty is not a number .*: many \(row 3\)$/)]);
  });
});

it("an amount has up to 32 characters", async () => {
  const priced = (length: number): string =>
    `Order No,SKU,Qty,Date,Price\n1,A,1,2026-04-03,${"7.50".padEnd(length - 1)}€\n`;
  expect(await reasonsOf(await euros(), priced(32))).toEqual([]);
  expect(await reasonsOf(await euros(), priced(33))).toEqual([
    expect.stringMatching(/^Price is not a number/),
  ]);
});

describe("the dates of a file", () => {
  const file = (...dates: string[]): string =>
    `Order No,SKU,Qty,Date,Price\n${dates.map((date, at) => `${at},A,1,${date},1.00\n`).join("")}`;

  it("do not begin with their year where one of them then would not exist", async () => {
    const { body } = await dryRunOf(await euros(), file("12/31/24", "12/30/25"));
    expect(body).toMatchObject({
      formats: { dates: "mdy" },
      first_day: "2024-12-31",
      last_day: "2025-12-30",
    });
    const open = await dryRunOf(await euros(), file("12/11/24", "12/10/25"));
    expect(open.body).toMatchObject({ type: "/problems/ambiguous-format", parameter: "dates" });
  });

  it.each([
    ["one other column has both orders", "13/04/2026,", "04/13/2026,"],
    ["two other columns have different orders", "13/04/2026,04/13/2026", "13/04/2026,04/13/2026"],
    ["one of two other columns has both orders", "13/04/2026,13/04/2026", "13/04/2026,04/13/2026"],
  ])("are asked for where %s", async (_, first, second) => {
    const header = "Order No,SKU,Qty,Date,Price,Delivery date,Payment date";
    const both = `${header}\n1,A,1,03/04/2026,1.00,${first}\n2,A,1,03/04/2026,1.00,${second}\n`;
    expect((await dryRunOf(await euros(), both)).body).toMatchObject({
      type: "/problems/ambiguous-format",
      parameter: "dates",
    });
  });

  it("are shown by a row that comes long after sixty quotes that are never closed", async () => {
    // Rows are read until fifty such quotes, and again from there once 512 KB have arrived.
    const notes = [...Array<string>(60).fill('"open'), ...Array<string>(9).fill("x".repeat(60_000))];
    const rows = notes.map((note, at) => `${at},A,1,03/04/2026,1.00,${note}\n`).join("");
    const raw = await gzip(`Order No,SKU,Qty,Date,Price,Notes\n${rows}69,A,1,04/25/2026,1.00,\n`);
    const { body } = await dryRunOf(await euros(), new Uint8Array(raw));
    expect(body).toMatchObject({ formats: { dates: "mdy" }, rows: 70, rows_rejected: 60 });
  });
});

describe("a file in the layout of this API", () => {
  it("has its months first and its decimals after a point where nothing in it shows either", async () => {
    const { body, text } = await dryRunOf(
      await euros(),
      fileOf([{ date: "03/04/2026 10:00", price: "1.250" }]),
    );
    expect(body, text).toMatchObject({
      formats: { dates: "mdy", decimal: "point" },
      first_day: "2026-03-04",
      revenue: 125,
    });
    const { body: other } = await dryRunOf(
      await euros(),
      fileOf([{ date: "2026-03-04 10:00", price: "1.250" }]).replaceAll(",", ";"),
    );
    expect(other).toMatchObject({ type: "/problems/ambiguous-format", parameter: "decimal" });
  });

  it("of products has its decimals after a point", async () => {
    const { body, text } = await dryRunOf(await euros(), "sku,title,price\nA,A,1.250\n", "products");
    expect(body, text).toMatchObject({ formats: { decimal: "point" }, rows_accepted: 1 });
  });
});

describe("the encoding of a file", () => {
  const file = fileOf([{ description: "Taza añil" }]);
  const encodingOf = async (raw: Uint8Array | string, charset?: string) => {
    const shop = await euros();
    const { body, text } = await call("POST", `${API}/imports?kind=sales&dry_run=true`, {
      token: shop.admin.token,
      raw: Buffer.from(raw),
      headers: { "content-type": `text/csv${charset === undefined ? "" : `; charset=${charset}`}` },
    });
    expect(body.rows_accepted, text).toBe(1);
    return body.encoding;
  };

  it("is that of its byte order mark, whatever the header says", async () => {
    expect(await encodingOf(`\ufeff${file}`, "windows-1252")).toBe("utf-8");
    expect(await encodingOf(file, "windows-1252")).toBe("windows-1252");
  });

  it("is not that of a mark of which only a part is there", async () => {
    expect(
      await encodingOf(
        Buffer.from(file.replace("InvoiceNo", "þ,InvoiceNo").replace("\n1,", "\n,1,"), "latin1"),
      ),
    ).toBe("windows-1252");
    expect(
      await encodingOf(
        Buffer.from(file.replace("InvoiceNo", "ïn¿,InvoiceNo").replace("\n1,", "\n,1,"), "latin1"),
        "iso-8859-15",
      ),
    ).toBe("iso-8859-15");
  });
});

describe("an upload", () => {
  it("without known names is divided by what divides all its rows alike, even into two", async () => {
    const { body } = await dryRunOf(await euros(), "uno;dos\na,b;c\nd;e,f,g\n");
    expect(body).toMatchObject({ type: "/problems/missing-columns", columns: ["uno", "dos"] });
  });

  it("is compressed if it begins with both bytes that say so, or consists of the first", async () => {
    const shop = await euros();
    const text = await dryRunOf(shop, `\u001f\n${fileOf([{}])}`);
    expect([text.status, text.body.rows_accepted]).toEqual([200, 1]);
    expect((await dryRunOf(shop, "\u001f")).body.type).toBe("/problems/invalid-gzip");
  });

  it("has no other encoding than gzip", async () => {
    const { admin } = await euros();
    const answer = await call("POST", `${API}/imports?kind=sales`, {
      token: admin.token,
      raw: fileOf([{}]),
      headers: { "content-type": "text/csv", "content-encoding": "br" },
    });
    expect([answer.status, answer.body.type]).toEqual([415, "/problems/unsupported-media-type"]);
  });

  it("of a spreadsheet has no preview of its beginning", async () => {
    const { admin } = await euros();
    const { status, body } = await call("POST", `${API}/imports?kind=sales&dry_run=head`, {
      token: admin.token,
      raw: bookOf([["Order No"]]),
      headers: { "content-type": "text/csv" },
    });
    expect([status, body.errors]).toEqual([
      422,
      [
        {
          pointer: "#/query/dry_run",
          detail: "a spreadsheet has no beginning that can be read alone: use `true`",
        },
      ],
    ]);
  });
});

it("a dry run asks D1 for new customers only where the file names some", async () => {
  const shop = await euros();
  const queriesOf = async (customer: string): Promise<number> =>
    costOf(await dryRunOf(shop, fileOf([{ customer }, { customer, invoice: "2" }]))).queries;
  const [without, withSome] = [await queriesOf(""), await queriesOf("17")];
  expect(withSome - without).toBe(1);
});

it("rejected rows are stored in as few statements as their size allows", () => {
  const row = (length: number) => {
    const empty = { row: 1, reason: "", text: "" };
    return { ...empty, text: "x".repeat(length - JSON.stringify(empty).length) };
  };
  const statements = (...lengths: number[]): number =>
    storeRejectedRows("shop", "import", lengths.map(row)).length;
  expect([statements(250_000, 250_000), statements(250_000, 250_001), statements()]).toEqual([1, 2, 0]);
});
