// A sale of an offline till that cannot be recorded leaves the till only with an entry in the audit log.
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { newPerson, newProduct, newShop } from "../support/shops.ts";

async function world() {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const { id: product_id } = await newProduct(shop, { stock: 10 });
  const sale = {
    client_id: crypto.randomUUID(),
    sold_at: "2026-11-22T20:00:00+01:00",
    seller_id: seller.id,
    total: 2000,
    items: [{ product_id, quantity: 2 }],
    problem: "unknown-customer",
    reason: "rung up again",
  };
  const writeOff = (json: object = sale, token = shop.admin.token) =>
    call("POST", `${API}/sales/write-offs`, { token, json });
  const entries = async () =>
    (await call("GET", `${API}/audit?action=sale.written_off`, { token: shop.admin.token })).body.data;
  return { shop, seller, sale, product_id, writeOff, entries };
}

describe("a write-off", () => {
  it("records who decided what and why, and changes nothing else", async () => {
    const { shop, sale, product_id, writeOff, entries } = await world();
    const { status, body } = await writeOff();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...sale,
      sold_at: "2026-11-22T19:00:00.000Z",
      written_off_by: shop.admin.id,
    });
    const [entry, ...others] = await entries();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ actor_id: shop.admin.id, entity_id: sale.client_id, before: null });
    expect(entry.after).toEqual({ ...sale, sold_at: "2026-11-22T19:00:00.000Z" });
    const { stock } = (await call("GET", `${API}/products/${product_id}`, { token: shop.admin.token })).body;
    expect(stock).toBe(10);
  });

  it("of the same sale again returns the first one, and adds no entry", async () => {
    const { sale, writeOff, entries } = await world();
    const first = await writeOff();
    const again = await writeOff({ ...sale, reason: "another reason" });
    expect(again.body).toEqual(first.body);
    expect(await entries()).toHaveLength(1);
  });

  it("is of one sale, whatever else of its till was sold or written off", async () => {
    const { seller, sale, writeOff, entries } = await world();
    const sold = { items: sale.items, client_id: crypto.randomUUID() };
    expect((await call("POST", `${API}/sales`, { token: seller.token, json: sold })).status).toBe(201);
    const other = { ...sale, client_id: crypto.randomUUID(), total: 1000 };
    expect((await writeOff()).body).toMatchObject({ client_id: sale.client_id, total: 2000 });
    expect((await writeOff(other)).body).toMatchObject({ client_id: other.client_id, total: 1000 });
    expect(await entries()).toMatchObject([{ entity_id: other.client_id }, { entity_id: sale.client_id }]);
  });

  it("is of a sale, whatever else the audit log has under the same id", async () => {
    const { shop, sale, product_id, writeOff } = await world();
    const path = `${API}/products/${product_id}`;
    const changed = await call("PATCH", path, { token: shop.admin.token, json: { price: 1100 } });
    expect(changed.status).toBe(200);
    const { status, body } = await writeOff({ ...sale, client_id: product_id });
    expect([status, body.client_id, body.total]).toEqual([200, product_id, 2000]);
  });

  it("of a sale that the shop has is refused, and adds no entry", async () => {
    const { seller, sale, writeOff, entries } = await world();
    const json = { items: sale.items, client_id: sale.client_id };
    await call("POST", `${API}/sales`, { token: seller.token, json });
    expect((await writeOff()).body).toMatchObject({ type: "/problems/conflict", status: 409 });
    expect(await entries()).toEqual([]);
  });
});
