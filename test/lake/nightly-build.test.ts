import { describe, expect, it } from "vitest";
import { z } from "zod";
import { buildPartition } from "../../src/lake/build/build.ts";
import { queueNightlyBuilds, runLakeJob } from "../../src/lake/jobs.ts";
import { markPartitionDirty } from "../../src/lake/manifest.ts";
import { dayOf } from "../../src/values/days.ts";
import { change } from "../support/change.ts";
import { count, failureOf, rowsOf } from "../support/d1.ts";
import { failuresDuring } from "../support/logged-failures.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { buildNight, lakeFiles, lakeRows, later, sellingShop } from "../support/lake.ts";
import { recording } from "../support/queues.ts";
import { repeatUntil } from "../support/pages.ts";
import { base, newProduct, newShop, type Shop } from "../support/shops.ts";

const HOUR_MS = 3_600_000;
// Of a day on which clocks go back.
const LONG_DAY_MS = 25 * HOUR_MS;

/** This many invoices, each on a different day. */
const history = (number: number) =>
  fileOf(
    Array.from({ length: number }, (_, index) => ({
      invoice: String(index),
      date: `${new Date(Date.UTC(2025, 0, 1 + index)).toISOString().slice(0, 10)} 10:00:00`,
    })),
  );

/** The number of messages that the hourly cron sends for this shop at an instant. */
async function sentFor(shop: Shop, now: Date): Promise<number> {
  const { ctx, sent } = recording(base(now), "LAKE_JOBS");
  await queueNightlyBuilds(ctx);
  return sent.filter(
    (each) => JSON.stringify(each) === JSON.stringify({ kind: "lake-night", tenant_id: shop.tenant.id }),
  ).length;
}

const snapshots = async (shop: Shop) =>
  (await lakeFiles(shop, "&dataset=products")).map(({ day, rows }) => `${day}: ${rows}`);

describe("a shop's nightly build", () => {
  it("runs in the first hour of each local day, even when clocks change, and stores a snapshot of that day", async () => {
    // On 6 September 2026 clocks go from 00:00 to 01:00 there.
    const { shop } = await sellingShop({ timezone: "America/Santiago" });
    const startHours: string[] = [];
    for (let hour = 0; hour < 96; hour += 1) {
      const now = new Date(Date.UTC(2026, 8, 4, hour, 0, 1));
      if ((await sentFor(shop, now)) === 0) continue;
      startHours.push(now.toISOString().slice(0, 13));
      await buildNight(shop, now);
    }
    expect(startHours).toEqual([
      "2026-09-04T00",
      "2026-09-04T04",
      "2026-09-05T04",
      "2026-09-06T04",
      "2026-09-07T03",
    ]);
    expect(await snapshots(shop)).toEqual([
      "2026-09-03: 1",
      "2026-09-04: 1",
      "2026-09-05: 1",
      "2026-09-06: 1",
      "2026-09-07: 1",
    ]);
  });

  it("is sent again every hour until it is done", async () => {
    const { shop } = await sellingShop();
    const now = new Date();
    expect(await sentFor(shop, now)).toBe(1);
    expect(await sentFor(shop, new Date(now.getTime() + HOUR_MS))).toBe(1);
    await buildNight(shop, now);
    expect(await sentFor(shop, now)).toBe(0);
    expect(await sentFor(shop, new Date(now.getTime() + LONG_DAY_MS))).toBe(1);
  });

  it("is not sent for a shop that is empty or closed", async () => {
    const [empty, { shop: closed }] = [await newShop(), await sellingShop()];
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", closed.tenant.id);
    expect(await sentFor(empty, new Date())).toBe(0);
    expect(await sentFor(closed, new Date())).toBe(0);
  });

  it("is sent for a shop without products while it has something to build", async () => {
    const shop = await newShop();
    await markPartitionDirty(base(), shop.tenant.id, { dataset: "purchases", day: "2026-03-01" });
    expect(await sentFor(shop, new Date())).toBe(1);
    await change("UPDATE lake_days SET built = version WHERE tenant_id = ?", shop.tenant.id);
    expect(await sentFor(shop, new Date())).toBe(0);
  });

  it("stores no snapshot of an earlier day, whose products it does not know", async () => {
    const { shop } = await sellingShop();
    await markPartitionDirty(base(), shop.tenant.id, { dataset: "products", day: "2026-03-01" });
    const now = new Date("2026-03-04T12:00:00Z");
    await buildNight(shop, now);
    expect(await snapshots(shop)).toEqual(["2026-03-04: 1"]);
  });

  it("reads the products once and writes a few rows if nothing has changed", async () => {
    const { shop } = await sellingShop();
    for (let added = 0; added < 40; added += 1) await newProduct(shop);
    const first = later();
    await buildNight(shop, first);
    const next = base(new Date(first.getTime() + LONG_DAY_MS));
    expect(await runLakeJob(next, { kind: "lake-night", tenant_id: shop.tenant.id })).toBe("done");
    expect(next.db.cost.read).toBeLessThan(41 * 2 + 40);
    expect(next.db.cost.written).toBeLessThan(20);
    expect((await snapshots(shop)).map((each) => each.slice(10))).toEqual([": 41", ": 41"]);
  });

  it("continues in another message before it reaches D1's limit of 1,000 statements", async () => {
    const { shop } = await sellingShop();
    await importFile(shop, history(130));
    const now = later();
    const first = base(now);
    expect(await runLakeJob(first, { kind: "lake-night", tenant_id: shop.tenant.id })).toBe("more");
    expect(first.db.cost.statements).toBeLessThan(700);
    await repeatUntil(async () => (await buildNight(shop, now)) !== "more");
    expect((await lakeFiles(shop, "&dataset=purchases")).length).toBe(130);
  });

  it("builds the other days if one fails, and is sent again", async () => {
    const { shop } = await sellingShop();
    await importFile(shop, history(3));
    await change(
      "UPDATE sales SET placed_at = 'never' WHERE tenant_id = ? AND day = '2025-01-01'",
      shop.tenant.id,
    );
    let failure: unknown;
    const logged = await failuresDuring(async () => {
      failure = await failureOf(buildNight(shop));
    });
    expect([String(failure), logged]).toEqual([expect.stringMatching(/BigInt/), ["lake"]]);
    expect((await lakeFiles(shop, "&dataset=purchases")).map(({ day }) => day)).toEqual([
      "2025-01-02",
      "2025-01-03",
    ]);
    expect((await lakeRows(shop, "products")).length).toBeGreaterThan(0);
    // Each attempt lists its file.
    const attempts =
      "SELECT count(*) n FROM lake_files WHERE tenant_id = ? AND dataset = 'purchases' AND day = '2025-01-01'";
    expect(await count(attempts, shop.tenant.id)).toBe(1);
    expect(await sentFor(shop, later())).toBe(1);
    await change(
      "UPDATE sales SET placed_at = '2025-01-01T10:00:00.000Z' WHERE tenant_id = ? AND placed_at = 'never'",
      shop.tenant.id,
    );
    await buildPartition(base(), shop.tenant, { dataset: "purchases", day: "2025-01-01" });
    expect((await lakeFiles(shop, "&dataset=purchases")).length).toBe(3);
  });

  it("has recorded its day when it is done", async () => {
    const { shop } = await sellingShop();
    const now = later();
    const ctx = base(now);
    const run: typeof ctx.db.run = async (statement) => {
      await scheduler.wait(50);
      return ctx.db.run(statement);
    };
    const job = { kind: "lake-night" as const, tenant_id: shop.tenant.id };
    expect(await runLakeJob({ ...ctx, db: { ...ctx.db, run } }, job)).toBe("done");
    expect(await rowsOf("SELECT night FROM lake_shops WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { night: dayOf(now, shop.tenant.timezone) },
    ]);
  });

  it("of a day that is requested again counts from its first request", async () => {
    const { shop } = await sellingShop();
    await markPartitionDirty(base(), shop.tenant.id, { dataset: "purchases", day: "2020-01-01" });
    const now = new Date();
    for (const hours of [0, 1]) await sentFor(shop, new Date(now.getTime() + hours * HOUR_MS));
    expect(await rowsOf("SELECT asked_at FROM lake_days WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { asked_at: now.toISOString() },
    ]);
  });

  it("stores each product of a large catalogue once", async () => {
    const { shop } = await sellingShop();
    await change(
      `INSERT INTO products (tenant_id, id, sku, title, price, created_at, updated_at)
        SELECT ?1, 'p' || value, 's' || value, 'A book', 1, ?2, ?2 FROM json_each(?3)`,
      shop.tenant.id,
      "2026-01-01T00:00:00.000Z",
      JSON.stringify(Array.from({ length: 2_001 }, (_, at) => at)),
    );
    const partition = { dataset: "products" as const, day: "2026-03-02" };
    await markPartitionDirty(base(), shop.tenant.id, partition);
    await buildPartition(base(), shop.tenant, partition);
    const ids = (await lakeRows(shop, "products")).map((row) => row["product_id"]);
    expect([ids.length, new Set(ids).size]).toEqual([2_002, 2_002]);
  });
});

