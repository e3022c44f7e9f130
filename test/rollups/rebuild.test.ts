import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { MAX_DAYS_PER_MESSAGE, rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { queueNightlyRollups, queueRollups } from "../../src/rollups/jobs.ts";
import { sell } from "../../src/sales/sell.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { recording, until } from "../support/queues.ts";
import { base, newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

const tables = ["daily_sales", "daily_countries", "daily_sellers", "dirty_days"];

const dailyOf = async (shop: Shop) =>
  Promise.all(
    tables.map((table) => rowsOf(`SELECT * FROM ${table} WHERE tenant_id = ? ORDER BY 1, 2`, shop.tenant.id)),
  );

const kpisOf = async (shop: Shop) => {
  const { as_of: _, ...figures } = (await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token }))
    .body;
  return figures;
};

/** Sells one unit at 11:00 UTC on each of the last `days` days, so that a clock change puts no two sales on the same local day. */
async function sellOnDays(shop: Shop, days: number): Promise<void> {
  const today = Date.parse(`${new Date().toISOString().slice(0, 10)}T11:00:00Z`);
  const product = await newProduct(shop, { price: 700 });
  const items = [{ product_id: product.id, quantity: 1000 }];
  for (let day = 0; day < days; day += 1)
    await sell(
      shop.admin.ctx(new Date(today - day * 86_400_000)),
      { items, payment_method: "cash", country: "Spain" },
      undefined,
    );
}

