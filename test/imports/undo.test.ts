// The undo of an import: afterwards the shop is as if the file had never been sent, except for what has been used since.
import { describe, expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import type { ActorCtx } from "../../src/platform/context.ts";
import { requestUndo } from "../../src/imports/undo/request.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { fileOf, importFile, rejectsOf, storeImport, uploadFile, waitForImport } from "../support/imports.ts";
import { buildNight, lakeFiles, lakeRows } from "../support/lake.ts";
import { recording, until } from "../support/queues.ts";
import { runNight } from "../support/recommendations.ts";
import { newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const rows = Array.from({ length: 60 }, (_, index) => ({
  invoice: index % 5 === 4 ? `C${index}` : String(Math.floor(index / 2)),
  sku: `S${index % 7}`,
  quantity: index % 5 === 4 ? -1 : 2,
  price: "1.50",
  customer: String(Math.floor(index / 2) % 4),
  country: "Spain",
  date: `2026-03-0${1 + (Math.floor(index / 2) % 9)} 10:00`,
}));
const file = fileOf(rows);

/** Everything of the shop that an import may change and an undo has to restore. */
async function stateOf(shop: Shop) {
  const of = (query: string) => rowsOf(query, shop.tenant.id);
  const all = (table: string) => of(`SELECT * FROM ${table} WHERE tenant_id = ? ORDER BY 2, 3`);
  return {
    sales: await of(
      "SELECT external_ref, kind, total, units, lines, day, customer_ref FROM sales WHERE tenant_id = ? ORDER BY day, external_ref, id",
    ),
    lines: await of(
      "SELECT sku, quantity, subtotal, refunded FROM sale_lines WHERE tenant_id = ? ORDER BY 1, 2, 3",
    ),
    products: await of(
      "SELECT sku, title, price, stock, sold, is_active, version FROM products WHERE tenant_id = ? ORDER BY sku",
    ),
    indexed: await of(
      "SELECT count(*) AS n FROM product_search WHERE rowid IN (SELECT rowid FROM products WHERE tenant_id = ?)",
    ),
    days: await of(
      "SELECT day, sales, refunds, lines, units, revenue FROM daily_sales WHERE tenant_id = ? ORDER BY day",
    ),
    customers: await of(
      "SELECT period, customers, countries FROM customer_sets WHERE tenant_id = ? AND interval = 'day' ORDER BY period",
    ),
    countries: await all("daily_countries"),
    productDays: await of(
      "SELECT d.day, p.sku, d.units, d.orders, d.revenue FROM daily_products d JOIN products p ON p.id = d.product_id WHERE d.tenant_id = ? ORDER BY 1, 2",
    ),
    baskets: await of("SELECT day, lines FROM daily_baskets WHERE tenant_id = ? ORDER BY 1"),
    barcodes: await of("SELECT code FROM product_barcodes WHERE tenant_id = ? ORDER BY 1"),
    categories: await of(
      "SELECT category, products FROM category_counts WHERE tenant_id = ? AND products > 0 ORDER BY 1",
    ),
    moves: await of("SELECT product_id, delta, reason FROM stock_moves WHERE tenant_id = ? ORDER BY 1, 2, 3"),
    dirty: await all("dirty_days"),
  };
}

/** What each reference bought on each day. */
const bought = (shop: Shop) =>
  rowsOf(
    `SELECT t.day, k.external_ref, t.country, t.sales, t.refunds, t.revenue FROM daily_customers t
      JOIN customer_numbers n ON n.tenant_id = t.tenant_id AND n.number = t.number
      JOIN customers k ON k.tenant_id = t.tenant_id AND k.id = n.customer_key WHERE t.tenant_id = ? ORDER BY 1, 2, 3`,
    shop.tenant.id,
  );

const requestOf = (shop: Shop, id: string) =>
  call("DELETE", `${API}/imports/${id}`, { token: shop.admin.token });

/** Undoes an import over HTTP and the queue and waits for the end. */
async function undo(shop: Shop, id: string) {
  const { status, body } = await requestOf(shop, id);
  expect([status, body.status]).toEqual([202, "undoing"]);
  return waitForImport(shop.admin.token, id);
}

const retainedOf = async (shop: Shop, id: string): Promise<string[]> =>
  (await call("GET", `${API}/imports/${id}/retained`, { token: shop.admin.token })).text.trim().split("\r\n");

const saleOf = async (shop: Shop, invoice: string) => {
  const [row] = await rowsOf(
    "SELECT s.id, l.product_id FROM sales s JOIN sale_lines l ON l.sale_id = s.id WHERE s.tenant_id = ? AND s.external_ref = ?",
    shop.tenant.id,
    invoice,
  );
  return { id: String(row?.id), productId: String(row?.product_id) };
};

const refund = (shop: Shop, saleId: string, productId: string) =>
  call("POST", `${API}/sales/${saleId}/refunds`, {
    token: shop.admin.token,
    json: {
      items: [{ product_id: productId, quantity: 1 }],
      reason: "broken",
      restock: false,
      payment_method: "card",
    },
  });

/** A shop with sales and products of its own, whose statistics are built. */
async function usedShop(): Promise<Shop> {
  const shop = await newShop();
  await importFile(
    shop,
    fileOf([
      { invoice: "own-1", sku: "S1", date: "2026-03-02 09:00" },
      { invoice: "own-2", sku: "OWN" },
    ]),
  );
  await runNight(shop);
  return shop;
}

/** Requests an undo without sending its message. */
const storeUndo = (ctx: ActorCtx, id: string) => requestUndo(recording(ctx, "IMPORTS").ctx, id);

describe("the undo of an import of sales", () => {
  it("leaves the shop as it was before", async () => {
    const shop = await usedShop();
    const before = await stateOf(shop);
    const { id } = await importFile(shop, file);
    await runNight(shop);
    expect(await stateOf(shop)).not.toEqual(before);
    const done = await undo(shop, id);
    expect(done).toMatchObject({
      status: "undone",
      rows_accepted: 60,
      undone_sales: 42,
      undone_products: 6,
      undo_retained: 0,
      error: null,
    });
    await runNight(shop);
    expect(await stateOf(shop)).toEqual(before);
  });

  it("makes its numbers free: the same file gives the same shop again", async () => {
    const shop = await newShop();
    const first = await importFile(shop, file);
    await runNight(shop);
    const before = await stateOf(shop);
    const referencesBefore = await bought(shop);
    await undo(shop, first.id);
    expect(await count("SELECT count(*) n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    expect(await importFile(shop, file)).toMatchObject({
      status: "done",
      rows_accepted: 60,
      rows_rejected: 0,
    });
    await runNight(shop);
    // The new records of its customers have new numbers.
    const { customers: _before, ...rest } = before;
    const { customers: _after, ...again } = await stateOf(shop);
    expect(again).toEqual(rest);
    expect(await bought(shop)).toEqual(referencesBefore);
  });

  it("makes its Idempotency-Key free", async () => {
    const shop = await newShop();
    const colleague = await newPerson(shop.tenant, "ADMIN");
    await storeImport(colleague.ctx(), fileOf([{ invoice: "of a colleague" }]));
    const headers = { "idempotency-key": "a-file" };
    const first = await uploadFile(shop.admin.token, file, headers);
    await waitForImport(shop.admin.token, first.body.id);
    expect((await uploadFile(shop.admin.token, file, headers)).body.id).toBe(first.body.id);
    await undo(shop, first.body.id);
    const second = await uploadFile(shop.admin.token, file, headers);
    expect(second.body.id).not.toBe(first.body.id);
    expect(await waitForImport(shop.admin.token, second.body.id)).toMatchObject({ rows_accepted: 60 });
  });

  it("keeps a sale that was refunded since, with its product, and lists both", async () => {
    const shop = await newShop();
    const { id } = await importFile(
      shop,
      fileOf([
        { invoice: "1", sku: "A" },
        { invoice: "2", sku: "B" },
      ]),
    );
    const sale = await saleOf(shop, "1");
    expect((await refund(shop, sale.id, sale.productId)).status).toBe(201);
    expect(await undo(shop, id)).toMatchObject({ undone_sales: 1, undone_products: 1, undo_retained: 2 });
    expect(await retainedOf(shop, id)).toEqual([
      "kind,id,reference,reason",
      `product,${sale.productId},"A","in other sales"`,
      `sale,${sale.id},"1","refunded since"`,
    ]);
    expect((await call("GET", `${API}/sales/${sale.id}`, { token: shop.admin.token })).status).toBe(200);
  });

  it("keeps products that were changed, saved or moved since, and lists why", async () => {
    const shop = await newShop();
    const skus = ["CHANGED", "SAVED", "CART", "MOVED", "UNUSED"];
    const { id } = await importFile(
      shop,
      fileOf(skus.map((sku, index) => ({ invoice: String(index), sku }))),
    );
    const products = new Map(
      (await rowsOf("SELECT sku, id FROM products WHERE tenant_id = ?", shop.tenant.id)).map((row) => [
        row.sku,
        String(row.id),
      ]),
    );
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const of = (sku: string) => products.get(sku) ?? "";
    const { token } = shop.admin;
    await call("PATCH", `${API}/products/${of("CHANGED")}`, { token, json: { title: "New" } });
    await call("PUT", `${API}/favorites/${of("SAVED")}`, { token: customer.token });
    await call("POST", `${API}/cart/items`, {
      token: customer.token,
      json: { product_id: of("CART"), quantity: 1 },
    });
    await call("POST", `${API}/products/${of("MOVED")}/stock`, {
      token,
      json: { count: 3, reason: "count" },
    });
    expect(await undo(shop, id)).toMatchObject({ undone_sales: 5, undone_products: 1, undo_retained: 4 });
    const reasons = (await retainedOf(shop, id)).slice(1).map((line) => line.split(",").slice(2).join(","));
    expect(reasons.toSorted()).toEqual([
      '"CART","in a cart or list"',
      '"CHANGED","changed since"',
      '"MOVED","its stock was changed since"',
      '"SAVED","in a cart or list"',
    ]);
  });

  it("removes its sales from the lake", async () => {
    const shop = await newShop();
    await importFile(shop, fileOf([{ invoice: "own" }]));
    const { id } = await importFile(
      shop,
      fileOf([{ invoice: "1" }, { invoice: "2", date: "2026-03-09 10:00" }]),
    );
    await buildNight(shop);
    expect(await lakeRows(shop, "purchases")).toHaveLength(3);
    await undo(shop, id);
    await buildNight(shop);
    expect(await lakeRows(shop, "purchases")).toHaveLength(1);
    expect((await lakeFiles(shop, "&dataset=purchases")).map(({ day, rows: n }) => [day, n])).toEqual([
      ["2026-03-02", 1],
    ]);
  });

  it("is recorded in the audit log once, and repeating it has no effect", async () => {
    const shop = await newShop();
    await importFile(shop, "sku,title,price\nA,A,1.00\nB,B,1.00\n", "products");
    const { id } = await importFile(
      shop,
      fileOf([
        { invoice: "1", sku: "C" },
        { invoice: "2", quantity: 0 },
      ]),
    );
    const [one, two] = await Promise.all([requestOf(shop, id), requestOf(shop, id)]);
    expect([one.status, two.status]).toEqual([202, 202]);
    const done = await waitForImport(shop.admin.token, id);
    expect((await requestOf(shop, id)).body).toEqual(done);
    expect(done).toMatchObject({ status: "undone", undone_sales: 1, undone_products: 1, undo_retained: 0 });
    const entries = await rowsOf(
      "SELECT actor_id, entity_id, after FROM audit_log WHERE tenant_id = ? AND action = 'import.undo_started'",
      shop.tenant.id,
    );
    const after = JSON.stringify({ kind: "sales", rows_accepted: 1 });
    expect(entries).toEqual([{ actor_id: shop.admin.id, entity_id: id, after }]);
  });

  it("lists each product and sale that it left once, however many they are", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{}]));
    await change(
      `INSERT INTO import_retained (tenant_id, import_id, kind, id, reference, reason)
        SELECT ?1, ?2, k.value, n.value, n.value, 'in other sales' FROM json_each(?3) n, json_each('["product","sale"]') k`,
      shop.tenant.id,
      id,
      JSON.stringify(Array.from({ length: 700 }, (_, at) => String(at).padStart(4, "0"))),
    );
    const other = await storeImport(shop.admin.ctx(), fileOf([{}]));
    await change(
      "INSERT INTO import_retained VALUES (?, ?, 'sale', 'other', 'other', 'refunded since')",
      shop.tenant.id,
      other,
    );
    const lines = await retainedOf(shop, id);
    expect(lines.length).toBe(1 + 1400);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it("of another shop's import is not found", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const { id } = await importFile(shop, fileOf([{ invoice: "1" }]));
    expect((await requestOf(other, id)).status).toBe(404);
    expect((await call("GET", `${API}/imports/${id}/retained`, { token: other.admin.token })).status).toBe(
      404,
    );
  });
});

