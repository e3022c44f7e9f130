// Random orders of staff and purchases of the web shop, edited, paid, cancelled, expired and refunded in parts, against a plain model:
// every sum over them holds to the cent, and the stock is what the model says.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cancelExpired } from "../../../src/purchases/cancel.ts";
import { rebuildDirtyDays } from "../../../src/rollups/rebuild.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { sumOf, unbalancedStock } from "../../support/commerce.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { changeOrder, takeOrder } from "../../support/orders.ts";
import { checkOut, putInCart } from "../../support/purchases.ts";
import { base, type Shop } from "../../support/shops.ts";
import {
  chargedFor,
  type Item,
  type Line,
  type Model,
  newWorld,
  step,
  type Step,
  wire,
  type World,
} from "./model.ts";

const itemsOf = (world: World, items: Item[]) =>
  items.map(({ product, units, price, discount: own }) => ({
    product_id: world.product(product),
    quantity: units,
    ...(price === null ? {} : { unit_price: price }),
    ...(own === null ? {} : { discount: wire(own) }),
  }));

async function order(world: World, { items, discount: whole }: Extract<Step, { kind: "order" }>) {
  const lines = world.edited({ lines: [] as Line[] } as Model, items);
  const answer = await takeOrder(world.shop.admin.token, "", {
    items: itemsOf(world, items),
    discount: wire(whole),
  });
  expect(answer.status).toBe(world.covers(lines) ? 201 : 409);
  if (answer.status === 201) world.add(answer.body.id, lines, whole);
}

async function buy(world: World, { items }: Extract<Step, { kind: "buy" }>) {
  const units = new Map<string, number>();
  for (const each of items) {
    const id = world.product(each.product);
    units.set(id, (units.get(id) ?? 0) + each.units);
  }
  const lines = [...units].map(([product, quantity]) => ({
    product,
    units: quantity,
    price: world.prices.get(product) ?? 0,
    discount: null,
  }));
  for (const { product, units: quantity } of lines) await putInCart(world.buyer.token, product, quantity);
  const answer = await checkOut(world.buyer.token);
  expect(answer.status).toBe(world.covers(lines) ? 201 : 409);
  if (answer.status === 201) world.add(answer.body.id, lines, null);
  else await change("DELETE FROM cart_items WHERE tenant_id = ?", world.shop.tenant.id);
}

async function edit(world: World, { nth, items, discount: whole }: Extract<Step, { kind: "edit" }>) {
  const before = world.nth(nth, "pending");
  if (!before) return;
  const lines = world.edited(before, items);
  const isCovered = world.covers(lines, before.lines);
  const { status, body } = await changeOrder(world.shop.admin.token, before.id, {
    items: itemsOf(world, items),
    ...(whole === undefined ? {} : { discount: wire(whole) ?? null }),
  });
  expect([status, body.type ?? ""]).toEqual(isCovered ? [200, ""] : [409, "/problems/out-of-stock"]);
  if (!isCovered) return;
  world.take(before.lines, -1);
  world.take(lines, 1);
  Object.assign(before, { lines, discount: whole === undefined ? before.discount : whole });
}

async function refund(world: World, { nth, share }: Extract<Step, { kind: "refund" }>) {
  const paid = world.nth(nth, "completed");
  if (!paid) return;
  const sold = Map.groupBy(paid.lines, ({ product }) => product);
  const items = [...sold].flatMap(([product, lines]) => {
    const left = sumOf(lines, "units") - (paid.refunded.get(product) ?? 0);
    const quantity = Math.ceil(left * share);
    return quantity === 0 ? [] : [{ product_id: product, quantity }];
  });
  if (items.length === 0) return;
  const json = { items, reason: "torn", restock: true };
  const { status } = await call("POST", `${API}/sales/${paid.id}/refunds`, {
    token: world.shop.admin.token,
    json,
  });
  expect(status).toBe(201);
  for (const { product_id, quantity } of items) {
    paid.refunded.set(product_id, (paid.refunded.get(product_id) ?? 0) + quantity);
    world.stock.set(product_id, (world.stock.get(product_id) ?? 0) + quantity);
  }
}

async function end(world: World, nth: number, kind: "pay" | "cancel" | "expire"): Promise<void> {
  const pending = world.nth(nth, "pending");
  if (!pending) return;
  const { token } = world.shop.admin;
  if (kind === "expire") {
    await change("UPDATE sales SET hold_expires_at = '2026-01-01T00:00:00.000Z' WHERE id = ?", pending.id);
    await cancelExpired(base());
  } else {
    const path = kind === "pay" ? `/purchases/${pending.id}/confirm` : `/orders/${pending.id}/cancel`;
    const { status } = await call("POST", `${API}${path}`, {
      token,
      json: kind === "pay" ? { payment_method: "card" } : {},
    });
    expect(status).toBe(200);
  }
  pending.status = kind === "pay" ? "completed" : "cancelled";
  if (kind !== "pay") world.take(pending.lines, -1);
}

