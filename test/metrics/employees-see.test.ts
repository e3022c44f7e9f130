// What an EMPLOYEE sees of the sales and revenue of colleagues: the rule `employees_see` of the shop.
import { beforeAll, describe, expect, it } from "vitest";
import { seesColleagues } from "../../src/platform/context.ts";
import { API, call } from "../support/client.ts";
import { newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../support/shops.ts";

const dayBack = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

it("a customer sees none of it, whatever the rule", async () => {
  const { tenant } = await newShop();
  const { actor } = (await newPerson(tenant, "CUSTOMER")).ctx();
  for (const employees_see of ["own", "all"] as const)
    expect(seesColleagues({ actor, tenant: { ...tenant, employees_see } })).toBe(false);
});

describe.each(["own", "all"] as const)("with employees_see: %s", (rule) => {
  const isAll = rule === "all";
  let shop: Shop;
  let [me, colleague, customer]: Person[] = [];
  let theirSale: { id: string; number: string };

  const get = async (person: Person | undefined, path: string) =>
    call("GET", `${API}${path}`, { token: person?.token ?? "" });

  beforeAll(async () => {
    shop = await newShop();
    if (isAll)
      await call("PATCH", `${API}/shop`, { token: shop.admin.token, json: { employees_see: "all" } });
    me = await newPerson(shop.tenant, "EMPLOYEE");
    colleague = await newPerson(shop.tenant, "EMPLOYEE");
    customer = await newPerson(shop.tenant, "CUSTOMER");
    for (const person of [me, colleague])
      await call("POST", `${API}/shifts/start`, { token: person.token, json: {} });
    const { id } = await newProduct(shop, { price: 100 });
    await sellOne(me.token, id, 1);
    const json = { items: [{ product_id: id, quantity: 2 }], customer_id: customer.id };
    theirSale = (await call("POST", `${API}/sales`, { token: colleague.token, json })).body;
    await sellOne(shop.admin.token, id, 4);
    await call("POST", `${API}/cart/items`, { token: customer.token, json: { product_id: id, quantity: 8 } });
    const order = await call("POST", `${API}/purchases/checkout`, {
      token: customer.token,
      headers: { "idempotency-key": "order" },
      json: { payment_method: "transfer" },
    });
    expect(order.status).toBe(201);
  });

  it("is what the shop says to its staff", async () => {
    expect((await get(me, "/shop")).body.employees_see).toBe(rule);
  });

  it("an EMPLOYEE finds on the dashboard themselves or everybody", async () => {
    for (const path of [
      "/reports/dashboard",
      "/metrics/overview",
      `/reports/dashboard?from=${dayBack(3)}&compare=previous`,
    ]) {
      const { body } = await get(me, path);
      const shown = body.sellers.map((each: { user_id: string; revenue: number }) => [
        each.user_id,
        each.revenue,
      ]);
      const everybody = [
        [shop.admin.id, 400],
        [colleague?.id, 200],
        [me?.id, 100],
      ];
      expect(shown, path).toEqual(isAll ? everybody : [[me?.id, 100]]);
      expect(body.totals, path).toMatchObject(
        isAll
          ? { employees: 3, on_shift: 2, orders: 3, revenue: 700 }
          : { employees: 1, on_shift: 1, orders: 1, revenue: 100 },
      );
    }
  });

  it("an EMPLOYEE sees the figures of the whole shop", async () => {
    expect((await get(me, "/metrics/kpis")).body).toMatchObject({ total_revenue: 700, sales: 3 });
    expect((await get(me, "/metrics/overview")).body.kpis).toMatchObject({ total_revenue: 700, sales: 3 });
  });

  it("an EMPLOYEE lists their own sales or all, also in the overview and by line", async () => {
    const revenueOf = (sales: { total: number }[]) => sales.reduce((sum, { total }) => sum + total, 0);
    const { data } = (await get(me, "/sales?status=completed")).body;
    expect(revenueOf(data)).toBe(isAll ? 700 : 100);
    expect(revenueOf((await get(me, `/sales?seller_id=${me?.id}`)).body.data)).toBe(100);
    const { sales } = (await get(me, "/metrics/overview")).body;
    expect(sales.length).toBe(isAll ? 4 : 1);
    expect((await get(me, "/metrics/page")).body.data.length).toBe(isAll ? 3 : 1);
  });

  it("a colleague's sales are listed only where the rule allows it", async () => {
    for (const more of ["", `&number=${theirSale.number}`]) {
      const answer = await get(me, `/sales?seller_id=${colleague?.id}${more}`);
      if (isAll) expect(answer.body.data.length).toBe(1);
      else expect(answer.body).toMatchObject({ status: 403, type: "/problems/forbidden" });
    }
  });

  it("any sale is found by its number or its id, as a refund requires", async () => {
    const { data } = (await get(me, `/sales?number=${theirSale.number}`)).body;
    expect(data.map(({ id }: { id: string }) => id)).toEqual([theirSale.id]);
    expect((await get(me, `/sales/${theirSale.id}`)).status).toBe(200);
  });

  it("of the sales to a customer those of colleagues are listed only where the rule allows it", async () => {
    const query = `customer=${customer?.id}&status=completed`;
    for (const format of ["json", "csv"]) {
      const { text } = await get(me, `/sales?${query}&format=${format}`);
      expect(text.includes(theirSale.number)).toBe(isAll);
    }
    expect((await get(me, `/sales/lines?${query}`)).text.includes(theirSale.number)).toBe(isAll);
    expect((await get(shop.admin, `/sales?${query}`)).body.data.length).toBe(1);
    const path = `/customers/${customer?.id}/sales?status=completed`;
    expect((await get(me, path)).body.data.length).toBe(isAll ? 1 : 0);
    expect((await get(colleague, path)).body.data.length).toBe(1);
    // What the customer spent does not tell who sold it.
    expect((await get(me, `/customers/${customer?.id}`)).body.figures).toMatchObject({
      orders: 1,
      spend: 200,
    });
  });

  it("online orders, which nobody sold, are listed", async () => {
    expect((await get(me, "/sales?channel=online")).body.data.length).toBe(1);
  });

  it("an EMPLOYEE sees who is on shift, or only whether they are", async () => {
    const ids = isAll ? [me?.id, colleague?.id] : [me?.id];
    for (const { data } of [(await get(me, "/shifts/active")).body])
      expect(data.map((each: { user_id: string }) => each.user_id)).toEqual(ids);
    const { on_shift } = (await get(me, "/metrics/overview")).body;
    expect(on_shift.map((each: { user_id: string }) => each.user_id)).toEqual(ids);
  });

  it("an ADMIN sees everything, and a CUSTOMER nothing", async () => {
    expect((await get(shop.admin, "/reports/dashboard")).body.totals).toMatchObject({
      employees: 3,
      revenue: 700,
    });
    expect((await get(shop.admin, `/sales?seller_id=${colleague?.id}`)).body.data.length).toBe(1);
    expect((await get(shop.admin, "/shifts/active")).body.data.length).toBe(2);
    for (const path of [
      "/reports/dashboard",
      "/sales",
      "/shifts/active",
      "/metrics/overview",
      "/metrics/margin",
    ])
      expect((await get(customer, path)).status).toBe(403);
    expect((await get(me, "/metrics/margin")).status).toBe(403);
    expect((await get(shop.admin, "/metrics/margin")).status).toBe(200);
  });
});
