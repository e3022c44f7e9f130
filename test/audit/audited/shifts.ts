// Shifts that an ADMIN closes and corrects, and the list of platforms.
import { expect } from "vitest";
import { API, call } from "../../support/client.ts";
import { storeShift } from "../../support/shifts.ts";
import { newPerson, newShop } from "../../support/shops.ts";
import type { Case } from "./case.ts";

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

export const shifts: Record<string, Case> = {
  putPlatforms: {
    action: "platforms.changed",
    make: async () => {
      const shop = await newShop();
      return {
        shop,
        method: "PUT",
        path: `${API}/platforms`,
        sent: { token: shop.admin.token, json: { platforms: ["phone"] } },
        told: () => ({
          entity_id: shop.tenant.id,
          before: { platforms: null },
          after: { platforms: ["phone"] },
        }),
      };
    },
  },
  closeShift: {
    action: "shift.closed",
    make: async () => {
      const shop = await newShop();
      const seller = await newPerson(shop.tenant, "EMPLOYEE");
      const id = await storeShift(shop, seller, { start: hoursAgo(2) });
      const end_at = hoursAgo(1);
      return {
        shop,
        method: "POST",
        path: `${API}/shifts/${id}/close`,
        sent: { token: shop.admin.token, json: { end_at, reason: "forgot to clock out" } },
        told: () => ({
          entity_id: id,
          before: { end_at: null, status: "OPEN", z_number: null, sessions: [expect.anything()] },
          after: { end_at, status: "CLOSED", z_number: 1, sessions: [expect.anything()] },
        }),
      };
    },
  },
  correctShift: {
    action: "shift.corrected",
    make: async () => {
      const shop = await newShop();
      const seller = await newPerson(shop.tenant, "EMPLOYEE");
      const [start, end_at] = [hoursAgo(3), hoursAgo(1)];
      const id = await storeShift(shop, seller, { start, end: hoursAgo(2) });
      const { data } = (await call("GET", `${API}/shifts`, { token: shop.admin.token })).body;
      return {
        shop,
        method: "PATCH",
        path: `${API}/shifts/${id}`,
        sent: { token: shop.admin.token, json: { end_at, reason: "the clock was wrong" } },
        told: () => ({ entity_id: id, before: { end_at: data[0].end_at }, after: { end_at } }),
      };
    },
  },
};
