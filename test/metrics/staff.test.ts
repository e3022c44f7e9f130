// Shift status and hours on the dashboard.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "../../src/values/days.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { API, call, costOf } from "../support/client.ts";
import { change } from "../support/change.ts";
import { type PastShift, storeShift } from "../support/shifts.ts";
import { base, newPerson, newProduct, newShop, type Person, sellOne, type Shop } from "../support/shops.ts";

type Seller = {
  user_id: string;
  orders: number;
  hours: number;
  sales_per_hour: number | null;
  on_shift: boolean;
  status: string;
};

async function getDashboard(shop: Shop, query = "") {
  const response = await call("GET", `${API}/reports/dashboard${query}`, { token: shop.admin.token });
  const sellers: Seller[] = response.body.sellers;
  const of = (person: Person) => sellers.find((seller) => seller.user_id === person.id);
  return { response, totals: response.body.totals, of };
}

const shiftAction = (person: Person, path: string) =>
  call("POST", `${API}/shifts/${path}`, { token: person.token });

const newStaff = (shop: Shop) => newPerson(shop.tenant, "EMPLOYEE");

describe("an employee's status on the dashboard", () => {
  it("is working, on break or off according to their shift", async () => {
    const shop = await newShop();
    const clerk = await newStaff(shop);
    const status = async () => {
      const { of, totals } = await getDashboard(shop);
      return [of(clerk)?.status, of(clerk)?.on_shift, totals.on_shift];
    };
    expect(await status()).toEqual(["off", false, 0]);
    await shiftAction(clerk, "start");
    expect(await status()).toEqual(["working", true, 1]);
    await shiftAction(clerk, "current/breaks/start");
    expect(await status()).toEqual(["on_break", true, 1]);
    const colleague = await newStaff(shop);
    await shiftAction(colleague, "start");
    expect((await getDashboard(shop)).of(colleague)?.status).toBe("working");
    await shiftAction(colleague, "end");
    await shiftAction(clerk, "current/breaks/end");
    expect(await status()).toEqual(["working", true, 1]);
    await shiftAction(clerk, "end");
    expect(await status()).toEqual(["off", false, 0]);
  });

  it("is the current one, whatever the requested range", async () => {
    const shop = await newShop();
    const clerk = await newStaff(shop);
    await shiftAction(clerk, "start");
    const { of, totals } = await getDashboard(shop, "?from=2020-01-01&to=2020-12-31");
    expect(of(clerk)).toMatchObject({ status: "working", on_shift: true, hours: 0, sales_per_hour: null });
    expect(totals).toMatchObject({ on_shift: 1, hours: 0 });
  });

  it("is disabled for a disabled account, even if its shift is still open", async () => {
    const shop = await newShop();
    const [clerk, idle] = [await newStaff(shop), await newStaff(shop)];
    await shiftAction(clerk, "start");
    await change("UPDATE users SET is_active = 0 WHERE id IN (?, ?)", clerk.id, idle.id);
    const { of, totals } = await getDashboard(shop);
    expect(of(clerk)).toMatchObject({ status: "disabled", on_shift: true });
    expect(of(idle)).toMatchObject({ status: "disabled", on_shift: false });
    expect(totals).toMatchObject({ employees: 1, on_shift: 1 });
  });

  it("is shown for everybody who has worked, even if they are no longer staff and never sold anything", async () => {
    const shop = await newShop();
    const [former, customer] = [await newStaff(shop), await newPerson(shop.tenant, "CUSTOMER")];
    await storeShift(shop, former, { start: "2026-03-02T08:00:00Z", end: "2026-03-02T09:30:00Z" });
    await change("UPDATE users SET role = 'CUSTOMER' WHERE id = ?", former.id);
    const { of } = await getDashboard(shop);
    expect(of(former)).toMatchObject({ hours: 1.5, status: "off", on_shift: false });
    expect(of(customer)).toBeUndefined();
    await storeShift(shop, former, { start: new Date().toISOString() });
    const earlier = await getDashboard(shop, "?from=2020-01-01&to=2020-12-31");
    expect(earlier.of(former)).toMatchObject({ hours: 0, status: "working", on_shift: true });
    expect(earlier.totals).toMatchObject({ employees: 1, on_shift: 1 });
  });
});