describe("the undo of an import of products", () => {
  it("deletes what the file added and keeps and lists what it changed", async () => {
    const shop = await newShop();
    const { id: known } = await newProduct(shop, { sku: "KNOWN", title: "Known", price: 100 });
    const before = await stateOf(shop);
    const csv =
      "sku,title,price,stock,category,barcodes\nKNOWN,Changed,2.00,,,\nNEW,New,3.00,5,Tea,4006381333931\n";
    const { id } = await importFile(shop, csv, "products");
    expect(await undo(shop, id)).toMatchObject({ undone_products: 1, undone_sales: 0, undo_retained: 1 });
    expect(await retainedOf(shop, id)).toEqual([
      "kind,id,reference,reason",
      `product,${known},"KNOWN","existed before; its previous values are not known"`,
    ]);
    const after = await stateOf(shop);
    expect({ ...after, products: [] }).toEqual({ ...before, products: [] });
    expect(after.products).toMatchObject([{ sku: "KNOWN", title: "Changed" }]);
    expect(await importFile(shop, csv, "products")).toMatchObject({ rows_accepted: 2 });
  });
});

describe("an undo that is interrupted", () => {
  const large = fileOf(
    Array.from({ length: 9_000 }, (_, index) => ({
      invoice: String(Math.floor(index / 3)),
      sku: `S${index % 300}`,
      date: `2026-02-0${1 + (Math.floor(index / 3) % 9)} 10:00`,
    })),
  );

  it.each(["before", "after"] as const)(
    "continues after a crash %s each of its batches, with the same result",
    async (when) => {
      const shop = await newShop();
      const id = await storeImport(shop.admin.ctx(), large);
      await runImport(shop.admin.ctx(), shop.tenant, id);
      await storeUndo(shop.admin.ctx(), id);
      let crashes = 0;
      const crashing = between(shop.admin.ctx(), {
        [when]: () => {
          if ((crashes += 1) % 3 === 1) throw new Error("killed");
        },
      });
      for (let runs = 0; runs < 100; runs += 1) {
        const outcome = await runImport(crashing, shop.tenant, id).catch(() => "killed");
        if (outcome === "ended") break;
      }
      expect(crashes).toBeGreaterThan(8);
      const { body } = await call("GET", `${API}/imports/${id}`, { token: shop.admin.token });
      expect(body).toMatchObject({
        status: "undone",
        undone_sales: 3_000,
        undone_products: 300,
        undo_retained: 0,
      });
      const state = await stateOf(shop);
      expect([state.sales, state.lines, state.products, state.days, state.productDays]).toEqual([
        [],
        [],
        [],
        [],
        [],
      ]);
    },
  );

  it("continues in other messages after its limit of statements", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), large);
    await runImport(shop.admin.ctx(), shop.tenant, id);
    await storeUndo(shop.admin.ctx(), id);
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== "ended" && outcomes.length < 50)
      outcomes.push(await runImport(shop.admin.ctx(), shop.tenant, id, 1));
    expect(outcomes.length).toBeGreaterThan(4);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("counts once when two consumers do it at once", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), large);
    await runImport(shop.admin.ctx(), shop.tenant, id);
    await storeUndo(shop.admin.ctx(), id);
    await Promise.all([1, 2, 3].map(() => runImport(shop.admin.ctx(), shop.tenant, id)));
    const { body } = await call("GET", `${API}/imports/${id}`, { token: shop.admin.token });
    expect(body).toMatchObject({
      status: "undone",
      undone_sales: 3_000,
      undone_products: 300,
      undo_retained: 0,
    });
  });

  it("stops a running import, which stores nothing more", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), large);
    expect(await runImport(shop.admin.ctx(), shop.tenant, id, 1)).toBe("more");
    const late = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 2) await storeUndo(shop.admin.ctx(), id);
      },
    });
    expect(await runImport(late, shop.tenant, id)).toBe("ended");
    expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
    const { body } = await call("GET", `${API}/imports/${id}`, { token: shop.admin.token });
    expect(body).toMatchObject({ status: "undone", rows_accepted: 5_000 });
    expect(await count("SELECT count(*) n FROM sale_lines WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    expect(await count("SELECT count(*) n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });
});

