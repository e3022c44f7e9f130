import { beforeAll, describe, expect, test } from "vitest";
import { addProducts, demoProducts } from "../../../scripts/demo/catalogue.ts";
import { sellToday } from "../../../scripts/demo/counter.ts";
import { takeOrders } from "../../../scripts/demo/orders.ts";
import { demoPin } from "../../../scripts/demo/people.ts";
import { setTerms } from "../../../scripts/demo/terms.ts";
import { isBarcode } from "../../../src/catalog/products/barcode.ts";
import { API, call } from "../../support/client.ts";
import { clientOfPerson } from "../../support/sdk.ts";
import { newPerson, newShop } from "../../support/shops.ts";

const SOLD = /^(REG-|TE-|CAFE-|LM-0(004|009|013|017|025|032|058|078|088|121|142|151|205|230|263)$)/;
// Only what is sold, because 300 books take their time.
const products = () => demoProducts().filter(({ sku }) => SOLD.test(sku));

async function openDemo() {
  const shop = await newShop({ currency: "EUR" });
  const sellers = [await newPerson(shop.tenant, "EMPLOYEE"), await newPerson(shop.tenant, "EMPLOYEE")];
  const admin = clientOfPerson(shop.admin);
  const fill = async () => addProducts(admin, products(), await setTerms(admin));
  const seed = async () => {
    const ids = await fill();
    await sellToday(sellers.map(clientOfPerson), ids);
    return ids;
  };
  const read = async (path: string, person = shop.admin) =>
    (await call("GET", `${API}${path}`, { token: person.token })).body;
  return { shop, sellers, fill, seed, read };
}

describe("the demo shop", () => {
  let demo: Awaited<ReturnType<typeof openDemo>>;
  let ids: Map<string, string>;
  beforeAll(async () => {
    demo = await openDemo();
    ids = await demo.seed();
  });

  test("charges 4 % on books, 10 % on tea and coffee, and 21 % on the rest", async () => {
    const { data } = await demo.read("/tax-rates");
    const rates = Object.fromEntries(data.map((rate: { id: string; rate: number }) => [rate.id, rate.rate]));
    const rateOf = async (sku: string) => rates[(await demo.read(`/products/${ids.get(sku)}`)).tax_rate_id];
    expect(await rateOf("LM-0004")).toBe(4_000);
    expect(await rateOf("TE-EARL")).toBe(10_000);
    expect(await rateOf("REG-TAZA")).toBeUndefined();
    expect(data).toContainEqual(
      expect.objectContaining({ name: "IVA 21 %", rate: 21_000, is_default: true }),
    );
  });

  test("finds a book by its cover, a gift by its barcode, and tea by the label of the scale", async () => {
    const book = products().find(({ sku }) => sku === "LM-0004");
    expect(await demo.read(`/products/lookup?code=${book?.barcodes[0]}`)).toMatchObject({
      sku: "LM-0004",
      matched: "barcode",
    });
    expect(await demo.read("/products/lookup?code=9520000000028")).toMatchObject({ sku: "REG-TAZA" });
    expect(await demo.read("/products/lookup?code=2100042001800")).toMatchObject({
      sku: "TE-EARL",
      matched: "scale",
      scale: { quantity: 0.18 },
    });
  });

  test("has today's sales once, however often it is filled", async () => {
    const before = (await demo.read("/sales?limit=100")).data;
    expect(before).toHaveLength(11);
    await demo.seed();
    expect((await demo.read("/sales?limit=100")).data).toEqual(before);
    expect((await demo.read("/shifts")).data).toHaveLength(1);
    expect((await demo.read("/tax-rates")).data).toHaveLength(3);
    expect(await demo.read(`/products/${ids.get("TE-EARL")}`)).toMatchObject({ unit: "kg", stock: 4.07 });
  });

  test("has a Z report with a split payment, a discount, a void and no difference", async () => {
    const [shift] = (await demo.read("/shifts")).data;
    const report = await demo.read(`/shifts/${shift.id}/report`);
    expect(report).toMatchObject({
      report: "Z",
      z_number: 1,
      voids: { count: 1, total: -995 },
      expected_cash: 15_000,
      counted_cash: 15_000,
      difference: 0,
    });
    const sum = (list: { [field: string]: number }[], field: string) =>
      list.reduce((total, row) => total + (row[field] ?? 0), 0);
    expect(report.by_payment_method.map((row: { payment_method: string }) => row.payment_method)).toEqual([
      "bizum",
      "card",
      "cash",
    ]);
    expect(sum(report.by_payment_method, "total")).toBe(report.total);
    expect(report.taxes.map((row: { rate: number }) => row.rate)).toEqual([21_000, 10_000, 4_000]);
    expect(sum(report.taxes, "gross")).toBe(report.total);
    expect(report.discounts).toBe(390);
  });

  test("has two orders by telephone that wait for payment, once", async () => {
    const seller = clientOfPerson(demo.sellers[0] ?? demo.shop.admin);
    await takeOrders(seller, ids);
    await takeOrders(seller, ids);
    const { data } = await demo.read("/orders?status=pending");
    expect(
      data.map((order: { payment_terms: string; units: number }) => [order.payment_terms, order.units]),
    ).toEqual([
      ["transfer", 3],
      ["on_delivery", 2],
    ]);
  });

  test("lets an EMPLOYEE discount up to 10 %, and more with the PIN of the ADMIN", async () => {
    const { shop, sellers, fill } = await openDemo();
    const ids = await fill();
    const items = [
      {
        product_id: ids.get("REG-BOLSA"),
        quantity: 1,
        discount: { percent: 20, reason: "mancha" },
      },
    ];
    const sell = (body: object) =>
      call("POST", `${API}/sales`, { token: sellers[0]?.token ?? "", json: { items, ...body } });
    expect(await sell({})).toMatchObject({ status: 403, body: { type: "/problems/approval-required" } });
    const { id } = shop.admin;
    expect(await sell({ approval: { user_id: id, ...demoPin() } })).toMatchObject({
      status: 201,
      body: { total: 1_000, approved_by: id },
    });
  });
});

test("every product of the demo shop has barcodes with a correct check digit, none of them twice", () => {
  const all = demoProducts();
  const codes = all.flatMap(({ barcodes }) => barcodes);
  expect(all).toHaveLength(306);
  expect(new Set(codes).size).toBe(306);
  expect(codes.filter((code) => !isBarcode(code))).toEqual([]);
});
