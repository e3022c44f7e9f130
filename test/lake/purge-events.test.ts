// Events are deleted from D1 when the lake has them for good, and never before; the lake does not change with it.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { markLakeForRebuild } from "../../scripts/backup/rebuild-derived.ts";
import { claimNewEvents } from "../../src/events/claim.ts";
import { consumeEvents } from "../../src/events/consume.ts";
import { storeDeadLetters } from "../../src/events/dead-letters.ts";
import { dayOf } from "../../src/values/days.ts";
import { instantOfId, newId } from "../../src/values/ids.ts";
import { buildPartition } from "../../src/lake/build/build.ts";
import { storeBatches } from "../../src/lake/build/store.ts";
import { queueNightlyBuilds, runLakeJob } from "../../src/lake/jobs.ts";
import { markPartitionDirty } from "../../src/lake/manifest.ts";
import { purgeEvents } from "../../src/lake/purge-events.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { consume, storeEvent } from "../support/events.ts";
import { eventsOf, expectLakeOf, lakeFiles, lakeRows, later, sellingShop } from "../support/lake.ts";
import { recording } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";
import { attempt, newDelivery, newEndpoint } from "../support/webhooks.ts";

const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);

const stored = async (shop: Shop): Promise<string[]> => (await eventsOf(shop)).map(({ id }) => String(id));

const inLake = async (shop: Shop): Promise<string[]> =>
  (await lakeRows(shop, "events")).map(({ event_id }) => String(event_id)).toSorted();

async function exportShop(shop: Shop) {
  await claimNewEvents(base());
  return consume("events", [{ kind: "export", tenant_id: shop.tenant.id }]);
}

/** Runs the nightly build, which never deletes the last event of all. */
async function buildNight(shop: Shop, now?: Date) {
  await storeEvent(await newShop());
  return runLakeJob(base(now ?? later()), { kind: "lake-night", tenant_id: shop.tenant.id });
}

/** A shop with exported events of two sales and a product, and their ids. */
async function exportedShop() {
  const { shop, sell } = await sellingShop();
  await sell();
  await sell();
  await exportShop(shop);
  return { shop, ids: await stored(shop) };
}

