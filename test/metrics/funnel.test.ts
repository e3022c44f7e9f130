// From searches to carts to orders.
import { describe, expect, it } from "vitest";
import { addToCart, emptyCart, removeFromCart, setInCart } from "../../src/cart/cart.ts";
import { checkout } from "../../src/cart/checkout.ts";
import { abandonedCarts } from "../../src/metrics/web/carts.ts";
import { confirmPurchase } from "../../src/purchases/payments/receive.ts";
import { sell } from "../../src/sales/sell.ts";
import { newId } from "../../src/values/ids.ts";
import { newSecretKey } from "../support/api-keys.ts";
import { API, call } from "../support/client.ts";
import { newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const get = async (shop: Shop, path: string, token = shop.admin.token) =>
  (await call("GET", `${API}/metrics/${path}`, { token })).body;

const at = (day: string, hour = 10) => new Date(`${day}T${hour}:00:00Z`);

async function newWebShop() {
  const shop = await newShop();
  const products: string[] = [];
  for (const price of [100, 200, 300]) products.push((await newProduct(shop, { price })).id);
  const [first = "", second = "", third = ""] = products;
  const buyers = [];
  for (let index = 0; index < 3; index += 1) buyers.push(await newPerson(shop.tenant, "CUSTOMER"));
  return { shop, first, second, third, buyers };
}

describe("the funnel", () => {
  it("counts carts on the day of their first product, and the lines by origin, until they are ordered", async () => {
    const { shop, first, second, third, buyers } = await newWebShop();
    const [a, b, c] = buyers.map((buyer) => (day: string) => buyer.ctx(at(day)));
    if (!a || !b || !c) throw new Error("there are three buyers");
    const add = (ctx: ReturnType<typeof a>, product_id: string, origin?: "search" | "list") =>
      addToCart(ctx, { product_id, quantity: 1000, origin }, undefined);
    await add(a("2026-03-01"), first, "search");
    await add(a("2026-03-01"), first, "list");
    await add(a("2026-03-03"), second, "list");
    await setInCart(a("2026-03-03"), second, 5000);
    await setInCart(a("2026-03-03"), third, 1000);
    const { value: order } = await checkout(a("2026-03-04"), { payment_method: "card" }, newId());
    await confirmPurchase(shop.admin.ctx(at("2026-03-05")), order.id);
    await add(b("2026-03-01"), first, "search");
    await emptyCart(b("2026-03-01"));
    await add(b("2026-03-02"), second, "search");
    await removeFromCart(b("2026-03-02"), second);
    await add(b("2026-03-02"), third, "search");
    await checkout(b("2026-03-02"), { payment_method: "card" }, newId());
    await add(c("2026-03-02"), third);
    // What is sold at the counter was in no cart.
    const items = [{ product_id: third, quantity: 1000 }];
    await sell(shop.admin.ctx(at("2026-03-03")), { items, payment_method: "card" }, undefined);
    expect(await get(shop, "funnel?from=2026-03-01&to=2026-03-01")).toMatchObject({
      started: 2,
      ordered: 1,
      abandoned: 1,
      conversion: 0.5,
      paid: 0,
      origins: [
        { origin: "search", added: 2, ordered: 1, conversion: 0.5 },
        { origin: null, added: 1, ordered: 1, conversion: 1 },
        { origin: "list", added: 1, ordered: 1, conversion: 1 },
      ],
    });
    expect(await get(shop, "funnel?from=2026-03-02&to=2026-03-10&compare=previous")).toMatchObject({
      started: 3,
      ordered: 1,
      before: { started: 2, ordered: 1, abandoned: 1, conversion: 0.5, paid: 0, paid_revenue: 0 },
      change: { started: 1, ordered: 0, abandoned: 1 },
      // Paid on the day of the order.
      paid: 1,
      paid_revenue: 100 + 100 + 5 * 200 + 300,
    });
  });

  it("counts nothing where a product cannot be added", async () => {
    const { shop, buyers } = await newWebShop();
    const json = { product_id: newId(), quantity: 1, origin: "search" };
    const { status } = await call("POST", `${API}/cart/items`, { token: buyers[0]?.token ?? "", json });
    expect(status).toBe(404);
    expect(await get(shop, "funnel")).toMatchObject({ started: 0, conversion: null, origins: [] });
    const unknown = { ...json, origin: "dream" };
    const answer = await call("POST", `${API}/cart/items`, { token: buyers[0]?.token ?? "", json: unknown });
    expect(answer.body.errors).toMatchObject([{ pointer: "#/origin" }]);
  });
});

describe("abandoned carts", () => {
  it("are those to which nothing was added for the hours, with names for an ADMIN", async () => {
    const { shop, first, second, buyers } = await newWebShop();
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    for (const [index, hours] of [50, 25, 23].entries()) {
      const buyer = buyers[index];
      if (!buyer) continue;
      const ctx = buyer.ctx(ago(hours));
      // What was added long before does not make a cart abandoned.
      if (hours === 23)
        await addToCart(buyer.ctx(ago(60)), { product_id: second, quantity: 1000 }, undefined);
      await addToCart(ctx, { product_id: first, quantity: 2000 }, undefined);
      await addToCart(ctx, { product_id: second, quantity: 1000 }, undefined);
    }
    const { data } = await get(shop, "carts");
    expect(data).toMatchObject(
      buyers
        .slice(0, 2)
        .map(({ id }) => ({ customer_id: id, name: "First Last", lines: 2, units: 3, value: 400 })),
    );
    const page = await get(shop, "carts?limit=1");
    const rest = await get(shop, `carts?limit=1&cursor=${page.next_cursor}`);
    expect([page.data[0].customer_id, rest.data[0].customer_id]).toEqual(
      buyers.slice(0, 2).map(({ id }) => id),
    );
    expect((await get(shop, "carts?hours=40")).data.length).toBe(1);
    for (const [hours, carts] of [
      ["1", 3],
      ["8760", 0],
      ["0", undefined],
      ["8761", undefined],
    ] as const)
      expect((await get(shop, `carts?hours=${hours}`)).data?.length, hours).toBe(carts);
    const cartsAt = async (time: number) => {
      const ctx = shop.admin.ctx(new Date(Date.parse(data[1].added_at) + time));
      return (await abandonedCarts(ctx, { hours: 24, limit: 10 })).data.length;
    };
    const hours = 24 * 3_600_000;
    expect([await cartsAt(hours - 1), await cartsAt(hours)]).toEqual([1, 2]);
    const clerk = await newPerson(shop.tenant, "EMPLOYEE");
    expect((await get(shop, "carts", clerk.token)).data[0].name).toBeNull();
    const namesFor = async (...scopes: string[]) => {
      const { key } = await newSecretKey(shop, "metrics:read", ...scopes);
      return (await get(shop, "carts", key)).data[0].name;
    };
    expect([await namesFor(), await namesFor("customers:read")]).toEqual([null, "First Last"]);
  });

  it("are worth the sum of their lines, each of which is rounded", async () => {
    const shop = await newShop();
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    const ctx = buyer.ctx(new Date(Date.now() - 25 * 3_600_000));
    for (const price of [333, 111]) {
      const { id } = await newProduct(shop, { price, unit: "kg" });
      await addToCart(ctx, { product_id: id, quantity: 1500 }, undefined);
    }
    expect((await get(shop, "carts")).data).toMatchObject([{ lines: 2, units: 3, value: 667 }]);
  });
});
