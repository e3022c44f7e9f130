// Key figures, the daily tables they are summed from, and the lake.
import { runLakeJob } from "../../../src/lake/jobs.ts";
import { API, call } from "../../support/client.ts";
import { fileOf, importFile } from "../../support/imports.ts";
import { base, newProduct, type Shop } from "../../support/shops.ts";
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
  kpis: { role: "EMPLOYEE" },
  series: { role: "EMPLOYEE" },
  topCountries: { role: "EMPLOYEE" },
  oneCountry: {
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
  topProducts: { role: "EMPLOYEE" },
  topCustomers: { role: "EMPLOYEE" },
  overview: { role: "EMPLOYEE" },
  exportCustomers: { role: "EMPLOYEE" },
  rfm: { role: "EMPLOYEE" },
  metricLines: { role: "EMPLOYEE" },
  salesSummary: { role: "EMPLOYEE" },
  sellerDashboard: { role: "EMPLOYEE" },
  breakdown: { role: "EMPLOYEE", query: "by=channel" },
  amounts: { role: "EMPLOYEE" },
  margin: { role: "ADMIN" },
  baskets: { role: "EMPLOYEE" },
  customerFigures: { role: "EMPLOYEE" },
  cohorts: { role: "EMPLOYEE" },
  stockFigures: { role: "EMPLOYEE" },
  slowProducts: { role: "EMPLOYEE" },
  funnel: { role: "EMPLOYEE" },
  abandonedCarts: { role: "EMPLOYEE" },
  taxReport: { role: "EMPLOYEE" },
  runRollup: { role: "ADMIN", requires: ["queues"], withoutKey, audit },
  rollupStatus: { role: "ADMIN" },
  listLakeFiles: { role: "ADMIN" },
  readLakeFile: { role: "ADMIN", resource: lakeKey, requires: ["files"] },
  listLakeDays: { role: "ADMIN" },
  runLake: { role: "ADMIN", requires: ["queues"], withoutKey, audit },
  lakeStatus: { role: "ADMIN" },
};
