import { describe, expect, it } from "vitest";
import { buildNextProductDays } from "../../src/recommendations/days.ts";
import { change } from "../support/change.ts";
import { rowsOf } from "../support/d1.ts";
import { sellTogether } from "../support/recommendations.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

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

it("a day has as many lines as its old baskets, whatever those of other days have", async () => {
  const shop = await shopOf({ "2026-03-01": 15_000, "2026-03-02": 15_000, "2026-03-03": 1, "2026-03-04": 1 });
  await change(
    `INSERT INTO daily_baskets (tenant_id, day, lines, baskets) VALUES (?1, '2026-02-01', 40000, '[]'),
      (?1, '2026-03-03', 29999, '[]')`,
    shop.tenant.id,
  );
  await build(shop);
  expect(await builtDays(shop)).toEqual(["2026-03-01", "2026-03-02"]);
  await build(shop);
  expect(await builtDays(shop)).toHaveLength(4);
});

it("what customers have bought is indexed for the days that are built, and for no others", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop);
  const customer = await newPerson(shop.tenant, "CUSTOMER");
  const [earlier, sale] = [
    await sellTogether(shop, [id], customer),
    await sellTogether(shop, [id], customer),
  ];
  await change("UPDATE sales SET day = '2026-03-01' WHERE id = ?", earlier);
  await change(
    "INSERT INTO dirty_product_days (tenant_id, day, is_built) SELECT tenant_id, day, 0 FROM sales WHERE id = ?",
    sale,
  );
  await build(shop);
  expect(await rowsOf("SELECT sale_id FROM customer_products WHERE tenant_id = ?", shop.tenant.id)).toEqual([
    { sale_id: sale },
  ]);
});

describe("the baskets of a day", () => {
  /** Stores sales of these two products that say they have this many lines, one a second. */
  async function sell(
    shop: Shop,
    first: string,
    other: string,
    { from, count, lines = 2 }: { from: number; count: number; lines?: number },
  ): Promise<void> {
    await change(
      `INSERT INTO sales (tenant_id, id, kind, channel, status, number, total, units, lines, placed_at, day, created_at)
        WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1 + ?2)
        SELECT ?3, printf('00000000-0000-7000-8000-%012d', i), 'sale', 'counter', 'completed', i + 1, 2000, 2000, ?4,
          strftime('%Y-%m-%dT%H:%M:%fZ', '2026-03-01', '+' || (28800 + i) || ' seconds'), '2026-03-01',
          '2026-03-01T00:00:00.000Z' FROM n`,
      from,
      count,
      shop.tenant.id,
      lines,
    );
    await change(
      `INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
        SELECT s.tenant_id, s.id, j.key + 1, j.value, 'SKU', 'A book', 1000, 1000, 1000
        FROM sales s CROSS JOIN json_each(?1) j WHERE s.tenant_id = ?2 AND s.number > ?3`,
      JSON.stringify([first, other]),
      shop.tenant.id,
      from,
    );
  }

  async function basketsOf(shop: Shop): Promise<string[][]> {
    await change(
      `INSERT INTO dirty_product_days (tenant_id, day, is_built) VALUES (?, '2026-03-01', 0)
        ON CONFLICT DO UPDATE SET is_built = 0`,
      shop.tenant.id,
    );
    expect(await build(shop)).toBe(true);
    const rows = await rowsOf("SELECT baskets FROM daily_baskets WHERE tenant_id = ?", shop.tenant.id);
    return rows.flatMap(({ baskets }) => JSON.parse(String(baskets)));
  }

  it("are its last thousand", async () => {
    const shop = await newShop();
    const [common, early, last] = [await newProduct(shop), await newProduct(shop), await newProduct(shop)];
    await sell(shop, common.id, early.id, { from: 0, count: 2 });
    await sell(shop, common.id, last.id, { from: 2, count: 999 });
    const baskets = await basketsOf(shop);
    expect([baskets.length, baskets.filter((ids) => ids.includes(early.id)).length]).toEqual([1000, 1]);
  });

  it("are those of two to fifty lines with two products or more that were sold", async () => {
    const shop = await newShop();
    const [first, other] = [await newProduct(shop), await newProduct(shop)];
    const lines = [1, 2, 50, 51];
    for (const [at, each] of lines.entries())
      await sell(shop, first.id, other.id, { from: at, count: 1, lines: each });
    expect((await basketsOf(shop)).map((ids) => ids.length)).toEqual([2, 2]);
    const ofKind = (kind: string) =>
      change("UPDATE sales SET kind = ? WHERE tenant_id = ? AND lines = 2", kind, shop.tenant.id);
    await ofKind("refund");
    expect((await basketsOf(shop)).length).toBe(1);
    await ofKind("sale");
    const returned = "UPDATE sale_lines SET quantity = -quantity WHERE tenant_id = ? AND line_no = 2";
    await change(returned, shop.tenant.id);
    expect(await basketsOf(shop)).toEqual([]);
  });
});
