import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { sell } from "../../src/sales/sell.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { onShift } from "../support/desk.ts";
import { base, newPerson, newProduct, newShop } from "../support/shops.ts";
import { addTwins, changeTwins, twinRows, withoutTriggers } from "../support/twins.ts";

const PAST = "2020-01-01";

/** A sale of three books for 30.00 in the open shift of its seller, paid by card and in cash. */
async function splitSale() {
  const { shop, seller, shiftId } = await onShift();
  const book = await newProduct(shop, { stock: 10 });
  const { id: tenantId } = shop.tenant;
  const post = (path: string, json: object = {}) =>
    call("POST", `${API}${path}`, { token: seller.token, json });
  const items = [{ product_id: book.id, quantity: 3 }];
  const payments = [
    { method: "card", amount: 2000 },
    { method: "cash", amount: 1000 },
  ];
  const { id } = (await post("/sales", { items, payments })).body;
  const voided = (sale: string = id) => post(`/sales/${sale}/void`);
  const refund = (quantity: number, sale: string = id) =>
    post(`/sales/${sale}/refunds`, { items: [{ product_id: book.id, quantity }], reason: "torn" });
  const correct = (to: object[], sale: string = id) =>
    post(`/sales/${sale}/payments/correct`, { payments: to, reason: "paid so" });
  const stock = () => count("SELECT stock n FROM products WHERE tenant_id = ? AND id = ?", tenantId, book.id);
  return { shop, seller, shiftId, book, id, tenantId, items, payments, post, voided, refund, correct, stock };
}

/** Closes the shift here, while it is open in the twins. */
const closeOurs = (tenantId: string) =>
  change(
    "UPDATE shifts SET status = 'CLOSED', end_at = start_at, counted_cash = 0, z_number = 1 WHERE tenant_id = ?",
    tenantId,
  );

describe("beside shops whose sales have the same ids, a void", () => {
  it("returns what this shop sold, also what is refunded or missing only there", async () => {
    const { shop, tenantId, book, id, voided, stock } = await splitSale();
    await addTwins(shop.tenant);
    await changeTwins("sale_lines", "refunded = quantity");
    await changeTwins("products", "unit = 'kg'");
    await env.DB.prepare(
      `INSERT INTO stock_discrepancies (tenant_id, id, product_id, sale_id, missing, created_at)
        SELECT tenant_id, id, ?, id, 1000, created_at FROM sales WHERE id = ? AND tenant_id <> ?`,
    )
      .bind(book.id, id, tenantId)
      .run();
    const before = await twinRows();
    const { status, body } = await voided();
    expect(status).toBe(201);
    expect(body).toMatchObject({ total: -3000, items: [{ quantity: -3 }] });
    expect(await stock()).toBe(10_000);
    expect(await twinRows()).toEqual(before);
  });

  it("is refused after the shift has ended here", async () => {
    const { shop, tenantId, voided } = await splitSale();
    await addTwins(shop.tenant);
    await closeOurs(tenantId);
    const { body } = await voided();
    expect(body).toMatchObject({ type: "/problems/not-voidable" });
    expect(body.detail).toContain("is closed");
  });

  it("is refused if the sale is completed only there", async () => {
    const { shop, tenantId, id, voided } = await splitSale();
    await addTwins(shop.tenant);
    await change("UPDATE sales SET status = 'cancelled' WHERE tenant_id = ? AND id = ?", tenantId, id);
    expect((await voided()).body).toMatchObject({ type: "/problems/not-voidable" });
  });

  it("of a person is not returned to another", async () => {
    const { shop, id, voided } = await splitSale();
    await voided();
    const { body } = await call("POST", `${API}/sales/${id}/void`, { token: shop.admin.token, json: {} });
    expect(body.type).toBe("/problems/not-voidable");
  });

  it("of a sale that is voided only there is none of this shop", async () => {
    const { shop, tenantId, id, items, post, voided, correct } = await splitSale();
    const other = (await post("/sales", { items })).body;
    await voided(other.id);
    await addTwins(shop.tenant);
    await changeTwins("sales", "refund_of = iif(is_void, ?1, refund_of)", id);
    expect((await correct([{ method: "card", amount: 3000 }])).status).toBe(200);
    await closeOurs(tenantId);
    expect((await voided()).body).toMatchObject({ type: "/problems/not-voidable" });
  });
});

