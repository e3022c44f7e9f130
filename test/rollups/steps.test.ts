// What one step of the ETL takes, so that its batch is bounded and no sale is left.
import { describe, expect, it } from "vitest";
import { nextStep, runStep } from "../../src/rollups/advance.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { count, rowsOf } from "../support/d1.ts";
import { sellMany } from "../support/many-sales.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

const [FIRST, SECOND] = ["2026-10-05", "2026-10-06"];

/** Runs the next step; `sales` are those in the daily tables afterwards. */
async function stepOf({ tenant }: Shop, limits: { days: number; sales: number; lines: number }) {
  const ctx = base();
  const step = await nextStep(ctx, tenant.id, { isRebuild: true, before: null }, limits);
  expect(await runStep(ctx, tenant.id, step)).toBe(true);
  return {
    days: step.marks.map(({ day }) => day),
    finished: step.finished,
    hasMore: step.hasMore,
    sales: await count("SELECT coalesce(sum(sales), 0) n FROM daily_sales WHERE tenant_id = ?", tenant.id),
  };
}

/** A shop with sales of so many lines on the first day, and a sale of one line on the second. */
async function shopWith(sales: number, lines: number): Promise<Shop> {
  const shop = await newShop();
  await sellMany(shop, sales, FIRST, lines);
  await sellMany(shop, 1, SECOND);
  return shop;
}

const rebuildAll = ({ tenant }: Shop) =>
  change(
    `INSERT INTO dirty_days (tenant_id, day, needs_rebuild) SELECT tenant_id, day, 1 FROM daily_sales WHERE tenant_id = ?
      ON CONFLICT DO UPDATE SET needs_rebuild = 1`,
    tenant.id,
  );

