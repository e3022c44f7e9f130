// What is in a complete partition.
import { describe, expect, it } from "vitest";
import { columnsOf } from "../../../src/lake/build/datasets.ts";
import { partitionRows } from "../../../src/lake/build/sources.ts";
import { type Dataset, eventIds, firstOfMonth } from "../../../src/lake/partitions.ts";
import { dayOf } from "../../../src/values/days.ts";
import { firstIdAt, newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { buildNight, lakeRows, later, sellingShop } from "../../support/lake.ts";
import { base, newPerson, newProduct, newShop, sellOne, type Shop } from "../../support/shops.ts";

const UNSEALED = { sealed_day: "", sealed_end: "" };

/** The rows of a partition at this time. */
async function rowsOf({ tenant }: Shop, dataset: Dataset, day: string, changes = {}, now = new Date()) {
  const rows = [];
  const shop = { ...tenant, ...UNSEALED, ...changes };
  for await (const page of partitionRows(base(now), shop, dataset, day)) rows.push(...page);
  return rows;
}

describe("the events of the days after the sealed ones", () => {
  /** Stores an exported event for each hour from 8 to 13 March 2026 (UTC), and returns their ids. */
  async function hourlyEvents({ tenant }: Shop): Promise<string[]> {
    const start = Date.parse("2026-03-08T00:00:00Z");
    const ids = Array.from(
      { length: 5 * 24 },
      (_, hour) => `${firstIdAt(new Date(start + hour * 3_600_000))}${newId().slice(13)}`,
    );
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at, batch_id, exported_at)
        SELECT ?1, value, 'x', '{}', ?2, 'b', ?2 FROM json_each(?3)`,
      tenant.id,
      "2026-03-08T00:00:00.000Z",
      JSON.stringify(ids),
    );
    return ids;
  }

  it.each([
    { from: "Pacific/Pago_Pago", to: "Pacific/Kiritimati", sealedEnd: "2026-03-10T11:00:00Z" },
    { from: "Pacific/Kiritimati", to: "Pacific/Pago_Pago", sealedEnd: "2026-03-09T10:00:00Z" },
  ])("are each in one day after the shop has moved from $from to $to", async ({ from, to, sealedEnd }) => {
    const shop = await newShop();
    const ids = await hourlyEvents(shop);
    const { end } = eventIds("2026-03-09", from);
    expect(end).toBe(firstIdAt(new Date(sealedEnd)));
    const sealed = { timezone: to, sealed_day: "2026-03-09", sealed_end: end };
    const found: unknown[] = [];
    for (const day of ["2026-03-10", "2026-03-11", "2026-03-12"])
      found.push(...(await rowsOf(shop, "events", day, sealed)).map((row) => row["event_id"]));
    const { end: last } = eventIds("2026-03-12", to);
    expect(found).toEqual(ids.filter((id) => id >= end && id < last));
  });

  it("are those that are exported", async () => {
    const shop = await newShop();
    const ids = await hourlyEvents(shop);
    const { first, end } = eventIds("2026-03-10", shop.tenant.timezone);
    const ofDay = ids.filter((id) => id >= first && id < end);
    await change("UPDATE events SET exported_at = NULL WHERE id = ?", ofDay[0]);
    const found = await rowsOf(shop, "events", "2026-03-10");
    expect(found.map((row) => row["event_id"])).toEqual(ofDay.slice(1));
  });
});

describe("the totals of a month", () => {
  it("are those of its past days, by seller and without what was cancelled", async () => {
    const { shop, productId, sell } = await sellingShop();
    const clerk = await newPerson(shop.tenant, "EMPLOYEE");
    const { day } = await sell(2);
    await sellOne(clerk.token, productId);
    const cancelled = await sell();
    await change("UPDATE sales SET status = 'cancelled' WHERE id = ?", cancelled.id);
    const month = firstOfMonth(day);
    expect(await rowsOf(shop, "daily_summary", month)).toEqual([]);
    const total = { day, country: null, channel: "counter", sales: 1, refunds: 0, lines: 1, currency: "EUR" };
    expect(await rowsOf(shop, "daily_summary", month, {}, later())).toEqual([
      { ...total, seller_id: shop.admin.id, units: 2000, revenue: 2000 },
      { ...total, seller_id: clerk.id, units: 1000, revenue: 1000 },
    ]);
  });
});

describe("a snapshot of the products", () => {
  it("has those that are sold or hidden, and not those that were removed", async () => {
    const shop = await newShop();
    const [sold, hidden, removed] = [await newProduct(shop), await newProduct(shop), await newProduct(shop)];
    await call("DELETE", `${API}/products/${hidden.id}`, { token: shop.admin.token });
    await change("UPDATE products SET removed_at = created_at WHERE id = ?", removed.id);
    const rows = await rowsOf(shop, "products", dayOf(new Date(), shop.tenant.timezone));
    expect(rows.map(({ product_id, is_active }) => [product_id, is_active])).toEqual([
      [sold.id, 1],
      [hidden.id, 0],
    ]);
  });

  it("has what is known of each product, in units and in the currency of the shop", async () => {
    const shop = await newShop();
    const fields = {
      title: "Manchego",
      category: "Cheese",
      author: "Sol",
      publisher: "La Mancha",
      language: "es",
      publication_year: 1999,
      unit: "kg",
    };
    const { id, sku } = await newProduct(shop, { ...fields, price: 1250, stock: 2.5 });
    await buildNight(shop);
    expect(await lakeRows(shop, "products")).toEqual([
      {
        product_id: id,
        sku,
        ...fields,
        isbn: null,
        price: 12.5,
        price_minor: 1250n,
        currency: "EUR",
        stock: 2.5,
        rating: null,
        is_active: true,
        created_at: expect.any(Date),
        updated_at: expect.any(Date),
      },
    ]);
  });
});

it.each([
  ["daily_summary", ["country", "seller_id"]],
  ["events", ["sale_id"]],
  [
    "products",
    ["category", "author", "isbn", "publisher", "language", "publication_year", "stock", "rating"],
  ],
] as const)("a row of %s has a value in each column but %j", (dataset, optional) => {
  const columns = columnsOf(dataset, "EUR");
  expect(columns.filter(({ isRequired }) => !isRequired).map(({ name }) => name)).toEqual([...optional]);
});
