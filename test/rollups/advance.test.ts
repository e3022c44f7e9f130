// What was sold since a day was built is read from its sales, and added to the daily tables in bounded steps.
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { queueLaggingRollups } from "../../src/rollups/jobs.ts";
import { nextStep, runStep } from "../../src/rollups/advance.ts";
import { advanceDays, rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { subscribers } from "../../src/rollups/subscribers.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { confirmPurchase } from "../../src/purchases/payments/receive.ts";
import { dayOf } from "../../src/values/days.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { fileOf, storeImport } from "../support/imports.ts";
import { sellMany } from "../support/many-sales.ts";
import { builtFigures, plainFigures, readFigures } from "../support/plain-figures.ts";
import { bookshop, buyOne } from "../support/purchases.ts";
import { recording, until } from "../support/queues.ts";
import { base, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

const NOW = Date.parse("2026-10-05T10:00:00Z");
const MINUTE = 60_000;
const DAY = "2026-10-05";
const at = (minutes: number) => new Date(NOW + minutes * MINUTE);

const dirtyOf = (shop: Shop) =>
  rowsOf("SELECT day, needs_rebuild FROM dirty_days WHERE tenant_id = ? ORDER BY day", shop.tenant.id);
const lateOf = (shop: Shop) => count("SELECT count(*) n FROM late_sales WHERE tenant_id = ?", shop.tenant.id);
const builtOf = (shop: Shop) =>
  count("SELECT coalesce(sum(sales), 0) n FROM daily_sales WHERE tenant_id = ?", shop.tenant.id);

const exact = async (shop: Shop): Promise<void> =>
  expect(await readFigures(shop)).toEqual(await plainFigures(shop));

async function newCounter() {
  const shop = await newShop({ timezone: "UTC" });
  const { id } = await newProduct(shop, { price: 500 });
  const items = [{ product_id: id, quantity: 1000 }];
  const sellAt = async (minutes: number, sold_at?: number) => {
    const input = {
      items,
      payment_method: "cash" as const,
      ...(sold_at === undefined ? {} : { sold_at: at(sold_at).toISOString() }),
    };
    return (await sell(shop.admin.ctx(at(minutes)), input, undefined)).value;
  };
  const refundAt = (minutes: number, sale: string) =>
    refundSale(shop.admin.ctx(at(minutes)), sale, { items, reason: "torn", restock: false }, undefined);
  return { shop, items, sellAt, refundAt };
}

describe("a day that is built", () => {
  it("is not built again for a sale or refund, but added to", async () => {
    const { shop, sellAt, refundAt } = await newCounter();
    const { id } = await sellAt(0);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await sellAt(1);
    await refundAt(2, id);
    expect(await dirtyOf(shop)).toEqual([{ day: DAY, needs_rebuild: 0 }]);
    expect(await builtOf(shop)).toBe(1);
    await exact(shop);
    // A rebuild would read the changed row of the first sale.
    await change("UPDATE sales SET country = 'Spain' WHERE id = ?", id);
    await advanceDays(base(), shop.tenant.id);
    expect(await dirtyOf(shop)).toEqual([]);
    expect(
      await rowsOf("SELECT country, sales, refunds FROM daily_countries WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ country: "Unspecified", sales: 2, refunds: 1 }]);
  });

  it("counts a sale that arrives late, and an order that is paid later, exactly once", async () => {
    const { shop, buyer, book } = await bookshop({ stock: 100 });
    const { body: order } = await buyOne(buyer.token, book.id);
    const items = [{ product_id: book.id, quantity: 1000 }];
    await sellOne(shop.admin.token, book.id);
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await lateOf(shop)).toBe(0);
    await confirmPurchase(shop.admin.ctx(), order.id);
    expect(await lateOf(shop)).toBe(1);
    await exact(shop);
    const sold_at = new Date(Date.now() - 10 * MINUTE).toISOString();
    await sell(shop.admin.ctx(), { items, payment_method: "cash", sold_at }, undefined);
    await exact(shop);
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect([await lateOf(shop), (await dirtyOf(shop)).length, await builtOf(shop)]).toEqual([0, 0, 3]);
    await exact(shop);
  });

  it("counts sales before and after a change of the time zone on their days", async () => {
    const { shop, sellAt, items } = await newCounter();
    await sellAt(0);
    await sellAt(13 * 60);
    await rebuildDirtyDays(base(), shop.tenant.id);
    // The same instants belong to the day before, or after, what is built.
    for (const timezone of ["Pacific/Pago_Pago", "Pacific/Kiritimati"]) {
      const ctx = shop.admin.ctx(at(14 * 60 + 1));
      const moved = { ...ctx, tenant: { ...ctx.tenant, timezone } };
      await sell(moved, { items, payment_method: "cash", sold_at: at(5).toISOString() }, undefined);
      await sell(moved, { items, payment_method: "cash" }, undefined);
      await exact(shop);
      await advanceDays(base(), shop.tenant.id);
      await exact(shop);
    }
    expect(await dirtyOf(shop)).toEqual([]);
    expect(await builtOf(shop)).toBe(6);
  });

  it("is rebuilt when sales that it includes have changed, and read from its sales until then", async () => {
    const { shop, sellAt } = await newCounter();
    const { id } = await sellAt(0);
    await sellAt(1);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await change("UPDATE sales SET status = 'cancelled' WHERE id = ?", id);
    await change("INSERT INTO dirty_days (tenant_id, day) VALUES (?, ?)", shop.tenant.id, DAY);
    await exact(shop);
    await advanceDays(base(), shop.tenant.id);
    expect(await builtOf(shop)).toBe(2);
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await builtOf(shop)).toBe(1);
    await exact(shop);
  });

  it("by the version before, without a watermark, takes all later sales as late", async () => {
    const { shop, sellAt } = await newCounter();
    await sellAt(0);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await change("UPDATE daily_sales SET built_until = '9999 ' WHERE tenant_id = ?", shop.tenant.id);
    await sellAt(1);
    expect(await lateOf(shop)).toBe(1);
    await exact(shop);
    await advanceDays(base(), shop.tenant.id);
    expect([await lateOf(shop), await builtOf(shop), (await dirtyOf(shop)).length]).toEqual([0, 2, 0]);
  });
});

describe("an advance", () => {
  it("leaves the sales of the last second, and keeps the day marked for them", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const { body } = await sellOne(shop.admin.token, id);
    const after = (ms: number) => base(new Date(Date.parse(body.placed_at) + ms));
    await change("UPDATE dirty_days SET asked_at = '2026-10-05' WHERE tenant_id = ?", shop.tenant.id);
    await advanceDays(after(1000), shop.tenant.id);
    expect([await builtOf(shop), (await dirtyOf(shop)).length]).toEqual([0, 1]);
    // The time that the day waits counts anew.
    expect(await rowsOf("SELECT asked_at FROM dirty_days WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { asked_at: null },
    ]);
    await exact(shop);
    await advanceDays(after(1001), shop.tenant.id);
    expect([await builtOf(shop), (await dirtyOf(shop)).length]).toEqual([1, 0]);
  });

  it("counts once when several run at once", async () => {
    const { shop, sellAt } = await newCounter();
    for (let minute = 0; minute < 6; minute += 1) await sellAt(minute);
    await rebuildDirtyDays(base(), shop.tenant.id);
    for (let minute = 6; minute < 12; minute += 1)
      await sellAt(minute, minute % 2 === 0 ? minute - 10 : undefined);
    await Promise.all(Array.from({ length: 6 }, () => advanceDays(base(), shop.tenant.id)));
    expect([await builtOf(shop), await lateOf(shop), (await dirtyOf(shop)).length]).toEqual([12, 0, 0]);
    await exact(shop);
  });

  it("changes nothing if any of its statements fails, and then succeeds", async () => {
    const { shop, sellAt } = await newCounter();
    await sellAt(0);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await sellAt(1);
    await sellAt(2, -5);
    const state = async () =>
      Promise.all([
        builtFigures(shop),
        dirtyOf(shop),
        lateOf(shop),
        rowsOf("SELECT * FROM daily_sales WHERE tenant_id = ?", shop.tenant.id),
      ]);
    const before = await state();
    let statements = 0;
    const failing = (nth: number) =>
      between(base(), {
        change: (_, all) => {
          statements = all.length;
          return all.toSpliced(nth, 0, sql`INSERT INTO sales (id) VALUES (NULL)`);
        },
      });
    for (let nth = 0; nth === 0 || nth <= statements; nth += 1) {
      await expect(advanceDays(failing(nth), shop.tenant.id)).rejects.toThrow("NOT NULL");
      expect(await state()).toEqual(before);
    }
    expect(statements).toBeGreaterThan(10);
    await advanceDays(base(), shop.tenant.id);
    expect([await builtOf(shop), await lateOf(shop)]).toEqual([3, 0]);
    await exact(shop);
  });

  it("includes or leaves a sale between its read and its batch, but never both or neither", async () => {
    const { shop, sellAt } = await newCounter();
    await sellAt(0);
    for (const [minutes, sold_at] of [
      [20, undefined],
      [30, 10],
      [40, -10],
      [50, 0],
    ] as const) {
      await sellAt(minutes - 1);
      const interrupted = between(base(), { before: async () => void (await sellAt(minutes, sold_at)) });
      await advanceDays(interrupted, shop.tenant.id);
      await exact(shop);
    }
    await advanceDays(base(), shop.tenant.id);
    expect([await builtOf(shop), await lateOf(shop), (await dirtyOf(shop)).length]).toEqual([9, 0, 0]);
  });

  it("starts a rebuild again if the day is marked in between", async () => {
    const shop = await newShop();
    await sellMany(shop, 30, DAY);
    await change("UPDATE dirty_days SET needs_rebuild = 1 WHERE tenant_id = ?", shop.tenant.id);
    const limits = { days: 5, sales: 10, lines: 1000 };
    const scope = { isRebuild: true, before: null };
    const step = () => nextStep(base(), shop.tenant.id, scope, limits);
    await runStep(base(), shop.tenant.id, await step());
    expect([await builtOf(shop), await dirtyOf(shop)]).toEqual([10, [{ day: DAY, needs_rebuild: 0 }]]);
    await exact(shop);
    const second = await step();
    await change(
      "DELETE FROM sale_lines WHERE tenant_id = ? AND sale_id IN (SELECT id FROM sales WHERE country = 'Spain')",
      shop.tenant.id,
    );
    await change("DELETE FROM sales WHERE tenant_id = ? AND country = 'Spain'", shop.tenant.id);
    await change("UPDATE dirty_days SET needs_rebuild = 1 WHERE tenant_id = ?", shop.tenant.id);
    expect(await runStep(base(), shop.tenant.id, second)).toBe(false);
    await exact(shop);
    for (let steps = 0; steps < 3; steps += 1) await runStep(base(), shop.tenant.id, await step());
    expect([await builtOf(shop), await dirtyOf(shop)]).toEqual([20, []]);
    await exact(shop);
  });
});

describe("a busy day", () => {
  const kpisOf = async (shop: Shop, query = "") => {
    const answer = await call("GET", `${API}/metrics/kpis${query}`, { token: shop.admin.token });
    return { ...costOf(answer), sales: answer.body.sales };
  };

  it("costs a figure only the sales since the last advance", async () => {
    const shop = await newShop({ timezone: "UTC" });
    await sellMany(shop, 1_500, DAY);
    const unbuilt = await kpisOf(shop);
    expect(unbuilt).toMatchObject({ sales: 1_500 });
    expect(unbuilt.read).toBeGreaterThan(1_500);
    await advanceDays(base(), shop.tenant.id);
    await change("UPDATE tenants SET revision = revision + 1 WHERE id = ?", shop.tenant.id);
    const built = await kpisOf(shop);
    expect(built).toMatchObject({ sales: 1_500 });
    expect(built.read).toBeLessThanOrEqual(12);
    const { id } = await newProduct(shop);
    for (let nth = 0; nth < 30; nth += 1) await sellOne(shop.admin.token, id);
    const later = await kpisOf(shop);
    expect(later.sales).toBe(1_530);
    expect(later.read).toBeLessThanOrEqual(built.read + 40);
  });

  it("is built in steps of two thousand sales or twenty thousand lines, and exact after each", async () => {
    const shop = await newShop({ timezone: "UTC" });
    await sellMany(shop, 4_100, DAY);
    await sellMany(shop, 100, "2026-10-06", 300);
    const steps = [];
    for (let isDone = false; !isDone;) {
      const ctx = base();
      const step = await nextStep(ctx, shop.tenant.id, { isRebuild: true, before: null });
      await runStep(ctx, shop.tenant.id, step);
      isDone = !step.hasMore;
      steps.push(await builtOf(shop));
      expect(ctx.db.cost.statements).toBeLessThan(30);
      if (steps.length % 2 === 0) await exact(shop);
    }
    expect(steps).toEqual([2000, 4000, 4166, 4200]);
    expect(await dirtyOf(shop)).toEqual([]);
    await exact(shop);
  });

  it("reads the sales of one day for a comparison that is cut, and no others", async () => {
    const shop = await newShop({ timezone: "UTC" });
    const today = dayOf(new Date(), "UTC");
    const before = new Date(Date.parse(`${today}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
    await sellMany(shop, 400, before);
    await rebuildDirtyDays(base(), shop.tenant.id);
    const cost = await kpisOf(shop, `?from=${today}&to=${today}&compare=previous`);
    const until = new Date().toISOString().slice(11);
    const sold = await count(
      "SELECT count(*) n FROM sales WHERE tenant_id = ? AND substr(placed_at, 12) < ?",
      shop.tenant.id,
      until,
    );
    expect(cost.read).toBeLessThanOrEqual(sold + 15);
    expect(cost.read).toBeGreaterThanOrEqual(sold);
  });
});

describe("the ETL is requested", () => {
  it("by every twenty-fifth sale or refund of a series, after its commit", async () => {
    const { shop, items } = await newCounter();
    const numberFrom = (number: number) =>
      change("UPDATE sales SET number = ? WHERE tenant_id = ? AND kind = 'sale'", number, shop.tenant.id);
    const json = { items: [{ product_id: items[0]?.product_id, quantity: 1 }] };
    const post = () => call("POST", `${API}/sales`, { token: shop.admin.token, json });
    await post();
    await numberFrom(122);
    await scheduler.wait(1_100);
    expect((await post()).body.number).toBe("C-000123");
    expect((await post()).body.number).toBe("C-000124");
    expect(await builtOf(shop)).toBe(0);
    await post();
    await until(async () => (await builtOf(shop)) === 1);
    await exact(shop);
  });

  it.each(["sale.completed", "sale.refunded"])(
    "by no event %s of another number, or of none",
    async (type) => {
      const { shop, sellAt } = await newCounter();
      await sellAt(0);
      const emitted = async (number?: string | null) => {
        const event = {
          tenant_id: shop.tenant.id,
          event_id: "",
          type,
          ...(number === undefined ? {} : { number }),
        };
        for (const subscriber of subscribers)
          if (subscriber.type === type) await subscriber.run(base(), event);
        return builtOf(shop);
      };
      for (const number of [undefined, null, "C-000026", "R-000124"]) expect(await emitted(number)).toBe(0);
      expect(await emitted("C-000100")).toBe(1);
    },
  );

  it("each minute for the shops with many sales to build or a day to rebuild, but not during an import", async () => {
    const [quiet, busy, corrected, importing] = [
      await newShop(),
      await newShop(),
      await newShop(),
      await newShop(),
    ];
    await sellMany(quiet, 49, DAY);
    await sellMany(quiet, 9, DAY, 2);
    await change("UPDATE sales SET status = 'cancelled' WHERE tenant_id = ? AND lines = 2", quiet.tenant.id);
    await sellMany(busy, 50, DAY);
    for (const shop of [corrected, importing]) {
      await sellMany(shop, 1, DAY);
      await change("UPDATE dirty_days SET needs_rebuild = 1 WHERE tenant_id = ?", shop.tenant.id);
    }
    await storeImport(importing.admin.ctx(), fileOf([{}]));
    const { ctx, sent } = recording(base(), "ROLLUPS");
    await queueLaggingRollups(ctx);
    const isSent = (shop: Shop) =>
      sent.filter((message) => JSON.stringify(message).includes(shop.tenant.id)).length;
    expect([quiet, busy, corrected, importing].map(isSent)).toEqual([0, 1, 1, 0]);
    await rebuildDirtyDays(base(), busy.tenant.id);
    // What is built, on the same day or another one, does not count.
    for (const day of [DAY, "2026-10-04"]) await sellMany(busy, 1, day);
    for (let late = 0; late < 50; late += 1)
      await change("INSERT INTO late_sales VALUES (?, ?, ?, 'x')", quiet.tenant.id, DAY, String(late));
    sent.length = 0;
    await queueLaggingRollups(ctx);
    expect([quiet, busy].map(isSent)).toEqual([1, 0]);
  });

  it("each minute also for a shop after those with a thousand days that are not due", async () => {
    const shops = [await newShop(), await newShop()].toSorted((a, b) => (a.tenant.id < b.tenant.id ? -1 : 1));
    const [first, last] = shops.map(({ tenant }) => tenant.id);
    await change(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
        INSERT INTO dirty_days (tenant_id, day, needs_rebuild) SELECT ?, date('2000-01-01', i || ' days'), 0 FROM n`,
      first,
    );
    await change("INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, ?, 1)", last, DAY);
    const { ctx, sent } = recording(base(), "ROLLUPS");
    await queueLaggingRollups(ctx);
    const text = JSON.stringify(sent);
    expect([text.includes(String(first)), text.includes(String(last))]).toEqual([false, true]);
  });
});