describe("an event", () => {
  it("is deleted 30 days after its export, and stays in the lake", async () => {
    const { shop, ids } = await exportedShop();
    await buildNight(shop, inDays(29));
    expect(await stored(shop)).toEqual(ids);
    await buildNight(shop, inDays(33));
    expect(await stored(shop)).toEqual([]);
    expect(await inLake(shop)).toEqual(ids);
  });

  it("that is not exported is not deleted, and is added to the lake when it is exported", async () => {
    const { shop, ids } = await exportedShop();
    const { event_id } = await storeEvent(shop);
    await buildNight(shop, inDays(33));
    expect(await stored(shop)).toEqual([event_id]);
    expect(await inLake(shop)).toEqual(ids);
    await claimNewEvents(base());
    const message = { body: { kind: "export", tenant_id: shop.tenant.id }, ack: () => {}, retry: () => {} };
    await consumeEvents(base(inDays(33)), [message], storeBatches);
    expect(await inLake(shop)).toEqual([...ids, event_id].toSorted());
    await buildNight(shop, inDays(62));
    expect(await stored(shop)).toEqual([event_id]);
    await buildNight(shop, inDays(64));
    expect(await stored(shop)).toEqual([]);
    expect(await inLake(shop)).toEqual([...ids, event_id].toSorted());
  });

  it("whose webhook delivery is pending, or can be replayed, is not deleted", async () => {
    const shop = await newShop();
    await storeEvent(shop);
    await exportShop(shop);
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    await exportShop(shop);
    await buildNight(shop, inDays(33));
    expect(await stored(shop)).toEqual([job.event_id]);
    await attempt(job, inDays(33));
    await buildNight(shop, inDays(34));
    expect(await stored(shop)).toEqual([job.event_id]);
    await change("DELETE FROM webhook_deliveries WHERE tenant_id = ?", shop.tenant.id);
    await buildNight(shop, inDays(35));
    expect(await stored(shop)).toEqual([]);
  });

  it("with an open dead letter is not deleted until the letter is replayed", async () => {
    const shop = await newShop();
    const ref = await storeEvent(shop);
    await exportShop(shop);
    await storeDeadLetters(base(), [{ id: newId(), body: ref }]);
    await buildNight(shop, inDays(33));
    expect(await stored(shop)).toEqual([ref.event_id]);
    await change("UPDATE dead_letters SET replayed_at = created_at WHERE tenant_id = ?", shop.tenant.id);
    await buildNight(shop, inDays(34));
    expect(await stored(shop)).toEqual([]);
  });

  it("is not deleted while its day cannot be built", async () => {
    const { shop, ids } = await exportedShop();
    const created = "UPDATE events SET created_at = ? WHERE tenant_id = ? AND id = ?";
    await change(created, "never", shop.tenant.id, ids[0]);
    await failureOf(buildNight(shop, inDays(33)));
    expect(await stored(shop)).toEqual(ids);
    await change(created, new Date().toISOString(), shop.tenant.id, ids[0]);
    await buildNight(shop, inDays(33));
    expect(await stored(shop)).toEqual([]);
    expect(await inLake(shop)).toEqual(ids);
  });

  it("that is the last of all is not deleted, because its number would be given again", async () => {
    const { shop, ids } = await exportedShop();
    await runLakeJob(base(inDays(33)), { kind: "lake-night", tenant_id: shop.tenant.id });
    expect(await stored(shop)).toEqual(ids.slice(-1));
    await buildNight(shop, inDays(34));
    expect(await stored(shop)).toEqual([]);
  });

  it("of a closed shop is deleted too", async () => {
    const { shop } = await exportedShop();
    await buildNight(shop);
    await change("UPDATE tenants SET is_active = 0 WHERE id = ?", shop.tenant.id);
    const sentIn = async (days: number) => {
      const { ctx, sent } = recording(base(inDays(days)), "LAKE_JOBS");
      await queueNightlyBuilds(ctx);
      return sent;
    };
    const job = { kind: "lake-night", tenant_id: shop.tenant.id };
    expect(await sentIn(30.5)).not.toContainEqual(job);
    expect(await sentIn(33)).toContainEqual(job);
    await buildNight(shop, inDays(33));
    expect(await stored(shop)).toEqual([]);
  });

  it("is deleted with thousands of others of its day, by as many statements as an invocation may make", async () => {
    const shop = await newShop();
    const { event_id } = await storeEvent(shop);
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
        SELECT ?1, substr(?2, 1, 18) || printf('%018d', value), 'x', '{}', ?3, 'b', ?3 FROM json_each(?4)`,
      shop.tenant.id,
      event_id,
      new Date().toISOString(),
      JSON.stringify(Array.from({ length: 3_500 }, (_, index) => index)),
    );
    await exportShop(shop);
    await storeEvent(await newShop());
    const ctx = base(inDays(33));
    expect(await runLakeJob(ctx, { kind: "lake-night", tenant_id: shop.tenant.id })).toBe("done");
    expect(await stored(shop)).toEqual([]);
  });
});

describe("the events that are deleted", () => {
  it("are a thousand per statement", async () => {
    const shop = await newShop();
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
        SELECT ?1, substr(?2, 1, 18) || printf('%018d', value), 'x', '{}', ?3, 'b', ?3 FROM json_each(?4)`,
      shop.tenant.id,
      newId(),
      new Date().toISOString(),
      JSON.stringify(Array.from({ length: 1_000 }, (_, index) => index)),
    );
    await storeEvent(await newShop());
    const ctx = base(inDays(33));
    expect(await purgeEvents(ctx, shop.tenant, () => false)).toBe("done");
    expect(await stored(shop)).toEqual([]);
    // The dirty days, the seal, the thousand, and a statement that finds no more.
    expect(ctx.db.cost.queries).toBe(4);
  });
});

