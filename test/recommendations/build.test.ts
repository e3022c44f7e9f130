// The nightly job: what it counts, that it may run twice or in several messages, and what it costs.
import { createMessageBatch, createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queue } from "../../workers/queue.ts";
import { runImport } from "../../src/imports/consume.ts";
import { buildProducts } from "../../src/recommendations/build.ts";
import { buildNeighbours } from "../../src/recommendations/neighbours.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { queueNightlyRollups, type ProductJob } from "../../src/rollups/jobs.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { fileOf, importFile, storeImport } from "../support/imports.ts";
import { refundOne, runNight, sellTogether } from "../support/recommendations.ts";
import { recording, until } from "../support/queues.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

/** All rows that the job stores. */
const storedRows = async ({ tenant: { id } }: Shop) => ({
  days: await rowsOf("SELECT * FROM daily_products WHERE tenant_id = ? ORDER BY day, product_id", id),
  baskets: await rowsOf("SELECT * FROM daily_baskets WHERE tenant_id = ? ORDER BY day", id),
  owned: await rowsOf(
    "SELECT * FROM customer_products WHERE tenant_id = ? ORDER BY product_id, sale_id, line_no",
    id,
  ),
  neighbours: await rowsOf("SELECT * FROM product_neighbours WHERE tenant_id = ? ORDER BY product_id", id),
  sold: await rowsOf("SELECT id, sold FROM products WHERE tenant_id = ? ORDER BY id", id),
});

const FROM_LINES = `FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
  WHERE s.tenant_id = ? AND s.status = 'completed'`;

/** The expected counts, from all lines. */
const countsOf = async ({ tenant: { id } }: Shop) => ({
  days: await rowsOf(
    `SELECT s.tenant_id, s.day, l.product_id, sum(l.quantity) AS units,
      count(DISTINCT CASE WHEN s.kind = 'sale' THEN s.id END) AS orders, sum(l.subtotal) AS revenue
      ${FROM_LINES} GROUP BY s.day, l.product_id ORDER BY s.day, l.product_id`,
    id,
  ),
  sold: await rowsOf(
    `SELECT p.id, (SELECT coalesce(sum(l.quantity), 0) ${FROM_LINES} AND l.product_id = p.id) AS sold
      FROM products p WHERE p.tenant_id = ? ORDER BY p.id`,
    id,
    id,
  ),
});

const action = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constant("sell" as const),
      day: fc.nat(20),
      products: fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: 5 }),
      isKnown: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("refund" as const), day: fc.nat(20), sale: fc.nat() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("import" as const),
      day: fc.nat(20),
      rows: fc.integer({ min: 2, max: 40 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("night" as const) }) },
);