it("what the hourly cron records as requested are the days that are over in every time zone", async () => {
  const { shop } = await sellingShop();
  const now = new Date("2026-09-04T12:00:00Z");
  for (const day of ["2026-09-02", "2026-09-03", "2026-09-04"])
    await markPartitionDirty(base(), shop.tenant.id, { dataset: "purchases", day });
  // A snapshot of the products that was not stored is not built later.
  await markPartitionDirty(base(), shop.tenant.id, { dataset: "products", day: "2026-09-01" });
  await sentFor(shop, now);
  expect(
    await rowsOf(
      "SELECT day, asked_at FROM lake_days WHERE tenant_id = ? AND day LIKE '2026-09-%' ORDER BY day",
      shop.tenant.id,
    ),
  ).toEqual([
    { day: "2026-09-01", asked_at: null },
    { day: "2026-09-02", asked_at: now.toISOString() },
    { day: "2026-09-03", asked_at: null },
    { day: "2026-09-04", asked_at: null },
  ]);
});

it("each of hundreds of shops gets one message an hour", async () => {
  const prefix = "00000000-0000-7000-8000-";
  const ids = JSON.stringify(
    Array.from({ length: 400 }, (_, at) => `${prefix}${String(at).padStart(12, "0")}`),
  );
  await change(
    `INSERT INTO tenants (id, slug, name, currency, timezone, created_at)
      SELECT value, value, 'Shop', 'EUR', 'Europe/Madrid', '' FROM json_each(?)`,
    ids,
  );
  await change(
    "INSERT INTO lake_days (tenant_id, dataset, day, version) SELECT value, 'purchases', '2026-03-01', 1 FROM json_each(?)",
    ids,
  );
  const { shop } = await sellingShop();
  const { ctx, sent } = recording(base(), "LAKE_JOBS");
  await queueNightlyBuilds(ctx);
  const shops = z
    .array(z.object({ tenant_id: z.string() }))
    .parse(sent)
    .map(({ tenant_id }) => tenant_id);
  expect(new Set(shops).size).toBe(shops.length);
  expect(shops.filter((id) => id.startsWith(prefix))).toHaveLength(400);
  expect(shops).toContain(shop.tenant.id);
});
