// Shifts, their breaks, the cash drawer, activity and hours.
import { expect } from "vitest";
import { PIN, storePin } from "../../support/approvals.ts";
import { API, call } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { storeShift } from "../../support/shifts.ts";
import { newPerson, newShop, type Shop } from "../../support/shops.ts";
import { hoursAgo, type Entries, type Entry } from "./entry.ts";

const startShift = ({ admin }: Shop) => call("POST", `${API}/shifts/start`, { token: admin.token, json: {} });

async function shiftId(shop: Shop): Promise<string> {
  const { token } = await newPerson(shop.tenant, "EMPLOYEE");
  return (await call("POST", `${API}/shifts/start`, { token, json: {} })).body.id;
}

/** A shift that began two hours ago and was not ended. */
const openShiftId = async (shop: Shop): Promise<string> =>
  storeShift(shop, await newPerson(shop.tenant, "EMPLOYEE"), { start: hoursAgo(2) });

const onShift =
  (content: () => unknown = () => undefined): NonNullable<Entry["request"]> =>
  async (shop) => {
    await startShift(shop);
    return { sent: { token: shop.admin.token, json: content() } };
  };

/** Requests of a person in their shift, through their desk. */
const step: Entry = {
  role: "EMPLOYEE",
  atDesk: true,
  requires: ["objects"],
  audit: { none: "A step of one's own shift, which the shift records." },
};

