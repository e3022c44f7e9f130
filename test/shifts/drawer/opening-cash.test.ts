import { describe, expect, it } from "vitest";
import { API, call, costOf } from "../../support/client.ts";
import { storeShift } from "../../support/shifts.ts";
import { newPerson, newShop, type Person } from "../../support/shops.ts";

const openingCash = ({ token }: Person) => call("GET", `${API}/shifts/opening-cash`, { token });

const nothing = { amount: null, shift_id: null, user_id: null, counted_at: null };

const day = (date: number) => ({ start: `2026-10-${date}T08:00:00Z`, end: `2026-10-${date}T16:00:00Z` });

describe("the opening cash", () => {
  it("is null until a drawer of the shop is counted", async () => {
    const shop = await newShop();
    expect((await openingCash(shop.admin)).body).toEqual(nothing);
    await storeShift(shop, shop.admin, day(20));
    expect((await openingCash(shop.admin)).body).toEqual(nothing);
  });

  it("is the count at the last end of a shift, whoever asks, and skips shifts without a count", async () => {
    const shop = await newShop();
    const [ana, bo] = [await newPerson(shop.tenant, "EMPLOYEE"), await newPerson(shop.tenant, "EMPLOYEE")];
    await storeShift(shop, ana, { ...day(21), countedCash: 30_000, zNumber: 1 });
    await storeShift(shop, ana, { ...day(20), countedCash: 20_000, zNumber: 2 });
    await storeShift(shop, bo, { ...day(22), zNumber: 3 });
    const shift_id = await storeShift(shop, bo, { ...day(23), countedCash: 0, zNumber: 4 });
    const within = { start: "2026-10-23T09:00:00Z", end: "2026-10-23T12:00:00Z" };
    await storeShift(shop, ana, { ...within, countedCash: 40_000, zNumber: 5 });
    await storeShift(shop, ana, { ...day(24), zNumber: 6 });
    const counted = { amount: 0, shift_id, user_id: bo.id, counted_at: "2026-10-23T16:00:00.000Z" };
    expect((await openingCash(ana)).body).toEqual(counted);
    expect((await openingCash(shop.admin)).body).toEqual(counted);
    expect((await openingCash((await newShop()).admin)).body).toEqual(nothing);
  });

  it("is the count of the shift that has just ended", async () => {
    const { admin } = await newShop();
    const post = (path: string, json: object) =>
      call("POST", `${API}/shifts${path}`, { token: admin.token, json });
    await post("/start", {});
    expect((await openingCash(admin)).body).toEqual(nothing);
    const { body: ended } = await post("/end", { counted_cash: 4321 });
    expect((await openingCash(admin)).body).toEqual({
      amount: 4321,
      shift_id: ended.id,
      user_id: admin.id,
      counted_at: ended.end_at,
    });
  });

  it("is read in one round trip and one row, however many shifts there are", async () => {
    const shop = await newShop();
    await storeShift(shop, shop.admin, { ...day(10), countedCash: 100 });
    const before = costOf(await openingCash(shop.admin));
    for (let date = 11; date < 29; date += 1) await storeShift(shop, shop.admin, day(date));
    const after = costOf(await openingCash(shop.admin));
    expect([after.queries, after.read]).toEqual([1, before.read]);
  });
});
