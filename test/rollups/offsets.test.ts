// Sales that were stored before sales had the offset of the shop's clock.
import { describe, expect, it } from "vitest";
import { setMissingOffsets } from "../../src/rollups/offsets.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { sell } from "../../src/sales/sell.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { base, newProduct, newShop, type Shop } from "../support/shops.ts";

// Around the end of summer time in Madrid.
const INSTANTS = [
  "2025-10-25T21:59:59Z",
  "2025-10-26T00:59:59Z",
  "2025-10-26T01:00:00Z",
  "2025-10-26T22:59:59Z",
];

const offsetsOf = async (shop: Shop) =>
  (await rowsOf("SELECT utc_offset FROM sales WHERE tenant_id = ? ORDER BY placed_at", shop.tenant.id)).map(
    ({ utc_offset }) => utc_offset,
  );

describe("the missing offsets of sales", () => {
  it("are set as new sales have them, and the hours are counted again", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    for (const at of INSTANTS)
      await sell(
        shop.admin.ctx(new Date(at)),
        { items: [{ product_id: id, quantity: 1000 }], payment_method: "card" },
        undefined,
      );
    const stored = await offsetsOf(shop);
    expect(stored).toEqual([7200, 7200, 3600, 3600]);
    await change("UPDATE sales SET utc_offset = NULL WHERE tenant_id = ?", shop.tenant.id);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await setMissingOffsets(base());
    expect(await offsetsOf(shop)).toEqual(stored);
    const path = `${API}/metrics/series?interval=hour&from=2025-10-26&to=2025-10-26`;
    const sold = async () =>
      (await call("GET", path, { token: shop.admin.token })).body.data
        .filter(({ sales }: { sales: number }) => sales > 0)
        .map(({ period }: { period: string }) => period);
    const hours = ["2025-10-26T02:00:00+02:00", "2025-10-26T02:00:00+01:00", "2025-10-26T23:00:00+01:00"];
    expect(await sold()).toEqual(hours);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await change("UPDATE tenants SET revision = revision + 1 WHERE id = ?", shop.tenant.id);
    expect(await sold()).toEqual(hours);
    await setMissingOffsets(base());
    expect(await count("SELECT count(*) n FROM dirty_days WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("are those of the clock of each shop on the same day", async () => {
    const shops = [await newShop(), await newShop({ timezone: "Asia/Tokyo" })];
    for (const shop of shops) {
      const { id } = await newProduct(shop);
      await sell(
        shop.admin.ctx(new Date("2025-10-25T10:00:00Z")),
        { items: [{ product_id: id, quantity: 1000 }], payment_method: "card" },
        undefined,
      );
      await change("UPDATE sales SET utc_offset = NULL WHERE tenant_id = ?", shop.tenant.id);
    }
    await setMissingOffsets(base());
    expect(await Promise.all(shops.map(offsetsOf))).toEqual([[7200], [32_400]]);
  });

  it("change at the quarter of an hour at which the clocks do", async () => {
    const shop = await newShop({ timezone: "Pacific/Chatham" });
    const { id } = await newProduct(shop);
    for (const at of ["2025-09-27T13:59:59Z", "2025-09-27T14:00:00Z"])
      await sell(
        shop.admin.ctx(new Date(at)),
        { items: [{ product_id: id, quantity: 1000 }], payment_method: "card" },
        undefined,
      );
    await change("UPDATE sales SET utc_offset = NULL WHERE tenant_id = ?", shop.tenant.id);
    await setMissingOffsets(base());
    expect(await offsetsOf(shop)).toEqual([45_900, 49_500]);
  });

  it("are set on a single day too, on which those that are known stay", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    for (const time of ["10:00", "11:00"])
      await sell(
        shop.admin.ctx(new Date(`2025-10-25T${time}:00Z`)),
        { items: [{ product_id: id, quantity: 1000 }], payment_method: "card" },
        undefined,
      );
    // The first sale was made when the shop had another time zone.
    await change(
      "UPDATE sales SET utc_offset = iif(placed_at < '2025-10-25T11', 0, NULL) WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await setMissingOffsets(base());
    expect(await offsetsOf(shop)).toEqual([0, 7200]);
  });
});
