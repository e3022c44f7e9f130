// What a sale is priced with changes exactly between its read and its batch: it is priced anew, or nothing is sold.
import { describe, expect, it } from "vitest";
import { sell } from "../../src/sales/sell.ts";
import { change } from "../support/change.ts";
import { shopWith, storeRate, unbalancedSales } from "../support/commerce.ts";
import { between, count, failureOf } from "../support/d1.ts";
import { newProduct, newShop, type Shop } from "../support/shops.ts";

const stockOf = (id: string) => count("SELECT stock n FROM products WHERE id = ?", id);

/** The context of the ADMIN, in which `work` happens after the sale was read and before it is written. */
const interrupted = ({ admin }: Shop, work: () => Promise<unknown>) =>
  between(admin.ctx(), {
    before: async (nth) => {
      if (nth === 2) await work();
    },
  });

describe("a change between the read of a sale and its batch", () => {
  const item = (product: { id: string }, quantity = 1000) => ({
    items: [{ product_id: product.id, quantity }],
  });

  const sellDuring = (
    shop: Shop,
    input: Parameters<typeof sell>[1],
    queries: string | string[],
    ...values: unknown[]
  ) =>
    sell(
      interrupted(shop, async () => {
        for (const query of [queries].flat()) await change(query, ...values);
      }),
      input,
      undefined,
    );

  const nothingSold = async (shop: Shop) => {
    for (const table of ["sales", "sale_lines", "sale_payments", "stock_discrepancies", "dirty_days"])
      expect(await count(`SELECT count(*) n FROM ${table} WHERE tenant_id = ?`, shop.tenant.id)).toBe(0);
  };

  it("of the tax rate, or of which rate is the product's or the default, prices the sale with the new tax", async () => {
    const shop = await shopWith({});
    await storeRate(shop, 21_000, true);
    const low = await storeRate(shop, 4000);
    const product = await newProduct(shop, { price: 1210 });
    const taxed = { total: 1210, tax: 47, net: 1163, items: [{ tax_rate_id: low, tax_rate: 4000, tax: 47 }] };
    const own = "UPDATE products SET tax_rate_id = ? WHERE id = ?";
    expect((await sellDuring(shop, item(product), own, low, product.id)).value).toMatchObject(taxed);
    await change(own, null, product.id);
    const byDefault = [
      "UPDATE tax_rates SET is_default = 0 WHERE tenant_id = ?1 AND id <> ?2",
      "UPDATE tax_rates SET is_default = 1 WHERE tenant_id = ?1 AND id = ?2",
    ];
    expect((await sellDuring(shop, item(product), byDefault, shop.tenant.id, low)).value).toMatchObject(
      taxed,
    );
    const unused = await storeRate(shop, 21_000);
    await change(own, unused, product.id);
    const rate = "UPDATE tax_rates SET rate = 10000 WHERE id = ?";
    expect((await sellDuring(shop, item(product), rate, unused)).value).toMatchObject({
      tax: 110,
      items: [{ tax_rate_id: unused, tax_rate: 10_000, tax: 110 }],
    });
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("of the price answers what is due now where the payments named the old amount, and sells nothing", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 1000, stock: 5 });
    const input = { ...item(product), payments: [{ method: "card", amount: 1000 }] };
    const raised = "UPDATE products SET price = 1100 WHERE id = ?";
    expect(await failureOf(sellDuring(shop, input, raised, product.id))).toMatchObject({
      slug: "payments-mismatch",
      extra: { total: 1100 },
    });
    await nothingSold(shop);
    expect(await stockOf(product.id)).toBe(5000);
  });

  it("of the unit sells in the new unit, or refuses a part of a piece", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { unit: "kg", stock: 5 });
    const pieces = "UPDATE products SET unit = 'piece' WHERE id = ?";
    expect(await failureOf(sellDuring(shop, item(product, 350), pieces, product.id))).toMatchObject({
      slug: "invalid",
      extra: { errors: [{ pointer: "#/items/0/quantity" }] },
    });
    await nothingSold(shop);
    const litres = "UPDATE products SET unit = 'l' WHERE id = ?";
    expect((await sellDuring(shop, item(product), litres, product.id)).value.items).toMatchObject([
      { unit: "l" },
    ]);
  });

  it("of whether prices include tax answers conflict, and sells nothing", async () => {
    const shop = await shopWith({});
    await storeRate(shop, 21_000, true);
    const product = await newProduct(shop, { stock: 5 });
    const excluded = "UPDATE tenants SET prices_include_tax = 0 WHERE id = ?";
    expect(await failureOf(sellDuring(shop, item(product), excluded, shop.tenant.id))).toMatchObject({
      slug: "conflict",
    });
    await nothingSold(shop);
    expect(await stockOf(product.id)).toBe(5000);
  });
});
