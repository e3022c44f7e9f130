// Lists of open shifts and alerts read only open rows, however long the history is.
import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { storeShift } from "../support/shifts.ts";
import { newPerson, newShop } from "../support/shops.ts";

/** A shop with an open, idle shift; `addHistory` adds hundreds of closed shifts and alerts. */
async function newHistory() {
  const shop = await newShop();
  const [seller, other] = [
    await newPerson(shop.tenant, "EMPLOYEE"),
    await newPerson(shop.tenant, "EMPLOYEE"),
  ];
  const shiftId = await storeShift(shop, seller, { start: "2026-03-10T08:00:00Z" });
  const alert = `INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at, closed_at)
    SELECT ?, printf('00000000-0000-7000-8000-%012d', value), 'idle', ?, ?, ?, iif(value = 0, NULL, ?) FROM json_each(?)`;
  const alerts = (numbers: number[]) => {
    const at = numbers.length === 1 ? "2026-03-10T09:00:00.000Z" : "2026-03-10T10:00:00.000Z";
    return change(alert, shop.tenant.id, shiftId, seller.id, at, at, JSON.stringify(numbers));
  };
  await alerts([0]);
  const addHistory = async () => {
    const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
    await alerts(numbers);
    for (const person of [seller, other])
      await change(
        `INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, created_at)
          SELECT ?, printf('%s-%04d', ?, value), ?, 'CLOSED', '2026-03-09T08:00:00.000Z', '2026-03-09',
            '2026-03-09T08:00:00.000Z', 0, '2026-03-09T08:00:00.000Z' FROM json_each(?)`,
        shop.tenant.id,
        person.id.slice(0, 31),
        person.id,
        JSON.stringify(numbers),
      );
    // Newer than the open shift: a scan from the newest day would read these first.
    await change(
      "UPDATE shifts SET day = '2026-03-11' WHERE tenant_id = ? AND user_id = ?",
      shop.tenant.id,
      other.id,
    );
  };
  return { shop, seller, shiftId, addHistory };
}

describe("a list of open shifts or alerts", () => {
  it.each([
    "/shifts?status=OPEN",
    "/shifts?status=OPEN&from=2026-03-01&to=2026-03-31",
    "/shifts?status=OPEN&user_id=SELLER",
    "/alerts?open=true",
    "/alerts?open=true&kind=idle",
    "/alerts?open=true&user_id=SELLER",
  ])("%s costs the same with a long history", async (path) => {
    const { shop, seller, shiftId, addHistory } = await newHistory();
    const list = () => call("GET", `${API}${path.replace("SELLER", seller.id)}`, { token: shop.admin.token });
    // The first request of a login reads who it is.
    await list();
    const before = await list();
    await addHistory();
    const after = await list();
    expect(after.body).toEqual(before.body);
    expect(after.body.data).toHaveLength(1);
    expect([after.body.data[0].id, after.body.data[0].shift_id]).toContain(shiftId);
    expect(costOf(after)).toEqual(costOf(before));
  });

  it("of my own open shift costs the same with a long history", async () => {
    const { seller, addHistory } = await newHistory();
    const list = () => call("GET", `${API}/shifts?status=OPEN`, { token: seller.token });
    await list();
    const before = costOf(await list());
    await addHistory();
    expect(costOf(await list())).toEqual(before);
  });
});
