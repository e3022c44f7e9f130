import { describe, expect, it } from "vitest";
import { personalData } from "../../src/shifts/personal-data.ts";
import { change } from "../support/change.ts";
import { rowsOf } from "../support/d1.ts";
import { storeShift } from "../support/shifts.ts";
import { base, newPerson, newShop, type Shop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";

const START = "2026-03-10T08:00:00.000Z";

/** A shop with a shift of each of two people, who worked on devices with labels. */
async function labelled() {
  const shop = await newShop();
  const [ana, ben] = [await newPerson(shop.tenant, "EMPLOYEE"), await newPerson(shop.tenant, "EMPLOYEE")];
  const work = { start: START, end: "2026-03-10T16:00:00.000Z" };
  const id = await storeShift(shop, ana, { ...work, device: "Till of Ana" });
  await storeShift(shop, ben, { ...work, device: "Till of Ben" });
  const labels = async () =>
    (
      await rowsOf(
        "SELECT device_label FROM work_sessions WHERE tenant_id = ? ORDER BY shift_id",
        shop.tenant.id,
      )
    ).map(({ device_label }) => device_label);
  return { shop, ana, id, labels };
}

const erase = async ({ tenant }: Shop, user_id: string, after = "") => {
  const batch = await personalData.steps?.["shifts"]?.(base(), {
    tenant_id: tenant.id,
    user_id,
    email: "",
    after,
  });
  await base().db.batch(batch?.statements ?? []);
  return batch?.after;
};

describe("the devices of a person who is erased", () => {
  it("are erased in the shifts of that person and shop", async () => {
    const { shop, ana, labels } = await labelled();
    await addTwins(shop.tenant);
    const before = await twinRows();
    expect(await erase(shop, ana.id)).toBeNull();
    expect(await labels()).toEqual([null, "Till of Ben"]);
    expect(await twinRows()).toEqual(before);
  });

  it("are erased after the last shift of the page before", async () => {
    const { shop, ana, id, labels } = await labelled();
    expect(await erase(shop, ana.id, JSON.stringify(["2026-03-10", START, id]))).toBeNull();
    expect(await labels()).toEqual(["Till of Ana", "Till of Ben"]);
  });

  it("are erased in one page, however many shifts other shops have of a person of the same id", async () => {
    const { shop, ana, labels } = await labelled();
    await addTwins(shop.tenant);
    await change(
      `WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 10)
        INSERT INTO shifts (tenant_id, id, user_id, status, start_at, end_at, day, opening_cash, created_at)
        SELECT tenant_id, id || n.value, id, 'CLOSED', '2020-01-' || (10 + n.value), '2020-01-' || (10 + n.value), '2020-01-01', 0, ''
        FROM users CROSS JOIN n WHERE id = ? AND tenant_id <> ?`,
      ana.id,
      shop.tenant.id,
    );
    expect(await erase(shop, ana.id)).toBeNull();
    expect(await labels()).toEqual([null, "Till of Ben"]);
  });
});
