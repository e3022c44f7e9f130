import { describe, expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { sell } from "../../src/sales/sell.ts";
import { API, call, costOf } from "../support/client.ts";
import { base, newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

const getDashboard = (shop: Shop, query = "") =>
  call("GET", `${API}/reports/dashboard${query}`, { token: shop.admin.token });

describe("the dashboard", () => {
  it("lists all staff by revenue, with totals", async () => {
    const shop = await newShop({ name: "Librería Sol" });
    const [best, idle] = [await newPerson(shop.tenant, "EMPLOYEE"), await newPerson(shop.tenant, "EMPLOYEE")];
    await newPerson(shop.tenant, "CUSTOMER");
    const product = await newProduct(shop, { price: 333 });
    await sellOne(best.token, product.id, 2);
    await sellOne(best.token, product.id, 1);
    await sellOne(shop.admin.token, product.id, 1);
    const { body } = await getDashboard(shop);
    expect(body).toMatchObject({ title: "Librería Sol", currency: "EUR" });
    expect(body.totals).toEqual({ employees: 3, on_shift: 0, hours: 0, orders: 3, revenue: 1332 });
    expect(body.sellers.map((seller: { user_id: string }) => seller.user_id)).toEqual([
      best.id,
      shop.admin.id,
      idle.id,
    ]);
    expect(body.sellers[0]).toMatchObject({
      name: "First Last",
      role: "EMPLOYEE",
      orders: 2,
      units: 3,
      revenue: 999,
      average_sale: 500,
      status: "off",
    });
    expect(body.sellers[2]).toMatchObject({
      orders: 0,
      units: 0,
      revenue: 0,
      average_sale: 0,
      on_shift: false,
      hours: 0,
    });
  });

  it("still lists sellers who are disabled or no longer staff, with their status", async () => {
    const shop = await newShop();
    const [disabled, demoted] = [
      await newPerson(shop.tenant, "EMPLOYEE"),
      await newPerson(shop.tenant, "EMPLOYEE"),
    ];
    const product = await newProduct(shop, { price: 100 });
    await sellOne(disabled.token, product.id, 2);
    await sellOne(demoted.token, product.id, 1);
    const patch = (id: string, json: unknown) =>
      call("PATCH", `${API}/users/${id}`, { token: shop.admin.token, json });
    expect((await patch(disabled.id, { is_active: false })).status).toBe(200);
    expect((await patch(demoted.id, { role: "CUSTOMER" })).status).toBe(200);
    const { body } = await getDashboard(shop);
    expect(body.totals).toMatchObject({ orders: 2, revenue: 300 });
    expect(body.sellers.slice(0, 2)).toMatchObject([
      { user_id: disabled.id, revenue: 200, status: "disabled" },
      { user_id: demoted.id, revenue: 100, role: "CUSTOMER", status: "off" },
    ]);
  });

  it("counts a refund for the employee who made it, on the day of the refund, before and after the ETL", async () => {
    const shop = await newShop();
    const clerk = await newPerson(shop.tenant, "EMPLOYEE");
    const product = await newProduct(shop, { price: 100 });
    const items = [{ product_id: product.id, quantity: 3000 }];
    const { value: sale } = await sell(
      clerk.ctx(new Date("2026-03-02T10:00:00Z")),
      { items, payment_method: "cash" },
      undefined,
    );
    const json = { items: [{ product_id: product.id, quantity: 1 }], reason: "late" };
    await call("POST", `${API}/sales/${sale.id}/refunds`, { token: shop.admin.token, json });
    const revenues = async (query: string) =>
      Object.fromEntries(
        (await getDashboard(shop, query)).body.sellers.map((seller: { user_id: string; revenue: number }) => [
          seller.user_id,
          seller.revenue,
        ]),
      );
    for (const dirty of [true, false]) {
      if (!dirty) await rebuildDirtyDays(base(), shop.tenant.id);
      expect(await revenues("")).toEqual({ [clerk.id]: 300, [shop.admin.id]: -100 });
      expect(await revenues("?from=2026-03-02&to=2026-03-02")).toEqual({
        [clerk.id]: 300,
        [shop.admin.id]: 0,
      });
      expect(await revenues("?from=2026-03-03")).toEqual({ [clerk.id]: 0, [shop.admin.id]: -100 });
    }
  });

  it("takes one query, is for staff only, and shows nobody of another shop", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const response = await getDashboard(shop);
    expect(costOf(response).queries).toBe(1);
    expect(response.body.sellers.map((seller: { user_id: string }) => seller.user_id)).not.toContain(
      other.admin.id,
    );
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    expect((await call("GET", `${API}/reports/dashboard`, { token: customer.token })).status).toBe(403);
    expect((await getDashboard(shop, "?from=2026-02-30")).status).toBe(422);
  });
});
