import { sql } from "drizzle-orm";
import { expect, it, vi } from "vitest";
import { insertCustomer } from "../../src/customers/new-customer.ts";
import { newId } from "../../src/values/ids.ts";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { API, call } from "../support/client.ts";
import { change } from "../support/change.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { insertSale } from "../support/receipts.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

/** A shop, a record of a customer that was merged into another, and a sale to that record. */
async function mergedRecord(of?: Shop) {
  const shop = of ?? (await newShop());
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
  const first = await mergedRecord();
  const merged = [first, await mergedRecord(), await mergedRecord(first.shop)];
  expect(await moveMergedSales(later())).toBeNull();
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
    expect(await moveMergedSales(later(), { batches: 1, sales: 500, lines: 4 })).toBe("");
    left.push(await count("SELECT count(*) n FROM sales WHERE customer_id = ?", record.id));
  }
  expect(left).toEqual([3, 2, 1, 0]);
});

it("the day of a sale that is moved to another record is counted anew at once, before all others are moved", async () => {
  await change("DELETE FROM customer_merges");
  const { shop, record, sale } = await mergedRecord();
  await change("UPDATE sales SET day = '2020-01-01' WHERE id = ?", sale.id);
  await change("DELETE FROM dirty_days WHERE tenant_id = ?", shop.tenant.id);
  const revision = () => count("SELECT revision n FROM tenants WHERE id = ?", shop.tenant.id);
  const before = await revision();
  await moveMergedSales(later(), { batches: 1, sales: 500, lines: 500 });
  expect(
    await rowsOf("SELECT day, needs_rebuild FROM dirty_days WHERE tenant_id = ?", shop.tenant.id),
  ).toEqual([{ day: "2020-01-01", needs_rebuild: 1 }]);
  expect(await revision()).toBeGreaterThan(before);
  expect(await rowsOf("SELECT has_moved FROM customer_merges WHERE from_id = ?", record.id)).toEqual([
    { has_moved: 1 },
  ]);
});

it("a merged customer without sales has no day counted anew, and a merge that is not due waits", async () => {
  const waiting = await mergedRecord();
  const { shop } = waiting;
  for (const { into, sale } of [waiting, await mergedRecord(shop)])
    await change("UPDATE sales SET customer_id = ? WHERE id = ?", into.id, sale.id);
  await change("UPDATE customer_merges SET has_moved = 1, due_at = '9' WHERE from_id = ?", waiting.record.id);
  await change("DELETE FROM dirty_days WHERE tenant_id = ?", shop.tenant.id);
  await moveMergedSales(later());
  expect(await rowsOf("SELECT day FROM dirty_days WHERE tenant_id = ?", shop.tenant.id)).toEqual([]);
  expect(await rowsOf("SELECT from_id FROM customer_merges WHERE tenant_id = ?", shop.tenant.id)).toEqual([
    { from_id: waiting.record.id },
  ]);
});

it("a sale stays with its customer if their merge is gone when the sale would be moved", async () => {
  const { record, sale } = await mergedRecord();
  const ctx = between(later(), {
    before: async (nth) => {
      if (nth === 1) await change("DELETE FROM customer_merges WHERE from_id = ?", record.id);
    },
  });
  await moveMergedSales(ctx);
  expect(await rowsOf("SELECT customer_id FROM sales WHERE id = ?", sale.id)).toEqual([
    { customer_id: record.id },
  ]);
});

it("a merge that fails is logged, holds up no other, is due again ten minutes later, and fails no more once it succeeds", async () => {
  await change("DELETE FROM customer_merges");
  const failing = await mergedRecord();
  const other = await mergedRecord(failing.shop);
  const waiting = (await mergedRecord(failing.shop)).record.id;
  await change("UPDATE customer_merges SET due_at = '9' WHERE from_id = ?", waiting);
  const merge = async (record = failing.record.id) =>
    (await rowsOf("SELECT due_at, failing_since FROM customer_merges WHERE from_id = ?", record))[0];
  const customer = (id: string) => rowsOf("SELECT customer_id FROM sales WHERE id = ?", id);
  const since = (await merge())?.["due_at"];
  const logged = vi.spyOn(console, "error").mockReturnValue();
  const start = Date.now() + 1000;
  for (const minutes of [0, 15]) {
    const now = new Date(start + minutes * 60_000);
    const ctx = between(base(now), {
      before: (nth) => {
        if (nth === 1) throw new Error("D1 is down");
      },
    });
    await moveMergedSales(ctx);
    expect(await merge()).toEqual({
      due_at: new Date(now.getTime() + 600_000).toISOString(),
      failing_since: since,
    });
  }
  expect(logged.mock.calls.map(([line]) => JSON.parse(String(line)))).toMatchObject([
    { what: "customer merge", error: { message: "D1 is down" } },
    { what: "customer merge", error: { message: "D1 is down" } },
  ]);
  logged.mockRestore();
  expect(await merge(waiting)).toEqual({ due_at: "9", failing_since: null });
  expect(await customer(other.sale.id)).toEqual([{ customer_id: other.into.id }]);
  await moveMergedSales(base(new Date(start + 24 * 60_000)));
  expect(await customer(failing.sale.id)).toEqual([{ customer_id: failing.record.id }]);
  await moveMergedSales(base(new Date(start + 25 * 60_000)), { batches: 1, sales: 500, lines: 500 });
  expect(await customer(failing.sale.id)).toEqual([{ customer_id: failing.into.id }]);
  expect(await merge()).toMatchObject({ failing_since: null });
});

it("a run ends twenty merges, and is followed by another as long as there may be more", async () => {
  await change("DELETE FROM customer_merges");
  const shop = await newShop();
  const ctx = base();
  const [into = "", ...merged] = Array.from({ length: 22 }, () => newId());
  await ctx.db.batch([
    ...[into, ...merged].flatMap((id) => insertCustomer(ctx.now, shop.tenant.id, { id })),
    sql`INSERT INTO customer_merges (tenant_id, from_id, into_id, due_at)
      SELECT ${shop.tenant.id}, value, ${into}, ${ctx.now.toISOString()} FROM json_each(${JSON.stringify(merged)})`,
  ]);
  const run = async () => [
    await moveMergedSales(later(), { batches: 100, sales: 500, lines: 500 }),
    await count("SELECT count(*) n FROM customer_merges"),
  ];
  expect(await run()).toEqual(["", 1]);
  expect(await run()).toEqual([null, 0]);
});
