import { expect, it } from "vitest";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { API, call } from "../support/client.ts";
import { between } from "../support/d1.ts";
import { base, newPerson, newProduct, newShop } from "../support/shops.ts";

it("moving the sales of a merged customer ends after its last batch has committed", async () => {
  const shop = await newShop();
  const { token } = shop.admin;
  const { id: product_id } = await newProduct(shop);
  const into = await newPerson(shop.tenant, "CUSTOMER");
  const record = (await call("POST", `${API}/customers`, { token, json: { name: "A. Sol" } })).body;
  const items = [{ product_id, quantity: 1 }];
  await call("POST", `${API}/sales`, { token, json: { items, customer_id: record.id } });
  await call("POST", `${API}/customers/${record.id}/merge`, { token, json: { into: into.id } });
  const batches = { sent: 0, committed: 0 };
  const ctx = between(base(new Date(Date.now() + 1000)), {
    before: (nth) => void (batches.sent = nth),
    after: (nth) => void (batches.committed = nth),
  });
  await moveMergedSales(ctx);
  expect(batches).toEqual({ sent: 2, committed: 2 });
});
