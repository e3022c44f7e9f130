// Full builds replace the files of batches, and each line is in the lake exactly once at any moment, whatever runs concurrently.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { consumeEvents } from "../../../src/events/consume.ts";
import { buildPartition } from "../../../src/lake/build/build.ts";
import { runLakeJob } from "../../../src/lake/jobs.ts";
import { beginBuild, discardFile, endBuild, markPartitionDirty } from "../../../src/lake/manifest.ts";
import { rebuildDirtyDays } from "../../../src/rollups/rebuild.ts";
import { storeBatches } from "../../../src/lake/build/store.ts";
import { dayOf } from "../../../src/values/days.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { consume, storeEvent } from "../../support/events.ts";
import { fileOf, importFile } from "../../support/imports.ts";
import {
  eventsOf,
  buildNight,
  expectLakeOf,
  lakeFiles,
  lakeRows,
  linesInLake,
  metadataOf,
  objectsOf,
  sellingShop,
} from "../../support/lake.ts";
import { recording, recordingQueue } from "../../support/queues.ts";
import { base, type Shop } from "../../support/shops.ts";
import { callWith } from "../../support/variant.ts";

const message = (body: unknown) => ({ body, ack: () => {}, retry: () => {} });

const refsOf = async (shop: Shop) =>
  (await eventsOf(shop)).map(({ id }) => ({
    kind: "event",
    tenant_id: shop.tenant.id,
    event_id: String(id),
  }));

const exportAll = async (shop: Shop) => consume("events", await refsOf(shop));

/** A shop with two sales in separate files, and a function that sells without sending the event. */
async function shopWithTwoSales() {
  const { shop, productId } = await sellingShop();
  const { queue } = recordingQueue();
  const sell = async () => {
    const json = { items: [{ product_id: productId, quantity: 2 }] };
    const answer = await callWith({ EVENTS: queue }, "POST", `${API}/sales`, {
      token: shop.admin.token,
      json,
    });
    return JSON.parse(answer.text);
  };
  const { day } = await sell();
  await exportAll(shop);
  await sell();
  await exportAll(shop);
  await rebuildDirtyDays(base(), shop.tenant.id);
  return { shop, productId, sell, partition: { dataset: "purchases" as const, day } };
}

const purchases = async (shop: Shop) =>
  (await lakeFiles(shop, "&dataset=purchases")).map(({ key }) => key.split("/").at(-1)?.split("-")[0]);

