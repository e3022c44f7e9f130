// A later page of a list of some days reads no more rows than the first: an index takes one bound on each side, the cursor's.
import { beforeAll, describe, expect, it } from "vitest";
import { API, call, costOf } from "../support/client.ts";
import { change } from "../support/change.ts";
import { newProduct, newShop, type Shop } from "../support/shops.ts";

const DAY = "2026-03-10";
const NUMBERS = JSON.stringify(Array.from({ length: 300 }, (_, index) => index + 1));
const ID = "printf('00000000-0000-7000-8000-%012d', value)";
// Instants of one day, each later than the one before.
const AT = `strftime('%Y-%m-%dT%H:%M:%fZ', '${DAY}', '+' || (28800 + value) || ' seconds')`;

async function fill({ tenant, admin }: Shop, productId: string): Promise<void> {
  await change(
    `INSERT INTO sales (tenant_id, id, kind, channel, status, number, total, units, lines, placed_at, day, created_at)
      SELECT ?, ${ID}, 'sale', 'counter', 'completed', value, 1000, 1000, 1, ${AT}, '${DAY}', ${AT} FROM json_each(?)`,
    tenant.id,
    NUMBERS,
  );
  await change(
    `INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
      SELECT tenant_id, id, 1, ?, 'A', 'A', 1000, 1000, 1000 FROM sales WHERE tenant_id = ?`,
    productId,
    tenant.id,
  );
  await change(
    `INSERT INTO audit_log (tenant_id, id, action, entity_id) SELECT ?, ${ID}, 'product.added', value FROM json_each(?)`,
    tenant.id,
    NUMBERS,
  );
  await change(
    `INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, created_at)
      SELECT ?, ${ID}, ?, 'CLOSED', ${AT}, '${DAY}', ${AT}, 0, ${AT} FROM json_each(?)`,
    tenant.id,
    admin.id,
    NUMBERS,
  );
  await change(
    `INSERT INTO lake_files (tenant_id, key, dataset, day, rows, bytes, etag, created_at, added)
      SELECT ?1, printf('%s/purchases/year=2026/month=03/day=10/%06d.parquet', ?1, value), 'purchases', '${DAY}', 1, 1, '"a"', ${AT}, 0
      FROM json_each(?2)`,
    tenant.id,
    NUMBERS,
  );
}

describe("a later page of a list of some days", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await newShop();
    await fill(shop, (await newProduct(shop)).id);
  });

  it.each([
    ["/sales", "2026-01-01"],
    ["/metrics/page", "2026-01-01"],
    ["/shifts", "2026-01-01"],
    ["/lake/files", "2026-01-01"],
    // The ids of its entries are of 1970.
    ["/audit", "1969-01-01"],
  ])("of %s reads no more rows than the first", async (path, from) => {
    let cursor = "";
    const reads: number[] = [];
    for (let page = 0; page < 6; page += 1) {
      const answer = await call("GET", `${API}${path}?limit=20&from=${from}&to=2026-12-31${cursor}`, {
        token: shop.admin.token,
      });
      expect(answer.body.data, path).toHaveLength(20);
      reads.push(costOf(answer).read);
      cursor = `&cursor=${answer.body.next_cursor}`;
    }
    // The first request of a login reads who it is, and a cursor may read the row at which it begins.
    const [first = 0, ...later] = reads;
    expect(Math.max(...later) - first, reads.join()).toBeLessThanOrEqual(5);
  });
});
