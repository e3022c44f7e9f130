// A sale that changes which one is the first of its customer marks their days for a rebuild; all others mark only their own.
import { expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { sell } from "../../src/sales/sell.ts";
import { addDays } from "../../src/values/days.ts";
import { rowsOf } from "../support/d1.ts";
import { base, newPerson, newProduct, newShop } from "../support/shops.ts";

it("a sale marks only the days whose first sales it changes, and reads no other sales of its customer", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop);
  const customer = await newPerson(shop.tenant, "CUSTOMER");
  const sellOn = async (day: string) => {
    const ctx = shop.admin.ctx(new Date(`${day}T10:00:00Z`));
    const items = [{ product_id: id, quantity: 1000 }];
    await sell(ctx, { items, payment_method: "card", customer_id: customer.id }, undefined);
    return ctx.db.cost.read;
  };
  const marked = async () => {
    const rows = await rowsOf(
      "SELECT day FROM dirty_days WHERE tenant_id = ? AND needs_rebuild = 1 ORDER BY day",
      shop.tenant.id,
    );
    await rebuildDirtyDays(base(), shop.tenant.id);
    return rows.map(({ day }) => day);
  };
  await sellOn("2026-03-05");
  for (let nth = 0; nth < 5; nth += 1) await sellOn(addDays("2026-03-10", nth));
  await rebuildDirtyDays(base(), shop.tenant.id);
  const few = await sellOn("2026-03-20");
  for (let nth = 0; nth < 40; nth += 1) await sellOn(addDays("2026-03-21", nth));
  await rebuildDirtyDays(base(), shop.tenant.id);
  const many = await sellOn("2026-06-01");
  expect(many - few).toBeLessThan(10);
  expect(await marked()).toEqual([]);
  // In between it changes none; before the first one of its month that one, and before all in an earlier month all.
  await sellOn("2026-03-11");
  expect(await marked()).toEqual([]);
  await sellOn("2026-03-04");
  expect(await marked()).toEqual(["2026-03-05"]);
  await sellOn("2026-02-28");
  expect((await marked()).length).toBe(49);
});
