import { describe, expect, it } from "vitest";
import { API, call, costOf } from "../../support/client.ts";
import { change } from "../../support/change.ts";
import { failureOf } from "../../support/d1.ts";
import { newPerson, newShop, type Shop } from "../../support/shops.ts";

const get = (shop: Shop) => call("GET", `${API}/settings`, { token: shop.admin.token });
const patch = (shop: Shop, json: Record<string, unknown>) =>
  call("PATCH", `${API}/settings`, { token: shop.admin.token, json });

const booked = {
  plan: "standard",
  quotas: { tenant: 300_000, public: 150_000, user: 120_000, key: 120_000, address: 120_000 },
};
const standard = {
  require_shift_to_sell: false,
  require_if_match: false,
  order_mails: true,
  idle_minutes: 15,
  max_shift_hours: 12,
  hold_minutes: 30,
  guest_hold_minutes: 15,
  pending_orders_per_customer: 5,
  pending_units_per_customer: 200,
  pending_orders_per_address: 20,
  pending_units_per_address: 600,
  ...booked,
};

describe("the settings of a shop", () => {
  it("have defaults until they are changed, one by one or together, for this shop only", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    expect((await get(shop)).body).toEqual(standard);
    expect((await patch(shop, { require_shift_to_sell: true })).body).toEqual({
      ...standard,
      require_shift_to_sell: true,
    });
    const all = {
      require_shift_to_sell: false,
      require_if_match: true,
      order_mails: false,
      idle_minutes: 480,
      max_shift_hours: 48,
      hold_minutes: 1440,
      guest_hold_minutes: 1,
      pending_orders_per_customer: 1_000_000,
      pending_units_per_customer: 1,
      pending_orders_per_address: 2,
      pending_units_per_address: 3,
    };
    expect((await patch(shop, all)).body).toEqual({ ...all, ...booked });
    expect((await patch(shop, {})).body).toEqual({ ...all, ...booked });
    expect((await get(shop)).body).toEqual({ ...all, ...booked });
    expect((await get(other)).body).toEqual(standard);
  });

  it("are read and changed in one round trip", async () => {
    const shop = await newShop();
    await get(shop);
    expect(costOf(await get(shop)).queries).toBe(1);
    expect(costOf(await patch(shop, { idle_minutes: 1 })).queries).toBe(1);
  });

  it.each([
    ["#/order_mails", { order_mails: 1 }],
    ["#/idle_minutes", { idle_minutes: 0 }],
    ["#/idle_minutes", { idle_minutes: 481 }],
    ["#/idle_minutes", { idle_minutes: 1.5 }],
    ["#/max_shift_hours", { max_shift_hours: 0 }],
    ["#/max_shift_hours", { max_shift_hours: 49 }],
    ["#/hold_minutes", { hold_minutes: 0 }],
    ["#/hold_minutes", { hold_minutes: 1441 }],
    ["#/guest_hold_minutes", { guest_hold_minutes: 1441 }],
    ["#/pending_orders_per_customer", { pending_orders_per_customer: 0 }],
    ["#/pending_units_per_address", { pending_units_per_address: 1_000_001 }],
    ["#/require_shift_to_sell", { require_shift_to_sell: 1 }],
    ["#/require_shift_to_sell", { require_shift_to_sell: null }],
    ["#/currency", { idle_minutes: 5, currency: "USD" }],
    ["#/plan", { plan: "large" }],
    ["#/quotas", { quotas: { tenant: 1 } }],
  ])("reject %s of %j and are unchanged", async (pointer, json) => {
    const shop = await newShop();
    const answer = await patch(shop, json);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
    expect((await get(shop)).body).toEqual(standard);
  });

  it("include the plan that the operator has set, and its quotas", async () => {
    const shop = await newShop();
    await change("UPDATE tenants SET plan = 'trial' WHERE id = ?", shop.tenant.id);
    const { body } = await get(shop);
    expect([body.plan, body.quotas]).toEqual([
      "trial",
      { tenant: 30_000, public: 15_000, user: 12_000, key: 12_000, address: 120_000 },
    ]);
    const failure = await failureOf(change("UPDATE tenants SET plan = 'gold' WHERE id = ?", shop.tenant.id));
    expect(String(failure)).toContain("rule: tenants_plan");
  });

  it.each(["require_shift_to_sell = 2", "idle_minutes = 0", "idle_minutes = 481", "max_shift_hours = 49"])(
    "are not %s in D1 either",
    async (wrong) => {
      const shop = await newShop();
      const failure = await failureOf(change(`UPDATE tenants SET ${wrong} WHERE id = ?`, shop.tenant.id));
      expect(String(failure)).toContain("CHECK constraint failed");
    },
  );

  it("are hidden from staff", async () => {
    const shop = await newShop();
    const { token } = await newPerson(shop.tenant, "EMPLOYEE");
    expect((await call("GET", `${API}/settings`, { token })).status).toBe(403);
    expect((await call("PATCH", `${API}/settings`, { token, json: {} })).status).toBe(403);
  });
});
