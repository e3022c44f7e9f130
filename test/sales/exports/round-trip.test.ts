import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minorDigits } from "../../../src/values/money.ts";
import { API, call } from "../../support/client.ts";
import { rowsOf as databaseRows } from "../../support/d1.ts";
import { bytesOf, importWhole, queryOf, rowsOf, shopToExport, without } from "../../support/exports.ts";
import { COLUMNS, importFile } from "../../support/imports.ts";
import { newPerson, type Person, type Shop } from "../../support/shops.ts";

// What spreadsheets, other files and this API give a meaning.
const TITLES = [
  "Cien años de soledad",
  "=1+1",
  "'=quoted",
  "''-two",
  "N/A",
  "null",
  "nan",
  "- dash",
  'said "no"',
  "a;=b",
  "a;'+b",
  "1,5",
  "00123",
  "9.78E+12",
  "13085.0",
  "  ",
  "@home",
  "\uFF1D1",
  "'n Roll",
  'total;"-1"',
];

const title = fc.oneof(
  fc.constantFrom(...TITLES),
  fc.string({ unit: fc.constantFrom(..."ab=+-@';\", é＝".split("")), minLength: 1, maxLength: 12 }),
);

const product = fc.record({
  title,
  price: fc.integer({ min: 0, max: 300_000 }),
  cost: fc.option(fc.integer({ min: 0, max: 200_000 }), { nil: null }),
  unit: fc.constantFrom("piece", "piece", "kg", "m2"),
  rate: fc.integer({ min: -1, max: 3 }),
  stock: fc.option(fc.integer({ min: 100, max: 900 }), { nil: null }),
  description: fc.option(title, { nil: null }),
  category: fc.option(title, { nil: null }),
  author: fc.option(title, { nil: null }),
  rating: fc.option(fc.constantFrom(0, 4.5, 3.125), { nil: null }),
  publication_year: fc.option(fc.constantFrom(-1750, 1967), { nil: null }),
  is_hidden: fc.boolean(),
});

const reason = fc.constantFrom("damaged", "=reason", "a;-b");

const discount = fc.oneof(
  fc.record({ percent: fc.constantFrom(5, 10, 33.333), reason }),
  fc.record({ amount: fc.integer({ min: 1, max: 3 }), reason }),
);

