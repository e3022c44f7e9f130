import { expect, it } from "vitest";
import { csvHeaders } from "../../src/http/csv.ts";
import { API, call } from "../support/client.ts";
import { newShop } from "../support/shops.ts";

it("a download is named after the shop, what it has and the days of the query, whichever are given", async () => {
  const { tenant } = await newShop({ name: "Librería" });
  const named = (query: Parameters<typeof csvHeaders>[2]) => {
    const header = csvHeaders({ tenant }, "sales", query)["content-disposition"] ?? "";
    return decodeURIComponent(header.slice(header.indexOf("UTF-8''") + 7));
  };
  const [from, to] = ["2026-10-01", "2026-10-31"];
  expect([named({}), named({ from }), named({ to }), named({ from, to })]).toEqual([
    "Librería sales.csv",
    "Librería sales from 2026-10-01.csv",
    "Librería sales to 2026-10-31.csv",
    "Librería sales from 2026-10-01 to 2026-10-31.csv",
  ]);
});

it("the download of each list and report is named after what it has and the days that it takes", async () => {
  const { admin } = await newShop({ name: "Sol" });
  const nameOf = async (path: string, query: string) => {
    const { status, headers } = await call("GET", `${API}/${path}${query}`, { token: admin.token });
    expect(status, path).toBe(200);
    return /filename="(.*?)"/.exec(headers.get("content-disposition") ?? "")?.[1];
  };
  for (const [path, what] of [
    ["metrics/breakdown?by=channel&", "channel"],
    ["metrics/cohorts?", "cohorts"],
    ["metrics/sales-summary?", "sales-summary"],
    ["reports/tax?", "tax"],
    ["orders?", "orders"],
    ["sales?", "sales"],
    ["sales/lines?", "sale-lines"],
    ["shifts?", "shifts"],
    ["shifts/hours?", "hours"],
  ] as const)
    expect(await nameOf(path, "format=csv&from=2026-10-01&to=2026-10-31")).toBe(
      `Sol ${what} from 2026-10-01 to 2026-10-31.csv`,
    );
  for (const [path, what] of [
    ["customers", "customers"],
    ["metrics/rfm", "rfm"],
    ["metrics/slow-products", "slow products"],
    ["products", "products"],
    ["stock", "stock"],
    ["stock/discrepancies", "stock-discrepancies"],
  ] as const)
    expect(await nameOf(path, "?format=csv")).toBe(`Sol ${what}.csv`);
});
