import { sql } from "drizzle-orm";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeCustomer } from "../../src/customers/merge.ts";
import { getCustomerWithFigures } from "../../src/metrics/customers/record.ts";
import { buildNextProductDays } from "../../src/recommendations/days.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { plainFigures, readFigures } from "../support/plain-figures.ts";
import { plainRange, RANGES, readRange } from "../support/plain-ranges.ts";
import { recording } from "../support/queues.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";
import { repeatUntil } from "../support/pages.ts";

const add = async (shop: Shop, json: Record<string, unknown>): Promise<string> =>
  (await call("POST", `${API}/customers`, { token: shop.admin.token, json })).body.id;

const merge = (shop: Shop, from: string, into: string, token = shop.admin.token) =>
  call("POST", `${API}/customers/${from}/merge`, { token, json: { into } });

const get = async (shop: Shop, id: string) =>
  (await call("GET", `${API}/customers/${id}`, { token: shop.admin.token })).body;

const salesOf = async (shop: Shop, customer: string): Promise<string[]> =>
  (await call("GET", `${API}/customers/${customer}/sales`, { token: shop.admin.token })).body.data.map(
    ({ id }: { id: string }) => id,
  );

async function sellTo(shop: Shop, customer_id: string, product: string): Promise<string> {
  const json = { items: [{ product_id: product, quantity: 1 }], customer_id };
  return (await call("POST", `${API}/sales`, { token: shop.admin.token, json })).body.id;
}

/** Runs the sweep until nothing is left, as if each page were killed after one batch. */
async function finishMerges(): Promise<void> {
  const limits = { batches: 1, sales: 2, lines: 3 };
  for (let page = 0; page < 2000; page += 1) {
    const left = await rowsOf("SELECT 1 FROM customer_merges LIMIT 1");
    if (left.length === 0) return;
    await moveMergedSales(base(new Date(Date.now() + 1000)), limits);
  }
  throw new Error("the sweep does not end");
}

const address = (name: string) => ({
  name,
  lines: ["Calle Mayor 1"],
  city: "Madrid",
  postal_code: "28013",
  country: "ES",
});

