// Sales, late sales, refunds, orders that are paid later or cancelled, imports, undos and corrections between the steps of the ETL, of
// which some run at once, fail, or have a sale between their read and their batch: figures are exact after each of them.
import { sql } from "drizzle-orm";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { addToCart } from "../../src/cart/cart.ts";
import { checkout } from "../../src/cart/checkout.ts";
import { runImport } from "../../src/imports/consume.ts";
import { requestUndo } from "../../src/imports/undo/request.ts";
import { cancelPurchase } from "../../src/purchases/cancel.ts";
import { confirmPurchase } from "../../src/purchases/payments/receive.ts";
import { nextStep, runStep, type Scope } from "../../src/rollups/advance.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { correctPayments } from "../../src/sales/correct-payments.ts";
import { markDaysForRebuild } from "../../src/sales/record.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { newId } from "../../src/values/ids.ts";
import { count } from "../support/d1.ts";
import { fileOf, storeImport } from "../support/imports.ts";
import { repeatUntil } from "../support/pages.ts";
import { builtFigures, plainFigures, plainRows, readFigures } from "../support/plain-figures.ts";
import { plainRange, RANGES, readRange } from "../support/plain-ranges.ts";
import { recording } from "../support/queues.ts";
import { storeShift } from "../support/shifts.ts";
import { base, newPerson, newProduct, newShop, type Person, type Shop } from "../support/shops.ts";
import { newTaxRate } from "../support/taxes.ts";

const MINUTE = 60_000;

const step = fc.record({
  kind: fc.constant("step" as const),
  isRebuild: fc.boolean(),
  lag: fc.constantFrom(null, 0, 30, 600),
  limits: fc.record({
    days: fc.integer({ min: 1, max: 4 }),
    sales: fc.integer({ min: 1, max: 6 }),
    lines: fc.integer({ min: 1, max: 12 }),
  }),
  between: fc.constantFrom("nothing", "nothing", "sale", "late", "correction", "same step", "failure"),
});

const action = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({ kind: fc.constant("sell" as const), product: fc.nat(3), person: fc.nat(2) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("late" as const), hours: fc.integer({ min: 0, max: 60 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("refund" as const), sale: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("order" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("confirm" as const), order: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), order: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("import" as const), rows: fc.integer({ min: 1, max: 20 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("undo" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("correct" as const), sale: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("payments" as const),
      sale: fc.nat(),
      method: fc.constantFrom("cash", "transfer"),
      first: fc.nat(3),
    }),
  },
  { weight: 16, arbitrary: step },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("etl" as const) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("months" as const) }) },
);

type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

type World = {
  shop: Shop;
  people: Person[];
  buyer: Person;
  products: string[];
  sold: { id: string; product: string; total: number }[];
  orders: string[];
  imports: string[];
  now: number;
  files: number;
  corrected: number;
};

async function newWorld(): Promise<World> {
  const shop = await newShop();
  const rate = await newTaxRate(shop, { rate: 4000 });
  const products: string[] = [];
  for (const price of [1, 99, 1250, 100_000])
    products.push(
      (
        await newProduct(shop, {
          price,
          cost: price > 2000 ? null : 60,
          tax_rate_id: price > 300 ? null : rate.id,
        })
      ).id,
    );
  // The script leaves more orders unpaid than a shop allows a customer.
  await base().db.run(
    sql`UPDATE tenants SET pending_orders_per_customer = 1000, pending_units_per_customer = 1000 WHERE id = ${shop.tenant.id}`,
  );
  const people = [
    shop.admin,
    await newPerson(shop.tenant, "EMPLOYEE"),
    await newPerson(shop.tenant, "EMPLOYEE"),
  ];
  // The payments of a sale can be corrected while its shift is open.
  for (const person of people) await storeShift(shop, person, { start: "2026-08-01T08:00:00Z" });
  return {
    shop,
    people,
    buyer: await newPerson(shop.tenant, "CUSTOMER"),
    products,
    sold: [],
    orders: [],
    imports: [],
    now: Date.parse("2026-09-01T15:00:00Z"),
    files: 0,
    corrected: 0,
  };
}

