import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runChecks } from "../../../scripts/backup/checks.ts";
import { dropTriggers } from "../../../scripts/backup/load-table.ts";
import { indexStaleProducts } from "../../../src/catalog/search/indexing.ts";
import { buildMonths } from "../../../src/rollups/months.ts";
import { rebuildDirtyDays } from "../../../src/rollups/rebuild.ts";
import { busyShop } from "../../support/busy-shop.ts";
import { change } from "../../support/change.ts";
import { base, newProduct } from "../../support/shops.ts";

/** The checks that fail, and how many of all there are. */
async function failures(): Promise<{ failed: string[]; all: number }> {
  const failed: string[] = [];
  let all = 0;
  const found = await runChecks(env.DB, (what, wrong) => {
    all += 1;
    if (wrong !== null) failed.push(what);
  });
  expect(found).toBe(failed.length);
  return { failed, all };
}

const DAY = "day = '2026-03-02'";
const MARCH = "month = '2026-03-01'";
const REFUND = "SELECT tenant_id, refund_of, id FROM sales WHERE refund_of IS NOT NULL";

/** What a check notices: a change, and the change that takes it back. */
const VIOLATIONS: Record<string, [change: string, back: string][]> = {
  "a sale is the sum of its lines": ["total", "units", "lines"].map((column) => [
    `UPDATE sales SET ${column} = ${column} + 1 WHERE external_ref = '1'`,
    `UPDATE sales SET ${column} = ${column} - 1 WHERE external_ref = '1'`,
  ]),
  "a product's stock is the sum of its moves": [
    [
      "UPDATE products SET stock = stock + 1000 WHERE title = 'Moved'",
      "UPDATE products SET stock = stock - 1000 WHERE title = 'Moved'",
    ],
    [
      "UPDATE products SET stock = 1000 WHERE title = 'Never moved'",
      "UPDATE products SET stock = NULL WHERE title = 'Never moved'",
    ],
  ],
  "the refunded units of a sale's lines are those of its refunds": [
    [
      "UPDATE sale_lines SET refunded = refunded + 1000 WHERE refunded > 0",
      "UPDATE sale_lines SET refunded = refunded - 1000 WHERE refunded > 0",
    ],
    [
      "UPDATE sale_lines SET refunded = 0 WHERE refunded > 0",
      "UPDATE sale_lines SET refunded = 1000 WHERE quantity = 3000",
    ],
    [
      "UPDATE sales SET reason = refund_of, refund_of = NULL WHERE refund_of IS NOT NULL",
      "UPDATE sales SET refund_of = reason, reason = 'back' WHERE kind = 'refund'",
    ],
  ],
  "the barcodes of each product are found": [
    [
      "DELETE FROM product_barcodes",
      "INSERT INTO product_barcodes SELECT tenant_id, '4006381333931', id FROM products WHERE title = 'Moved'",
    ],
    [
      "INSERT INTO product_barcodes SELECT tenant_id, '96385074', id FROM products WHERE title = 'Moved'",
      "DELETE FROM product_barcodes WHERE code = '96385074'",
    ],
    [
      "UPDATE product_barcodes SET product_id = (SELECT id FROM products WHERE title = 'Never moved')",
      "UPDATE product_barcodes SET product_id = (SELECT id FROM products WHERE title = 'Moved')",
    ],
  ],
  "a category counts its active products": [
    [
      "UPDATE category_counts SET products = products + 1 WHERE category = 'Books'",
      "UPDATE category_counts SET products = products - 1 WHERE category = 'Books'",
    ],
    [
      "UPDATE category_counts SET category = 'Toys' WHERE category = 'Games'",
      "UPDATE category_counts SET category = 'Games' WHERE category = 'Toys'",
    ],
  ],
  "the daily tables have the sales of each day that is not dirty": [
    ["daily_sales", "revenue"] as const,
    ["daily_sales", "units"] as const,
    ["daily_sales", "lines"] as const,
    ["daily_countries", "revenue"] as const,
    ["daily_countries", "units"] as const,
  ].map(([table, column]) => [
    `UPDATE ${table} SET ${column} = ${column} + 1 WHERE ${DAY}`,
    `UPDATE ${table} SET ${column} = ${column} - 1 WHERE ${DAY}`,
  ]),
  "the daily tables have the tax of the lines of each day that is not dirty": [
    "net",
    "tax",
    "refunded_net",
    "refunded_tax",
  ].map((column) => [
    `UPDATE daily_taxes SET ${column} = ${column} + 1 WHERE ${DAY}`,
    `UPDATE daily_taxes SET ${column} = ${column} - 1 WHERE ${DAY}`,
  ]),
  "the daily tables have the customers of each day that is not dirty": [
    [
      `UPDATE daily_customers SET country = 'Spain' WHERE ${DAY}`,
      `UPDATE daily_customers SET country = 'France' WHERE ${DAY}`,
    ],
    [
      `INSERT INTO daily_customers SELECT tenant_id, day, number + 9, country, 0, 0, 0, 0 FROM daily_customers WHERE ${DAY}`,
      `DELETE FROM daily_customers WHERE ${DAY} AND sales = 0`,
    ],
  ],
  "the daily tables have the totals of the customers of each day that is not dirty": [1, 2, 3, 4].map(
    (at) => {
      const add = (sum: string) =>
        `UPDATE ranking_days SET totals = json_set(totals, '$[0][${at}]', totals ->> '$[0][${at}]' ${sum})
        WHERE subject = 'customers' AND ${DAY}`;
      return [add("+ 1"), add("- 1")];
    },
  ),
  "a month that is built is the sum of its days": ["revenue", "units", "sales"].map((column) => {
    const add = (sum: string) =>
      `UPDATE monthly_totals SET totals = json_set(totals, '$[0].${column}', totals ->> '$[0].${column}' ${sum})
        WHERE name = 'daily_sales' AND ${MARCH}`;
    return [add("+ 1"), add("- 1")];
  }),
  "the last ranking of a shop has the totals of all days up to its month": [
    ["customers", 4] as const,
    ["products", 3] as const,
  ].map(([subject, at]) => {
    const add = (sum: string) =>
      `UPDATE ranking_months SET totals = json_set(totals, '$[0][${at}]', totals ->> '$[0][${at}]' ${sum})
        WHERE subject = '${subject}' AND ${MARCH}`;
    return [add("+ 1"), add("- 1")];
  }),
  "a day of the daily tables has sales": [
    [
      `INSERT INTO daily_sales SELECT tenant_id, '2026-03-04', 0, 0, 0, 0, 0, '' FROM daily_sales WHERE ${DAY}`,
      "DELETE FROM daily_sales WHERE day = '2026-03-04'",
    ],
    [
      `UPDATE sales SET status = 'cancelled' WHERE ${DAY}`,
      `UPDATE sales SET status = 'completed' WHERE ${DAY}`,
    ],
  ],
  "no more is refunded than was paid": [
    [
      `INSERT INTO payments (tenant_id, id, sale_id, provider, amount, currency, status, created_at)
        SELECT tenant_id, 'paid', refund_of, 'stripe', 99, 'EUR', 'received', '' FROM (${REFUND})
        UNION ALL SELECT tenant_id, id, refund_of, 'stripe', 100, 'EUR', 'refunded', '' FROM (${REFUND})`,
      "DELETE FROM payments WHERE created_at = ''",
    ],
  ],
  "search indexes each active product": [
    [
      "INSERT INTO product_search (rowid, title) VALUES (999999, 'nothing')",
      "DELETE FROM product_search WHERE rowid = 999999",
    ],
  ],
  "search indexes each customer": [
    [
      "INSERT INTO customer_search (rowid, words) VALUES (999999, 'nobody')",
      "DELETE FROM customer_search WHERE rowid = 999999",
    ],
  ],
  "a merged customer leads to one that was not merged": [
    ["UPDATE customers SET merged_into = id", "UPDATE customers SET merged_into = NULL"],
  ],
};

describe("the checks of a restored backup", () => {
  let createTriggers = async () => {};

  beforeAll(async () => {
    const shop = await busyShop();
    await newProduct(shop, { title: "Moved", stock: 3, barcodes: ["4006381333931"] });
    await newProduct(shop, { title: "Never moved" });
    while ((await rebuildDirtyDays(base(), shop.tenant.id)).more);
    while (await buildMonths(base(), shop.tenant.id));
    await indexStaleProducts(base());
    createTriggers = await dropTriggers(env.DB);
  });

  afterAll(() => createTriggers());

  it("find nothing wrong, and there is a violation here for each", async () => {
    // The first two are SQLite's own.
    expect(await failures()).toEqual({ failed: [], all: Object.keys(VIOLATIONS).length + 2 });
  });

  it.each(Object.entries(VIOLATIONS))("notice where this does not hold: %s", async (what, changes) => {
    for (const [violation, back] of changes) {
      await change(violation);
      expect((await failures()).failed, violation).toContain(what);
      await change(back);
    }
    expect((await failures()).failed).toEqual([]);
  });
});
