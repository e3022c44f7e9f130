import { describe, expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { pagesOf } from "../support/pages.ts";
import { base, newShop } from "../support/shops.ts";

describe("the days of the lake", () => {
  it("are on pages that end before they have too many sales, each day on one of them", async () => {
    const shop = await newShop();
    const days = ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"];
    await importFile(shop, fileOf(days.map((day, at) => ({ invoice: `F-${at}`, date: `${day} 10:00:00` }))));
    await rebuildDirtyDays(base(), shop.tenant.id);
    await change(
      "UPDATE daily_sales SET sales = 3000 WHERE tenant_id = ? AND day >= '2026-03-03'",
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
});
