import { describe, expect, it } from "vitest";
import { composers } from "../../../src/catalog/stock/composers.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { storeCatalogue } from "../../support/large-catalogue.ts";
import { base, newProduct, newShop, sellOne, type Shop } from "../../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../../support/twins.ts";

const move = (shop: Shop, id: string, json: Record<string, unknown>) =>
  call("POST", `${API}/products/${id}/stock`, {
    token: shop.admin.token,
    json: { reason: "correction", ...json },
  });

const stockEventsOf = async ({ tenant }: Shop): Promise<unknown[]> =>
  (
    await rowsOf(
      "SELECT payload FROM events WHERE tenant_id = ? AND type = 'product.stock_changed'",
      tenant.id,
    )
  ).map(({ payload }) => JSON.parse(String(payload)));

/** A shop with a product, whose twins have the product with another stock and are found first by a scan. */
async function shopWithTwins() {
  const shop = await newShop();
  const { id } = await newProduct(shop, { stock: 10 });
  await addTwins(shop.tenant);
  await changeTwins("products", "stock = 3000, rowid = -rowid");
  return { shop, id, before: await twinRows() };
}

describe("beside shops whose products have the same ids in another stock", () => {
  it("a delta is added to the stock of this shop", async () => {
    const { shop, id, before } = await shopWithTwins();
    expect((await move(shop, id, { delta: 5 })).body).toMatchObject({ delta: 5, stock: 15 });
    expect(await stockEventsOf(shop)).toMatchObject([{ before: 10, after: 15, delta: 5 }]);
    expect(await twinRows()).toEqual(before);
  });

  it("a count is recorded as its difference from the stock of this shop", async () => {
    const { shop, id, before } = await shopWithTwins();
    expect((await move(shop, id, { count: 7, reason: "count" })).body).toMatchObject({ delta: -3, stock: 7 });
    expect(await stockEventsOf(shop)).toMatchObject([{ before: 10, after: 7, delta: -3 }]);
    expect(await twinRows()).toEqual(before);
  });

  it("the moves of a product are those of this shop", async () => {
    const { shop, id } = await shopWithTwins();
    await changeTwins("stock_moves", "delta = 7000, reference = 'twin'");
    const { token } = shop.admin;
    for (const query of ["", "?reason=received", "?from=2020-01-01&to=2100-01-01"]) {
      const { body } = await call("GET", `${API}/products/${id}/stock-moves${query}`, { token });
      expect(body.data).toMatchObject([{ product_id: id, delta: 10, reference: null }]);
    }
  });

  it("a count resolves the discrepancies of this shop only", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 10 });
    await sellOne(shop.admin.token, id);
    await change(
      `INSERT INTO stock_discrepancies (tenant_id, id, product_id, sale_id, missing, created_at)
        SELECT tenant_id, id, ?, id, 1000, created_at FROM sales WHERE tenant_id = ?`,
      id,
      shop.tenant.id,
    );
    await addTwins(shop.tenant);
    const before = await twinRows();
    await move(shop, id, { count: 7, reason: "count" });
    const open = "SELECT count(*) n FROM stock_discrepancies WHERE tenant_id = ? AND is_open = 1";
    expect(await count(open, shop.tenant.id)).toBe(0);
    expect(await twinRows()).toEqual(before);
  });

  it("the mail about low stock has the product of this shop", async () => {
    const shop = await newShop();
    const { admin, tenant } = shop;
    const json = { preferences: { alerts_by_mail: true } };
    await call("PATCH", `${API}/users/me`, { token: admin.token, json });
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", admin.id);
    const { id } = await newProduct(shop, { title: "Rayuela", stock: 4, low_stock_threshold: 3 });
    await sellOne(admin.token, id);
    const [event] = await rowsOf(
      "SELECT id FROM events WHERE tenant_id = ? AND type = 'product.low_stock'",
      tenant.id,
    );
    const subjectId = String(event?.["id"]);
    await addTwins(tenant);
    await changeTwins("events", "seq = -seq, payload = replace(payload, 'Rayuela', 'Ficciones')");
    const content = await composers["product.low_stock"](base(), {
      shop: { ...tenant, email: null, brand_color: null },
      subjectId,
      causeId: subjectId,
      recipient: admin.email,
      language: "en",
      locale: "en-ES",
      storedAt: new Date(),
    });
    expect(content?.subject).toBe("Test shop: low stock of Rayuela");
  });
});

it("a move reads the same number of rows, however many moves other shops and other products have", async () => {
  const [shop, other] = [await newShop(), await newShop()];
  const { id } = await newProduct(shop, { stock: 10 });
  const readRows = async () => costOf(await move(shop, id, { delta: 1 })).read;
  await readRows();
  const before = await readRows();
  for (const each of [other, shop]) {
    await storeCatalogue(each, 300);
    await change(
      `INSERT INTO stock_moves (tenant_id, product_id, id, delta, reason, created_at)
        SELECT tenant_id, id, id, 1000, 'count', created_at FROM products WHERE tenant_id = ? AND sku LIKE 'S-%'`,
      each.tenant.id,
    );
    expect(await readRows()).toBe(before);
  }
});