it("no event is deleted by a message that has made all its statements, which another one continues", async () => {
  const { shop, ids } = await exportedShop();
  await buildNight(shop, inDays(29));
  expect(await purgeEvents(base(inDays(33)), shop.tenant, () => true)).toBe("more");
  const ctx = base(inDays(33));
  ctx.db.cost.statements = 501;
  expect(await runLakeJob(ctx, { kind: "lake-night", tenant_id: shop.tenant.id })).toBe("more");
  expect(await stored(shop)).toEqual(ids);
});

describe("the last sealed day", () => {
  // In Madrid 30 days earlier it was noon of 8 February.
  const now = new Date("2026-03-10T11:00:00Z");
  const sealOf = ({ tenant }: Shop) =>
    rowsOf("SELECT sealed_day FROM lake_shops WHERE tenant_id = ?", tenant.id);

  it.each([
    { name: "30 days ago", dirty: null, sealed: "2026-02-07" },
    {
      name: "before the first one whose events are to be built",
      dirty: { dataset: "events" as const, day: "2026-02-05" },
      sealed: "2026-02-04",
    },
    {
      name: "30 days ago though a later one is to be built",
      dirty: { dataset: "events" as const, day: "2026-02-12" },
      sealed: "2026-02-07",
    },
    {
      name: "30 days ago though the sales of an earlier one are to be built",
      dirty: { dataset: "purchases" as const, day: "2026-02-01" },
      sealed: "2026-02-07",
    },
  ])("is that $name, and that of no other shop", async ({ dirty, sealed }) => {
    const [shop, other] = [await newShop(), await newShop()];
    if (dirty) await markPartitionDirty(base(), shop.tenant.id, dirty);
    await purgeEvents(base(now), shop.tenant, () => false);
    expect([await sealOf(shop), await sealOf(other)]).toEqual([[{ sealed_day: sealed }], []]);
  });

  it("is none while the shop is in another time zone than the message knows", async () => {
    const shop = await newShop();
    await purgeEvents(base(now), { ...shop.tenant, timezone: "Asia/Tokyo" }, () => false);
    expect(await sealOf(shop)).toEqual([]);
  });

  it("is none where an event arrives for an earlier one at the same moment", async () => {
    const shop = await newShop();
    const late = between(base(now), {
      before: () => markPartitionDirty(base(), shop.tenant.id, { dataset: "events", day: "2026-02-01" }),
    });
    await purgeEvents(late, shop.tenant, () => false);
    expect(await sealOf(shop)).toEqual([]);
  });
});

