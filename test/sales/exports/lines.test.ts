import { beforeAll, describe, expect, it } from "vitest";
import { barcodeLookUp } from "../../../src/sales/exports/look-ups.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { shopWith } from "../../support/commerce.ts";
import { bytesOf, rowsOf } from "../../support/exports.ts";
import { orderedBooks } from "../../support/orders.ts";
import { confirm } from "../../support/purchases.ts";
import { newTaxRate } from "../../support/taxes.ts";
import { newPerson, newProduct, newShop, sellOne, type Person, type Shop } from "../../support/shops.ts";

const EXCEL = { decimal: "comma", delimiter: "semicolon", bom: "true" } as const;
const BOM = [0xef, 0xbb, 0xbf];

describe("the exports of sales", () => {
  let shop: Shop;
  let seller: Person;

  /** A sale of cheese and books with a discount, paid in two ways, and a refund of a book. */
  beforeAll(async () => {
    shop = await shopWith({ currency: "EUR" });
    await change("UPDATE tenants SET name = 'Librería Sol' WHERE id = ?", shop.tenant.id);
    seller = await newPerson(shop.tenant, "EMPLOYEE", `ana-${shop.tenant.slug}@example.com`);
    const rate = await newTaxRate(shop, { name: "IVA 21 %" });
    const tax_rate_id = rate.id;
    const cheese = await newProduct(shop, {
      sku: "Q",
      title: "=Queso; -1",
      price: 1990,
      unit: "kg",
      tax_rate_id,
    });
    const book = await newProduct(shop, {
      sku: "B",
      title: 'El "libro"',
      price: 1210,
      tax_rate_id,
      barcodes: ["4006381333931"],
    });
    const { token } = seller;
    const sold = await call("POST", `${API}/sales`, {
      token,
      json: {
        items: [
          { product_id: cheese.id, quantity: 0.335 },
          { product_id: book.id, quantity: 2, discount: { percent: 10, reason: "worn" } },
        ],
        country: "Spain",
        sold_at: new Date(Date.now() - 60_000).toISOString(),
        payments: [
          { method: "card", amount: 2000 },
          { method: "cash", amount: 845, tendered: 1000 },
        ],
      },
    });
    expect(sold.status, sold.text).toBe(201);
    const json = { items: [{ product_id: book.id, quantity: 1 }], reason: "torn", payment_method: "card" };
    expect((await call("POST", `${API}/sales/${sold.body.id}/refunds`, { token, json })).status).toBe(201);
  });

  it("have one row a line, with the columns of its sale, amounts in major units and quantities in units", async () => {
    const rows = rowsOf(await bytesOf(shop.admin.token, "/sales/lines"), {});
    expect(rows).toHaveLength(3);
    const [cheese, book, refund] = rows;
    expect(cheese).toMatchObject({
      number: "C-000001",
      line_no: "1",
      kind: "sale",
      channel: "counter",
      status: "completed",
      seller: seller.email,
      customer: "",
      country: "Spain",
      sku: "Q",
      barcode: "",
      description: "'=Queso; -1",
      quantity: "0.335",
      unit: "kg",
      list_price: "19.90",
      unit_price: "19.90",
      discount: "0.00",
      tax_rate: "IVA 21 %",
      tax_percent: "21",
      net: "5.51",
      tax: "1.16",
      total: "6.67",
      currency: "EUR",
      refunded: "0",
      sale_payments: "card=20.00 cash=8.45",
    });
    expect(book).toMatchObject({
      description: 'El "libro"',
      barcode: "4006381333931",
      quantity: "2",
      discount: "2.42",
      discount_reason: "worn",
      net: "18.00",
      tax: "3.78",
      total: "21.78",
      refunded: "1",
      refund_of: "",
    });
    expect(refund).toMatchObject({
      number: "R-000001",
      kind: "refund",
      quantity: "-1",
      total: "-10.89",
      refund_of: "C-000001",
      refund_reason: "torn",
      sale_payments: "card=-10.89",
    });
  });

  it("have one row a sale, whose amounts are the sums of its lines", async () => {
    const rows = rowsOf(await bytesOf(shop.admin.token, "/sales?format=csv"), {});
    expect(rows).toMatchObject([
      {
        number: "C-000001",
        lines: "2",
        units: "2.335",
        discount: "2.42",
        net: "23.51",
        tax: "4.94",
        total: "28.45",
        rounding: "0.00",
        payments: "card=20.00 cash=8.45",
        country: "Spain",
        seller: seller.email,
        seller_id: seller.id,
        discount_reason: "",
        refund_reason: "",
      },
      {
        number: "R-000001",
        lines: "1",
        units: "-1",
        total: "-10.89",
        refund_of: "C-000001",
        refund_reason: "torn",
        country: "Spain",
      },
    ]);
    const [sale] = rows;
    expect(sale?.["placed_at"]).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
    const local = new Intl.DateTimeFormat("sv-SE", {
      timeZone: "Europe/Madrid",
      dateStyle: "short",
      timeStyle: "medium",
    }).format(new Date(sale?.["placed_at"] ?? ""));
    expect(`${sale?.["day"]} ${sale?.["time"]}`).toBe(local);
  });

  it("name the sale of each row, and its customer by the reference of the file and by id", async () => {
    const other = await newShop();
    const { id: product_id } = await newProduct(other);
    const customer = await newPerson(other.tenant, "CUSTOMER");
    const json = { items: [{ product_id, quantity: 1 }], customer_id: customer.id };
    const { body } = await call("POST", `${API}/sales`, { token: other.admin.token, json });
    const rows = async () => [
      ...rowsOf(await bytesOf(other.admin.token, "/sales?format=csv"), {}),
      ...rowsOf(await bytesOf(other.admin.token, "/sales/lines"), {}),
    ];
    const named = { sale_id: body.id, customer_id: customer.id, placed_at: body.placed_at };
    expect(await rows()).toMatchObject([
      { ...named, customer: customer.id },
      { ...named, customer: customer.id },
    ]);
    await change(
      "UPDATE sales SET customer_ref = '=17850', discount_reason = '=regular', rounding = 2 WHERE id = ?",
      body.id,
    );
    expect(await rows()).toMatchObject([
      { ...named, customer: "'=17850", discount_reason: "'=regular", rounding: "0.02" },
      {
        ...named,
        customer: "'=17850",
        discount_reason: "",
        sale_discount_reason: "'=regular",
        sale_rounding: "0.02",
      },
    ]);
  });

  it("are for Excel with decimal commas, semicolons and a byte order mark", async () => {
    const bytes = await bytesOf(shop.admin.token, "/sales?format=csv&decimal=comma&bom=true");
    expect([...bytes.subarray(0, 3)]).toEqual(BOM);
    expect(rowsOf(bytes, EXCEL)).toMatchObject([{ total: "28,45", units: "2,335" }, { total: "-10,89" }]);
    const [header] = new TextDecoder().decode(bytes).split("\r\n");
    expect(header).toMatch(/^number;kind;channel;/);
  });

  it("refuse a comma as decimal separator and delimiter", async () => {
    const { status, body } = await call("GET", `${API}/sales?format=csv&decimal=comma&delimiter=comma`, {
      token: seller.token,
    });
    expect([status, body.errors[0].pointer]).toEqual([422, "#/query/delimiter"]);
  });

  it("name sellers by e-mail for an ADMIN only", async () => {
    for (const path of ["/sales?format=csv", "/sales/lines"])
      for (const row of rowsOf(await bytesOf(seller.token, path), {})) expect(row["seller"]).toBe("");
  });

  it("take the filters of the list", async () => {
    const numbers = async (query: string, path = "/sales?format=csv"): Promise<string[]> =>
      rowsOf(await bytesOf(shop.admin.token, path + query), {}).map((row) => row["number"] ?? "");
    expect(await numbers("&kind=refund")).toEqual(["R-000001"]);
    expect(await numbers("&number=c-000001")).toEqual(["C-000001"]);
    expect(await numbers("&channel=online")).toEqual([]);
    expect(await numbers(`&seller_id=${seller.id}`)).toHaveLength(2);
    expect(await numbers("&to=2020-01-01")).toEqual([]);
    expect(await numbers("?kind=refund", "/sales/lines")).toEqual(["R-000001"]);
    expect(await numbers("?status=pending", "/sales/lines")).toEqual([]);
    expect(await numbers("", "/sales/lines")).toHaveLength(3);
  });

  it("are named after the shop and the days", async () => {
    const nameOf = async (path: string) =>
      decodeURIComponent(
        (await call("GET", `${API}${path}`, { token: seller.token })).headers
          .get("content-disposition")
          ?.split("''")[1] ?? "",
      );
    expect(await nameOf("/sales/lines?from=2026-01-01&to=2026-03-31")).toBe(
      "Librería Sol sale-lines from 2026-01-01 to 2026-03-31.csv",
    );
    expect(await nameOf("/sales?format=csv")).toBe("Librería Sol sales.csv");
  });

  it("of another shop are empty", async () => {
    const other = await newShop();
    for (const path of [
      "/sales?format=csv",
      "/sales/lines",
      "/products?format=csv",
      "/stock",
      "/customers?format=csv",
    ])
      expect(rowsOf(await bytesOf(other.admin.token, path), {})).toEqual([]);
  });
});