describe("merging two customers", () => {
  it("gives the one that remains what it lacks and all sales, and leads there from then on", async () => {
    const shop = await newShop();
    const { id: product } = await newProduct(shop, { price: 1000 });
    const into = await add(shop, { name: "Ana Sol", email: "ana@example.com", note: "first" });
    const from = await add(shop, {
      name: "A. Sol",
      email: "sol@example.com",
      phone: "600112233",
      external_ref: "17",
      note: "second",
      addresses: [address("Ana")],
      accepts_mail: true,
    });
    const sales = [await sellTo(shop, from, product), await sellTo(shop, into, product)];
    const { status, body, headers } = await merge(shop, from, into);
    expect([status, headers.get("etag")]).toEqual([200, `"v${body.version}"`]);
    expect(body).toMatchObject({
      id: into,
      name: "Ana Sol",
      email: "ana@example.com",
      phone: "600112233",
      note: "first\nsecond",
      addresses: [address("Ana")],
      accepts_mail: true,
    });
    // Exact at once, although the sales have still to be moved.
    expect(await get(shop, into)).toMatchObject({ figures: { orders: 2, spend: 2000 } });
    await finishMerges();
    expect((await salesOf(shop, into)).toSorted()).toEqual(sales.toSorted());
    expect(await get(shop, from)).toMatchObject({ id: into, figures: { orders: 2, spend: 2000 } });
    const later = await sellTo(shop, from, product);
    expect((await call("GET", `${API}/sales/${later}`, { token: shop.admin.token })).body.customer_id).toBe(
      into,
    );
    for (const customer of [from, into, "17"]) {
      const listed = await call("GET", `${API}/sales?customer=${customer}`, { token: shop.admin.token });
      expect(listed.body.data).toHaveLength(3);
    }
    const taken = await call("POST", `${API}/customers`, {
      token: shop.admin.token,
      json: { name: "Eva", email: "sol@example.com" },
    });
    expect(taken.body.customer_id).toBe(into);
    const changed = await call("PATCH", `${API}/customers/${from}`, {
      token: shop.admin.token,
      json: { language: "es" },
    });
    expect(changed.body).toMatchObject({ id: into, language: "es" });
  });

  it("is repeated without effect, flat, and refused in a circle, for accounts and for what does not exist", async () => {
    const shop = await newShop();
    const other = await newShop();
    const [a, b, c] = [
      await add(shop, { name: "A" }),
      await add(shop, { name: "B" }),
      await add(shop, { name: "C", email: "c@example.com" }),
    ];
    expect((await merge(shop, a, b)).status).toBe(200);
    const version = (await get(shop, b)).version;
    expect((await merge(shop, a, b)).body.version).toBe(version);
    expect((await merge(shop, b, c)).status).toBe(200);
    expect(
      await rowsOf(
        "SELECT merged_into FROM customers WHERE tenant_id = ? AND id IN (?, ?)",
        shop.tenant.id,
        a,
        b,
      ),
    ).toEqual([{ merged_into: c }, { merged_into: c }]);
    for (const [from, into, detail] of [
      [c, c, "A customer cannot be merged into itself."],
      [c, a, "A customer cannot be merged into itself."],
      [a, await add(shop, { name: "D" }), `The record was merged into the customer ${c}.`],
    ] as const)
      expect((await merge(shop, from, into)).body).toMatchObject({ type: "/problems/conflict", detail });
    const [ana, eva] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
    expect((await merge(shop, ana.id, c)).body.type).toBe("/problems/merged-account");
    expect((await merge(shop, ana.id, eva.id)).body.type).toBe("/problems/merged-account");
    expect((await merge(shop, c, ana.id)).body).toMatchObject({
      id: ana.id,
      email: ana.email,
      email_confirmed: false,
    });
    expect((await merge(shop, crypto.randomUUID(), ana.id)).status).toBe(404);
    expect((await merge(shop, await add(shop, { name: "E" }), other.admin.id)).body.type).toBe(
      "/problems/unknown-customer",
    );
    const employee = await newPerson(shop.tenant, "EMPLOYEE");
    expect((await merge(shop, eva.id, ana.id, employee.token)).status).toBe(403);
    const merged = await rowsOf(
      "SELECT action FROM audit_log WHERE tenant_id = ? AND action = 'customer.merged'",
      shop.tenant.id,
    );
    expect(merged).toHaveLength(3);
  });

  it("is in the audit log with the record that remains, though one was named that had been merged into it", async () => {
    const shop = await newShop();
    const [a, b, c] = [
      await add(shop, { name: "A" }),
      await add(shop, { name: "B" }),
      await add(shop, { name: "C" }),
    ];
    await merge(shop, b, c);
    expect((await merge(shop, a, b)).body.id).toBe(c);
    expect(
      await rowsOf(
        "SELECT entity_id, after ->> 'into' AS into_id FROM audit_log WHERE tenant_id = ? AND action = 'customer.merged' ORDER BY id",
        shop.tenant.id,
      ),
    ).toEqual([
      { entity_id: b, into_id: c },
      { entity_id: a, into_id: c },
    ]);
  });

  it("is changed by the id of the merged record only at the version of the one that remains", async () => {
    const shop = await newShop();
    const [from, into] = [await add(shop, { name: "Ana" }), await add(shop, { name: "Eva" })];
    await merge(shop, from, into);
    const { version } = await get(shop, into);
    const change = (at: number) =>
      call("PATCH", `${API}/customers/${from}`, {
        token: shop.admin.token,
        json: { note: "late" },
        headers: { "if-match": `"v${at}"` },
      });
    expect((await change(version + 1)).status).toBe(412);
    expect((await change(version)).body).toMatchObject({ id: into, note: "late" });
  });

  it("asks for its sales to be moved at once", async () => {
    const shop = await newShop();
    const [from, into] = [await add(shop, { name: "Ana" }), await add(shop, { name: "Eva" })];
    const { ctx, sent } = recording(shop.admin.ctx(), "SWEEPS");
    await mergeCustomer(ctx, from, into);
    expect(sent).toMatchObject([{ kind: "sweep", after: "" }]);
  });

  it("keeps what the recommendations know, and moves a sale that an older request stored for the merged record", async () => {
    const shop = await newShop();
    const { id: product } = await newProduct(shop, { price: 1000 });
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const from = await add(shop, { name: "Ana" });
    await sellTo(shop, from, product);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await repeatUntil(async () => !(await buildNextProductDays(base(), shop.tenant.id)));
    await merge(shop, from, ana.id);
    const at = new Date().toISOString();
    await base().db.batch([
      sql`INSERT INTO sales (tenant_id, id, kind, channel, status, customer_id, total, units, lines, placed_at, day, created_at)
        VALUES (${shop.tenant.id}, ${crypto.randomUUID()}, 'sale', 'import', 'completed', ${from}, 0, 0, 0, ${at}, ${at.slice(0, 10)}, ${at})`,
    ]);
    await finishMerges();
    await rebuildDirtyDays(base(), shop.tenant.id);
    await repeatUntil(async () => !(await buildNextProductDays(base(), shop.tenant.id)));
    expect(
      await rowsOf("SELECT DISTINCT customer_id FROM sales WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ customer_id: ana.id }]);
    expect(
      await rowsOf("SELECT customer_id FROM customer_products WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ customer_id: ana.id }]);
  });
});

const action = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      kind: fc.constant("sell" as const),
      day: fc.integer({ min: 0, max: 75 }),
      customer: fc.nat(9),
      quantity: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("refund" as const), sale: fc.nat() }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("merge" as const), from: fc.nat(9), into: fc.nat(9) }),
  },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("move" as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("etl" as const) }) },
);

const noon = Date.parse("2026-08-20T11:00:00Z");

