import { expect, it } from "vitest";
import { buildShifts } from "../../../src/shifts/hours/build.ts";
import { storeShift } from "../../support/shifts.ts";
import { base, newPerson, newShop } from "../../support/shops.ts";

it("the sweep of closed shifts continues after a full page, and ends after one that is not full", async () => {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  for (const day of ["2026-03-02", "2026-03-03"])
    await storeShift(shop, seller, { start: `${day}T08:00:00Z`, end: `${day}T16:00:00Z` });
  expect(await buildShifts(base(), "", 1)).not.toBeNull();
  expect(await buildShifts(base(), "", 2)).toBeNull();
});