it("the lines of a sale that has more of them than a page are all in the export, each once", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop);
  const { body } = await sellOne(shop.admin.token, id);
  await change(
    `INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
      SELECT l.tenant_id, l.sale_id, j.value, l.product_id, l.sku, l.description, l.quantity, l.unit_price, l.subtotal
      FROM sale_lines l CROSS JOIN json_each(?) j WHERE l.sale_id = ?`,
    JSON.stringify(Array.from({ length: 500 }, (_, index) => index + 2)),
    body.id,
  );
  const rows = rowsOf(await bytesOf(shop.admin.token, "/sales/lines"), {});
  expect(rows.map((row) => Number(row["line_no"]))).toEqual(
    Array.from({ length: 501 }, (_, index) => index + 1),
  );
});

it("an export of lines reads the products and sellers that the lines have, and no others of the shop", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop, { barcodes: ["4006381333931"] });
  await sellOne(shop.admin.token, id);
  const rowsRead = async () =>
    costOf(await call("GET", `${API}/sales/lines`, { token: shop.admin.token })).read;
  const before = await rowsRead();
  expect(before).toBeGreaterThan(3);
  for (let nth = 0; nth < 3; nth += 1) {
    await newProduct(shop);
    await newPerson(shop.tenant, "EMPLOYEE");
  }
  expect(await rowsRead()).toBe(before);
});

