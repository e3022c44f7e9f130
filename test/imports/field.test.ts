// Files in the layouts that shops really have. Each is imported with the figures that a person computed from it, or refused with the
// reason that a person needs. Amounts are in minor units.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { rejectsOf, waitForImport } from "../support/imports.ts";
import { newShop, type Shop } from "../support/shops.ts";

const { FIELD_FILES: files } = env;

type Sales = {
  currency?: string;
  query?: string;
  sales: number;
  refunds: number;
  revenue: number;
  days: string[];
  /** The reasons of the rejected rows, by row. */
  rejects?: Record<number, string>;
};

/** Each sales file and what it adds up to. */
const SALES: Record<string, Sales> = {
  // #1001: 2 x 16 + 15 - 5 + 6 + 3.29 = 51.29; #1002: 2 x 15 = 30, of which 15 were refunded; #1003 was voided.
  "a01-shopify-orders.csv": {
    currency: "GBP",
    sales: 2,
    refunds: 1,
    revenue: 5129 + 3000 - 1500,
    days: ["2026-02-03", "2026-02-05"],
  },
  // 2001: 2 x 20; 2002: 20, refunded whole.
  "a04-woo-orders.csv": { sales: 2, refunds: 1, revenue: 4000, days: ["2026-03-01", "2026-03-02"] },
  // In the currency of the account: 49.99 + 1,020 - 170.
  "a06-stripe-payments.csv": {
    currency: "GBP",
    sales: 2,
    refunds: 1,
    revenue: 4999 + 102_000 - 17_000,
    days: ["2026-01-15", "2026-01-16"],
  },
  // 42 + 7.98 of tax, 5.99 + 1.14 of shipping; the second order was cancelled.
  "a07-amazon-orders.txt": { sales: 1, refunds: 0, revenue: 5711, days: ["2026-04-10"] },
  "a12-vend-sales.csv": { sales: 1, refunds: 0, revenue: 2400, days: ["2026-06-01"] },
  // 25 April settles that the day comes first; 2 x 12.50 and 1,250.
  "a13-excel-es-bom-semicolon.csv": {
    sales: 2,
    refunds: 0,
    revenue: 2500 + 125_000,
    days: ["2026-04-03", "2026-04-25"],
  },
  // 12 x 6.95 - 12 x 2.95 + 6 x 1.65
  "a15-online-retail-II.csv": {
    currency: "GBP",
    sales: 2,
    refunds: 1,
    revenue: 8340 - 3540 + 990,
    days: ["2009-12-01"],
  },
  // The ship date 6/16/2016 settles that the month comes first; 261.96 + 731.94 and 51.94.
  "a16-superstore.csv": {
    currency: "USD",
    sales: 2,
    refunds: 0,
    revenue: 26_196 + 73_194 + 5194,
    days: ["2016-06-12", "2016-11-08"],
  },
  "a21-sheets-es.csv": { sales: 2, refunds: 0, revenue: 127_500, days: ["2026-04-03", "2026-04-25"] },
  "b01-dmy-dates.csv": {
    sales: 3,
    refunds: 0,
    revenue: 3000,
    days: ["2026-04-03", "2026-04-05", "2026-04-13"],
  },
  "b01-dmy-dates-mended.csv": {
    sales: 3,
    refunds: 0,
    revenue: 3000,
    days: ["2026-04-03", "2026-04-05", "2026-04-13"],
  },
  "b02-windows-1252.csv": { sales: 3, refunds: 0, revenue: 2300, days: ["2026-04-03"] },
  "b04-text-formula.csv": { sales: 2, refunds: 0, revenue: 400, days: ["2026-04-03"] },
  "b05-mended-row.csv": { sales: 2, refunds: 0, revenue: 1000 + 125_000 + 1000, days: ["2026-04-03"] },
  "b05-mended-row-whole.csv": { sales: 2, refunds: 0, revenue: 127_000, days: ["2026-04-03"] },
  "b05-mended-row-2nd.csv": { sales: 1, refunds: 0, revenue: 125_000, days: ["2026-04-03"] },
  "b07-null-words.csv": { sales: 5, refunds: 0, revenue: 5000, days: ["2026-04-03"] },
  // With the answer "comma": 1,250 + 12.50 + 1,000 x 2.
  "b08-german-thousand.csv": {
    query: "&decimal=comma",
    sales: 3,
    refunds: 0,
    revenue: 125_000 + 1250 + 200_000,
    days: ["2026-04-03"],
  },
  // 2.55 + 1,250 - 2.55 - 2.55 + 2 x 2.55 + 0.355 x 20 + 2.55 + 2.55 + 2.55 + 2.55
  "b09-money-signs.csv": {
    currency: "GBP",
    sales: 10,
    refunds: 0,
    revenue: 255 + 125_000 - 255 - 255 + 510 + 710 + 4 * 255,
    days: ["2026-04-03"],
    rejects: {
      11: "InvoiceDate is not a date and time such as 2010-12-01 08:26: 46115.43",
      13: "UnitPrice is not a number: 2E-2",
    },
  },
  "b12-sep-line.csv": { sales: 1, refunds: 0, revenue: 255, days: ["2026-04-03"] },
  "b13-spaced-headers.csv": { sales: 1, refunds: 0, revenue: 255, days: ["2026-04-03"] },
  // The third row is of a cancelled order.
  "b15-currency-column.csv": {
    currency: "GBP",
    sales: 1,
    refunds: 0,
    revenue: 10_000,
    days: ["2026-04-03"],
    rejects: { 3: "Currency is USD, and the shop's currency is GBP" },
  },
  // c-17 and R-19 have a negative quantity; CA-2026-1 and CN-18 do not.
  "b16-c-invoices.csv": { sales: 2, refunds: 2, revenue: 0, days: ["2026-04-03", "2026-04-04"] },
};

