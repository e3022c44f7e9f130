// What a change of the currency or the time zone does to the sales of a shop.
import { describe, expect, it } from "vitest";
import { changeShop } from "../../../src/auth/shops/profile.ts";
import { sell } from "../../../src/sales/sell.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { importFile } from "../../support/imports.ts";
import { newProduct, newShop, sellOne, type Shop } from "../../support/shops.ts";

const get = (token: string) => call("GET", `${API}/shop`, { token });
const patch = (shop: Shop, json: Record<string, unknown>) =>
  call("PATCH", `${API}/shop`, { token: shop.admin.token, json });
const changesOf = ({ tenant }: Shop) =>
  count("SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action = 'shop.changed'", tenant.id);

describe("changing the currency", () => {
  it("is possible before the first sale, says that prices stay as they are, and counts from the next request", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    const { status, body } = await patch(shop, { currency: "JPY" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ currency: "JPY", warnings: [{ code: "currency-changed" }] });
    const read = await call("GET", `${API}/products/${product.id}`, { token: shop.admin.token });
    expect(read.body).toMatchObject({ price: 1000, currency: "JPY" });
    expect((await sellOne(shop.admin.token, product.id)).body).toMatchObject({
      total: 1000,
      currency: "JPY",
    });
  });

  it("is not answered with figures in the old one", async () => {
    const shop = await newShop();
    const kpis = () => call("GET", `${API}/metrics/kpis`, { token: shop.admin.token });
    expect((await kpis()).body.currency).toBe("EUR");
    await patch(shop, { currency: "USD" });
    expect((await kpis()).body.currency).toBe("USD");
  });

  it("is refused once there is a sale, together with the rest of the request; the same one is accepted", async () => {
    const shop = await newShop();
    await sellOne(shop.admin.token, (await newProduct(shop)).id);
    const answer = await patch(shop, { currency: "USD", name: "Another" });
    expect(answer.status).toBe(409);
    expect(answer.body.type).toBe("/problems/currency-in-use");
    expect((await get(shop.admin.token)).body).toMatchObject({ currency: "EUR", name: shop.tenant.name });
    expect(await changesOf(shop)).toBe(0);
    expect((await patch(shop, { currency: "EUR", name: "Another" })).body).toMatchObject({
      name: "Another",
      warnings: [],
    });
  });

  it("is refused while an import is in progress", async () => {
    const shop = await newShop();
    const { id } = await importFile(shop, "sku,title,price\nA,A book,10\n", "products");
    expect((await patch(shop, { currency: "USD" })).status).toBe(200);
    await change("UPDATE imports SET status = 'running', finished_at = NULL WHERE id = ?", id);
    expect((await patch(shop, { currency: "EUR" })).status).toBe(409);
  });

  it("loses against a sale that commits first", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    const ctx = between(shop.admin.ctx(), {
      before: async () => {
        await sellOne(shop.admin.token, product.id);
      },
    });
    expect(await failureOf(changeShop(ctx, { currency: "USD" }))).toMatchObject({ slug: "currency-in-use" });
    expect((await get(shop.admin.token)).body.currency).toBe("EUR");
  });

  it("wins against a sale that was priced in the old currency, which is refused whole", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 5 });
    const ctx = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 2) expect((await patch(shop, { currency: "USD" })).status).toBe(200);
      },
    });
    const input = { items: [{ product_id: product.id, quantity: 1000 }], payment_method: "cash" as const };
    expect(await failureOf(sell(ctx, input, undefined))).toMatchObject({ slug: "conflict" });
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(5);
  });
});

describe("changing the time zone", () => {
  it("leaves past sales on their day, gives new ones their day in the new zone, and says so", async () => {
    const shop = await newShop({ timezone: "Pacific/Kiritimati" });
    const product = await newProduct(shop);
    const dayIn = (timeZone: string) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(new Date());
    const past = (await sellOne(shop.admin.token, product.id)).body;
    expect(past.day).toBe(dayIn("Pacific/Kiritimati"));
    const { body } = await patch(shop, { timezone: "Pacific/Pago_Pago" });
    expect(body.warnings).toMatchObject([{ code: "timezone-changed" }]);
    expect(body.warnings[0].detail).toContain("Pacific/Kiritimati");
    expect((await patch(shop, { timezone: "Pacific/Pago_Pago" })).body.warnings).toEqual([]);
    const next = (await sellOne(shop.admin.token, product.id)).body;
    expect(next.day).toBe(dayIn("Pacific/Pago_Pago"));
    const stored = await rowsOf(
      "SELECT id, day FROM sales WHERE tenant_id = ? ORDER BY placed_at, id",
      shop.tenant.id,
    );
    expect(stored).toEqual([
      { id: past.id, day: past.day },
      { id: next.id, day: next.day },
    ]);
  });
});
