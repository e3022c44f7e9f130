// The events of a day are those between its midnights in the shop's time zone, which can change.
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { buildPartition } from "../../../src/lake/build/build.ts";
import { storeBatches } from "../../../src/lake/build/store.ts";
import { dayOf } from "../../../src/values/days.ts";
import { instantOfId, newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { between, count } from "../../support/d1.ts";
import { buildNight, lakeFiles, lakeRows, rowsIn } from "../../support/lake.ts";
import { base, newShop, type Shop } from "../../support/shops.ts";

const HOUR_MS = 3_600_000;

/** Stores an event for each of the last 72 hours and marks the days of this zone as having events. */
async function eventsOfThreeDays({ tenant }: Shop, isExported = true): Promise<string[]> {
  const ids: string[] = [];
  for (let hour = 72; hour > 0; hour -= 1) {
    const at = new Date(Date.now() - hour * HOUR_MS);
    const hex = at.getTime().toString(16).padStart(12, "0");
    const id = `${hex.slice(0, 8)}-${hex.slice(8)}${newId().slice(13)}`;
    ids.push(id);
    await change(
      "INSERT INTO events (tenant_id, id, type, payload, created_at, batch_id, exported_at) VALUES (?1, ?2, 'thing.done', '{}', ?3, 'b', iif(?4, ?3, NULL))",
      tenant.id,
      id,
      at.toISOString(),
      Number(isExported),
    );
    await change(
      "INSERT INTO lake_days (tenant_id, dataset, day, version) VALUES (?, 'events', ?, 1) ON CONFLICT DO NOTHING",
      tenant.id,
      dayOf(at, tenant.timezone),
    );
  }
  return ids;
}

/** The ids of the events in the lake, each in the file of its day in this zone. */
async function eventsByDay(shop: Shop, timezone: string): Promise<string[]> {
  const found: string[] = [];
  for (const { key, day } of await lakeFiles(shop, "&dataset=events"))
    for (const { event_id } of await rowsIn(key)) {
      expect(dayOf(instantOfId(event_id), timezone)).toBe(day);
      found.push(event_id);
    }
  return found.toSorted();
}

const moveTo = (shop: Shop, timezone: string) =>
  call("PATCH", `${API}/shop`, { token: shop.admin.token, json: { timezone } });

describe("the events in the lake", () => {
  it.each(["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"])(
    "are each in it once, on their day in %s, after the shop has moved there",
    async (timezone) => {
      const shop = await newShop();
      const ids = await eventsOfThreeDays(shop);
      await buildNight(shop);
      expect((await lakeRows(shop, "events")).length).toBe(72);
      expect((await moveTo(shop, timezone)).status).toBe(200);
      await buildNight(shop);
      expect(await eventsByDay(shop, timezone)).toEqual(ids.toSorted());
    },
  );

  it.each(["Pacific/Kiritimati", "Pacific/Pago_Pago"])(
    "are in the files of their days in %s while they come in batches",
    async (timezone) => {
      const shop = await newShop({ timezone });
      const ids = await eventsOfThreeDays(shop, false);
      await storeBatches(base(), [{ tenant_id: shop.tenant.id, batch_id: "b" }], sql`SELECT 1`);
      expect(await eventsByDay(shop, timezone)).toEqual(ids.toSorted());
    },
  );

  it("are built by the new days if the time zone changes during a build", async () => {
    const shop = await newShop();
    await eventsOfThreeDays(shop);
    const day = dayOf(new Date(Date.now() - 30 * HOUR_MS), "America/New_York");
    const ctx = between(base(), {
      after: async (nth) => {
        if (nth === 1) await moveTo(shop, "America/New_York");
      },
    });
    expect(await buildPartition(ctx, shop.tenant, { dataset: "events", day })).toBe(true);
    const [file] = await lakeFiles(shop, `&dataset=events&from=${day}&to=${day}`);
    const rows = await rowsIn(file?.key ?? "");
    expect(new Set(rows.map(({ event_id }) => dayOf(instantOfId(event_id), "America/New_York")))).toEqual(
      new Set([day]),
    );
  });

  it("are not built again if another field of the shop changes", async () => {
    const shop = await newShop();
    await eventsOfThreeDays(shop);
    await buildNight(shop);
    await call("PATCH", `${API}/shop`, {
      token: shop.admin.token,
      json: { timezone: shop.tenant.timezone, name: "Another" },
    });
    expect(
      await count(
        "SELECT count(*) n FROM lake_days WHERE tenant_id = ? AND dataset = 'events' AND built < version",
        shop.tenant.id,
      ),
    ).toBe(0);
  });
});