describe("the nightly job", () => {
  it("counts, after any sales, refunds and imports over many nights, what a single run would count", async () => {
    const shop = await newShop();
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const products: string[] = [];
    for (let index = 0; index < 8; index += 1) products.push((await newProduct(shop)).id);
    const at = (day: number) =>
      shop.admin.ctx(new Date(Date.parse("2026-09-01T11:00:00Z") + day * 86_400_000));
    const sold: { id: string; product: string }[] = [];
    let files = 0;
    for (const step of fc.sample(action, { seed: 7, numRuns: 200 }))
      if (step.kind === "sell") {
        const items = step.products.map((index) => ({
          product_id: products[index] ?? "",
          quantity: 1000 * (1 + index),
        }));
        const buyer = step.isKnown ? { customer_id: customer.id } : {};
        const { value } = await sell(at(step.day), { items, payment_method: "card", ...buyer }, undefined);
        sold.push({ id: value.id, product: items[0]?.product_id ?? "" });
      } else if (step.kind === "refund") {
        const [sale] = sold.splice(step.sale % (sold.length + 1), 1);
        const items = [{ product_id: sale?.product ?? "", quantity: 1000 }];
        if (sale)
          await refundSale(at(step.day), sale.id, { items, reason: "late", restock: false }, undefined);
      } else if (step.kind === "import") {
        files += 1;
        const rows = Array.from({ length: step.rows }, (_, index) => ({
          invoice: `${index % 7 === 6 ? "C" : ""}${files}-${index >> 2}`,
          sku: `S${index % 5}`,
          date: new Date(Date.parse("2026-09-01T11:00:00Z") + step.day * 86_400_000).toISOString(),
          quantity: index % 7 === 6 ? -1 : 2,
        }));
        const { ctx } = recording(base(), "ROLLUPS");
        await runImport(ctx, shop.tenant, await storeImport(shop.admin.ctx(), fileOf(rows)));
      } else await runNight(shop);
    await runNight(shop);
    const rows = await storedRows(shop);
    expect(rows).toMatchObject(await countsOf(shop));
    expect(rows.neighbours.length).toBeGreaterThan(10);
    expect(rows.owned.length).toBeGreaterThan(10);

    for (const table of ["daily_products", "daily_baskets", "customer_products", "product_neighbours"])
      await change(`DELETE FROM ${table} WHERE tenant_id = ?`, shop.tenant.id);
    await change("UPDATE products SET sold = 0 WHERE tenant_id = ?", shop.tenant.id);
    await change(
      "INSERT INTO dirty_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await change(
      "INSERT INTO dirty_product_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await runNight(shop);
    expect(await storedRows(shop)).toEqual(rows);
  }, 120_000);

  it("changes nothing if it runs twice, or twice at once", async () => {
    const shop = await newShop();
    const [one, two] = [await newProduct(shop), await newProduct(shop)];
    for (let times = 0; times < 3; times += 1) await sellTogether(shop, [one.id, two.id]);
    await rebuildDirtyDays(base(), shop.tenant.id);
    const job: ProductJob = { kind: "product-counts", tenant_id: shop.tenant.id, products_after: "" };
    await Promise.all([buildProducts(base(), job), buildProducts(base(), job)]);
    const rows = await storedRows(shop);
    expect(rows.sold.map(({ sold }) => sold)).toEqual([3000, 3000]);
    expect(rows.neighbours.length).toBe(2);
    await runNight(shop);
    await change(
      "INSERT INTO dirty_product_days (tenant_id, day) SELECT tenant_id, day FROM daily_sales WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await runNight(shop);
    expect(await storedRows(shop)).toEqual(rows);
  });

  it("counts a day again that has changed while its neighbours were computed", async () => {
    const shop = await newShop();
    const [one, two] = [await newProduct(shop), await newProduct(shop)];
    await sellTogether(shop, [one.id, two.id]);
    await rebuildDirtyDays(base(), shop.tenant.id);
    const job: ProductJob = { kind: "product-counts", tenant_id: shop.tenant.id, products_after: "" };
    const interrupted = between(base(), {
      // The first batch counts the day, the second stores the neighbours.
      before: async (nth) => {
        if (nth !== 2) return;
        await sellTogether(shop, [one.id]);
        await rebuildDirtyDays(base(), shop.tenant.id);
      },
    });
    expect(await buildProducts(interrupted, job)).toBeNull();
    const { ctx, sent } = recording(base(), "ROLLUPS");
    await queueNightlyRollups(ctx);
    expect(sent).toContainEqual({ kind: "rollup", tenant_id: shop.tenant.id, products: true });
    await runNight(shop);
    expect((await storedRows(shop)).sold).toEqual([
      { id: one.id, sold: 2000 },
      { id: two.id, sold: 1000 },
    ]);
  });

  it("deducts a refund from the units sold, and deletes a neighbour that no longer qualifies", async () => {
    const shop = await newShop();
    const [one, two] = [await newProduct(shop), await newProduct(shop)];
    const sales = [];
    for (let times = 0; times < 3; times += 1) sales.push(await sellTogether(shop, [one.id, two.id]));
    await runNight(shop);
    await refundOne(shop, sales[0] ?? "", two.id);
    await runNight(shop);
    const rows = await storedRows(shop);
    expect(rows.sold).toEqual([
      { id: one.id, sold: 3000 },
      { id: two.id, sold: 2000 },
    ]);
    expect(rows.neighbours.length).toBe(2);
    await change(
      "UPDATE sales SET status = 'cancelled' WHERE tenant_id = ? AND id = ?",
      shop.tenant.id,
      sales[0],
    );
    await change(
      "INSERT INTO dirty_days (tenant_id, day) SELECT DISTINCT tenant_id, day FROM sales WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await runNight(shop);
    expect((await storedRows(shop)).neighbours).toEqual([]);
  });

  it("ignores sales of more than fifty lines, and stores at most twenty neighbours", async () => {
    const shop = await newShop();
    const rows = [50, 51].flatMap((lines) =>
      Array.from({ length: 3 * lines }, (_, index) => ({
        invoice: `${lines}-${index % 3}`,
        sku: `${lines}-${Math.floor(index / 3)}`,
        date: `2026-03-02 10:0${index % 3}`,
      })),
    );
    const { ctx } = recording(base(), "ROLLUPS");
    await runImport(ctx, shop.tenant, await storeImport(shop.admin.ctx(), fileOf(rows)));
    await runNight(shop);
    const neighbourRows = await rowsOf(
      `SELECT json_array_length(n.neighbours) AS kept, count(*) AS products, sum(p.sku LIKE '51-%') AS of_the_longer
        FROM product_neighbours n JOIN products p ON p.tenant_id = n.tenant_id AND p.id = n.product_id
        WHERE n.tenant_id = ? GROUP BY kept`,
      shop.tenant.id,
    );
    expect(neighbourRows).toEqual([{ kept: 20, products: 50, of_the_longer: 0 }]);
  });

  it("continues where a message ends, and keeps the day marked until the neighbours are stored", async () => {
    const shop = await newShop();
    const rows = Array.from({ length: 40 }, (_, index) => ({
      invoice: `I${index >> 1}`,
      sku: `S${index & 1}`,
      date: `2026-03-${String((index >> 2) + 1).padStart(2, "0")} 10:00`,
    }));
    const { ctx } = recording(base(), "ROLLUPS");
    await runImport(ctx, shop.tenant, await storeImport(shop.admin.ctx(), fileOf(rows)));
    await change("UPDATE daily_sales SET lines = 30000 WHERE tenant_id = ?", shop.tenant.id);
    const pendingDays = () =>
      count("SELECT count(*) n FROM dirty_product_days WHERE tenant_id = ? AND is_built = 0", shop.tenant.id);
    let job: ProductJob | null = { kind: "product-counts", tenant_id: shop.tenant.id, products_after: "" };
    const steps = [await pendingDays()];
    while (job && steps.length < 10) {
      job = await buildProducts(base(), job, 4);
      steps.push(await pendingDays());
      if (job)
        expect(await rowsOf("SELECT * FROM product_neighbours WHERE tenant_id = ?", shop.tenant.id)).toEqual(
          [],
        );
    }
    expect(steps).toEqual([10, 6, 2, 0]);
    expect(await count("SELECT count(*) n FROM dirty_product_days WHERE tenant_id = ?", shop.tenant.id)).toBe(
      0,
    );
    expect((await storedRows(shop)).neighbours.length).toBe(2);
  });

  it("writes no row again whose neighbours have not changed", async () => {
    const shop = await newShop();
    const [one, two] = [await newProduct(shop), await newProduct(shop)];
    for (let times = 0; times < 3; times += 1) await sellTogether(shop, [one.id, two.id]);
    await runNight(shop);
    const { neighbours } = await storedRows(shop);
    expect(neighbours.length).toBe(2);
    const ctx = base();
    expect(await buildNeighbours(ctx, shop.tenant.id, "")).toBeNull();
    expect(ctx.db.cost.written).toBe(0);
    expect((await storedRows(shop)).neighbours).toEqual(neighbours);
  });

  it("costs for one more day what the sales of that day cost, not all sales", async () => {
    const costs = [];
    for (const invoicesADay of [3, 30]) {
      const shop = await newShop();
      const rows = Array.from({ length: 20 * invoicesADay * 2 }, (_, index) => ({
        invoice: `I${index >> 1}`,
        sku: `S${index % 6}`,
        date: `2026-03-${String((index % 20) + 1).padStart(2, "0")} 10:00`,
      }));
      const { ctx } = recording(base(), "ROLLUPS");
      await runImport(ctx, shop.tenant, await storeImport(shop.admin.ctx(), fileOf(rows)));
      await runNight(shop);
      await sellTogether(shop, [(await newProduct(shop)).id, (await newProduct(shop)).id]);
      const { queries, read, written } = await runNight(shop);
      costs.push({ queries, read, written });
    }
    expect(costs[1]).toEqual(costs[0]);
  });
});

describe("the nightly job runs", () => {
  const isDone = async (shop: Shop) =>
    (await count("SELECT count(*) n FROM dirty_product_days WHERE tenant_id = ?", shop.tenant.id)) === 0;

  it("after an import", async () => {
    const shop = await newShop();
    await importFile(shop, fileOf([{ sku: "A", quantity: 7 }]));
    await until(() => isDone(shop));
    expect(await count("SELECT sold / 1000.0 n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(7);
  });

  it("on request, and the status shows when it is done", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    await sellTogether(shop, [product.id]);
    await rebuildDirtyDays(base(), shop.tenant.id);
    const { token } = shop.admin;
    const status = async () => (await call("GET", `${API}/rollups/status`, { token })).body;
    expect(await status()).toMatchObject({ dirty_days: [], product_days: 1 });
    await call("POST", `${API}/rollups/run`, { token });
    await until(async () => (await status()).product_days === 0);
    expect(await count("SELECT sold / 1000.0 n FROM products WHERE id = ?", product.id)).toBe(1);
  });

  it("every night for the shops that have sold, and only for those", async () => {
    const [shop, idle] = [await newShop(), await newShop()];
    await sellTogether(shop, [(await newProduct(shop)).id]);
    const { ctx, sent } = recording(base(), "ROLLUPS");
    await queueNightlyRollups(ctx);
    expect(sent).toContainEqual({ kind: "rollup", tenant_id: shop.tenant.id, products: true });
    expect(JSON.stringify(sent)).not.toContain(idle.tenant.id);
    const body = { kind: "rollup", tenant_id: shop.tenant.id, products: true };
    const batch = createMessageBatch("mostrador-rollups", [
      { id: "1", timestamp: new Date(), attempts: 1, body },
    ]);
    await queue(batch, env, createExecutionContext());
    await until(() => isDone(shop));
    expect(await count("SELECT sum(sold) / 1000.0 n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(
      1,
    );
  });
});