describe("the ETL", () => {
  it("rebuilds the totals of a day, its countries and its sellers from the sales", async () => {
    const shop = await newShop();
    await sellOnDays(shop, 1);
    expect(await rebuildDirtyDays(base(), shop.tenant.id)).toEqual({ days: 1, more: false });
    const [days, countries, sellers, dirty] = await dailyOf(shop);
    const totals = { sales: 1, refunds: 0, lines: 1, units: 1000, revenue: 700 };
    expect(days).toMatchObject([totals]);
    expect(countries).toMatchObject([{ ...totals, country: "Spain" }]);
    expect(sellers).toMatchObject([{ ...totals, seller_id: shop.admin.id }]);
    expect(dirty).toEqual([]);
  });

  it("produces the same when it runs again or twice at once", async () => {
    const shop = await newShop();
    await sellOnDays(shop, 35);
    const before = await kpisOf(shop);
    await Promise.all([rebuildDirtyDays(base(), shop.tenant.id), rebuildDirtyDays(base(), shop.tenant.id)]);
    const built = await dailyOf(shop);
    expect(built.map((rows) => rows.length)).toEqual([35, 35, 35, 0]);
    expect(await rebuildDirtyDays(base(), shop.tenant.id)).toEqual({ days: 0, more: false });
    expect(await dailyOf(shop)).toEqual(built);
    // That nothing was left to build is known too.
    expect(await count("SELECT days n FROM rollup_runs WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    const markAllDirty = sql`INSERT INTO dirty_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales WHERE tenant_id = ${shop.tenant.id}`;
    await base().db.run(markAllDirty);
    expect(await rebuildDirtyDays(base(), shop.tenant.id)).toEqual({ days: 35, more: false });
    expect(await dailyOf(shop)).toEqual(built);
    expect(await kpisOf(shop)).toEqual(before);
  });

  it("includes a sale made between its read of the dirty days and its batch", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 500 });
    await sellOne(shop.admin.token, product.id);
    const late = between(base(), {
      before: async () => {
        await sellOne(shop.admin.token, product.id);
      },
    });
    await rebuildDirtyDays(late, shop.tenant.id);
    expect(await count("SELECT revenue n FROM daily_sales WHERE tenant_id = ?", shop.tenant.id)).toBe(1000);
    expect(await count("SELECT count(*) n FROM dirty_days WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("leaves the day dirty when a sale is made right after its batch", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { price: 500 });
    await sellOne(shop.admin.token, product.id);
    const early = between(base(), {
      after: async () => {
        await sellOne(shop.admin.token, product.id);
      },
    });
    await rebuildDirtyDays(early, shop.tenant.id);
    expect(await count("SELECT revenue n FROM daily_sales WHERE tenant_id = ?", shop.tenant.id)).toBe(500);
    expect(await count("SELECT count(*) n FROM dirty_days WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
    expect(await kpisOf(shop)).toMatchObject({ total_revenue: 1000, sales: 2 });
  });

  it("rebuilds a limited number of days per message, which sends another for the rest", async () => {
    const shop = await newShop();
    await change(
      `INSERT INTO dirty_days (tenant_id, day)
        WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value <= ?)
        SELECT ?, date('2000-01-01', '+' || value || ' days') FROM n`,
      MAX_DAYS_PER_MESSAGE,
      shop.tenant.id,
    );
    const ctx = base();
    expect(await rebuildDirtyDays(ctx, shop.tenant.id)).toEqual({ days: MAX_DAYS_PER_MESSAGE, more: true });
    expect(ctx.db.cost.statements).toBeLessThanOrEqual(300);
    expect(await rebuildDirtyDays(base(), shop.tenant.id)).toEqual({ days: 1, more: false });
  });

  it("leaves a day that others have marked before each of its ten steps to another message", async () => {
    const shop = await newShop();
    await sellOnDays(shop, 1);
    let steps = 0;
    const crossed = between(base(), {
      before: async () => {
        steps += 1;
        await change(
          "UPDATE dirty_days SET needs_rebuild = 1 - needs_rebuild WHERE tenant_id = ?",
          shop.tenant.id,
        );
      },
    });
    expect(await rebuildDirtyDays(crossed, shop.tenant.id)).toEqual({ days: 0, more: true });
    expect(steps).toBe(10);
    expect(await rebuildDirtyDays(base(), shop.tenant.id)).toEqual({ days: 1, more: false });
  });

  it("has nothing left of a day whose only sale was cancelled", async () => {
    const shop = await newShop();
    const { id: product_id } = await newProduct(shop);
    const { id: customer_id } = await newPerson(shop.tenant, "CUSTOMER");
    await sell(
      shop.admin.ctx(new Date("2026-03-02T10:00:00Z")),
      { items: [{ product_id, quantity: 1000 }], payment_method: "cash", customer_id },
      undefined,
    );
    await rebuildDirtyDays(base(), shop.tenant.id);
    await change("UPDATE sales SET status = 'cancelled' WHERE tenant_id = ?", shop.tenant.id);
    await change("INSERT INTO dirty_days (tenant_id, day) VALUES (?, '2026-03-02')", shop.tenant.id);
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await kpisOf(shop)).toMatchObject({ total_revenue: 0, sales: 0, customers: 0 });
    for (const path of ["top-customers", "top-products", "top-countries", "breakdown?by=channel"]) {
      const { body } = await call("GET", `${API}/metrics/${path}`, { token: shop.admin.token });
      expect(body.data, path).toEqual([]);
    }
  });

  it("changes nothing when its batch fails", async () => {
    const shop = await newShop();
    await sellOnDays(shop, 2);
    const before = await dailyOf(shop);
    const failing = between(base(), {
      change: (_, statements) => [...statements, sql`INSERT INTO sales (id) VALUES (NULL)`],
    });
    await expect(rebuildDirtyDays(failing, shop.tenant.id)).rejects.toThrow("NOT NULL");
    expect(await dailyOf(shop)).toEqual(before);
  });

  it("counts a late import on the day of the sale, and changes no other shop", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    await importFile(shop, fileOf([{ invoice: "1", date: "2020-01-02 10:00", price: "5" }]));
    await sellOnDays(other, 1);
    await importFile(shop, fileOf([{ invoice: "2", date: "2020-01-02 18:00", price: "7", customer: "9" }]));
    const { body } = await call("GET", `${API}/metrics/sales-summary`, { token: shop.admin.token });
    expect(body.data).toEqual([{ date: "2020-01-02", num_sales: 2, total_sales: 1200 }]);
    expect(
      await rowsOf(
        `SELECT t.revenue, s.customers FROM daily_sales t
          JOIN customer_sets s ON s.tenant_id = t.tenant_id AND s.interval = 'day' AND s.period = t.day WHERE t.tenant_id = ?`,
        shop.tenant.id,
      ),
    ).toEqual([{ revenue: 1200, customers: "[-1]" }]);
    expect((await dailyOf(other)).map((rows) => rows.length)).toEqual([0, 0, 0, 1]);
  });
});

describe("ETL messages", () => {
  it("are sent once per shop with dirty days, however many days", async () => {
    const [busy, idle, clean] = [await newShop(), await newShop(), await newShop()];
    await sellOnDays(busy, 3);
    await sellOnDays(clean, 1);
    await rebuildDirtyDays(base(), clean.tenant.id);
    const { ctx, sent } = recording(base(), "ROLLUPS");
    await queueRollups(ctx);
    const of = (shop: Shop) => sent.filter((message) => JSON.stringify(message).includes(shop.tenant.id));
    expect(of(busy)).toEqual([{ kind: "rollup", tenant_id: busy.tenant.id, products: false }]);
    for (const shop of [idle, clean]) expect(of(shop)).toEqual([]);
    // At night also for one of which only the products are to be counted.
    sent.length = 0;
    await queueNightlyRollups(ctx);
    for (const shop of [busy, clean])
      expect(of(shop)).toEqual([{ kind: "rollup", tenant_id: shop.tenant.id, products: true }]);
    expect(of(idle)).toEqual([]);
    // A day waits from the first request on.
    await queueRollups({ ...ctx, now: new Date(ctx.now.getTime() + 3_600_000) });
    expect(
      await rowsOf("SELECT DISTINCT asked_at FROM dirty_days WHERE tenant_id = ?", busy.tenant.id),
    ).toEqual([{ asked_at: ctx.now.toISOString() }]);
  });

  it("are sent for a shop of which only a month or a timeline is to be built, once it is over", async () => {
    const [month, openMonth, timeline, openTimeline] = [
      await newShop(),
      await newShop(),
      await newShop(),
      await newShop(),
    ];
    const mark = (table: string, { tenant }: Shop, first: string) =>
      change(
        `INSERT INTO ${table} VALUES (?, ?${table === "unbuilt_months" ? "" : ", NULL"})`,
        tenant.id,
        first,
      );
    await mark("unbuilt_months", month, "2026-10-01");
    await mark("unbuilt_months", openMonth, "2026-11-01");
    await mark("unbuilt_timelines", timeline, "2026-11-14");
    await mark("unbuilt_timelines", openTimeline, "2026-11-15");
    const shopsAt = async (queue: typeof queueRollups, now: string): Promise<boolean[]> => {
      const { ctx, sent } = recording(base(new Date(now)), "ROLLUPS");
      await queue(ctx);
      const text = JSON.stringify(sent);
      return [month, openMonth, timeline, openTimeline].map(({ tenant }) => text.includes(tenant.id));
    };
    // A day is over everywhere twelve hours after its end in UTC.
    expect(await shopsAt(queueRollups, "2026-11-15T12:00:00Z")).toEqual([true, false, true, false]);
    expect(await shopsAt(queueRollups, "2026-11-15T11:59:59Z")).toEqual([true, false, false, false]);
    expect(await shopsAt(queueRollups, "2026-12-01T12:00:00Z")).toEqual([true, true, true, true]);
    expect(await shopsAt(queueNightlyRollups, "2026-11-15T12:00:00Z")).toEqual([true, false, false, false]);
  });

  it("are sent on request, and the status shows the dirty days and the last run", async () => {
    const shop = await newShop();
    const status = async () => (await call("GET", `${API}/rollups/status`, { token: shop.admin.token })).body;
    expect(await status()).toEqual({ dirty_days: [], product_days: 0, last_run: null });
    await sellOnDays(shop, 2);
    const dirtyDays: string[] = (await status()).dirty_days;
    expect([dirtyDays.length, dirtyDays]).toEqual([2, dirtyDays.toSorted()]);
    expect((await call("POST", `${API}/rollups/run`, { token: shop.admin.token })).status).toBe(202);
    await until(async () => (await status()).last_run !== null);
    expect(await status()).toMatchObject({ dirty_days: [], last_run: { days: 2 } });
  });

  it("are not needed for days that are built, whose products wait to be counted", async () => {
    const shop = await newShop();
    await sellOnDays(shop, 2);
    await rebuildDirtyDays(base(), shop.tenant.id);
    const { body } = await call("GET", `${API}/rollups/status`, { token: shop.admin.token });
    const last_run = { days: 2, started_at: expect.any(String), finished_at: expect.any(String) };
    expect(body).toEqual({ dirty_days: [], product_days: 2, last_run });
    expect(body.last_run.started_at <= body.last_run.finished_at).toBe(true);
  });

  it("can be requested only by an ADMIN", async () => {
    const shop = await newShop();
    const { token } = await newPerson(shop.tenant, "EMPLOYEE");
    expect((await call("POST", `${API}/rollups/run`, { token })).status).toBe(403);
    expect((await call("GET", `${API}/rollups/status`, { token })).status).toBe(403);
  });
});