const sale = fc.record({
  items: fc.array(
    fc.record({
      product: fc.nat(),
      quantity: fc.integer({ min: 1, max: 4 }),
      fraction: fc.constantFrom(0, 0, 0.335, 0.5),
      discount: fc.option(discount, { nil: undefined }),
      unit_price: fc.option(fc.integer({ min: 5, max: 9000 }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  discount: fc.option(discount, { nil: undefined }),
  payment: fc.constantFrom("cash", "card", "split", "bizum"),
  hoursAgo: fc.integer({ min: 1, max: 160 }),
  isCustomer: fc.boolean(),
  country: fc.option(fc.constantFrom("Spain", "=Narnia"), { nil: undefined }),
  refund: fc.boolean(),
});

const past = fc.record({
  invoice: fc.constantFrom("536365", "'-7", "A;=1", "00123"),
  quantity: fc.constantFrom("1", "-2", "3", "0.25"),
  price: fc.constantFrom("2.55", "0.125", "1.1111", "1000"),
  customer: fc.constantFrom("", "17850", "ana@example.com"),
  description: fc.constantFrom("WHITE HANGING HEART", "=sum"),
});

const shopModel = fc.record({
  currency: fc.constantFrom("EUR", "JPY", "KWD"),
  includesTax: fc.boolean(),
  cashRounding: fc.constantFrom(0, 5),
  products: fc.uniqueArray(product, { minLength: 2, maxLength: 5, selector: (each) => each.title }),
  sales: fc.array(sale, { minLength: 1, maxLength: 5 }),
  past: fc.uniqueArray(past, { maxLength: 3, selector: (each) => each.invoice }),
  dialect: fc.constantFrom(
    {},
    { decimal: "comma" as const },
    { decimal: "comma" as const, delimiter: "tab" as const, bom: "true" as const },
    { delimiter: "semicolon" as const, bom: "true" as const },
    { decimal: "point" as const, delimiter: "tab" as const },
  ),
});

type Model = typeof shopModel extends fc.Arbitrary<infer T> ? T : never;

/** Sells over HTTP; what the shop refuses, such as a discount beyond the price, is left out. */
async function sell(
  { token }: Person,
  products: { id: string; unit: string }[],
  customer: string,
  model: Model["sales"][number],
): Promise<void> {
  const items = model.items.map(({ product: nth, quantity, fraction, ...rest }) => {
    const { id, unit } = products[nth % products.length] ?? { id: "", unit: "piece" };
    return { ...rest, product_id: id, quantity: unit === "piece" ? quantity : quantity + fraction };
  });
  const json = {
    items,
    discount: model.discount,
    country: model.country,
    ...(model.isCustomer ? { customer_id: customer } : {}),
    sold_at: new Date(Date.now() - model.hoursAgo * 3_600_000 - 123).toISOString(),
    offline: true,
  };
  const post = (payment: object) => call("POST", `${API}/sales`, { token, json: { ...json, ...payment } });
  let answer = await post(
    model.payment === "split"
      ? { payments: [{ method: "card", amount: 1 }] }
      : { payment_method: model.payment },
  );
  if (answer.status === 422 && answer.body.total > 2) {
    const half = Math.floor(answer.body.total / 2);
    answer = await post({
      payments: [
        { method: "card", amount: half },
        { method: "transfer", amount: answer.body.total - half },
      ],
    });
  }
  if (answer.status !== 201 || !model.refund || answer.body.total <= 0) return;
  const [item] = answer.body.items;
  await call("POST", `${API}/sales/${answer.body.id}/refunds`, {
    token,
    json: {
      items: [{ product_id: item.product_id, quantity: item.quantity > 1 ? 1 : item.quantity }],
      reason: "=back",
    },
  });
}

const settingsOf = ({ currency, includesTax, cashRounding }: Model) => ({
  currency,
  includesTax,
  cashRounding,
  paymentMethods: [{ method: "bizum", name: "Bizum" }],
});

async function build(model: Model, email: string): Promise<Shop> {
  const { shop, seller, rates } = await shopToExport(settingsOf(model), email);
  const { token } = shop.admin;
  const products: { id: string; unit: string }[] = [];
  for (const { rate, is_hidden: isHidden, ...fields } of model.products) {
    const json = {
      ...fields,
      sku: fields.title,
      tax_rate_id: rates[rate] ?? null,
      barcodes: products.length === 0 ? ["4006381333931", "96385074"] : [],
    };
    const added = await call("POST", `${API}/products`, { token, json });
    if (added.status !== 201) continue;
    products.push(added.body);
    if (isHidden && products.length > 1) await call("DELETE", `${API}/products/${added.body.id}`, { token });
  }
  const customer = await newPerson(shop.tenant, "CUSTOMER");
  if (products.length > 0) for (const each of model.sales) await sell(seller, products, customer.id, each);
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const decimals = minorDigits(model.currency);
  const lines = model.past.map(({ invoice, quantity, price, customer: ref, description }) =>
    [
      invoice,
      `P${price}`,
      description,
      quantity,
      "2026-03-02 10:00:00",
      decimals === 0 ? String(Math.ceil(Number(price))) : price,
      ref,
      "France",
    ]
      .map(cell)
      .join(","),
  );
  if (lines.length > 0) await importFile(shop, [COLUMNS, ...lines, ""].join("\n"));
  return shop;
}

async function figuresOf({ admin: { token }, tenant }: Shop) {
  const get = async (path: string) => (await call("GET", `${API}/${path}`, { token })).body;
  const kpis = await get("metrics/kpis");
  const tax = await get("reports/tax");
  const products = await get("metrics/top-products?limit=100");
  const rfm = await get("metrics/rfm?limit=100");
  // What the file names a customer.
  const named = await databaseRows(
    `SELECT k.id, coalesce(k.external_ref, iif(u.has_login, k.id, k.email)) AS name FROM customers k
      JOIN users u ON u.tenant_id = k.tenant_id AND u.id = k.id WHERE k.tenant_id = ?`,
    tenant.id,
  );
  const names = new Map(named.map(({ id, name }) => [id, name]));
  return {
    kpis: { ...kpis, as_of: null },
    days: (await get("metrics/sales-summary")).data,
    countries: (await get("metrics/top-countries?limit=100")).data,
    tax: [tax.data.map((row: object) => ({ ...row, tax_rate_id: null })), tax.totals],
    products: products.data
      .map(({ sku, units, revenue, sales }: Record<string, unknown>) => [sku, units, revenue, sales])
      .toSorted(),
    customers: rfm.data
      .map(({ customer_id, ...row }: Record<string, unknown>) => [
        names.get(customer_id),
        { ...row, customer_ref: null },
      ])
      .toSorted(),
  };
}

const SALE_LINES = "/sales/lines?format=csv";
const SALES = "/sales?format=csv&status=completed";
const PRODUCTS = "/products?format=csv";

describe("an export of products and of sale lines", () => {
  it(
    "imported into a fresh shop gives the same figures, and the same exports again",
    { timeout: 120_000 },
    async () => {
      let shops = 0;
      await fc.assert(
        fc.asyncProperty(shopModel, async (model) => {
          shops += 1;
          const email = `seller-${shops}-${crypto.randomUUID().slice(0, 8)}@example.com`;
          const shop = await build(model, email);
          const { dialect } = model;
          const { shop: fresh } = await shopToExport(settingsOf(model), email);
          const [token, other] = [shop.admin.token, fresh.admin.token];
          const query = queryOf(dialect);
          const products = await bytesOf(token, PRODUCTS + query);
          const lines = await bytesOf(token, SALE_LINES + query);
          await importWhole(fresh, "products", products, dialect);
          await importWhole(fresh, "sales", lines, dialect);
          expect(without(rowsOf(await bytesOf(other, PRODUCTS + query), dialect), "product_id")).toEqual(
            without(rowsOf(products, dialect), "product_id"),
          );
          const again = await bytesOf(other, SALE_LINES + query);
          const changed = ["channel", "sale_id", "customer_id"];
          expect(without(rowsOf(again, dialect), ...changed)).toEqual(
            without(rowsOf(lines, dialect), ...changed),
          );
          const salesOf = async (each: string) =>
            without(rowsOf(await bytesOf(each, SALES + query), dialect), ...changed, "seller_id");
          expect(await salesOf(other)).toEqual(await salesOf(token));
          expect(await figuresOf(fresh)).toEqual(await figuresOf(shop));
        }),
        { numRuns: 12, endOnFailure: true },
      );
    },
  );
});
