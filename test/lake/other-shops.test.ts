import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { claimNewEvents } from "../../src/events/claim.ts";
import { queueNightlyBuilds } from "../../src/lake/jobs.ts";
import { addBatchFiles, markPartitionDirty } from "../../src/lake/manifest.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { consume, storeEvent } from "../support/events.ts";
import { buildNight, eventsOf, lakeRows, sellingShop } from "../support/lake.ts";
import { recording } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";
import { attempt, newDelivery, newEndpoint } from "../support/webhooks.ts";

const daysOf = async ({ admin: { token } }: Shop, query = "") =>
  (await call("GET", `${API}/lake/days${query}`, { token })).body.data;

const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);

const DAY = "2026-03-02";

describe("beside shops whose sales and partitions have the same ids", () => {
  it("the lake has the sales of this shop, though the days of theirs are dirty", async () => {
    const { shop, sell } = await sellingShop();
    await sell();
    await addTwins(shop.tenant);
    await buildNight(shop);
    await buildNight(shop);
    expect(await daysOf(shop)).toMatchObject([{ sales: 1, is_whole: true }]);
    expect(await lakeRows(shop, "daily_summary")).toMatchObject([{ sales: 1n }]);
  });

  it("the days are those of this shop", async () => {
    const { shop, sell } = await sellingShop();
    await sell();
    await addTwins(shop.tenant);
    await change(
      "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) SELECT id, ?, 1 FROM tenants WHERE id <> ?",
      DAY,
      shop.tenant.id,
    );
    expect(await daysOf(shop, `?from=${DAY}&limit=1`)).toMatchObject([{ sales: 1 }]);
  });

  it("a day is not whole while its partition is dirty in this shop", async () => {
    const { shop, sell } = await sellingShop();
    await sell();
    await buildNight(shop);
    expect(await daysOf(shop)).toMatchObject([{ is_whole: true }]);
    await addTwins(shop.tenant);
    await change("UPDATE lake_days SET version = version + 1 WHERE tenant_id = ?", shop.tenant.id);
    await change("DELETE FROM dirty_days WHERE tenant_id <> ?", shop.tenant.id);
    expect(await daysOf(shop)).toMatchObject([{ is_whole: false }]);
  });

  it("only partitions of shops whose build is due are recorded as requested", async () => {
    const shop = await newShop();
    await markPartitionDirty(base(), shop.tenant.id, { dataset: "purchases", day: DAY });
    await addTwins(shop.tenant);
    await change(
      "INSERT INTO lake_shops (tenant_id, revision, night) SELECT id, 1, '9' FROM tenants WHERE id <> ? ON CONFLICT DO UPDATE SET night = '9'",
      shop.tenant.id,
    );
    const before = await twinRows();
    await queueNightlyBuilds(recording(base(), "LAKE_JOBS").ctx);
    expect(
      await rowsOf("SELECT asked_at IS NULL AS n FROM lake_days WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ n: 0 }]);
    expect((await twinRows())["lake_days"]).toEqual(before["lake_days"]);
  });

  it("events of a day that is sealed in theirs only are built", async () => {
    const shop = await newShop();
    await addTwins(shop.tenant);
    await change(
      "INSERT INTO lake_shops (tenant_id, revision, sealed_day) SELECT id, 1, '2099-01-01' FROM tenants WHERE id <> ? ON CONFLICT DO UPDATE SET sealed_day = '2099-01-01'",
      shop.tenant.id,
    );
    await markPartitionDirty(base(), shop.tenant.id, { dataset: "events", day: DAY });
    expect(await rowsOf("SELECT day FROM lake_days WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { day: DAY },
    ]);
  });

  it("a late batch is not added to a partition that is built in this shop", async () => {
    const shop = await newShop();
    const partition = { dataset: "events" as const, day: DAY };
    await markPartitionDirty(base(), shop.tenant.id, partition);
    await change("UPDATE lake_days SET generation = 1 WHERE tenant_id = ?", shop.tenant.id);
    // Nor where another day or another dataset was never built.
    await markPartitionDirty(base(), shop.tenant.id, { ...partition, day: "2026-03-03" });
    await markPartitionDirty(base(), shop.tenant.id, { ...partition, dataset: "purchases" });
    await addTwins(shop.tenant);
    await change("UPDATE lake_days SET generation = 0 WHERE tenant_id <> ?", shop.tenant.id);
    const file = {
      ...partition,
      tenant_id: shop.tenant.id,
      key: `${shop.tenant.id}/late`,
      rows: 1,
      bytes: 1,
    };
    const late = [{ ...file, etag: "" }];
    expect(await addBatchFiles(base(), late, sql`SELECT 1`)).toEqual(late);
  });

  it("old events of this shop are deleted, though webhooks have theirs to deliver", async () => {
    const shop = await newShop();
    const job = await newDelivery(shop, await newEndpoint(shop));
    await storeEvent(shop);
    await claimNewEvents(base());
    await consume("events", [{ kind: "export", tenant_id: shop.tenant.id }]);
    await buildNight(shop, inDays(29));
    await attempt(job);
    await addTwins(shop.tenant);
    await change(
      "DELETE FROM webhook_deliveries WHERE tenant_id = ? OR event_id <> ?",
      shop.tenant.id,
      job.event_id,
    );
    const before = (await twinRows())["events"];
    // The last of all events is never deleted.
    await storeEvent(await newShop());
    await buildNight(shop, inDays(33));
    expect(before).toHaveLength(4);
    expect(await eventsOf(shop)).toEqual([]);
    expect((await twinRows())["events"]).toEqual(before);
  });
});

it("a shop without events and sales is not built, though others have some", async () => {
  const [{ shop, sell }, empty] = [await sellingShop(), await newShop()];
  await sell();
  await markPartitionDirty(base(), shop.tenant.id, { dataset: "events", day: DAY });
  const { ctx, sent } = recording(base(inDays(40)), "LAKE_JOBS");
  await queueNightlyBuilds(ctx);
  expect(sent).toContainEqual({ kind: "lake-night", tenant_id: shop.tenant.id });
  expect(sent).not.toContainEqual({ kind: "lake-night", tenant_id: empty.tenant.id });
});