async function sellNow(world: World, product: number, person: number, sold_at?: string): Promise<void> {
  const seller = world.people[person] ?? world.shop.admin;
  const id = world.products[product] ?? "";
  const { value } = await sell(
    seller.ctx(new Date(world.now)),
    {
      items: [
        { product_id: id, quantity: 2000 },
        ...world.products.slice(0, product).map((product_id) => ({ product_id, quantity: 1000 })),
      ],
      payment_method: "card",
      country: ["Spain", "France", undefined][person],
      customer_id: product === 0 ? undefined : world.buyer.id,
      sold_at,
    },
    undefined,
  );
  world.sold.push({ id: value.id, product: id, total: value.total });
}

/** Changes how a sale was paid, while its shift is open. */
async function correctPaymentsOf(
  { shop, sold, now }: World,
  { sale: nth, method, first }: Extract<Action, { kind: "payments" }>,
): Promise<number> {
  const sale = sold[nth % Math.max(1, sold.length)];
  if (!sale) return 0;
  const part = Math.min(first, sale.total - 1);
  const payments = [
    ...(part > 0 ? [{ method: "card", amount: part }] : []),
    { method, amount: sale.total - part },
  ];
  await correctPayments(
    shop.admin.ctx(new Date(now)),
    sale.id,
    { payments, reason: "wrong method" },
    undefined,
  );
  return 1;
}

/** Changes a sale that figures include. */
async function correct(world: World, nth: number): Promise<void> {
  const sale = world.sold[nth % Math.max(1, world.sold.length)];
  if (!sale) return;
  const { id } = world.shop.tenant;
  await base().db.batch([
    sql`UPDATE sales SET country = 'Portugal' WHERE tenant_id = ${id} AND id = ${sale.id}`,
    ...markDaysForRebuild(
      id,
      sql`(SELECT json_array(day) FROM sales WHERE tenant_id = ${id} AND id = ${sale.id})`,
    ),
  ]);
}

async function runOneStep(
  world: World,
  { isRebuild, lag, limits, between }: Extract<Action, { kind: "step" }>,
): Promise<void> {
  const { id } = world.shop.tenant;
  const scope: Scope = { isRebuild, before: lag === null ? null : new Date(world.now - lag * MINUTE) };
  const next = await nextStep(base(), id, scope, limits);
  if (between === "sale") await sellNow(world, 1, 1);
  if (between === "late") await sellNow(world, 2, 2, new Date(world.now - 600 * MINUTE).toISOString());
  if (between === "correction") await correct(world, 0);
  if (between === "same step") await runStep(base(), id, next);
  const failing = sql`INSERT INTO sales (id) VALUES (NULL)`;
  const isDone = runStep(base(), id, next, between === "failure" ? [failing] : []);
  if (between === "failure") await expect(isDone).rejects.toThrow("NOT NULL");
  else await isDone;
}

