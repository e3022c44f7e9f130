import { describe, expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { pagesOf, repeatUntil } from "../support/pages.ts";
import { base, newShop } from "../support/shops.ts";

describe("the days of the lake", () => {
  it("are on pages that end before they have too many sales, each day on one of them", async () => {
    const shop = await newShop();
    const days = ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"];
    await importFile(shop, fileOf(days.map((day, at) => ({ invoice: `F-${at}`, date: `${day} 10:00:00` }))));
    await rebuildDirtyDays(base(), shop.tenant.id);
    await change(
      "UPDATE daily_sales SET sales = 1500 WHERE tenant_id = ? AND day >= '2026-03-03'",
      shop.tenant.id,
    );
    const pages = await pagesOf(async (cursor) => {
      const path = `${API}/lake/days${cursor === null ? "" : `?cursor=${cursor}`}`;
      return (await call("GET", path, { token: shop.admin.token })).body;
    });
    const lines = pages.map(({ data }) =>
      data.map(({ day, sales }: { day: string; sales: number }) => `${day}: ${sales}`),
    );
    expect(lines).toEqual([["2026-03-02: 1", "2026-03-03: 1"], ["2026-03-04: 1"], ["2026-03-05: 1"]]);
  });

  it("are those of a range, first and last included, and none of a shop without sales", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const list = async (query: string) => {
      const { body } = await call("GET", `${API}/lake/days${query}`, { token });
      return [body.data.map(({ day }: { day: string }) => day), body.next_cursor];
    };
    expect(await list("")).toEqual([[], null]);
    const days = ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"];
    await importFile(shop, fileOf(days.map((day, at) => ({ invoice: `F-${at}`, date: `${day} 10:00:00` }))));
    expect(await list("?from=2026-03-03&to=2026-03-04")).toEqual([["2026-03-03", "2026-03-04"], null]);
    await rebuildDirtyDays(base(), shop.tenant.id);
    expect(await list("?from=2026-03-03&to=2026-03-04")).toEqual([["2026-03-03", "2026-03-04"], null]);
    expect(await list("?from=2026-03-06")).toEqual([[], null]);
  });

  it("that are dirty are counted without the sales of other shops", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const sold = { "2026-03-02": 900, "2026-03-03": 10 };
    for (const { tenant } of [shop, other])
      for (const [day, number] of Object.entries(sold)) {
        await change(
          `INSERT INTO sales (tenant_id, id, kind, channel, status, total, units, lines, placed_at, day, created_at)
            SELECT ?1, ?2 || value, 'sale', 'import', 'completed', 1, 1, 1, ?2 || 'T10:00:00.000Z', ?2, ?2 FROM json_each(?3)`,
          tenant.id,
          day,
          JSON.stringify(Array.from({ length: number }, (_, at) => at)),
        );
        await change(
          "INSERT INTO dirty_days (tenant_id, day) VALUES (?, ?) ON CONFLICT DO NOTHING",
          tenant.id,
          day,
        );
      }
    const { body } = await call("GET", `${API}/lake/days`, { token: shop.admin.token });
    expect(body.data.map(({ day, sales }: { day: string; sales: number }) => [day, sales])).toEqual(
      Object.entries(sold),
    );
  });

  it("are read in few rows while no day is built, and a day with more sales than a request reads has its figures", async () => {
    const shop = await newShop();
    const salesOf = (day: string, number: number) =>
      Array.from({ length: number }, (_, at) => ({ invoice: `${day} ${at}`, date: `${day} 10:00:00` }));
    const sold = { "2026-03-02": 900, "2026-03-03": 900, "2026-03-04": 1_700, "2026-03-05": 10 };
    await importFile(shop, fileOf(Object.entries(sold).flatMap(([day, number]) => salesOf(day, number))));
    const read = async (cursor: string | null) => {
      const path = `${API}/lake/days${cursor === null ? "" : `?cursor=${cursor}`}`;
      const response = await call("GET", path, { token: shop.admin.token });
      expect(costOf(response).read).toBeLessThanOrEqual(5_000);
      return response.body;
    };
    const list = async () => (await pagesOf(read)).map(({ data }) => data);
    await change(
      "INSERT INTO dirty_days (tenant_id, day) SELECT ?1, value FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING",
      shop.tenant.id,
      JSON.stringify(Object.keys(sold)),
    );
    const unbuilt = await list();
    expect(
      unbuilt.map((days) => days.map(({ day, sales }: { day: string; sales: number }) => [day, sales])),
    ).toEqual(Object.entries(sold).map((day) => [day]));
    await repeatUntil(async () => !(await rebuildDirtyDays(base(), shop.tenant.id)).more);
    expect(await list()).toEqual(unbuilt);
    const areWhole = (pages: { is_whole: boolean }[][]) =>
      pages.flatMap((days) => days.map(({ is_whole }) => is_whole));
    expect(areWhole(unbuilt)).toEqual([false, false, false, false]);
    await change("UPDATE lake_days SET built = version WHERE tenant_id = ?", shop.tenant.id);
    expect(areWhole(await list())).toEqual([true, true, true, true]);
  });

  it("that are dirty are on one page if they have few sales together", async () => {
    const shop = await newShop();
    const sold = { "2026-03-02": 1_000, "2026-03-03": 500 };
    const rows = Object.entries(sold).flatMap(([date, number]) =>
      Array.from({ length: number }, (_, at) => ({ invoice: `${date} ${at}`, date: `${date} 10:00:00` })),
    );
    await importFile(shop, fileOf(rows));
    await change(
      "INSERT INTO dirty_days (tenant_id, day) SELECT ?1, value FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING",
      shop.tenant.id,
      JSON.stringify(Object.keys(sold)),
    );
    const { body } = await call("GET", `${API}/lake/days`, { token: shop.admin.token });
    expect(body.data.map(({ day, sales }: { day: string; sales: number }) => [day, sales])).toEqual(
      Object.entries(sold),
    );
  });
});

it("the first day of a month is whole only if its sales are, whatever is built of its month and of other days", async () => {
  const shop = await newShop();
  const dates = ["2026-03-01", "2026-03-02"];
  await importFile(shop, fileOf(dates.map((day) => ({ invoice: day, date: `${day} 10:00:00` }))));
  await rebuildDirtyDays(base(), shop.tenant.id);
  const build = (dataset: string, built: number) =>
    change(
      `INSERT INTO lake_days (tenant_id, dataset, day, version, built) VALUES (?1, ?2, '2026-03-01', 2, ?3)
        ON CONFLICT DO UPDATE SET version = 2, built = ?3`,
      shop.tenant.id,
      dataset,
      built,
    );
  const areWhole = async () =>
    (await call("GET", `${API}/lake/days`, { token: shop.admin.token })).body.data.map(
      (day: { is_whole: boolean }) => day.is_whole,
    );
  const setDirty = (day: string) =>
    change("INSERT INTO dirty_days (tenant_id, day) VALUES (?, ?)", shop.tenant.id, day);
  await build("purchases", 1);
  await build("daily_summary", 2);
  expect(await areWhole()).toEqual([false, false]);
  await build("purchases", 2);
  expect(await areWhole()).toEqual([true, false]);
  await setDirty("2026-03-02");
  expect(await areWhole()).toEqual([true, false]);
  await setDirty("2026-03-01");
  expect(await areWhole()).toEqual([false, false]);
});