describe("a past day", () => {
  it("is one file that replaces those of batches, for purchases and events", async () => {
    const { shop } = await shopWithTwoSales();
    expect(await purchases(shop)).toEqual(["batch", "batch"]);
    expect(await buildNight(shop)).toBe("done");
    expect(await purchases(shop)).toEqual(["whole"]);
    expect((await lakeFiles(shop, "&dataset=events")).length).toBe(1);
    expect((await lakeRows(shop, "events")).map((row) => row["event_id"])).toEqual(
      (await eventsOf(shop)).map(({ id }) => id),
    );
    await expectLakeOf(shop);
  });

  it("is not built before it is over, and not again unless it changes", async () => {
    const { shop } = await shopWithTwoSales();
    await buildNight(shop, new Date());
    expect(await purchases(shop)).toEqual(["batch", "batch"]);
    await buildNight(shop);
    const before = await lakeFiles(shop, "&dataset=purchases");
    await buildNight(shop);
    expect(await lakeFiles(shop, "&dataset=purchases")).toEqual(before);
  });

  it("contains each line once at every step of its build", async () => {
    const { shop, partition } = await shopWithTwoSales();
    const seen: number[][] = [];
    const recordCounts = async () => {
      seen.push([...(await linesInLake(shop)).values()]);
    };
    await buildPartition(
      between(base(), { before: recordCounts, after: recordCounts }),
      shop.tenant,
      partition,
    );
    expect(seen).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  it.each([1, 2])("whose build crashes after step %s is built by the next build", async (step) => {
    const { shop, partition } = await shopWithTwoSales();
    const crashing = between(base(), {
      after: (nth) => (nth === step ? Promise.reject(new Error("killed")) : undefined),
    });
    await failureOf(buildPartition(crashing, shop.tenant, partition));
    await expectLakeOf(shop);
    await buildNight(shop);
    await expectLakeOf(shop);
    expect(await purchases(shop)).toEqual(["whole"]);
  });

  it("is built once by two concurrent builds", async () => {
    const { shop, partition } = await shopWithTwoSales();
    const otherBuild = () => buildPartition(base(), shop.tenant, partition);
    const late = between(base(), {
      before: async (nth) => {
        if (nth === 2) await otherBuild();
      },
    });
    expect(await buildPartition(late, shop.tenant, partition)).toBe(true);
    await expectLakeOf(shop);
    expect((await objectsOf(shop)).filter((key) => key.includes("/whole-")).length).toBe(1);
    await Promise.all([otherBuild(), otherBuild(), buildNight(shop), buildNight(shop)]);
    await expectLakeOf(shop);
    expect(await purchases(shop)).toEqual(["whole"]);
  });

  it("that changes during each of five attempts is left to the next build", async () => {
    const { shop, partition } = await shopWithTwoSales();
    const events = { dataset: "events" as const, day: partition.day };
    let batches = 0;
    const busy = between(base(), {
      before: async (nth) => {
        batches = nth;
        if (nth % 2 === 0) await markPartitionDirty(base(), shop.tenant.id, events);
      },
    });
    expect(await buildPartition(busy, shop.tenant, events)).toBe(false);
    expect(batches).toBe(10);
    expect(await buildPartition(base(), shop.tenant, events)).toBe(true);
  });

  it("is built at the first attempt, though another dataset is built meanwhile and another day has changed", async () => {
    const { shop, partition } = await shopWithTwoSales();
    await change("INSERT INTO dirty_days (tenant_id, day) VALUES (?, '2020-01-01')", shop.tenant.id);
    let batches = 0;
    const ctx = between(base(), {
      before: async (nth) => {
        batches = nth;
        if (nth === 2) await buildPartition(base(), shop.tenant, { ...partition, dataset: "events" });
      },
    });
    expect(await buildPartition(ctx, shop.tenant, partition)).toBe(true);
    expect(batches).toBe(2);
    expect((await lakeFiles(shop)).map(({ dataset }) => dataset)).toEqual(["events", "purchases"]);
  });

  it("without rows counts as built once after two concurrent builds", async () => {
    const { shop } = await sellingShop();
    const partition = { dataset: "events" as const, day: "2020-01-01" };
    await markPartitionDirty(base(), shop.tenant.id, partition);
    const late = between(base(), {
      before: async (nth) => {
        if (nth === 2) await buildPartition(base(), shop.tenant, partition);
      },
    });
    expect(await buildPartition(late, shop.tenant, partition)).toBe(true);
    const built = "SELECT generation n FROM lake_days WHERE tenant_id = ? AND day = '2020-01-01'";
    expect(await count(built, shop.tenant.id)).toBe(1);
  });

  it.each(["before its event is stored", "after its event is stored", "after the ETL has run"])(
    "contains a sale made during its build once, %s",
    async (when) => {
      const { shop, sell, partition } = await shopWithTwoSales();
      let arrived = false;
      const late = between(base(), {
        before: async (nth) => {
          if (nth !== 2 || arrived) return;
          arrived = true;
          await sell();
          if (when === "after its event is stored") await exportAll(shop);
          if (when === "after the ETL has run") await rebuildDirtyDays(base(), shop.tenant.id);
        },
      });
      expect(await buildPartition(late, shop.tenant, partition)).toBe(true);
      expect(arrived).toBe(true);
      await expectLakeOf(shop);
      await exportAll(shop);
      await expectLakeOf(shop);
      expect(await purchases(shop)).toEqual(["whole"]);
    },
  );

  it("contains an event that is exported while it is built again", async () => {
    const { shop } = await sellingShop();
    const partition = { dataset: "events" as const, day: dayOf(new Date(), shop.tenant.timezone) };
    await exportAll(shop);
    await buildPartition(base(), shop.tenant, partition);
    await markPartitionDirty(base(), shop.tenant.id, partition);
    const late = between(base(), {
      before: async (nth) => {
        if (nth !== 2) return;
        await storeEvent(shop);
        await exportAll(shop);
      },
    });
    expect(await buildPartition(late, shop.tenant, partition)).toBe(true);
    const ids = (await lakeRows(shop, "events")).map((row) => row["event_id"]);
    expect(ids).toEqual((await eventsOf(shop)).map(({ id }) => id));
  });

  it("is rebuilt a minute later for a late batch", async () => {
    const { shop, sell, partition } = await shopWithTwoSales();
    await sell();
    await buildPartition(base(), shop.tenant, partition);
    await expectLakeOf(shop);
    const open = await refsOf(shop);
    const { ctx, sent, delays } = recording(base(), "LAKE_JOBS");
    // The sale was committed before the build, which contains its line, so its file is not added.
    await consumeEvents(ctx, open.map(message), storeBatches);
    await expectLakeOf(shop);
    expect(sent).toEqual([{ kind: "lake-partition", tenant_id: shop.tenant.id, partition }]);
    expect(delays).toEqual([60]);
    expect((await objectsOf(shop)).filter((key) => key.includes("purchases")).length).toBe(3);
    // A sale committed after the build is in the lake when the job is done.
    await sell();
    const late = recording(base(), "LAKE_JOBS");
    await consumeEvents(late.ctx, (await refsOf(shop)).map(message), storeBatches);
    expect((await linesInLake(shop)).size).toBe(3);
    expect(late.sent).toEqual(sent);
    await runLakeJob(base(), { kind: "lake-partition", tenant_id: shop.tenant.id, partition });
    await expectLakeOf(shop);
    expect(await purchases(shop)).toEqual(["whole"]);
  });

  it("does not change when one of its sales is refunded, because the refund belongs to its own day", async () => {
    const { shop, productId, sell } = await shopWithTwoSales();
    const sale = await sell();
    await exportAll(shop);
    await buildNight(shop);
    const json = { items: [{ product_id: productId, quantity: 1 }], reason: "torn" };
    const path = `${API}/sales/${sale.id}/refunds`;
    expect((await call("POST", path, { token: shop.admin.token, json })).status).toBe(201);
    await exportAll(shop);
    await buildNight(shop);
    await expectLakeOf(shop);
    const refund = (await lakeRows(shop, "purchases")).find((row) => row["kind"] === "refund");
    expect(refund).toMatchObject({ refund_of: sale.id, quantity: -1, subtotal: -10 });
  });

  it.each(["is open", "is built"])(
    "contains no pending sale, and contains it as cancelled after it is cancelled, when the day %s",
    async (when) => {
      const { shop, sell, partition } = await shopWithTwoSales();
      const sale = await sell();
      await change("UPDATE sales SET status = 'pending' WHERE id = ?", sale.id);
      await change("DELETE FROM events WHERE payload ->> 'id' = ?", sale.id);
      if (when === "is built") await buildNight(shop);
      await expectLakeOf(shop);
      await change("UPDATE sales SET status = 'cancelled' WHERE id = ?", sale.id);
      const ref = await storeEvent(shop, { type: "sale.cancelled", payload: { id: sale.id } });
      const { ctx, sent } = recording(base(), "LAKE_JOBS");
      await consumeEvents(ctx, [message(ref)], storeBatches);
      if (when === "is built")
        expect(sent).toContainEqual({ kind: "lake-partition", tenant_id: shop.tenant.id, partition });
      await runLakeJob(base(), { kind: "lake-partition", tenant_id: shop.tenant.id, partition });
      const lines = (await lakeRows(shop, "purchases")).filter((row) => row["sale_id"] === sale.id);
      expect(lines.map((row) => row["status"])).toEqual(["cancelled"]);
      await expectLakeOf(shop);
    },
  );
});

describe("imported history", () => {
  it("has a partition per day, the totals of its months and a snapshot of the products", async () => {
    const { shop } = await sellingShop({ currency: "GBP", timezone: "Europe/London" });
    const rows = [
      { invoice: "1", date: "2025-12-31 23:30:00", quantity: 2, price: "1.50", country: "Spain" },
      { invoice: "1", date: "2025-12-31 23:30:00", sku: "B", price: "0.075", country: "Spain" },
      { invoice: "2", date: "2026-01-01 00:30:00", quantity: 3, country: "France" },
      { invoice: "C3", date: "2026-02-01 10:00:00", quantity: -1, country: "France" },
    ];
    await importFile(shop, fileOf(rows));
    await buildNight(shop, new Date());
    await expectLakeOf(shop);
    const keys = (await lakeFiles(shop)).map(({ key }) =>
      key.slice(37).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "ID"),
    );
    const today = dayOf(new Date(), shop.tenant.timezone).split("-");
    expect(keys.filter((key) => !key.startsWith("events/"))).toEqual([
      "daily_summary/year=2025/month-12-ID.parquet",
      "daily_summary/year=2026/month-01-ID.parquet",
      "daily_summary/year=2026/month-02-ID.parquet",
      `products/year=${today[0]}/month=${today[1]}/day=${today[2]}/whole-ID.parquet`,
      "purchases/year=2025/month=12/day=31/whole-ID.parquet",
      "purchases/year=2026/month=01/day=01/whole-ID.parquet",
      "purchases/year=2026/month=02/day=01/whole-ID.parquet",
    ]);
    expect(await lakeRows(shop, "daily_summary")).toMatchObject([
      {
        country: "Spain",
        channel: "import",
        seller_id: null,
        sales: 1n,
        lines: 2n,
        units: 3,
        revenue: 3.08,
        revenue_minor: 308n,
      },
      { country: "France", sales: 1n, refunds: 0n, revenue_minor: 300n },
      { country: "France", sales: 0n, refunds: 1n, units: -1, revenue_minor: -100n },
    ]);
    expect(await lakeRows(shop, "products")).toHaveLength(3);
  });

  it("is rebuilt when a day receives another import", async () => {
    const { shop } = await sellingShop();
    await importFile(shop, fileOf([{ invoice: "1" }]));
    await buildNight(shop);
    await importFile(shop, fileOf([{ invoice: "2" }, { invoice: "2", sku: "B" }]));
    expect((await linesInLake(shop)).size).toBe(1);
    await buildNight(shop);
    await expectLakeOf(shop);
    expect((await linesInLake(shop)).size).toBe(3);
  });
});

describe("a large day", () => {
  it("has each of its events once, in order", async () => {
    const { shop } = await sellingShop();
    const [created] = await eventsOf(shop);
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
        SELECT ?1, substr(?2, 1, 18) || printf('%018d', value), 'x', '{}', ?3, 'b', ?3 FROM json_each(?4)`,
      shop.tenant.id,
      created?.["id"],
      new Date().toISOString(),
      JSON.stringify(Array.from({ length: 1_200 }, (_, index) => index)),
    );
    await exportAll(shop);
    const day = dayOf(new Date(), shop.tenant.timezone);
    await buildPartition(base(), shop.tenant, { dataset: "events", day });
    const ids = (await lakeRows(shop, "events")).map((row) => row["event_id"]);
    expect(ids.length).toBe(1_201);
    expect(ids).toEqual((await eventsOf(shop)).map(({ id }) => id));
  });

  it("whose upload fails leaves no parts in the bucket", async () => {
    const { shop } = await sellingShop();
    const partition = { dataset: "events" as const, day: dayOf(new Date(), shop.tenant.timezone) };
    await exportAll(shop);
    const [created] = await eventsOf(shop);
    // What is random cannot be compressed, so this is more than a part.
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
        SELECT ?1, substr(?2, 1, 18) || printf('%018d', value), 'x', json_array(hex(randomblob(4000))), ?3, 'b', ?3
        FROM json_each(?4)`,
      shop.tenant.id,
      created?.["id"],
      new Date().toISOString(),
      JSON.stringify(Array.from({ length: 1_000 }, (_, index) => index)),
    );
    await markPartitionDirty(base(), shop.tenant.id, partition);
    const calls: string[] = [];
    const LAKE = new Proxy(env.LAKE, {
      get: (bucket, name) =>
        name === "createMultipartUpload"
          ? async (key: string) => {
              const upload = await bucket.createMultipartUpload(key);
              return {
                uploadPart: async (nth: number, part: Uint8Array) => {
                  calls.push(`part ${nth}`);
                  return upload.uploadPart(nth, part);
                },
                complete: () => Promise.reject(new Error("R2 is down")),
                abort: async () => {
                  calls.push("abort");
                  await upload.abort();
                },
              };
            }
          : Reflect.get(bucket, name),
    });
    const failing = { ...base(), env: { ...env, LAKE } };
    expect(String(await failureOf(buildPartition(failing, shop.tenant, partition)))).toContain("R2 is down");
    expect(calls).toEqual(["part 1", "part 2", "abort"]);
  });

  it("is written page by page in several row groups, and reads each of its rows once", async () => {
    const { shop, productId } = await sellingShop();
    const tenant = shop.tenant.id;
    const days = ["2026-03-01", "2026-03-02"];
    for (const [nth, day] of days.entries())
      for (let part = 0; part < 3; part += 1) {
        const numbers = JSON.stringify(
          Array.from({ length: 70 }, (_, index) => nth * 1000 + part * 70 + index),
        );
        await change(
          `INSERT INTO sales (tenant_id, id, kind, channel, status, total, units, lines, placed_at, day, created_at)
          SELECT ?1, 's' || value, 'sale', 'import', 'completed', 100, 100, 100, ?2 || 'T10:00:00.000Z', ?2, ?2 FROM json_each(?3)`,
          tenant,
          day,
          numbers,
        );
        await change(
          `INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
          SELECT ?1, 's' || s.value, l.value, ?2, 'A', 'A', 1, 1, 1 FROM json_each(?3) s, json_each(?4) l`,
          tenant,
          productId,
          numbers,
          JSON.stringify(
            // On the first day pages end within a sale.
            Array.from({ length: nth === 0 ? 99 : 100 }, (_, index) => index + 1),
          ),
        );
        await change(
          "INSERT INTO dirty_days (tenant_id, day) VALUES (?, ?) ON CONFLICT DO NOTHING",
          tenant,
          day,
        );
      }
    await runLakeJob(base(), {
      kind: "lake-partition",
      tenant_id: tenant,
      partition: { dataset: "purchases", day: "2026-03-01" },
    });
    const ctx = base();
    await change(
      "UPDATE lake_days SET version = version + 1 WHERE tenant_id = ? AND day = '2026-03-02'",
      tenant,
    );
    await buildPartition(ctx, shop.tenant, { dataset: "purchases", day: "2026-03-02" });
    // A line, its index entry and its product, and each sale; a page starts within the sale in which the previous one ended.
    expect(ctx.db.cost.read).toBeLessThan(21_000 * 3 + 210 * 2 + 2000);
    expect(
      await count("SELECT rows n FROM lake_files WHERE tenant_id = ? AND day = '2026-03-02'", tenant),
    ).toBe(21_000);
    const [file] = await lakeFiles(shop, "&from=2026-03-02&to=2026-03-02&dataset=purchases");
    expect((await metadataOf(file?.key ?? "")).row_groups.length).toBe(3);
    expect(new Set((await linesInLake(shop)).values())).toEqual(new Set([1]));
    expect((await linesInLake(shop)).size).toBe(41_790);
  });
});

