import { expect, it } from "vitest";
import { csvHeaders } from "../../src/http/csv.ts";
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
