// Tax rates. The tax report is with the figures.
import { API } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { newShop, type Shop } from "../../support/shops.ts";
import { newTaxRate } from "../../support/taxes.ts";
import type { Entries } from "./entry.ts";

const taxRateId = async (shop: Shop): Promise<string> => (await newTaxRate(shop)).id;

const standard = { name: "IVA 21 %", rate: 21_000, is_default: true };

export const taxes: Entries = {
  listTaxRates: { role: "EMPLOYEE" },
  createTaxRate: {
    role: "ADMIN",
    idempotency: {
      prepare: async () => {
        const shop = await newShop();
        const otherJson = { ...standard, name: "IVA 10 %", rate: 10_000 };
        return { shop, path: `${API}/tax-rates`, token: shop.admin.token, json: standard, otherJson };
      },
      count: ({ tenant }) => count("SELECT count(*) n FROM tax_rates WHERE tenant_id = ?", tenant.id),
    },
    audit: {
      action: "tax_rate.added",
      prepare: async () => {
        const shop = await newShop();
        return {
          shop,
          path: `${API}/tax-rates`,
          sent: { token: shop.admin.token, json: standard },
          expected: ({ id }) => ({ entity_id: id, before: null, after: standard }),
        };
      },
    },
  },
  updateTaxRate: {
    role: "ADMIN",
    resource: taxRateId,
    content: { json: { rate: 10_000 } },
    audit: {
      action: "tax_rate.changed",
      prepare: async () => {
        const shop = await newShop();
        const { id, name } = await newTaxRate(shop);
        return {
          shop,
          path: `${API}/tax-rates/${id}`,
          sent: { token: shop.admin.token, json: { name, rate: 10_000, is_default: true } },
          expected: () => ({
            entity_id: id,
            before: { rate: 21_000, is_default: false },
            after: { rate: 10_000, is_default: true },
          }),
        };
      },
    },
  },
};
