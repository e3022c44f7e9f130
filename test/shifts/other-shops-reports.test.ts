import { expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { onShift } from "../support/desk.ts";
import { newProduct } from "../support/shops.ts";
import { newTaxRate } from "../support/taxes.ts";
import { addTwins, changeTwins, moveBehindTwins } from "../support/twins.ts";

it("the report and the export of a shift are those of this shop, beside shops whose rows have the same ids", async () => {
  const { shop, seller, shiftId } = await onShift();
  const { id: tax_rate_id } = await newTaxRate(shop, { name: "IVA 21 %", rate: 21_000 });
  const { id: product_id } = await newProduct(shop, { price: 1210, category: "Novel", tax_rate_id });
  const post = (path: string, json: object) => call("POST", `${API}${path}`, { token: seller.token, json });
  await post("/sales", { items: [{ product_id, quantity: 1 }], payment_method: "card" });
  await post("/shifts/current/cash", { kind: "paid_in", amount: 500, reason: "coins" });
  await post("/shifts/end", {});
  const get = (path: string) => call("GET", `${API}${path}`, { token: shop.admin.token });
  const next = (await post("/shifts/start", {})).body.id;
  await post("/sales", { items: [{ product_id, quantity: 1 }], payment_method: "card" });
  await post("/shifts/current/cash", { kind: "paid_in", amount: 500, reason: "coins" });
  const paths = [`/shifts/${shiftId}/report`, `/shifts/${next}/report`, "/shifts?format=csv"];
  const before = [];
  for (const path of paths) before.push((await get(path)).text);
  expect(JSON.parse(String(before[1]))).toMatchObject({
    paid_in: 500,
    by_category: [{ category: "Novel", units: 1, total: 1210 }],
    taxes: [{ name: "IVA 21 %", net: 1000, tax: 210, gross: 1210 }],
  });
  // A header and a row for each shift.
  expect(String(before[2]).trim().split("\n")).toHaveLength(3);
  await addTwins(shop.tenant);
  await changeTwins("shifts", "opening_cash = 777");
  await moveBehindTwins("products", shop.tenant);
  for (const [nth, path] of paths.entries()) expect((await get(path)).text, path).toBe(before[nth]);
});