describe("an undo at the same time as", () => {
  it("a refund of one of its sales either keeps the sale or refuses the refund", async () => {
    const shop = await newShop();
    const { id } = await importFile(shop, fileOf([{ invoice: "1" }, { invoice: "2", sku: "B" }]));
    const sale = await saleOf(shop, "1");
    const undone = await storeUndo(shop.admin.ctx(), id);
    expect(undone.status).toBe("undoing");
    const late = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 1) expect((await refund(shop, sale.id, sale.productId)).status).toBe(201);
      },
    });
    await runImport(late, shop.tenant, id);
    expect(await saleOf(shop, "1")).toEqual(sale);
    expect(await retainedOf(shop, id)).toHaveLength(3);
    expect((await refund(shop, (await saleOf(shop, "2")).id, sale.productId)).status).toBe(404);
  });

  it("a refund that has read its sale before it was removed answers 404", async () => {
    const shop = await newShop();
    const { id } = await importFile(shop, fileOf([{ invoice: "1" }]));
    const sale = await saleOf(shop, "1");
    const late = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth !== 2) return;
        await storeUndo(shop.admin.ctx(), id);
        await runImport(shop.admin.ctx(), shop.tenant, id);
      },
    });
    const input = {
      items: [{ product_id: sale.productId, quantity: 1000 }],
      reason: "broken",
      restock: false,
      payment_method: "card",
    };
    expect(await failureOf(refundSale(late, sale.id, input, undefined))).toMatchObject({ slug: "not-found" });
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("an import of the same file right after lets the new import store everything", async () => {
    const shop = await newShop();
    const first = await importFile(shop, file);
    await requestOf(shop, first.id);
    const second = await uploadFile(shop.admin.token, file);
    const done = await waitForImport(shop.admin.token, second.body.id);
    expect(await rejectsOf(shop.admin.token, second.body.id)).toBe("row,reason,text\r\n");
    expect(done).toMatchObject({ status: "done", rows_accepted: 60, rows_known: 0 });
    await until(
      async () =>
        (await call("GET", `${API}/imports/${first.id}`, { token: shop.admin.token })).body.status ===
        "undone",
    );
    expect(await count("SELECT count(*) n FROM sale_lines WHERE tenant_id = ?", shop.tenant.id)).toBe(60);
  });
});

describe("an undo that repeatedly fails", () => {
  it("ends as failed, and a new request continues it", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    await runImport(shop.admin.ctx(), shop.tenant, id);
    await storeUndo(shop.admin.ctx(), id);
    const failing = between(shop.admin.ctx(), {
      change: () => {
        throw new Error("broken");
      },
    });
    expect(await failureOf(runImport(failing, shop.tenant, id))).toBeInstanceOf(Error);
    await rowsOf("UPDATE imports SET resumes = 11 WHERE id = ?", id);
    expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
    const failed = await call("GET", `${API}/imports/${id}`, { token: shop.admin.token });
    expect(failed.body).toMatchObject({ status: "failed", error: expect.stringContaining("undo") });
    expect(await undo(shop, id)).toMatchObject({ status: "undone", undone_sales: 1, undone_products: 1 });
  });
});