it("merges in any order, between sales and runs of the ETL, keep every figure", async () => {
  const shop = await newShop();
  const { id: product } = await newProduct(shop, { price: 1250 });
  const customers = [
    ...(await Promise.all(Array.from({ length: 3 }, () => newPerson(shop.tenant, "CUSTOMER")))).map(
      ({ id }) => id,
    ),
    ...(await Promise.all(Array.from({ length: 7 }, (_, at) => add(shop, { name: `Customer ${at}` })))),
  ];
  // The model: which customer each one leads to, and what was sold to whom.
  const leadsTo = customers.map((_, at) => at);
  const sold: { id: string; customer: number; day: number; amount: number; isRefunded: boolean }[] = [];
  for (const each of fc.sample(action, { seed: 7, numRuns: 400 })) {
    if (each.kind === "sell") {
      const ctx = shop.admin.ctx(new Date(noon + each.day * 86_400_000));
      const items = [{ product_id: product, quantity: each.quantity * 1000 }];
      const customer_id = customers[each.customer];
      const { value } = await sell(ctx, { items, payment_method: "card", customer_id }, undefined);
      sold.push({
        id: value.id,
        customer: leadsTo[each.customer] ?? 0,
        day: each.day,
        amount: 1250 * each.quantity,
        isRefunded: false,
      });
    } else if (each.kind === "refund") {
      const sale = sold[each.sale % (sold.length + 1)];
      if (!sale || sale.isRefunded) continue;
      sale.isRefunded = true;
      const items = [{ product_id: product, quantity: 1000 }];
      const ctx = shop.admin.ctx(new Date(noon + 80 * 86_400_000));
      await refundSale(ctx, sale.id, { items, reason: "torn", restock: false }, undefined);
    } else if (each.kind === "merge") {
      const [from, into] = [customers[each.from] ?? "", customers[each.into] ?? ""];
      const target = leadsTo[each.into] ?? 0;
      const { status } = await merge(shop, from, into);
      const isRefused = each.from < 3 || leadsTo[each.from] !== each.from || target === each.from;
      const isRepeated = leadsTo[each.from] === target && each.from !== target;
      expect(status).toBe(isRefused && !isRepeated ? 409 : 200);
      if (status !== 200) continue;
      for (const [at, leads] of leadsTo.entries()) if (leads === each.from) leadsTo[at] = target;
      for (const sale of sold) if (sale.customer === each.from) sale.customer = target;
    } else if (each.kind === "move") {
      await moveMergedSales(base(new Date(Date.now() + 1000)), { batches: 1, sales: 2, lines: 2 });
    } else {
      await rebuildDirtyDays(base(), shop.tenant.id);
      await buildMonths(base(), shop.tenant.id);
    }
  }
  const figuresOfModel = (customer: number) => {
    const own = sold.filter((sale) => sale.customer === customer);
    const refunds = own.filter(({ isRefunded }) => isRefunded).length;
    return {
      orders: own.length,
      refunds,
      spend: own.reduce((sum, { amount }) => sum + amount, 0) - 1250 * refunds,
    };
  };
  const check = async () => {
    for (const [at, id] of customers.entries()) {
      const { figures } = await get(shop, id);
      expect(figures).toMatchObject(figuresOfModel(leadsTo[at] ?? 0));
      // As of a customer with too many sales to be read.
      expect((await getCustomerWithFigures(shop.admin.ctx(), id, 0)).figures).toEqual(figures);
    }
  };
  await check();
  await finishMerges();
  await check();
  const verify = async () => {
    expect(await readFigures(shop)).toEqual(await plainFigures(shop));
    for (const range of RANGES) expect(await readRange(shop, range)).toEqual(await plainRange(shop, range));
    const buyers = new Set(sold.map(({ customer }) => customer));
    const { body: kpis } = await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token });
    expect(kpis.customers).toBe(buyers.size);
    const { body: rfm } = await call("GET", `${API}/metrics/rfm?as_of=2026-12-01&limit=100`, {
      token: shop.admin.token,
    });
    expect(
      rfm.data.map(({ customer_id, frequency, monetary }: Record<string, unknown>) => [
        customer_id,
        frequency,
        monetary,
      ]),
    ).toEqual(
      [...buyers]
        .map((at) => [customers[at], figuresOfModel(at).orders, figuresOfModel(at).spend] as const)
        .toSorted(([a, , x], [b, , y]) => y - x || ((a ?? "") < (b ?? "") ? -1 : 1)),
    );
  };
  await verify();
  await rebuildDirtyDays(base(), shop.tenant.id);
  await repeatUntil(async () => !(await buildMonths(base(), shop.tenant.id)));
  await check();
  await verify();
  expect(
    await rowsOf(
      "SELECT 1 FROM customers WHERE tenant_id = ? AND merged_into IN (SELECT id FROM customers WHERE merged_into IS NOT NULL)",
      shop.tenant.id,
    ),
  ).toEqual([]);
});
