// Key figures, the daily tables they are summed from, and the lake.
import { runLakeJob } from "../../../src/lake/jobs.ts";
import { API, call } from "../../support/client.ts";
import { fileOf, importFile } from "../../support/imports.ts";
import { base, newProduct, newShop, type Shop } from "../../support/shops.ts";
import type { Entries } from "./entry.ts";

async function lakeKey(shop: Shop): Promise<string> {
  await importFile(shop, fileOf([{}]));
  await runLakeJob(base(), { kind: "lake-night", tenant_id: shop.tenant.id });
  const { body } = await call("GET", `${API}/lake/files?dataset=purchases`, { token: shop.admin.token });
  return encodeURIComponent(body.data[0].key);
}

const withoutKey = "It builds what is out of date, however often it is requested.";
const audit = { none: "It computes from what is stored and changes none of it." };

export const figures: Entries = {
  getKpis: { role: "EMPLOYEE" },
  getSeries: { role: "EMPLOYEE" },
  getTopCountries: { role: "EMPLOYEE" },
  getCountry: {
    role: "EMPLOYEE",
    sharedPath: "A country is a word that any shop may use.",
    request: async (shop) => {
      const { id } = await newProduct(shop);
      const { token } = shop.admin;
      const json = { items: [{ product_id: id, quantity: 1 }], country: "Spain" };
      await call("POST", `${API}/sales`, { token, json });
      return { path: `${API}/metrics/top-countries/Spain` };
    },
  },
  getTopProducts: { role: "EMPLOYEE" },
  getTopCustomers: { role: "EMPLOYEE" },
  getOverview: { role: "EMPLOYEE" },
  getRfm: { role: "EMPLOYEE" },
  listMetricLines: { role: "EMPLOYEE" },
  getSalesSummary: { role: "EMPLOYEE" },
  getSellerDashboard: { role: "EMPLOYEE" },
  getBreakdown: { role: "EMPLOYEE", query: "by=channel" },
  getAmounts: { role: "EMPLOYEE" },
  getMargin: { role: "ADMIN" },
  getBaskets: { role: "EMPLOYEE" },
  getCustomerFigures: { role: "EMPLOYEE" },
  getCohorts: { role: "EMPLOYEE" },
  getStockFigures: { role: "EMPLOYEE" },
  getSlowProducts: { role: "EMPLOYEE" },
  getFunnel: { role: "EMPLOYEE" },
  getAbandonedCarts: { role: "EMPLOYEE" },
  getGoals: { role: "EMPLOYEE" },
  replaceGoals: {
    role: "ADMIN",
    content: { json: { month: "2026-11", target: 1_500_000 } },
    audit: {
      action: "goal.changed",
      prepare: async () => {
        const shop = await newShop();
        const sellers = [{ user_id: shop.admin.id, target: 400 }];
        return {
          shop,
          path: `${API}/goals`,
          sent: { token: shop.admin.token, json: { month: "2026-11", target: 900, sellers } },
          expected: () => ({
            entity_id: "2026-11",
            before: { target: null, sellers: {} },
            after: { target: 900, sellers: { [shop.admin.id]: 400 } },
          }),
        };
      },
    },
  },
  getTaxReport: { role: "EMPLOYEE" },
  runRollup: { role: "ADMIN", requires: ["queues"], withoutKey, audit },
  getRollupStatus: { role: "ADMIN" },
  listLakeFiles: { role: "ADMIN" },
  getLakeFile: { role: "ADMIN", resource: lakeKey, requires: ["files"] },
  listLakeDays: { role: "ADMIN" },
  runLake: { role: "ADMIN", requires: ["queues"], withoutKey, audit },
  getLakeStatus: { role: "ADMIN" },
};
