import { expect, it } from "vitest";
import { buildShifts } from "../../../src/shifts/hours/build.ts";
import { rowsOf } from "../../support/d1.ts";
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

it("the sweep goes on behind a shift that could not be split", async () => {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const ids: string[] = [];
  for (const day of ["2026-03-02", "2026-03-03"])
    ids.push(await storeShift(shop, seller, { start: `${day}T08:00:00Z`, end: `${day}T16:00:00Z` }));
  await buildShifts(base(), JSON.stringify([shop.tenant.id, ids[0]]), 1);
  expect(await rowsOf("SELECT shift_id FROM shift_days WHERE tenant_id = ?", shop.tenant.id)).toEqual([
    { shift_id: ids[1] },
  ]);
});

it("each shift gets its own hours, also where a page has one shift", async () => {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const ends = ["09", "11", "15"];
  for (const [at, end] of ends.entries()) {
    const day = `2026-03-0${at + 2}`;
    await storeShift(shop, seller, { start: `${day}T08:00:00Z`, end: `${day}T${end}:00:00Z` });
  }
  for (let after: string | null = ""; after !== null;) after = await buildShifts(base(), after, 1);
  const rows = await rowsOf(
    "SELECT day, seconds FROM shift_days WHERE tenant_id = ? ORDER BY day",
    shop.tenant.id,
  );
  expect(rows).toEqual([
    { day: "2026-03-02", seconds: 3600 },
    { day: "2026-03-03", seconds: 3 * 3600 },
    { day: "2026-03-04", seconds: 7 * 3600 },
  ]);
});