describe("a sealed day", () => {
  it("stays the last one while the next ends before it, as the new time zone of the shop counts days", async () => {
    const shop = await newShop({ timezone: "Pacific/Pago_Pago" });
    const sealAt = (time: string, timezone: string) =>
      purgeEvents(
        base(new Date(Date.parse(time) + 30 * 86_400_000)),
        { ...shop.tenant, timezone },
        () => false,
      );
    const seal = () =>
      rowsOf("SELECT sealed_day, sealed_end FROM lake_shops WHERE tenant_id = ?", shop.tenant.id);
    await sealAt("2026-03-10T11:30:00Z", "Pacific/Pago_Pago");
    const sealed = await seal();
    expect(sealed).toMatchObject([{ sealed_day: "2026-03-09" }]);
    await change("UPDATE tenants SET timezone = 'Pacific/Kiritimati' WHERE id = ?", shop.tenant.id);
    await sealAt("2026-03-10T11:31:00Z", "Pacific/Kiritimati");
    expect(await seal()).toEqual(sealed);
    await sealAt("2026-03-11T10:30:00Z", "Pacific/Kiritimati");
    const next = await seal();
    expect(next).toMatchObject([{ sealed_day: "2026-03-11" }]);
    // The same day, which ends later there.
    await change("UPDATE tenants SET timezone = 'Pacific/Pago_Pago' WHERE id = ?", shop.tenant.id);
    await sealAt("2026-03-12T11:30:00Z", "Pacific/Pago_Pago");
    expect(await seal()).toEqual(next);
  });

  it("is not built again, whatever marks it dirty", async () => {
    const { shop, ids } = await exportedShop();
    await buildNight(shop, inDays(33));
    const files = await lakeFiles(shop, "&dataset=events");
    const day = files[0]?.day ?? "";
    await markPartitionDirty(base(), shop.tenant.id, { dataset: "events", day });
    await buildPartition(base(), shop.tenant, { dataset: "events", day });
    await call("PATCH", `${API}/shop`, { token: shop.admin.token, json: { timezone: "Pacific/Kiritimati" } });
    await buildNight(shop, inDays(34));
    expect(await lakeFiles(shop, "&dataset=events")).toEqual(files);
    expect(await inLake(shop)).toEqual(ids);
    expect(
      await count(
        "SELECT count(*) n FROM lake_days WHERE tenant_id = ? AND built < version AND dataset = 'events'",
        shop.tenant.id,
      ),
    ).toBe(0);
  });

  it("is still in the lake after a restore, which has the other days built again", async () => {
    const { shop, ids } = await exportedShop();
    await buildNight(shop, inDays(33));
    const files = await lakeFiles(shop, "&dataset=events");
    const ref = await storeEvent(shop);
    // As a backup restores them: without lake_days.
    await change("DELETE FROM lake_days");
    await markLakeForRebuild(env.DB);
    expect(await lakeFiles(shop)).toEqual(files);
    await buildNight(shop, inDays(34));
    await exportShop(shop);
    await expectLakeOf(shop);
    expect(await inLake(shop)).toEqual([...ids, ref.event_id].toSorted());
  });

  it.each(["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Asia/Kathmandu"])(
    "and the days after it have each event once after the shop has moved to %s",
    async (timezone) => {
      const shop = await newShop();
      const ids: string[] = [];
      for (let hour = 96; hour > 0; hour -= 1) {
        const at = new Date(Date.now() - hour * 3_600_000);
        const hex = at.getTime().toString(16).padStart(12, "0");
        const id = `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`;
        ids.push(id);
        await change(
          "INSERT INTO events (tenant_id, id, type, payload, created_at, batch_id, exported_at) VALUES (?1, ?2, 'x', '{}', ?3, 'b', ?3)",
          shop.tenant.id,
          id,
          at.toISOString(),
        );
        await change(
          "INSERT INTO lake_days (tenant_id, dataset, day, version) VALUES (?, 'events', ?, 1) ON CONFLICT DO NOTHING",
          shop.tenant.id,
          dayOf(at, shop.tenant.timezone),
        );
      }
      // The days that ended some 12 hours ago are sealed.
      await buildNight(shop, inDays(29.5));
      const left = await stored(shop);
      expect(left.length).toBeGreaterThan(0);
      expect(left.length).toBeLessThan(80);
      expect(await inLake(shop)).toEqual(ids);
      await call("PATCH", `${API}/shop`, { token: shop.admin.token, json: { timezone } });
      await buildNight(shop, inDays(29.5));
      expect(await inLake(shop)).toEqual(ids);
      // The next days are sealed by the new midnights.
      await buildNight(shop, inDays(31));
      await buildNight(shop, inDays(33));
      expect(await stored(shop)).toEqual([]);
      expect(await inLake(shop)).toEqual(ids);
      expect(ids.every((id) => instantOfId(id).getTime() < Date.now())).toBe(true);
    },
  );
});

describe("the lake", () => {
  it("has neither addresses nor names of devices, which an erasure could not remove from a sealed day", async () => {
    const shop = await newShop();
    const payloads = [
      { id: "1", shipping_address: { name: "Ana" }, total: 5 },
      { id: "2", user_id: "u", sessions: [{ id: "s", device_label: "Ana's phone" }, 7] },
      { id: "3", total: 1.5 },
    ];
    for (const payload of payloads) await storeEvent(shop, { type: "shift.ended", payload });
    await exportShop(shop);
    const expected = [
      { ...payloads[0], shipping_address: null },
      { ...payloads[1], sessions: [{ id: "s", device_label: null }, 7] },
      payloads[2],
    ];
    const payloadsInLake = async () =>
      (await lakeRows(shop, "events")).map(({ payload }) => JSON.parse(payload));
    expect(await payloadsInLake()).toEqual(expected);
    await buildNight(shop);
    expect(await payloadsInLake()).toEqual(expected);
  });
});
