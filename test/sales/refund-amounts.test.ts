import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayOf } from "../../src/values/days.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { newProduct, newShop } from "../support/shops.ts";

describe("the amounts of split refunds", () => {
  it("of an imported line add up to what was paid, even if a unit is not a whole number of cents", async () => {
    const shop = await newShop();
    await importFile(
      shop,
      fileOf([{ invoice: "7", sku: "A", quantity: 3, price: "0.335", customer: "17850", country: "Spain" }]),
    );
    const { body: sales } = await call("GET", `${API}/sales`, { token: shop.admin.token });
    const [head] = sales.data;
    expect(head.total).toBe(101);
    const { body: sale } = await call("GET", `${API}/sales/${head.id}`, { token: shop.admin.token });
    const items = [{ product_id: sale.items[0].product_id, quantity: 1 }];
    const json = { items, reason: "damaged", payment_method: "cash" };
    const totals: number[] = [];
    for (let unit = 0; unit < 3; unit += 1) {
      const { body } = await call("POST", `${API}/sales/${head.id}/refunds`, {
        token: shop.admin.token,
        json,
      });
      expect(body).toMatchObject({ customer_ref: "17850", country: "Spain", units: -1 });
      expect(body.items[0]).toMatchObject({ exact_price: "0.335", subtotal: body.total });
      totals.push(body.total);
    }
    expect(totals).toEqual([-34, -33, -34]);
    const after = await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token });
    expect(after.body).toMatchObject({
      total_revenue: 0,
      total_products_sold: 0,
      sales: 1,
      refunds: 3,
      customers: 1,
    });
  });

  it("add up to the subtotal of the line exactly, however it is split", async () => {
    const shop = await newShop();
    const quantities = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 });
    const price = fc.integer({ min: 1, max: 99_999 }).map((tenths) => (tenths / 10_000).toFixed(4));
    const splits = fc.sample(fc.tuple(quantities, price), { seed: 7, numRuns: 12 });
    const rows = splits.map(([cuts, price], index) => ({
      invoice: String(index),
      quantity: cuts.reduce((sum, cut) => sum + cut, 0),
      price,
    }));
    await importFile(shop, fileOf(rows));
    for (const [index, [cuts]] of splits.entries()) {
      const [sale] = await rowsOf(
        "SELECT s.id, s.total, l.product_id FROM sales s JOIN sale_lines l ON l.sale_id = s.id WHERE s.tenant_id = ? AND s.external_ref = ?",
        shop.tenant.id,
        String(index),
      );
      let refunded = 0;
      for (const units of cuts) {
        const items = [{ product_id: String(sale?.product_id), quantity: units * 1000 }];
        const { value } = await refundSale(
          shop.admin.ctx(),
          String(sale?.id),
          { items, reason: "late", restock: false, payment_method: "cash" },
          undefined,
        );
        refunded += value.total;
      }
      expect(refunded + Number(sale?.total)).toBe(0);
    }
  });

  it("of a line with a negative quantity have nothing to refund", async () => {
    const shop = await newShop();
    await importFile(shop, fileOf([{ invoice: "7", sku: "A", quantity: -5, price: "0" }]));
    const [sale] = await rowsOf(
      "SELECT sale_id, product_id FROM sale_lines WHERE tenant_id = ?",
      shop.tenant.id,
    );
    const items = [{ product_id: String(sale?.product_id), quantity: 1000 }];
    const refund = refundSale(
      shop.admin.ctx(),
      String(sale?.sale_id),
      { items, reason: "late", restock: false, payment_method: "cash" },
      undefined,
    );
    await expect(refund).rejects.toMatchObject({ slug: "refund-exceeds-sale" });
  });
});

describe("the day of a refund", () => {
  it("is the day on which it is made; the figures of the day of the sale stay the same", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 700 });
    const now = new Date();
    const then = new Date(now.getTime() - 40 * 86_400_000);
    const items = [{ product_id: product.id, quantity: 2000 }];
    const { value: sale } = await sell(shop.admin.ctx(then), { items, payment_method: "card" }, undefined);
    const input = { items: [{ product_id: product.id, quantity: 1000 }], reason: "late", restock: false };
    const { value: refund } = await refundSale(shop.admin.ctx(now), sale.id, input, undefined);
    expect(sale.day).toBe(dayOf(then, shop.tenant.timezone));
    expect(refund.day).toBe(dayOf(now, shop.tenant.timezone));
    const { body } = await call("GET", `${API}/metrics/sales-summary`, { token: shop.admin.token });
    expect(body.data).toEqual([
      { date: sale.day, num_sales: 1, total_sales: 1400 },
      { date: refund.day, num_sales: 0, total_sales: -700 },
    ]);
    expect(await count("SELECT total n FROM sales WHERE id = ?", sale.id)).toBe(1400);
  });
});
