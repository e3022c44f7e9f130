// Concurrent requests over HTTP.
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { count, counted, rowsOf } from "../support/d1.ts";
import { bookshop, checkOut, confirm, putInCart } from "../support/purchases.ts";
import { newPerson, type Person } from "../support/shops.ts";
import { countByStatus } from "../support/count-by-status.ts";

const inParallel = <T, R>(list: T[], work: (each: T) => Promise<R>): Promise<R[]> =>
  Promise.all(list.map(work));

describe("two hundred concurrent buyers of fifty units", () => {
  it("make fifty purchases, leave no stock, and the figures of the paid ones add up", async () => {
    const { shop, book } = await bookshop({ price: 1299, stock: 50 });
    const buyers: Person[] = [];
    for (let index = 0; index < 200; index += 1) buyers.push(await newPerson(shop.tenant, "CUSTOMER"));
    await inParallel(buyers, ({ token }) => putInCart(token, book.id));
    const responses = await inParallel(buyers, ({ token }) => checkOut(token));
    expect(countByStatus(responses)).toEqual({ 201: 50, 409: 150 });
    for (const { status, body } of responses)
      if (status === 409)
        expect(body).toMatchObject({
          type: "/problems/out-of-stock",
          items: [{ product_id: book.id, requested: 1, available: 0 }],
        });
    const n = (table: string, more = "") =>
      count(`SELECT count(*) n FROM ${counted(table)} WHERE tenant_id = ? ${more}`, shop.tenant.id);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(0);
    expect(await n("sales")).toBe(50);
    expect(await n("events")).toBe(50);
    expect(await n("cart_items")).toBe(150);
    expect(
      await count("SELECT sum(delta) / 1000.0 n FROM stock_moves WHERE tenant_id = ?", shop.tenant.id),
    ).toBe(0);
    const numbers = await rowsOf("SELECT number FROM sales WHERE tenant_id = ?", shop.tenant.id);
    expect(new Set(numbers.map(({ number }) => number)).size).toBe(50);

    const purchases = responses.filter(({ status }) => status === 201);
    const paid = await inParallel(purchases, ({ body }) => confirm(shop, body.id));
    expect(countByStatus(paid)).toEqual({ 200: 50 });
    const { token } = shop.admin;
    await call("POST", `${API}/rollups/run`, { token });
    const { body: kpis } = await call("GET", `${API}/metrics/kpis`, { token });
    expect(kpis).toMatchObject({
      sales: 50,
      total_revenue: 50 * 1299,
      total_products_sold: 50,
      customers: 50,
    });
    const { body: days } = await call("GET", `${API}/metrics/sales-summary`, { token });
    expect(days.data).toMatchObject([{ num_sales: 50, total_sales: 50 * 1299 }]);
  }, 120_000);
});

describe("one Idempotency-Key", () => {
  it("sent fifty times at once makes one purchase, which every response returns", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id, 2);
    const responses = await inParallel(Array.from({ length: 50 }), () => checkOut(buyer.token, {}, "k"));
    expect(countByStatus(responses)).toEqual({ 201: 50 });
    expect(new Set(responses.map(({ text }) => text)).size).toBe(1);
    expect(responses.filter(({ headers }) => headers.get("idempotent-replayed") === null).length).toBe(1);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE id = ?", book.id)).toBe(8);
    const other = await checkOut(buyer.token, { payment_method: "cash" }, "k");
    expect(other.body).toMatchObject({ type: "/problems/idempotency-mismatch", status: 422 });
  });

  it("of two users, or in two shops, makes two purchases", async () => {
    const [here, there] = [await bookshop(), await bookshop()];
    const second = await newPerson(here.shop.tenant, "CUSTOMER");
    const ids = [];
    for (const [token, book] of [
      [here.buyer.token, here.book],
      [second.token, here.book],
      [there.buyer.token, there.book],
    ] as const) {
      await putInCart(token, book.id);
      ids.push((await checkOut(token, {}, "k")).body.id);
    }
    expect(new Set(ids).size).toBe(3);
    expect(ids).not.toContain(undefined);
  });
});

it("lets many concurrent checkouts of one buyer under different keys buy the cart once", async () => {
  const { shop, buyer, book } = await bookshop();
  await putInCart(buyer.token, book.id);
  const responses = await inParallel(Array.from({ length: 20 }), () => checkOut(buyer.token));
  expect(countByStatus(responses)).toEqual({ 201: 1, 422: 19 });
  expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
});
