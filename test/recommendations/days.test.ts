import { expect, it } from "vitest";
import { buildNextProductDays } from "../../src/recommendations/days.ts";
import { change } from "../support/change.ts";
import { rowsOf } from "../support/d1.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

/** A shop with days to build that have these numbers of lines. */
async function shopOf(lines: Record<string, number>): Promise<Shop> {
  const shop = await newShop();
  for (const [day, n] of Object.entries(lines)) {
    await change(
      `INSERT INTO daily_sales (tenant_id, day, sales, refunds, lines, units, revenue)
        VALUES (?1, ?2, 1, 0, ?3, 1, 1)`,
      shop.tenant.id,
      day,
      n,
    );
    await change(
      "INSERT INTO dirty_product_days (tenant_id, day, is_built) VALUES (?, ?, 0)",
      shop.tenant.id,
      day,
    );
  }
  return shop;
}

const builtDays = async ({ tenant }: Shop) =>
  (
    await rowsOf(
      "SELECT day FROM dirty_product_days WHERE tenant_id = ? AND is_built = 1 ORDER BY day",
      tenant.id,
    )
  ).map(({ day }) => day);

const build = ({ tenant }: Shop) => buildNextProductDays(base(), tenant.id);

it("the days of up to thirty thousand lines are built at once", async () => {
  const shop = await shopOf({ "2026-03-01": 15_000, "2026-03-02": 15_000, "2026-03-03": 15_000 });
  expect(await build(shop)).toBe(true);
  expect(await builtDays(shop)).toEqual(["2026-03-01", "2026-03-02"]);
  expect(await build(shop)).toBe(true);
  expect(await builtDays(shop)).toEqual(["2026-03-01", "2026-03-02", "2026-03-03"]);
  expect(await build(shop)).toBe(false);
});

it("a day of more lines is built alone", async () => {
  const shop = await shopOf({ "2026-03-01": 40_000, "2026-03-02": 1 });
  expect(await build(shop)).toBe(true);
  expect(await builtDays(shop)).toEqual(["2026-03-01"]);
});