export const shifts: Entries = {
  startShift: {
    ...step,
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const json = { opening_cash: 100, device_label: "Till 1" };
        const otherJson = { ...json, opening_cash: 200 };
        return { shop, path: `${API}/shifts/start`, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) =>
        count("SELECT sum(opening_cash) / 100 n FROM shifts WHERE tenant_id = ?", tenant.id),
    },
  },
  joinShift: {
    ...step,
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        await startShift(shop);
        const [json, otherJson] = [{ device_label: "Phone" }, { device_label: "Till 2" }];
        return { shop, path: `${API}/shifts/current/sessions`, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) =>
        count("SELECT count(device_label) n FROM work_sessions WHERE tenant_id = ?", tenant.id),
    },
  },
  startBreak: {
    ...step,
    idempotency: {
      status: 200,
      prepare: async () => {
        const shop = await newShop();
        await startShift(shop);
        const [json, otherJson] = [{ paid: true }, { paid: false }];
        return { shop, path: `${API}/shifts/current/breaks/start`, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) => count("SELECT count(*) n FROM breaks WHERE tenant_id = ?", tenant.id),
    },
  },
  endBreak: {
    ...step,
    idempotency: {
      status: 200,
      prepare: async () => {
        const shop = await newShop();
        await startShift(shop);
        const [path, otherPath] = [`${API}/shifts/current/breaks/end`, `${API}/shifts/current/breaks/start`];
        await call("POST", otherPath, { token: shop.admin.token });
        return { shop, path, otherPath, token: shop.admin.token };
      },
      count: ({ tenant }) => count("SELECT count(end_at) n FROM breaks WHERE tenant_id = ?", tenant.id),
    },
  },
  endShift: {
    ...step,
    idempotency: {
      status: 200,
      prepare: async () => {
        const shop = await newShop();
        await startShift(shop);
        const [json, otherJson] = [{ counted_cash: 100 }, { counted_cash: 200 }];
        return { shop, path: `${API}/shifts/end`, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) => count("SELECT count(end_at) n FROM shifts WHERE tenant_id = ?", tenant.id),
    },
  },
  createCashMove: {
    ...step,
    audit: {
      action: "shift.paid_out_approved",
      prepare: async () => {
        const shop = await newShop();
        const { token, id: actor } = await newPerson(shop.tenant, "EMPLOYEE");
        const { body: shift } = await call("POST", `${API}/shifts/start`, { token, json: {} });
        await storePin(shop.tenant, shop.admin);
        const approval = { user_id: shop.admin.id, pin: PIN };
        return {
          shop,
          path: `${API}/shifts/current/cash`,
          sent: { token, json: { kind: "paid_out", amount: 100, reason: "bank", approval } },
          expected: ({ id }) => ({
            actor,
            entity_id: shift.id,
            before: null,
            after: { cash_move_id: id, amount: 100, approved_by: shop.admin.id },
          }),
        };
      },
    },
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        await startShift(shop);
        const json = { kind: "paid_in", amount: 100, reason: "change" };
        const otherJson = { ...json, amount: 200 };
        return { shop, path: `${API}/shifts/current/cash`, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) =>
        count("SELECT sum(amount) / 100 n FROM cash_moves WHERE tenant_id = ?", tenant.id),
    },
  },
  recordActivity: {
    ...step,
    withoutKey: "Each event has an id, by which a repeated one is a duplicate.",
    // An event of before the shift is rejected.
    request: onShift(() => ({
      events: [{ at: new Date().toISOString(), platform: "phone", kind: "call" }],
    })),
  },
  getCurrentShift: { role: "EMPLOYEE", atDesk: true, requires: ["objects"], request: onShift() },
  listShifts: { role: "EMPLOYEE" },
  getWorkedHours: { role: "EMPLOYEE" },
  listActiveShifts: { role: "EMPLOYEE" },
  listActivity: { role: "EMPLOYEE", resource: shiftId },
  getOpeningCash: { role: "EMPLOYEE" },
  getTillReport: { role: "EMPLOYEE", resource: shiftId },
  listCashMoves: { role: "EMPLOYEE", resource: shiftId },
  listShiftChanges: { role: "ADMIN", resource: openShiftId },
  closeShift: {
    role: "ADMIN",
    atDesk: true,
    requires: ["objects"],
    resource: openShiftId,
    content: { json: { end_at: hoursAgo(1), reason: "forgot to clock out" } },
    idempotency: {
      status: 200,
      prepare: async () => {
        const shop = await newShop();
        const json = { end_at: hoursAgo(1), reason: "forgot to clock out" };
        const otherJson = { ...json, reason: "went home" };
        const path = `${API}/shifts/${await openShiftId(shop)}/close`;
        return { shop, path, token: shop.admin.token, json, otherJson };
      },
      count: ({ tenant }) => count("SELECT count(*) n FROM shift_audit WHERE tenant_id = ?", tenant.id),
    },
    audit: {
      action: "shift.closed",
      prepare: async () => {
        const shop = await newShop();
        const id = await openShiftId(shop);
        const end_at = hoursAgo(1);
        return {
          shop,
          path: `${API}/shifts/${id}/close`,
          sent: { token: shop.admin.token, json: { end_at, reason: "forgot to clock out" } },
          expected: () => ({
            entity_id: id,
            before: { end_at: null, status: "OPEN", z_number: null, sessions: [expect.anything()] },
            after: { end_at, status: "CLOSED", z_number: 1, sessions: [expect.anything()] },
          }),
        };
      },
    },
  },
  correctShift: {
    role: "ADMIN",
    resource: openShiftId,
    content: { json: { start_at: hoursAgo(3), reason: "the clock was wrong" } },
    request: async (shop) => {
      const [start, end] = ["2026-11-20T08:00:00.000Z", "2026-11-20T10:00:00.000Z"];
      const id = await storeShift(shop, shop.admin, { start, end });
      const json = { end_at: "2026-11-20T11:00:00.000Z", reason: "the clock was wrong" };
      return { path: `${API}/shifts/${id}`, sent: { token: shop.admin.token, json } };
    },
    audit: {
      action: "shift.corrected",
      prepare: async () => {
        const shop = await newShop();
        const seller = await newPerson(shop.tenant, "EMPLOYEE");
        const [start, end_at] = [hoursAgo(3), hoursAgo(1)];
        const id = await storeShift(shop, seller, { start, end: hoursAgo(2) });
        const { data } = (await call("GET", `${API}/shifts`, { token: shop.admin.token })).body;
        return {
          shop,
          path: `${API}/shifts/${id}`,
          sent: { token: shop.admin.token, json: { end_at, reason: "the clock was wrong" } },
          expected: () => ({ entity_id: id, before: { end_at: data[0].end_at }, after: { end_at } }),
        };
      },
    },
  },
  listAlerts: { role: "ADMIN" },
  getPlatforms: { role: "ADMIN" },
  replacePlatforms: {
    role: "ADMIN",
    content: { json: { platforms: ["whatsapp"] } },
    audit: {
      action: "platforms.changed",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/platforms`,
          sent: { token: shop.admin.token, json: { platforms: ["phone"] } },
          expected: () => ({
            entity_id: shop.tenant.id,
            before: { platforms: null },
            after: { platforms: ["phone"] },
          }),
        };
      },
    },
  },
};
