// When the ETL builds a month.
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { buildMonths } from "../../src/rollups/months.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { between, rowsOf } from "../support/d1.ts";
import { sellMany } from "../support/many-sales.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

const DAYS = ["2020-01-15", "2020-01-31"];

async function builtShop(): Promise<Shop> {
  const shop = await newShop();
  for (const day of DAYS) await sellMany(shop, 1, day);
  await rebuildDirtyDays(base(), shop.tenant.id);
  return shop;
}

const monthsIn = async (table: string, { tenant }: Shop) =>
  (await rowsOf(`SELECT DISTINCT month FROM ${table} WHERE tenant_id = ?`, tenant.id)).map(
    ({ month }) => month,
  );

const builtMonths = (shop: Shop) =>
  Promise.all(["monthly_totals", "ranking_months"].map((table) => monthsIn(table, shop)));

const JANUARY = "2020-01-01";

describe("a month", () => {
  it("is built when it is over in every time zone", async () => {
    const shop = await builtShop();
    await buildMonths(base(new Date("2020-02-01T11:59:59.999Z")), shop.tenant.id);
    expect(await builtMonths(shop)).toEqual([[], []]);
    await buildMonths(base(new Date("2020-02-01T12:00:00Z")), shop.tenant.id);
    expect(await builtMonths(shop)).toEqual([[JANUARY], [JANUARY]]);
  });

  it.each(["2020-01-01", ...DAYS])("waits for the rebuild of its day %s", async (day) => {
    const shop = await builtShop();
    await change("INSERT INTO dirty_days (tenant_id, day) VALUES (?, ?)", shop.tenant.id, day);
    await buildMonths(base(), shop.tenant.id);
    expect(await builtMonths(shop)).toEqual([[], []]);
    expect(await monthsIn("unbuilt_months", shop)).toEqual([JANUARY]);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await buildMonths(base(), shop.tenant.id);
    expect(await builtMonths(shop)).toEqual([[JANUARY], [JANUARY]]);
  });

  it("has no ranking of the next one that is not over, though something was sold on its first day", async () => {
    const shop = await builtShop();
    await sellMany(shop, 1, "2020-02-01");
    await rebuildDirtyDays(base(), shop.tenant.id);
    await buildMonths(base(new Date("2020-02-15T12:00:00Z")), shop.tenant.id);
    expect(await builtMonths(shop)).toEqual([[JANUARY], [JANUARY]]);
    await buildMonths(base(), shop.tenant.id);
    const both = [JANUARY, "2020-02-01"];
    expect(await builtMonths(shop)).toEqual([both, both]);
  });

  it("is built once by two messages at the same time", async () => {
    const shop = await builtShop();
    const rankings = () => rowsOf("SELECT * FROM ranking_months WHERE tenant_id = ?", shop.tenant.id);
    const stored: unknown[] = [];
    const crossed = between(base(), {
      // The second batch stores the rankings.
      before: async (nth) => {
        if (nth !== 2) return;
        await buildMonths(base(), shop.tenant.id);
        stored.push(...(await rankings()));
      },
    });
    expect(await buildMonths(crossed, shop.tenant.id)).toBe(false);
    expect(stored).toHaveLength(1);
    expect(await rankings()).toEqual(stored);
  });

  it("does not wait for the rebuild of another shop", async () => {
    const [shop, other] = [await builtShop(), await newShop()];
    await change("INSERT INTO dirty_days (tenant_id, day) VALUES (?, ?)", other.tenant.id, DAYS[0]);
    await buildMonths(base(), shop.tenant.id);
    expect(await builtMonths(shop)).toEqual([[JANUARY], [JANUARY]]);
  });

  it("does not wait for the rebuild of a later day", async () => {
    const shop = await builtShop();
    await change("INSERT INTO dirty_days (tenant_id, day) VALUES (?, '2020-02-01')", shop.tenant.id);
    await buildMonths(base(), shop.tenant.id);
    expect(await builtMonths(shop)).toEqual([[JANUARY], [JANUARY]]);
  });

  it("does not wait for an earlier day either, except with its rankings, nor for a day to which sales are added", async () => {
    const shop = await builtShop();
    const mark = (day: string, needsRebuild: number) =>
      change(
        "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, ?, ?)",
        shop.tenant.id,
        day,
        needsRebuild,
      );
    await mark("2020-01-20", 0);
    await mark("2019-12-31", 1);
    await buildMonths(base(), shop.tenant.id);
    expect(await builtMonths(shop)).toEqual([[JANUARY], []]);
    await change("DELETE FROM dirty_days WHERE tenant_id = ? AND needs_rebuild = 1", shop.tenant.id);
    await buildMonths(base(), shop.tenant.id);
    expect(await builtMonths(shop)).toEqual([[JANUARY], [JANUARY]]);
  });

  it("is built by another message if it is not among the first fifteen", async () => {
    const [unbuilt, unranked] = [await newShop(), await newShop()];
    const fill = (statement: string, { tenant }: Shop, months: number) =>
      change(
        `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - 1) ${statement}`,
        tenant.id,
        months,
      );
    await fill(
      "INSERT INTO unbuilt_months SELECT ?1, date('2020-01-01', i || ' months') FROM n",
      unbuilt,
      16,
    );
    await fill(
      `INSERT INTO daily_sales (tenant_id, day, sales, refunds, lines, units, revenue)
        SELECT ?1, date('2020-01-15', i || ' months'), 1, 0, 1, 1000, 1 FROM n`,
      unranked,
      16,
    );
    const isLeft = async ({ tenant }: Shop) => buildMonths(base(), tenant.id);
    expect([await isLeft(unbuilt), await isLeft(unranked)]).toEqual([true, true]);
    expect(await monthsIn("unbuilt_months", unbuilt)).toEqual(["2021-04-01"]);
    expect(await isLeft(unbuilt)).toBe(false);
  });

  it("fails the message if it cannot be built, so that it is delivered again", async () => {
    const shop = await builtShop();
    const failing = between(base(), {
      change: (nth, statements) =>
        nth === 1 ? [...statements, sql`INSERT INTO sales (id) VALUES (NULL)`] : statements,
    });
    await expect(buildMonths(failing, shop.tenant.id)).rejects.toThrow("NOT NULL");
    expect(await builtMonths(shop)).toEqual([[], []]);
  });
});