type Product = { sku: string; title: string; price: number; stock: number | null };
type Products = { currency?: string; query?: string; products: Product[]; rejects?: Record<number, string> };

const SCIENTIFIC = (column: string) =>
  `${column} is in scientific notation, which has lost its digits: 9.78E+12. Format the column as text and export the file again`;

const PRODUCTS: Record<string, Products> = {
  "a02-shopify-products.csv": {
    products: [
      { sku: "LIN-M", title: "Linen Shirt - M", price: 3900, stock: 0 },
      { sku: "LIN-S", title: "Linen Shirt - S", price: 3900, stock: 4 },
    ],
    rejects: { 4: "Variant SKU is empty" },
  },
  "a03-woo-products.csv": {
    products: [{ sku: "woo-tee-blue", title: "V-Neck T-Shirt - Blue", price: 2000, stock: 3 }],
    rejects: { 4: "SKU is empty" },
  },
  "a10-prestashop-products.csv": {
    products: [
      { sku: "CUE-1", title: "Cuenco", price: 125_000, stock: 3 },
      { sku: "TAZ-1", title: "Taza azul", price: 1250, stock: 10 },
    ],
  },
  // With the answer "point".
  "c01-products-spreadsheet.csv": {
    currency: "GBP",
    query: "&decimal=point",
    products: [
      { sku: "0125", title: "Glue", price: 200, stock: 5 },
      { sku: "0126", title: "Sofa", price: 125, stock: 1 },
      { sku: "0127", title: "Lamp", price: 125_000, stock: 1 },
      { sku: "0128", title: "Tape", price: 200, stock: 1200 },
      { sku: "0129", title: "Book", price: 999, stock: 1 },
    ],
    rejects: {
      2: SCIENTIFIC("sku"),
      3: "stock: Too small: expected number to be >=0",
      4: "price has more decimals than the currency allows (2): 1.299",
    },
  },
  "c02-products-1252.csv": {
    products: [
      { sku: "W1", title: "Vale 5 €", price: 500, stock: null },
      { sku: "W2", title: "Cafetería", price: 400, stock: null },
    ],
  },
  "c03-products-sci.csv": {
    products: [{ sku: "0132", title: "Pen", price: 100, stock: 1 }],
    rejects: { 2: SCIENTIFIC("sku"), 3: SCIENTIFIC("sku"), 4: SCIENTIFIC("isbn") },
  },
};

type Refusal = { kind?: string; type: string; parameter?: string; says: string };

const REFUSALS: Record<string, Refusal> = {
  "a19-olist-items.csv": { type: "missing-columns", says: "no date of the sale" },
  "a20-instacart.csv": { type: "missing-columns", says: "neither a date nor a price" },
  "b08-german-thousand.csv": { type: "ambiguous-format", parameter: "decimal", says: "1.000, 1.250" },
  "c01-products-spreadsheet.csv": {
    kind: "products",
    type: "ambiguous-format",
    parameter: "decimal",
    says: "1.299",
  },
};

function send(shop: Shop, name: string, query: string) {
  const raw = Buffer.from(files?.[name] ?? "", "base64");
  return call("POST", `${API}/imports?${query}`, {
    token: shop.admin.token,
    raw,
    headers: { "content-type": "text/csv" },
  });
}