async function act(world: World, action: Action): Promise<void> {
  const { shop, buyer } = world;
  const at = new Date(world.now);
  switch (action.kind) {
    case "sell":
      return sellNow(world, action.product, action.person);
    case "late":
      return sellNow(world, 1, 1, new Date(world.now - action.hours * 60 * MINUTE).toISOString());
    case "refund": {
      const [sale] = world.sold.splice(action.sale % (world.sold.length + 1), 1);
      const items = [{ product_id: sale?.product ?? "", quantity: 1000 }];
      if (sale)
        await refundSale(shop.admin.ctx(at), sale.id, { items, reason: "late", restock: false }, undefined);
      return;
    }
    case "order": {
      await addToCart(buyer.ctx(at), { product_id: world.products[2] ?? "", quantity: 1000 }, undefined);
      const { value } = await checkout(buyer.ctx(at), { payment_method: "card" }, newId());
      world.orders.push(value.id);
      return;
    }
    case "confirm":
    case "cancel": {
      const [order] = world.orders.splice(action.order % (world.orders.length + 1), 1);
      if (order && action.kind === "confirm") await confirmPurchase(shop.admin.ctx(at), order);
      if (order && action.kind === "cancel") await cancelPurchase(shop.admin.ctx(at), order);
      return;
    }
    case "import": {
      world.files += 1;
      const rows = Array.from({ length: action.rows }, (_, index) => ({
        invoice: `${index % 5 === 4 ? "C" : ""}${world.files}-${index >> 1}`,
        date: new Date(world.now - (index >> 1) * 300 * MINUTE).toISOString(),
        quantity: index % 5 === 4 ? -1 : 2,
        customer: String(index % 4),
        country: index % 3 === 0 ? "" : "Spain",
      }));
      const id = await storeImport(shop.admin.ctx(at), fileOf(rows));
      await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id);
      world.imports.push(id);
      return;
    }
    case "undo": {
      const id = world.imports.pop();
      if (id === undefined) return;
      const { ctx } = recording(recording(shop.admin.ctx(at), "IMPORTS").ctx, "ROLLUPS");
      await requestUndo(ctx, id);
      await repeatUntil(async () => (await runImport(ctx, shop.tenant, id)) !== "more");
      return;
    }
    case "correct":
      return correct(world, action.sale);
    case "payments":
      world.corrected += await correctPaymentsOf(world, action);
      return;
    case "step":
      return runOneStep(world, action);
    case "months":
      await buildMonths(base(), shop.tenant.id);
      return;
    case "etl":
      await rebuildDirtyDays(base(), shop.tenant.id);
  }
}

it.each([1, 2])(
  "figures are exact after every action, with seed %d",
  async (seed) => {
    const world = await newWorld();
    const { shop } = world;
    const tenant = shop.tenant.id;
    let [partly, late, months, rankings] = [0, 0, 0, 0];
    for (const [nth, each] of fc.sample(action, { seed, numRuns: 180 }).entries()) {
      world.now += (nth % 7) * 20 * MINUTE;
      await act(world, each);
      partly += await count(
        "SELECT count(*) n FROM dirty_days d JOIN daily_sales b ON b.tenant_id = d.tenant_id AND b.day = d.day WHERE d.tenant_id = ? AND d.needs_rebuild = 0",
        tenant,
      );
      late += await count("SELECT count(*) n FROM late_sales WHERE tenant_id = ?", tenant);
      const plain = await plainRows(shop);
      if (each.kind === "step" || nth % 4 === 0)
        expect(await readFigures(shop), JSON.stringify({ nth, each })).toEqual(
          await plainFigures(shop, plain),
        );
      months += await count("SELECT count(*) n FROM monthly_totals WHERE tenant_id = ?", tenant);
      rankings += await count("SELECT count(*) n FROM ranking_months WHERE tenant_id = ?", tenant);
      const range = RANGES[nth % RANGES.length] ?? {};
      expect(await readRange(shop, range), JSON.stringify({ nth, each, range })).toEqual(
        await plainRange(shop, range, plain),
      );
    }
    // The script has met what it is for.
    expect(partly).toBeGreaterThan(50);
    expect(late).toBeGreaterThan(10);
    expect(world.corrected).toBeGreaterThan(2);
    expect(months).toBeGreaterThan(50);
    expect(rankings).toBeGreaterThan(50);

    await repeatUntil(async () => !(await rebuildDirtyDays(base(), tenant)).more);
    expect(await count("SELECT count(*) n FROM dirty_days WHERE tenant_id = ?", tenant)).toBe(0);
    expect(await count("SELECT count(*) n FROM late_sales WHERE tenant_id = ?", tenant)).toBe(0);
    expect(await builtFigures(shop)).toEqual(await plainFigures(shop));
    await buildMonths(base(), tenant);
    for (const range of RANGES) expect(await readRange(shop, range)).toEqual(await plainRange(shop, range));
  },
  90_000,
);
