import { describe, expect, it } from "vitest";
import { getCustomerWithFigures } from "../../src/metrics/customers/record.ts";
import { kpis } from "../../src/metrics/figures.ts";
import { dayOfShop } from "../../src/metrics/mail-reports/day.ts";
import { storeDailySummaries } from "../../src/metrics/mail-reports/jobs.ts";
import { stockFigures } from "../../src/metrics/stock/stock.ts";
import type { ActorCtx } from "../../src/platform/context.ts";
import { runPlan } from "../../src/platform/plan.ts";
import { buildNextProductDays } from "../../src/recommendations/days.ts";
import { buildTimelines } from "../../src/rollups/build-timelines.ts";
import { buildMonths } from "../../src/rollups/months.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { countStock } from "../../src/rollups/stock.ts";
import { sell } from "../../src/sales/sell.ts";
import { dayOf } from "../../src/values/days.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { bytesOf, rowsOf as rowsOfCsv } from "../support/exports.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { repeatUntil } from "../support/pages.ts";
import { base, newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../support/twins.ts";

const DAY = "2026-03-10";

const get = async (shop: Shop, path: string) =>
  (await call("GET", `${API}/${path}`, { token: shop.admin.token })).body;

/** Sells one unit at a time of the day. */
const sellAt = (shop: Shop, time: string, product_id: string, customer_id?: string) =>
  sell(
    shop.admin.ctx(new Date(`${DAY}T${time}Z`)),
    { items: [{ product_id, quantity: 1000 }], payment_method: "card", customer_id },
    undefined,
  );

const build = async ({ tenant }: Shop): Promise<void> => {
  await repeatUntil(async () => !(await rebuildDirtyDays(base(), tenant.id)).more);
  await repeatUntil(async () => !(await buildMonths(base(), tenant.id)));
};

const addCustomer = async (shop: Shop, json: Record<string, unknown>): Promise<string> =>
  (await call("POST", `${API}/customers`, { token: shop.admin.token, json })).body.id;

const addProducts = (shop: Shop, products: number) =>
  change(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO products (tenant_id, id, sku, title, price, cost, stock, created_at, updated_at)
      SELECT ?, 'p' || i, 'p' || i, 'A book', 200, 100, 1000, '', '' FROM n`,
    products,
    shop.tenant.id,
  );

describe("beside shops whose customers have the same ids", () => {
  it("the figures of one with many sales are those of this shop, and read as many rows", async () => {
    const shop = await newShop({ timezone: "UTC" });
    const rows = Array.from({ length: 520 }, (_, nth) => ({
      invoice: `${nth}`,
      customer: nth % 52 === 0 ? "K2" : "K1",
      date: `2026-0${1 + (nth % 3)}-${10 + (nth % 10)} 10:00`,
    }));
    await importFile(shop, fileOf(rows));
    await build(shop);
    const [ana = "", eva = ""] = (
      await rowsOf("SELECT id FROM customers WHERE tenant_id = ? ORDER BY external_ref", shop.tenant.id)
    ).map(({ id }) => String(id));
    const { id: product } = await newProduct(shop, { price: 100 });
    for (const customer of [ana, eva]) {
      await sellAt(shop, "09:00:00", product, customer);
      await sellAt(shop, "11:00:00", product, customer);
    }
    expect(await count("SELECT count(*) n FROM late_sales WHERE tenant_id = ?", shop.tenant.id)).toBe(2);
    await change("UPDATE dirty_days SET needs_rebuild = 0 WHERE tenant_id = ?", shop.tenant.id);
    const read = async (id: string) => {
      const ctx = shop.admin.ctx();
      const { figures } = await getCustomerWithFigures(ctx, id);
      return { figures, rows: ctx.db.cost.read };
    };
    const before = await read(ana);
    expect(before.figures).toMatchObject({ orders: 512, units: 512, spend: 51_200 });
    await addTwins(shop.tenant);
    const beside = await read(ana);
    expect(beside.figures).toEqual(before.figures);
    // A scan may look at the first row after its own.
    expect(beside.rows).toBeLessThan(before.rows + 10);
    // The sales of a day that is to be rebuilt are read, and the month that has it is not.
    await change(
      "INSERT INTO dirty_days (tenant_id, day, needs_rebuild) VALUES (?, '2026-01-10', 1)",
      shop.tenant.id,
    );
    expect((await read(ana)).figures).toEqual(before.figures);
  });

  it("the figures of one have the sales of records that are merged into it here", async () => {
    const shop = await newShop();
    const { id: product } = await newProduct(shop, { price: 1000 });
    const [ana, eva] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
    const record = await addCustomer(shop, { name: "A. Sol" });
    for (const customer of [ana.id, record]) await sellAt(shop, "09:00:00", product, customer);
    const { value: other } = await sellAt(shop, "10:00:00", product);
    // A reference of the shop that reads like the id of a customer.
    await change(
      "UPDATE sales SET customer_ref = ? WHERE tenant_id = ? AND id = ?",
      ana.id,
      shop.tenant.id,
      other.id,
    );
    const json = { into: ana.id };
    await call("POST", `${API}/customers/${record}/merge`, { token: shop.admin.token, json });
    await addTwins(shop.tenant);
    expect((await get(shop, `customers/${ana.id}`)).figures).toMatchObject({ orders: 2, spend: 2000 });
    expect((await get(shop, `customers/${eva.id}`)).figures).toMatchObject({ orders: 0, spend: 0 });
  });

  it("the names of the top customers are those of this shop, in a later response too", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const { id } = await newProduct(shop);
    await sellAt(shop, "09:00:00", id, ana.id);
    await addTwins(shop.tenant);
    for (let nth = 0; nth < 3; nth += 1)
      expect((await get(shop, "metrics/top-customers")).data).toMatchObject([{ name: "First Last" }]);
  });

  it("an export has none that was merged, nor an erased one who has bought only there", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const into = await addCustomer(shop, { name: "Ana" });
    const from = await addCustomer(shop, { name: "A. Sol" });
    await call("POST", `${API}/customers/${from}/merge`, { token, json: { into } });
    const erased = await newPerson(shop.tenant, "CUSTOMER");
    const { id } = await newProduct(shop);
    await sellAt(shop, "09:00:00", id, erased.id);
    await addTwins(shop.tenant);
    await change(
      "UPDATE customers SET erased_at = created_at WHERE tenant_id = ? AND id = ?",
      shop.tenant.id,
      erased.id,
    );
    await change("UPDATE sales SET customer_id = NULL WHERE tenant_id = ?", shop.tenant.id);
    const rows = rowsOfCsv(await bytesOf(token, "/customers?format=csv"), {});
    expect(rows.map((row) => row["customer_id"])).toEqual([into]);
  });
});

describe("beside shops whose sales and products have the same ids", () => {
  it("a late sale counts once", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { price: 1000 });
    await sellAt(shop, "10:00:00", id);
    await build(shop);
    await sellAt(shop, "09:00:00", id);
    await addTwins(shop.tenant);
    expect(await get(shop, "metrics/kpis")).toMatchObject({ total_revenue: 2000 });
    // So does one of a day that is to be rebuilt, all of whose sales are read.
    await change(
      "UPDATE dirty_days SET needs_rebuild = 1 WHERE tenant_id = ? AND day = ?",
      shop.tenant.id,
      DAY,
    );
    await change("UPDATE tenants SET revision = revision + 1 WHERE id = ?", shop.tenant.id);
    expect(await get(shop, "metrics/kpis")).toMatchObject({ total_revenue: 2000 });
  });

  it("a comparison up to a time of a busy day reads its timeline", async () => {
    const shop = await newShop({ timezone: "UTC" });
    const rows = Array.from({ length: 200 }, (_, nth) => ({
      invoice: `${nth}`,
      date: `${DAY} 0${nth % 10}:${10 + (nth % 50)}`,
    }));
    await importFile(shop, fileOf(rows));
    await build(shop);
    await repeatUntil(async () => !(await buildTimelines(base(), shop.tenant.id)));
    const read = async () => {
      const ctx = shop.admin.ctx(new Date("2026-03-11T05:00:00Z"));
      const query = { from: "2026-03-11", to: "2026-03-11", compare: "previous", align: "date" } as const;
      return { figures: await runPlan(ctx, kpis(ctx, query)), rows: ctx.db.cost.read };
    };
    const before = await read();
    expect(before.rows).toBeLessThan(100);
    // A sale at that very time does not count yet, though the timeline lacks it.
    await sellAt(shop, "05:00:00", (await newProduct(shop)).id);
    await addTwins(shop.tenant);
    const beside = await read();
    expect(beside.figures).toEqual(before.figures);
    expect(beside.rows).toBeLessThan(before.rows + 10);
  });

  it("a product without a number has its category, which is numbered there", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { price: 100, category: "Novel" });
    await sellOne(shop.admin.token, id);
    await addTwins(shop.tenant);
    await change(
      "INSERT INTO product_numbers (tenant_id, product_id, number) SELECT tenant_id, id, 1 FROM products WHERE id = ? AND tenant_id <> ?",
      id,
      shop.tenant.id,
    );
    expect((await get(shop, "metrics/breakdown?by=category")).data).toMatchObject([{ key: "Novel" }]);
  });

  it("a product that was sold only there is slow here", async () => {
    const shop = await newShop();
    const slow = await newProduct(shop, { title: "slow", stock: 5 });
    const sold = await newProduct(shop, { title: "sold", stock: 5 });
    await change("UPDATE products SET created_at = '2020-01-01' WHERE tenant_id = ?", shop.tenant.id);
    await repeatUntil(async () => !(await buildNextProductDays(base(), shop.tenant.id)));
    await sellOne(shop.admin.token, sold.id);
    await rebuildDirtyDays(base(), shop.tenant.id);
    await addTwins(shop.tenant);
    await changeTwins("daily_products", "product_id = ?1", slow.id);
    expect((await get(shop, "metrics/slow-products")).data).toMatchObject([{ title: "slow" }]);
  });

  it("carts that were counted by day are those of this shop", async () => {
    const shop = await newShop();
    await change(
      "INSERT INTO daily_carts (tenant_id, day, started, ordered) VALUES (?1, ?2, 5, 2), (?1, date(?2, '1 day'), 7, 7)",
      shop.tenant.id,
      DAY,
    );
    await addTwins(shop.tenant);
    expect(await get(shop, `metrics/funnel?from=${DAY}&to=${DAY}`)).toMatchObject({ started: 5, ordered: 2 });
  });

  it("the stock is that of this shop, now or of its last night", async () => {
    const shop = await newShop();
    await addProducts(shop, 600);
    await addTwins(shop.tenant);
    const read = () => {
      const ctx: ActorCtx = shop.admin.ctx();
      return runPlan(ctx, stockFigures(ctx));
    };
    expect(await read()).toMatchObject({ is_live: true, products: 600 });
    const large = await newShop();
    await addProducts(large, 1501);
    await countStock(base(), large.tenant);
    await addTwins(large.tenant);
    const night = () => {
      const ctx: ActorCtx = large.admin.ctx();
      return runPlan(ctx, stockFigures(ctx));
    };
    expect(await night()).toMatchObject({ is_live: false, products: 1501 });
    await changeTwins("daily_stock", "day = '2999-01-01'");
    expect(await night()).toMatchObject({ is_live: false, products: 1501 });
  });
});

describe("beside shops whose people have the same ids", () => {
  it("the goals of a month are compared, replaced and audited in this shop", async () => {
    const shop = await newShop();
    const json = { month: "2098-03", target: 7, sellers: [{ user_id: shop.admin.id, target: 2 }] };
    const put = () => call("PUT", `${API}/goals`, { token: shop.admin.token, json });
    await put();
    await addTwins(shop.tenant);
    await changeTwins("goals", "target = target + 1");
    const before = await twinRows();
    expect((await put()).status).toBe(200);
    const changes = "SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action = 'goal.changed'";
    expect(await count(changes, shop.tenant.id)).toBe(1);
    expect(await twinRows()).toEqual(before);
  });

  it("a difference of a drawer in the daily summary names who worked here", async () => {
    const shop = await newShop();
    const { token } = await newPerson(shop.tenant, "EMPLOYEE");
    await change(
      "UPDATE users SET first_name = 'Ana' WHERE tenant_id = ? AND role = 'EMPLOYEE'",
      shop.tenant.id,
    );
    await call("POST", `${API}/shifts/start`, { token, json: { opening_cash: 1000 } });
    await call("POST", `${API}/shifts/end`, { token, json: { counted_cash: 950 } });
    await change("UPDATE shifts SET day = ? WHERE tenant_id = ?", DAY, shop.tenant.id);
    await addTwins(shop.tenant);
    const day = await dayOfShop(shop.admin.ctx(), DAY);
    expect(day?.differences).toEqual([{ name: "Ana Last", difference: -50 }]);
  });

  it("a report is due by the clock of its shop", async () => {
    const shops = [await newShop({ timezone: "Europe/Madrid" }), await newShop({ timezone: "Asia/Tokyo" })];
    for (const { tenant, admin } of shops) {
      const json = { preferences: { daily_summary: true } };
      await call("PATCH", `${API}/users/me`, { token: admin.token, json });
      await change("UPDATE users SET email_confirmed_at = created_at WHERE tenant_id = ?", tenant.id);
    }
    const now = new Date("2022-10-26T06:00:00Z");
    await storeDailySummaries(base(now));
    const mails = "SELECT subject_id FROM mails WHERE tenant_id = ? AND kind = 'report.daily'";
    const [madrid, tokyo] = await Promise.all(shops.map(({ tenant }) => rowsOf(mails, tenant.id)));
    expect([madrid?.length, tokyo]).toEqual([1, []]);
    expect(dayOf(now, "Asia/Tokyo")).toBe("2022-10-26");
  });
});

describe("beside other customers", () => {
  it("the figures of one read no sales of others", async () => {
    const shop = await newShop();
    const { id: product } = await newProduct(shop);
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    await sellAt(shop, "09:00:00", product, ana.id);
    const read = async () => {
      const ctx = shop.admin.ctx();
      await getCustomerWithFigures(ctx, ana.id);
      return ctx.db.cost.read;
    };
    const before = await read();
    const rows = Array.from({ length: 50 }, (_, nth) => ({ invoice: `${nth}`, customer: "K1" }));
    await importFile(shop, fileOf(rows));
    expect(await read()).toBeLessThan(before + 5);
  });
});

it("a seller whose break has ended here works, though it lasts in other shops", async () => {
  const shop = await newShop();
  for (const path of ["start", "current/breaks/start"])
    await call("POST", `${API}/shifts/${path}`, { token: shop.admin.token, json: {} });
  await addTwins(shop.tenant);
  await change("UPDATE breaks SET end_at = start_at WHERE tenant_id = ?", shop.tenant.id);
  const { sellers } = await get(shop, "reports/dashboard");
  expect(sellers).toMatchObject([{ user_id: shop.admin.id, status: "working" }]);
});