it("a refund of an order names the number of the order in both exports", async () => {
  const { shop, id, book, order } = await orderedBooks();
  await confirm(shop, id);
  const refunded = await call("POST", `${API}/sales/${id}/refunds`, {
    token: shop.admin.token,
    json: { items: [{ product_id: book.id, quantity: 1 }], reason: "torn", payment_method: "card" },
  });
  expect(refunded.status, refunded.text).toBe(201);
  for (const path of ["/sales?format=csv&kind=refund", "/sales/lines?kind=refund"])
    expect(rowsOf(await bytesOf(shop.admin.token, path), {}), path).toMatchObject([
      { number: refunded.body.number, refund_of: order.number },
    ]);
});

it("a barcode that an export names again is found after twenty thousand others", async () => {
  const shop = await newShop();
  const { id: known } = await newProduct(shop, { barcodes: ["4006381333931"] });
  await change(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
      SELECT ?, printf('00000000-0000-7000-8000-%012d', i), 'SKU-' || i, 'A book', 1, '2026-01-01', '2026-01-01' FROM n`,
    shop.tenant.id,
  );
  const idOf = (nth: number): string => `00000000-0000-7000-8000-${String(nth).padStart(12, "0")}`;
  const barcodesOf = barcodeLookUp(shop.admin.ctx());
  const most = Array.from({ length: 19_999 }, (_, index) => idOf(index + 1));
  expect((await barcodesOf([known, ...most])).get(known)).toBe("4006381333931");
  const found = await barcodesOf([known, idOf(20_000)]);
  expect([found.get(known), found.has(idOf(20_000))]).toEqual(["4006381333931", true]);
});
