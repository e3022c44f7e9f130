import { expect, it } from "vitest";
import { eraseUser } from "../../src/erasure/account.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { count } from "../support/d1.ts";
import { fullShop, listedIds } from "../support/full-shop.ts";
import { base } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";

it("erasing a customer leaves the rows of other shops whose people have the same ids", async () => {
  const shop = await fullShop();
  const { customer } = await listedIds(shop);
  await addTwins(shop.tenant);
  const before = await twinRows();
  await eraseUser(shop.admin.ctx(), customer);
  const openErasures = () => count("SELECT count(*) n FROM erasures WHERE tenant_id = ?", shop.tenant.id);
  expect(await openErasures()).toBe(1);
  for (let page = 1; page <= 9; page += 1)
    await resumeErasures(base(new Date(Date.now() + page * 20 * 60_000)));
  expect(await openErasures()).toBe(0);
  expect(await twinRows()).toEqual(before);
});