async function run(world: World, each: Step): Promise<void> {
  if (each.kind === "order") return order(world, each);
  if (each.kind === "buy") return buy(world, each);
  if (each.kind === "edit") return edit(world, each);
  if (each.kind === "refund") return refund(world, each);
  if (each.kind !== "reprice") return end(world, each.nth, each.kind);
  const product = world.product(each.product);
  world.prices.set(product, each.price);
  await change("UPDATE products SET price = ? WHERE id = ?", each.price, product);
}

/** The orders whose header is not the sum of their lines, or whose payments are not their total once they are paid. */
const unbalanced = (shop: Shop) =>
  rowsOf(
    `SELECT s.id FROM sales s JOIN (SELECT sale_id, sum(subtotal) AS total, sum(tax) AS tax, sum(net) AS net, sum(discount) AS discount,
        sum(quantity) AS units, count(*) AS lines FROM sale_lines WHERE tenant_id = ?1 GROUP BY sale_id) l ON l.sale_id = s.id
      LEFT JOIN (SELECT sale_id, sum(amount) AS paid FROM sale_payments WHERE tenant_id = ?1 GROUP BY sale_id) y ON y.sale_id = s.id
      WHERE s.tenant_id = ?1 AND ((s.total, s.tax, s.net, s.discount, s.units, s.lines) <>
          (l.total, l.tax, l.net, l.discount, l.units, l.lines) OR s.net <> s.total - s.tax
        OR (s.status = 'completed' AND y.paid IS NOT s.total + s.rounding) OR (s.status <> 'completed' AND y.paid IS NOT NULL))`,
    shop.tenant.id,
  );

async function check(world: World, includesTax: boolean): Promise<void> {
  const { shop } = world;
  expect(await unbalanced(shop)).toEqual([]);
  expect(await unbalancedStock(shop)).toEqual([]);
  for (const [id, units] of world.stock)
    expect(await count("SELECT stock / 1000 n FROM products WHERE id = ?", id)).toBe(units);
  for (const model of world.orders) {
    const { body } = await call("GET", `${API}/orders/${model.id}`, { token: shop.admin.token });
    const isRefunded = model.lines.every(
      ({ product }) =>
        model.refunded.get(product) ===
        sumOf(
          model.lines.filter((line) => line.product === product),
          "units",
        ),
    );
    expect(body.status).toBe(model.status === "completed" && isRefunded ? "refunded" : model.status);
    expect(includesTax ? body.total : body.net).toBe(chargedFor(model));
    const refunds = await rowsOf("SELECT total, tax, net, discount FROM sales WHERE refund_of = ?", model.id);
    if (body.status === "refunded")
      for (const field of ["total", "tax", "net", "discount"])
        expect([field, sumOf(refunds.map((each) => Number(each[field]))) + body[field]]).toEqual([field, 0]);
  }
}

/** The revenue and the taxes of the figures, before and after the daily tables are built. */
async function checkFigures({ shop }: World): Promise<void> {
  const { token } = shop.admin;
  const [sums] = await rowsOf(
    "SELECT total(total) AS gross, total(net) AS net, total(tax) AS tax FROM sales WHERE tenant_id = ? AND status = 'completed'",
    shop.tenant.id,
  );
  const day = String(
    (await call("GET", `${API}/orders?limit=1`, { token })).body.data[0]?.day ?? "2026-01-01",
  );
  const range = `from=${day}&to=${day}`;
  const revenue = async () =>
    (await call("GET", `${API}/metrics/kpis?${range}`, { token })).body.total_revenue;
  expect(await revenue()).toBe(sums?.["gross"]);
  await rebuildDirtyDays(base(), shop.tenant.id);
  expect(await count("SELECT total(revenue) n FROM daily_sales WHERE tenant_id = ?", shop.tenant.id)).toBe(
    sums?.["gross"],
  );
  const { body } = await call("GET", `${API}/reports/tax?${range}`, { token });
  const { net, tax, gross, refunded_net, refunded_tax, refunded_gross } = body.totals;
  expect([net - refunded_net, tax - refunded_tax, gross - refunded_gross]).toEqual(
    [sums?.["net"], sums?.["tax"], sums?.["gross"]].map(Number),
  );
}

describe.each([true, false])("random orders, with prices that include tax: %s,", (includesTax) => {
  it("add up to the cent, and the stock follows", { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        const world = await newWorld(includesTax);
        for (const each of steps) await run(world, each);
        await check(world, includesTax);
        await checkFigures(world);
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });
});