describe("a step", () => {
  it("takes days until it has the sales of its limit, of the last day some", async () => {
    const shop = await newShop();
    await sellMany(shop, 2, FIRST);
    await sellMany(shop, 3, SECOND);
    const asked_at = "2026-10-07T10:00:00.000Z";
    await change("UPDATE dirty_days SET asked_at = ? WHERE tenant_id = ?", asked_at, shop.tenant.id);
    const limits = { days: 5, sales: 4, lines: 100 };
    expect(await stepOf(shop, limits)).toEqual({
      days: [FIRST, SECOND],
      finished: [FIRST],
      hasMore: true,
      sales: 4,
    });
    // The other one waits for as long as before.
    expect(await rowsOf("SELECT day, asked_at FROM dirty_days WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { day: SECOND, asked_at },
    ]);
    expect(await stepOf(shop, limits)).toEqual({
      days: [SECOND],
      finished: [SECOND],
      hasMore: false,
      sales: 5,
    });
  });

  it("takes no day whose sales it has not read", async () => {
    const shop = await shopWith(4, 4);
    const limits = { days: 5, sales: 3, lines: 10 };
    expect(await stepOf(shop, limits)).toEqual({ days: [FIRST], finished: [], hasMore: true, sales: 2 });
  });

  it("takes no second sale with which it would have too many lines", async () => {
    const shop = await shopWith(3, 6);
    const limits = { days: 5, sales: 10, lines: 10 };
    expect(await stepOf(shop, limits)).toEqual({
      days: [FIRST, SECOND],
      finished: [SECOND],
      hasMore: true,
      sales: 2,
    });
  });

  it("takes no further day when it has the lines of its limit", async () => {
    const shop = await shopWith(1, 10);
    const limits = { days: 5, sales: 10, lines: 10 };
    expect(await stepOf(shop, limits)).toEqual({
      days: [FIRST],
      finished: [FIRST],
      hasMore: true,
      sales: 1,
    });
  });

  it("reads no sale after its instant, nor one that is not completed, into its limit", async () => {
    const shop = await newShop();
    // At 00:00:01, 00:00:02 and 00:00:03.
    await sellMany(shop, 3, FIRST);
    const limits = { days: 5, sales: 2, lines: 10 };
    const before = (second: number) =>
      nextStep(
        base(),
        shop.tenant.id,
        { isRebuild: false, before: new Date(`${FIRST}T00:00:0${second}Z`) },
        limits,
      );
    expect(await before(2)).toMatchObject({ finished: [FIRST], hasMore: false });
    expect(await before(3)).toMatchObject({ finished: [], hasMore: true });
    await change(
      "UPDATE sales SET status = 'cancelled' WHERE tenant_id = ? AND placed_at LIKE '%:01.000Z'",
      shop.tenant.id,
    );
    expect(await before(3)).toMatchObject({ finished: [FIRST], hasMore: false });
  });

  it("takes the days of its limit", async () => {
    const shop = await shopWith(1, 1);
    const limits = { days: 1, sales: 10, lines: 10 };
    expect(await stepOf(shop, limits)).toMatchObject({ days: [FIRST], finished: [FIRST], hasMore: true });
  });

  it("has more to do when it has read the late sales of its limit", async () => {
    const shop = await newShop();
    await sellMany(shop, 1, FIRST);
    await rebuildDirtyDays(base(), shop.tenant.id);
    for (const statement of [
      "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, ?, 0)",
      'INSERT INTO late_sales (tenant_id, day, placed_at, sale_id) SELECT ?, ?, substr(value, 1, 1), substr(value, 2) FROM json_each(\'["1x", "1y", "2x"]\')',
    ])
      await change(statement, shop.tenant.id, FIRST);
    const limits = { days: 5, sales: 2, lines: 10 };
    expect(await stepOf(shop, limits)).toMatchObject({ hasMore: true });
    expect(await stepOf(shop, limits)).toMatchObject({ hasMore: false });
  });

  it("takes the sales of its limit from late and missing ones together, and so the lines", async () => {
    const shop = await newShop();
    const { id } = shop.tenant;
    await sellMany(shop, 1, FIRST);
    await rebuildDirtyDays(base(), id);
    await sellMany(shop, 2, FIRST, 6);
    const start = `${FIRST}T00:00:00.000Z`;
    await change("UPDATE sales SET placed_at = ? WHERE tenant_id = ? AND lines = 6", start, id);
    await change(
      "INSERT INTO late_sales (tenant_id, day, placed_at, sale_id) SELECT tenant_id, day, placed_at, id FROM sales WHERE tenant_id = ? AND lines = 6",
      id,
    );
    const limits = { days: 5, sales: 3, lines: 6 };
    const step = await nextStep(base(), id, { isRebuild: true, before: null }, limits);
    expect([step.late.length, step.finished, step.hasMore]).toEqual([1, [], true]);
    await sellMany(shop, 4, FIRST);
    expect(await stepOf(shop, { ...limits, lines: 100 })).toEqual({
      days: [FIRST],
      finished: [],
      hasMore: true,
      sales: 4,
    });
    expect(await rebuildDirtyDays(base(), id)).toMatchObject({ more: false });
    expect(await count("SELECT sum(sales) n FROM daily_sales WHERE tenant_id = ?", id)).toBe(7);
  });

  it("rebuilds days together that have the lines of its limit", async () => {
    const shop = await shopWith(9, 1);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await rebuildAll(shop);
    const limits = { days: 5, sales: 100, lines: 10 };
    expect(await stepOf(shop, limits)).toMatchObject({ finished: [FIRST, SECOND], hasMore: false });
  });

  it("rebuilds a day that has more lines than its limit, and no other with it", async () => {
    const shop = await shopWith(1, 12);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await rebuildAll(shop);
    const limits = { days: 5, sales: 100, lines: 10 };
    await change(
      "INSERT INTO late_sales (tenant_id, day, placed_at, sale_id) VALUES (?, ?, '1', 'x')",
      shop.tenant.id,
      SECOND,
    );
    expect(await stepOf(shop, limits)).toMatchObject({ finished: [FIRST], hasMore: true });
    expect(
      await rowsOf("SELECT day, needs_rebuild FROM dirty_days WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ day: SECOND, needs_rebuild: 1 }]);
    expect(await rowsOf("SELECT day FROM late_sales WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { day: SECOND },
    ]);
  });
});