describe("beside shops whose sales have the same ids, corrected payments", () => {
  it("are compared with those of this shop", async () => {
    const { shop, tenantId, payments, correct } = await splitSale();
    await addTwins(shop.tenant);
    const corrections = () =>
      count(
        "SELECT count(*) n FROM events WHERE tenant_id = ? AND type = 'sale.payments_corrected'",
        tenantId,
      );
    expect((await correct(payments)).status).toBe(200);
    expect(await corrections()).toBe(0);
  });

  it("are refused after the shift has ended here", async () => {
    const { shop, tenantId, correct } = await splitSale();
    await addTwins(shop.tenant);
    await closeOurs(tenantId);
    const { body } = await correct([{ method: "card", amount: 3000 }]);
    expect(body).toMatchObject({ type: "/problems/payments-not-correctable" });
  });

  it("round cash as this shop does, while its shift is open", async () => {
    const { shop, seller, tenantId, correct } = await splitSale();
    const { id } = await newProduct(shop, { price: 1001 });
    const json = { items: [{ product_id: id, quantity: 1 }], payment_method: "card" };
    const sale = (await call("POST", `${API}/sales`, { token: seller.token, json })).body;
    await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", tenantId);
    await addTwins(shop.tenant);
    await change("UPDATE tenants SET cash_rounding = 1 WHERE id <> ?", tenantId);
    await changeTwins("shifts", "status = 'CLOSED', end_at = start_at, counted_cash = 0, z_number = 1");
    const { status, body } = await correct([{ method: "cash", amount: 1001 }], sale.id);
    expect([status, body.rounding]).toEqual([200, -1]);
  });
});

describe("beside shops whose sales have the same ids, a refund", () => {
  it.each([
    ["by card", "method = 'card'"],
    ["in cash", "method = 'cash', amount = amount - 2"],
  ])("pays back what this shop has not paid back %s", async (_, assignments) => {
    const { shop, tenantId, refund } = await splitSale();
    await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", tenantId);
    await refund(1);
    await addTwins(shop.tenant);
    await changeTwins("sale_payments", assignments);
    expect((await refund(2)).body).toMatchObject({
      rounding: 0,
      payments: [
        { method: "card", amount: -1000 },
        { method: "cash", amount: -1000 },
      ],
    });
  });

  it("in cash is rounded after what this shop has paid back in cash", async () => {
    const { shop, tenantId, post } = await splitSale();
    await change("UPDATE tenants SET cash_rounding = 5 WHERE id = ?", tenantId);
    const { id: product_id } = await newProduct(shop, { price: 1002 });
    const sale = await post("/sales", { items: [{ product_id, quantity: 3 }], payment_method: "card" });
    const items = [{ product_id, quantity: 1 }];
    const refund = () =>
      post(`/sales/${sale.body.id}/refunds`, { items, reason: "torn", payment_method: "cash" });
    expect((await refund()).body.payments).toMatchObject([{ amount: -1000 }]);
    await addTwins(shop.tenant);
    await changeTwins("sale_payments", "amount = amount - 1");
    // Both together are 20.04.
    expect((await refund()).body.payments).toMatchObject([{ amount: -1005 }]);
  });

  it("does not depend on payments there that change meanwhile", async () => {
    const { shop, seller, tenantId, book, id, items, post } = await splitSale();
    const other = (await post("/sales", { items })).body;
    await addTwins(shop.tenant);
    await changeTwins("sales", "refund_of = iif(id = ?1, NULL, ?1), kind = iif(id = ?1, kind, 'refund')", id);
    let batches = 0;
    const ctx = between(seller.ctx(), {
      before: async (nth) => {
        batches = nth;
        if (nth !== 2) return;
        await changeTwins("sale_payments", "amount = amount + 1");
        await change(
          "UPDATE sale_payments SET amount = amount + 1 WHERE tenant_id = ? AND sale_id = ?",
          tenantId,
          other.id,
        );
      },
    });
    const refunded = [{ product_id: book.id, quantity: 1000 }];
    const { value } = await refundSale(
      ctx,
      id,
      { items: refunded, reason: "torn", restock: true },
      undefined,
    );
    expect(value.total).toBe(-1000);
    // After a conflict it would be tried again.
    expect(batches).toBe(2);
  });
});

