import { expect, it } from "vitest";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { API, call } from "../support/client.ts";
import { change } from "../support/change.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { insertSale } from "../support/receipts.ts";
import { base, newPerson, newProduct, newShop } from "../support/shops.ts";

/** A shop, a record of a customer that was merged into another, and a sale to that record. */
async function mergedRecord() {
  const shop = await newShop();
  const { token } = shop.admin;
  const { id: product_id } = await newProduct(shop);
  const into = await newPerson(shop.tenant, "CUSTOMER");
  const record = (await call("POST", `${API}/customers`, { token, json: { name: "A. Sol" } })).body;
  const items = [{ product_id, quantity: 1 }];
  const sale = (await call("POST", `${API}/sales`, { token, json: { items, customer_id: record.id } })).body;
  await call("POST", `${API}/customers/${record.id}/merge`, { token, json: { into: into.id } });
  return { shop, into, record, sale };
}

const later = () => base(new Date(Date.now() + 1000));

it("moving the sales of a merged customer ends after its last batch has committed", async () => {
  await mergedRecord();
  const batches = { sent: 0, committed: 0 };
  const ctx = between(later(), {
    before: (nth) => void (batches.sent = nth),
    after: (nth) => void (batches.committed = nth),
  });
  await moveMergedSales(ctx);
  expect(batches).toEqual({ sent: 2, committed: 2 });
});

it("a sale to a merged customer that is made as the last of its sales are moved is moved by the next run", async () => {
  const { into, record, sale } = await mergedRecord();
  const customer = () => rowsOf("SELECT customer_id FROM sales WHERE id = ?", sale.id);
  const ctx = between(later(), {
    before: async (nth) => {
      if (nth === 2) await change("UPDATE sales SET customer_id = ? WHERE id = ?", record.id, sale.id);
    },
  });
  await moveMergedSales(ctx);
  expect(await customer()).toEqual([{ customer_id: record.id }]);
  await moveMergedSales(later());
  expect(await customer()).toEqual([{ customer_id: into.id }]);
});

it("the sales of several merged customers are moved in one run, each to the record that replaced theirs", async () => {
  const merged = [await mergedRecord(), await mergedRecord()];
  await moveMergedSales(later());
  for (const { into, sale } of merged)
    expect(await rowsOf("SELECT customer_id FROM sales WHERE id = ?", sale.id)).toEqual([
      { customer_id: into.id },
    ]);
});

it("the sales of a merged customer are moved in batches of so many lines, and one that has more alone", async () => {
  const { shop, record, sale } = await mergedRecord();
  for (const [index, lines] of [2, 2, 1, 9, 1].entries())
    await insertSale(shop, {
      fields: { placed_at: `2026-11-22T11:34:0${index}.000Z` },
      lines: Array.from({ length: lines }, () => ({ description: "Taza", price: 100 })),
    });
  await change(
    "UPDATE sales SET customer_id = iif(id = ?, NULL, ?) WHERE tenant_id = ?",
    sale.id,
    record.id,
    shop.tenant.id,
  );
  const left: number[] = [];
  for (let run = 1; run <= 4; run += 1) {
    await moveMergedSales(later(), { batches: 1, sales: 500, lines: 4 });
    left.push(await count("SELECT count(*) n FROM sales WHERE customer_id = ?", record.id));
  }
  expect(left).toEqual([3, 2, 1, 0]);
});