describe("hours on the dashboard", () => {
  it("count the time worked within the range, without unpaid breaks", async () => {
    const shop = await newShop();
    const [clerk, idle] = [await newStaff(shop), await newStaff(shop)];
    await storeShift(shop, clerk, {
      start: "2026-03-02T21:00:00Z",
      end: "2026-03-03T03:00:00Z",
      breaks: [
        { start: "2026-03-02T22:30:00Z", end: "2026-03-03T00:00:00Z" },
        { start: "2026-03-03T01:00:00Z", end: "2026-03-03T02:00:00Z", paid: true },
      ],
    });
    const hours = async (query: string) => {
      const { of, totals } = await getDashboard(shop, query);
      return [of(clerk)?.hours, totals.hours];
    };
    expect(await hours("")).toEqual([4.5, 4.5]);
    expect(await hours("?to=2026-03-02")).toEqual([1.5, 1.5]);
    expect(await hours("?from=2026-03-03")).toEqual([3, 3]);
    expect(await hours("?from=2026-03-03&to=2026-03-03")).toEqual([3, 3]);
    expect(await hours("?from=2026-03-04")).toEqual([0, 0]);
    expect(await hours("?from=1900-01-01&to=9999-12-31")).toEqual([4.5, 4.5]);
    expect((await getDashboard(shop)).of(idle)).toMatchObject({ hours: 0, sales_per_hour: null });
  });

  it("include a shift that began the night before the range, though the next one began within it", async () => {
    const shop = await newShop();
    const clerk = await newStaff(shop);
    await storeShift(shop, clerk, { start: "2026-03-01T08:00:00Z", end: "2026-03-01T09:00:00Z" });
    await storeShift(shop, clerk, { start: "2026-03-02T21:00:00Z", end: "2026-03-03T05:00:00Z" });
    await storeShift(shop, clerk, { start: "2026-03-03T21:00:00Z", end: "2026-03-04T03:00:00Z" });
    for (const [query, hours, shifts] of [
      ["?from=2026-03-03&to=2026-03-03", 6 + 2, 2],
      ["?from=2026-03-03&to=2026-03-04", 6 + 2 + 4, 2],
      ["?from=2026-03-04&to=2026-03-04", 4, 1],
      ["?from=2026-03-02&to=2026-03-03", 2 + 6 + 2, 2],
      ["?from=2026-03-01&to=2026-03-02", 1 + 2, 2],
    ] as const) {
      const { body } = await call("GET", `${API}/shifts/hours${query}`, { token: clerk.token });
      expect(body.totals, query).toMatchObject([{ user_id: clerk.id, hours, shifts }]);
      expect((await getDashboard(shop, query)).of(clerk)?.hours, query).toBe(hours);
    }
  });

  it("divide only the sales made on shift, before and after the ETL", async () => {
    const shop = await newShop();
    const clerk = await newStaff(shop);
    const product = await newProduct(shop, { price: 100 });
    await sellOne(clerk.token, product.id);
    await shiftAction(clerk, "start");
    const sales = [1, 2, 3].map(() => sellOne(clerk.token, product.id));
    const [first] = await Promise.all(sales);
    const json = { items: [{ product_id: product.id, quantity: 1 }], reason: "torn" };
    await call("POST", `${API}/sales/${first?.body.id}/refunds`, { token: clerk.token, json });
    await shiftAction(clerk, "end");
    await sellOne(clerk.token, product.id);
    const { day, id } = (await call("GET", `${API}/shifts`, { token: clerk.token })).body.data[0];
    const afterShiftOf = async (seconds: number) => {
      await change(
        "UPDATE shifts SET start_at = strftime('%Y-%m-%dT%H:%M:%fZ', end_at, ?) WHERE id = ?",
        `-${seconds} seconds`,
        id,
      );
      return (await getDashboard(shop)).of(clerk);
    };
    for (const dirty of [true, false]) {
      if (!dirty) await rebuildDirtyDays(base(), shop.tenant.id);
      expect(await afterShiftOf(7200)).toMatchObject({ orders: 5, sales_per_hour: 1.5 });
      expect(await afterShiftOf(7300)).toMatchObject({ orders: 5, sales_per_hour: 1.48 });
      expect(await afterShiftOf(60)).toMatchObject({ orders: 5, sales_per_hour: 180 });
      expect(await afterShiftOf(59)).toMatchObject({ orders: 5, sales_per_hour: null });
      expect((await getDashboard(shop, `?from=${addDays(day, 1)}`)).of(clerk)?.sales_per_hour).toBeNull();
    }
  });

  it("equal the sums of GET /shifts/hours for any history of shifts", async () => {
    const shop = await newShop();
    const clerk = await newStaff(shop);
    const length = fc.integer({ min: 1, max: 20 * 3_600_000 });
    const steps = fc.array(fc.tuple(length, fc.constantFrom("off", "work", "paid", "unpaid")), {
      minLength: 1,
      maxLength: 25,
    });
    const history = (all: [number, string][]): PastShift[] => {
      const shifts: (PastShift & { breaks: NonNullable<PastShift["breaks"]> })[] = [];
      let at = Date.UTC(2026, 9, 20, 3, 0, 0, 7);
      let working = false;
      for (const [duration, kind] of all) {
        const start = new Date(at).toISOString();
        at += duration;
        const end = new Date(at).toISOString();
        if (kind !== "off" && !working) shifts.push({ start, end, breaks: [] });
        working = kind !== "off";
        const last = shifts.at(-1);
        if (!last || !working) continue;
        last.end = end;
        if (kind !== "work") last.breaks.push({ start, end, paid: kind === "paid" });
      }
      return shifts;
    };
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        await change("DELETE FROM breaks WHERE tenant_id = ?", shop.tenant.id);
        await change("DELETE FROM work_sessions WHERE tenant_id = ?", shop.tenant.id);
        await change("DELETE FROM shifts WHERE tenant_id = ?", shop.tenant.id);
        for (const shift of history(all)) await storeShift(shop, clerk, shift);
        for (const query of ["?from=2026-10-20&to=2026-11-20", "?from=2026-10-24&to=2026-10-26"]) {
          const report = await call("GET", `${API}/shifts/hours${query}`, { token: clerk.token });
          expect((await getDashboard(shop, query)).of(clerk)?.hours).toBe(report.body.totals[0]?.hours ?? 0);
        }
      }),
      { numRuns: 12 },
    );
  });

  it("cost the same with more sales and customers, in one round trip", async () => {
    const shop = await newShop();
    const clerk = await newStaff(shop);
    await storeShift(shop, clerk, { start: "2026-03-02T08:00:00Z", end: "2026-03-02T16:00:00Z" });
    const product = await newProduct(shop, { price: 100 });
    const cost = async () => {
      await rebuildDirtyDays(base(), shop.tenant.id);
      return costOf((await getDashboard(shop)).response);
    };
    await sellOne(clerk.token, product.id);
    const few = await cost();
    expect(few.queries).toBe(1);
    for (let sold = 0; sold < 20; sold += 1) await sellOne(clerk.token, product.id);
    for (let customer = 0; customer < 5; customer += 1) await newPerson(shop.tenant, "CUSTOMER");
    expect(await cost()).toEqual({ ...few });
  });
});

it("a person who no longer works in the shop is listed in the ranges in which they sold", async () => {
  const shop = await newShop();
  const clerk = await newStaff(shop);
  await sellOne(clerk.token, (await newProduct(shop)).id);
  await change("UPDATE users SET role = 'CUSTOMER' WHERE tenant_id = ? AND id = ?", shop.tenant.id, clerk.id);
  const { of, totals } = await getDashboard(shop);
  expect(of(clerk)).toMatchObject({ orders: 1 });
  expect(totals).toMatchObject({ employees: 1, orders: 1 });
  expect((await getDashboard(shop, "?from=2020-01-01&to=2020-12-31")).of(clerk)).toBeUndefined();
});

it("staff with the same revenue are listed by name", async () => {
  const shop = await newShop();
  for (const name of ["Bea", "Ana", "Cleo"]) {
    const { id } = await newStaff(shop);
    await change("UPDATE users SET first_name = ? WHERE tenant_id = ? AND id = ?", name, shop.tenant.id, id);
  }
  const { response } = await getDashboard(shop);
  const names = response.body.sellers.map(({ name }: { name: string }) => name.split(" ")[0]);
  expect(names).toEqual(["Ana", "Bea", "Cleo", "First"]);
});