describe("beside shops whose rows have the same ids", () => {
  it("a client id that is used only there is written off, and one that is written off only there too", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const { id: product_id } = await newProduct(shop);
    const items = [{ product_id, quantity: 1 }];
    const [sold, written] = [crypto.randomUUID(), crypto.randomUUID()];
    await call("POST", `${API}/sales`, { token, json: { items, client_id: sold } });
    const writeOff = (client_id: string, reason: string) =>
      call("POST", `${API}/sales/write-offs`, {
        token,
        json: {
          client_id,
          sold_at: new Date(Date.now() - 3_600_000).toISOString(),
          seller_id: shop.admin.id,
          total: 1000,
          items,
          problem: "unknown-customer",
          reason,
        },
      });
    await writeOff(written, "there");
    await addTwins(shop.tenant);
    await change("UPDATE sales SET client_id = NULL WHERE tenant_id = ?", shop.tenant.id);
    await withoutTriggers(
      "delete",
      ["audit_log"],
      [
        env.DB.prepare("DELETE FROM audit_log WHERE tenant_id = ? AND entity_id = ?").bind(
          shop.tenant.id,
          written,
        ),
      ],
    );
    for (const id of [sold, written]) {
      const { status, body } = await writeOff(id, "here");
      expect([status, body.reason]).toEqual([200, "here"]);
    }
  });

  it("a repeated client id returns the sale of this shop", async () => {
    const shop = await newShop();
    const { id: product_id } = await newProduct(shop);
    const json = { items: [{ product_id, quantity: 1 }], client_id: crypto.randomUUID() };
    const sell = () => call("POST", `${API}/sales`, { token: shop.admin.token, json });
    const first = await sell();
    await addTwins(shop.tenant);
    await changeTwins("sales", "country = 'FR'");
    expect((await sell()).body).toEqual(first.body);
  });

  it("an offline sale takes the stock of this shop, and belongs to its shift at the time", async () => {
    const { shop, seller, tenantId, shiftId, book, items, post } = await splitSale();
    const other = await newPerson(shop.tenant, "EMPLOYEE");
    await call("POST", `${API}/shifts/start`, { token: other.token, json: {} });
    const before = new Date(Date.now() - 3_600_000).toISOString();
    const start = new Date(Date.now() - 7_200_000).toISOString();
    await change(
      "UPDATE shifts SET start_at = ? WHERE tenant_id = ? AND user_id = ?",
      start,
      tenantId,
      other.id,
    );
    await addTwins(shop.tenant);
    await changeTwins("shifts", "start_at = ?1", start);
    await changeTwins("products", "stock = 100000");
    const offline = { items: [{ product_id: book.id, quantity: 9 }], sold_at: before, offline: true };
    const { status, body } = await post("/sales", { ...offline, seller_id: seller.id });
    expect([status, body.shift_id]).toEqual([201, null]);
    expect(await rowsOf("SELECT missing FROM stock_discrepancies WHERE tenant_id = ?", tenantId)).toEqual([
      { missing: 2000 },
    ]);
    const [event] = await rowsOf(
      "SELECT payload FROM events WHERE tenant_id = ? AND type = 'stock.discrepancy'",
      tenantId,
    );
    expect(JSON.parse(String(event?.["payload"])).discrepancies).toMatchObject([
      { title: "A book", missing: 2 },
    ]);
    await changeTwins(
      "shifts",
      "status = 'CLOSED', end_at = '9', counted_cash = 0, z_number = iif(id = ?1, 1, 2)",
      shiftId,
    );
    const now = await post("/sales", { items, offline: true, sold_at: new Date().toISOString() });
    expect(now.body.shift_id).toBe(shiftId);
    const [stored] = await rowsOf(
      "SELECT late_shift_id FROM sales WHERE tenant_id = ? AND id = ?",
      tenantId,
      now.body.id,
    );
    expect(stored).toEqual({ late_shift_id: null });
  });

  it("a sale of a day that is built there is late for none of them", async () => {
    const { shop, tenantId, items, post } = await splitSale();
    await rebuildDirtyDays(base(), tenantId);
    await addTwins(shop.tenant);
    await changeTwins("daily_sales", "built_until = '9'");
    const before = await twinRows();
    expect((await post("/sales", { items })).status).toBe(201);
    expect(await twinRows()).toEqual(before);
  });

  it("a customer who was erased here buys nothing", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const { id: product_id } = await newProduct(shop);
    await addTwins(shop.tenant);
    await change(
      "UPDATE users SET erased_at = created_at WHERE tenant_id = ? AND id = ?",
      shop.tenant.id,
      ana.id,
    );
    const json = { items: [{ product_id, quantity: 1 }], customer_id: ana.id };
    const { body } = await call("POST", `${API}/sales`, { token: shop.admin.token, json });
    expect(body.type).toBe("/problems/unknown-customer");
  });

  it("a customer who is erased here while a sale is stored buys nothing", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const { id: product_id } = await newProduct(shop);
    await addTwins(shop.tenant);
    const ctx = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 2)
          await change(
            "UPDATE users SET erased_at = created_at WHERE tenant_id = ? AND id = ?",
            shop.tenant.id,
            ana.id,
          );
      },
    });
    const input = { items: [{ product_id, quantity: 1000 }], payment_method: "card", customer_id: ana.id };
    expect(await failureOf(sell(ctx, input, undefined))).toMatchObject({ slug: "unknown-customer" });
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("a sale that another customer has got meanwhile does not move with those of the merged one", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const { id: product_id } = await newProduct(shop);
    const [into, another] = [
      await newPerson(shop.tenant, "CUSTOMER"),
      await newPerson(shop.tenant, "CUSTOMER"),
    ];
    const record = (await call("POST", `${API}/customers`, { token, json: { name: "A. Sol" } })).body;
    const json = { items: [{ product_id, quantity: 1 }], customer_id: record.id };
    for (let nth = 0; nth < 2; nth += 1) await call("POST", `${API}/sales`, { token, json });
    await call("POST", `${API}/customers/${record.id}/merge`, { token, json: { into: into.id } });
    const [first] = await rowsOf("SELECT id FROM sales WHERE tenant_id = ? ORDER BY id", shop.tenant.id);
    const ctx = between(base(new Date(Date.now() + 1000)), {
      before: async (nth) => {
        if (nth === 1)
          await change(
            "UPDATE sales SET customer_id = ? WHERE tenant_id = ? AND id = ?",
            another.id,
            shop.tenant.id,
            first?.["id"],
          );
      },
    });
    await moveMergedSales(ctx);
    const sales = "SELECT count(*) n FROM sales WHERE tenant_id = ? AND customer_id = ?";
    for (const { id } of [into, another]) expect(await count(sales, shop.tenant.id, id)).toBe(1);
  });

  it("the sales of a merged customer move in this shop, and mark its days", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const { id: product_id } = await newProduct(shop);
    const [into, another] = [
      await newPerson(shop.tenant, "CUSTOMER"),
      await newPerson(shop.tenant, "CUSTOMER"),
    ];
    const record = (await call("POST", `${API}/customers`, { token, json: { name: "A. Sol" } })).body;
    const json = { items: [{ product_id, quantity: 1 }] };
    for (const customer_id of [record.id, into.id, another.id])
      await call("POST", `${API}/sales`, { token, json: { ...json, customer_id } });
    await call("POST", `${API}/customers/${record.id}/merge`, { token, json: { into: into.id } });
    // A reference of the shop that reads like the id of the record.
    await change(
      "UPDATE sales SET customer_id = NULL, customer_ref = ?, day = ? WHERE tenant_id = ? AND customer_id = ?",
      record.id,
      PAST,
      shop.tenant.id,
      another.id,
    );
    await addTwins(shop.tenant);
    await changeTwins("sales", "day = ?1", "2020-02-02");
    await changeTwins("customer_merges", "due_at = '9'");
    await change("DELETE FROM dirty_days WHERE tenant_id = ?", shop.tenant.id);
    const before = await twinRows();
    await moveMergedSales(base(new Date(Date.now() + 1000)));
    const sales = "SELECT count(*) n FROM sales WHERE tenant_id = ? AND customer_id = ?";
    expect(await count(sales, shop.tenant.id, into.id)).toBe(2);
    expect(await rowsOf("SELECT * FROM customer_merges WHERE tenant_id = ?", shop.tenant.id)).toEqual([]);
    const marked = await rowsOf("SELECT day FROM dirty_days WHERE tenant_id = ?", shop.tenant.id);
    expect(marked.map(({ day }) => day)).toEqual([expect.stringMatching(/^20(2[1-9]|[3-9])/)]);
    expect(await twinRows()).toEqual(before);
  });
});