it("a build whose file was given up meanwhile changes nothing", async () => {
  const { shop } = await shopWithTwoSales();
  const day = dayOf(new Date(), shop.tenant.timezone);
  const partition = { dataset: "events", day } as const;
  await markPartitionDirty(base(), shop.tenant.id, partition);
  const key = `${shop.tenant.id}/test.parquet`;
  const state = await beginBuild(base(), shop.tenant.id, partition, key);
  if (!state) throw new Error("nothing to build");
  const other = `${shop.tenant.id}/other.parquet`;
  await beginBuild(base(), shop.tenant.id, partition, other);
  await discardFile(base(), shop.tenant.id, key);
  expect(
    await rowsOf("SELECT key FROM lake_files WHERE tenant_id = ? AND added IS NULL", shop.tenant.id),
  ).toEqual([{ key: other }]);
  const file = { tenant_id: shop.tenant.id, key, ...partition, rows: 1, bytes: 1, etag: "e" };
  expect(await endBuild(base(), state, file)).toBe(false);
  expect(
    await count(
      "SELECT built < version AS n FROM lake_days WHERE tenant_id = ? AND dataset = 'events'",
      shop.tenant.id,
    ),
  ).toBe(1);
});

it("a file that was replaced earlier keeps the time at which it was", async () => {
  const { shop } = await sellingShop();
  const partition = { dataset: "products", day: dayOf(new Date(), shop.tenant.timezone) } as const;
  const build = async () => {
    await markPartitionDirty(base(), shop.tenant.id, partition);
    await buildPartition(base(), shop.tenant, partition);
  };
  const dropped = () =>
    rowsOf(
      "SELECT key, dropped_at FROM lake_files WHERE tenant_id = ? AND dropped_at IS NOT NULL ORDER BY dropped_at",
      shop.tenant.id,
    );
  await build();
  await build();
  const [first] = await dropped();
  await scheduler.wait(2);
  await build();
  expect(await dropped()).toEqual([first, expect.anything()]);
});