async function importField(shop: Shop, name: string, query: string) {
  const { status, body, text } = await send(shop, name, query);
  expect(status, text).toBe(202);
  const done = await waitForImport(shop.admin.token, body.id);
  const reasons = (await rejectsOf(shop.admin.token, done.id))
    .trim()
    .split("\r\n")
    .slice(1)
    .map((line) => /^(\d+),"((?:[^"]|"")*)"/.exec(line)?.slice(1) ?? []);
  return { done, rejects: Object.fromEntries(reasons) };
}

describe("a file from the field", () => {
  if (!files) {
    it.skip("is missing: the folder field", () => {});
    return;
  }

  it.each(Object.entries(SALES))("of sales has its figures: %s", async (name, expected) => {
    const shop = await newShop({ currency: expected.currency ?? "EUR", timezone: "Europe/London" });
    const query = `kind=sales${expected.query ?? ""}`;
    const dry = await send(shop, name, `${query}&dry_run=true`);
    expect(dry.status, dry.text).toBe(200);
    const { sales, refunds, revenue } = expected;
    const [first_day, last_day] = [expected.days[0], expected.days.at(-1)];
    expect(dry.body).toMatchObject({ sales, refunds, revenue, first_day, last_day });
    const { rejects } = await importField(shop, name, query);
    expect(rejects).toEqual(expected.rejects ?? {});
    const { body } = await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token });
    expect(body).toMatchObject({ sales, refunds, total_revenue: revenue });
    const days = await rowsOf(
      "SELECT DISTINCT day FROM sales WHERE tenant_id = ? ORDER BY day",
      shop.tenant.id,
    );
    expect(days.map(({ day }) => day)).toEqual(expected.days);
  });

  it.each(Object.entries(PRODUCTS))("of products has its products: %s", async (name, expected) => {
    const shop = await newShop({ currency: expected.currency ?? "EUR" });
    const { rejects } = await importField(shop, name, `kind=products${expected.query ?? ""}`);
    expect(rejects).toEqual(expected.rejects ?? {});
    const products = await rowsOf(
      "SELECT sku, title, price, stock / 1000.0 AS stock FROM products WHERE tenant_id = ? ORDER BY sku",
      shop.tenant.id,
    );
    expect(products).toEqual(expected.products);
  });

  it.each(Object.entries(REFUSALS))("is refused with its reason: %s", async (name, expected) => {
    const shop = await newShop({ currency: "GBP" });
    const { status, body } = await send(shop, name, `kind=${expected.kind ?? "sales"}`);
    expect(status).toBe(422);
    expect(body.type).toBe(`/problems/${expected.type}`);
    expect(body.detail).toContain(expected.says);
    if (expected.parameter) expect(body).toMatchObject({ parameter: expected.parameter });
    else expect(body).toMatchObject({ columns: expect.any(Array), sample: expect.any(Array) });
  });

  it("is in this table", () => {
    expect(Object.keys({ ...SALES, ...PRODUCTS, ...REFUSALS }).toSorted()).toEqual(
      Object.keys(files).toSorted(),
    );
  });
});

describe("what cells say", () => {
  if (!files) {
    it.skip("is missing: the folder field", () => {});
    return;
  }

  it("keeps words for nothing out of customers and countries, and knows a customer with or without .0", async () => {
    const shop = await newShop();
    await importField(shop, "b07-null-words.csv", "kind=sales");
    expect(
      await rowsOf(
        "SELECT external_ref, customer_ref, country FROM sales WHERE tenant_id = ? ORDER BY external_ref",
        shop.tenant.id,
      ),
    ).toMatchObject([
      { customer_ref: null, country: null },
      { customer_ref: null, country: null },
      { customer_ref: null, country: null },
      { customer_ref: "13085", country: "Spain" },
      { customer_ref: "13085", country: "Spain" },
    ]);
  });

  it("unwraps text, and decodes Windows-1252", async () => {
    const shop = await newShop();
    await importField(shop, "b04-text-formula.csv", "kind=sales");
    await importField(shop, "b02-windows-1252.csv", "kind=sales");
    const lines = await rowsOf(
      `SELECT s.external_ref, l.sku, l.description FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id
        AND l.sale_id = s.id WHERE s.tenant_id = ? ORDER BY 1`,
      shop.tenant.id,
    );
    expect(lines.map((line) => Object.values(line))).toEqual([
      ["000124", "00123", "Pen"],
      ["000125", "00123", "Pen"],
      ["W-1", "MUG-1", "Rock’n’Roll mug – 330 ml"],
      ["W-2", "VAL-5", "Vale regalo 5 €"],
      ["W-3", "ANI-1", "Taza añil"],
    ]);
  });
});
