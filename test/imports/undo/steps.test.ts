// The steps of an undo, one by one.
import { describe, expect, it } from "vitest";
import { runImport } from "../../../src/imports/consume.ts";
import { planOfHeader } from "../../../src/imports/mapping/resolve.ts";
import { saleImporter } from "../../../src/imports/rows/row-importers.ts";
import { undoProducts } from "../../../src/imports/undo/products.ts";
import { requestUndo } from "../../../src/imports/undo/request.ts";
import { undoSales } from "../../../src/imports/undo/sales.ts";
import { beginUses, searchUses } from "../../../src/imports/undo/uses.ts";
import { firstIdAt } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { fileOf, filesOf, storeImport } from "../../support/imports.ts";
import { recording } from "../../support/queues.ts";
import { base, newProduct, newShop, type Shop } from "../../support/shops.ts";

const contextOf = ({ tenant }: Shop) => ({ ...base(), tenant, actor: null });

const salesIn = (shop: Shop) => count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id);

/** A shop with an imported file, whose undo has been requested. */
async function undoing(file: string) {
  const shop = await newShop();
  const id = await storeImport(shop.admin.ctx(), file);
  await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id);
  await requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, id);
  return { shop, id };
}

const stateOf = async (id: string) =>
  (
    await rowsOf("SELECT undo_status, undone_sales, undo_retained, undo_step FROM imports WHERE id = ?", id)
  )[0];

describe("the sales of an import", () => {
  const TWO = fileOf([{ invoice: "1" }, { invoice: "2" }]);

  it("that remain are left behind once", async () => {
    const { shop, id } = await undoing(TWO);
    const [last] = await rowsOf(
      `SELECT s.id, l.product_id FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
        WHERE s.tenant_id = ? ORDER BY s.id DESC LIMIT 1`,
      shop.tenant.id,
    );
    const refunded = await call("POST", `${API}/sales/${String(last?.["id"])}/refunds`, {
      token: shop.admin.token,
      json: {
        items: [{ product_id: last?.["product_id"], quantity: 1 }],
        reason: "broken",
        restock: false,
        payment_method: "card",
      },
    });
    expect(refunded.status, refunded.text).toBe(201);
    const ctx = contextOf(shop);
    const next = await undoSales(ctx, id, { phase: "sales", after: "" });
    expect(next).toEqual({ phase: "sales", after: last?.["id"] });
    if (!next) throw new Error("Another consumer has done it.");
    expect(await undoSales(ctx, id, next)).toEqual({ phase: "days", after: "" });
    expect(await stateOf(id)).toMatchObject({ undone_sales: 1, undo_retained: 1, undo_step: "days:" });
  });

  it("are removed one by one if they have many lines", async () => {
    const { shop, id } = await undoing(TWO);
    await change("UPDATE sales SET lines = 5000 WHERE tenant_id = ?", shop.tenant.id);
    const ctx = contextOf(shop);
    const next = await undoSales(ctx, id, { phase: "sales", after: "" });
    expect([next?.phase, await salesIn(shop)]).toEqual(["sales", 1]);
    if (!next) throw new Error("Another consumer has done it.");
    await undoSales(ctx, id, next);
    expect(await salesIn(shop)).toBe(0);
  });

  it("are removed with the refunds of the same file", async () => {
    const header =
      "number,line_no,kind,status,placed_at,day,sku,description,quantity,unit,list_price,unit_price,discount,tax,total,currency,sale_payments,sale_rounding,sale_id,refund_of,refund_reason";
    const line = (number: string, kind: string, quantity: string, total: string, refundOf: string) =>
      `${number},1,${kind},completed,2026-04-01T10:00:00.000Z,2026-04-01,TAZA,Taza,${quantity},piece,12.50,12.50,0.00,0.00,${total},EUR,cash=${total},0.00,,${refundOf},\n`;
    const { shop, id } = await undoing(
      `${header}\n${line("C-1", "sale", "1", "12.50", "")}${line("C-2", "refund", "-1", "-12.50", "C-1")}`,
    );
    expect(
      await count(
        "SELECT count(*) n FROM sales WHERE tenant_id = ? AND refund_of IS NOT NULL",
        shop.tenant.id,
      ),
    ).toBe(1);
    await undoSales(contextOf(shop), id, { phase: "sales", after: "" });
    expect(await stateOf(id)).toMatchObject({ undone_sales: 2, undo_retained: 0 });
    expect(await salesIn(shop)).toBe(0);
  });
});

describe("the customers of an import", () => {
  const customersOf = async (shop: Shop) =>
    (
      await rowsOf("SELECT external_ref AS ref FROM customers WHERE tenant_id = ? ORDER BY 1", shop.tenant.id)
    ).map(({ ref }) => ref);

  /** The undo of an import that added a customer by their address, and then a reference that leads to them. */
  async function undoingReference() {
    const shop = await newShop();
    const header = ["Order ID", "SKU", "Qty", "Date", "Price", "Customer ID", "Customer Email"];
    const ctx = shop.admin.ctx();
    const id = await storeImport(ctx, fileOf([{}]));
    const plan = { ...planOfHeader("sales", header), dates: "ymd" as const };
    for (const [number, ref] of [
      ["1", ""],
      ["2", "C8"],
    ]) {
      const value = [number ?? "", "A", "1", "2026-03-02", "1.00", ref ?? "", "luis@example.com"];
      const { statements } = await saleImporter.prepareChunk(ctx, id, plan, [{ row: 2, value }]);
      await ctx.db.batch(statements);
    }
    expect(await customersOf(shop)).toEqual([null, "C8"]);
    await requestUndo(recording(ctx, "IMPORTS").ctx, id);
    return { shop, id };
  }

  it("are removed with the references of the same file that lead to them", async () => {
    const { shop, id } = await undoingReference();
    await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id);
    expect(await customersOf(shop)).toEqual([]);
    expect(await rowsOf("SELECT undone_customers FROM imports WHERE id = ?", id)).toEqual([
      { undone_customers: 1 },
    ]);
  });

  it("are removed although a reference to them remains, which then leads to nobody", async () => {
    const { shop, id } = await undoingReference();
    await change(
      "UPDATE customers SET version = 2 WHERE tenant_id = ? AND external_ref = 'C8'",
      shop.tenant.id,
    );
    await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id);
    expect(
      await rowsOf("SELECT external_ref, merged_into FROM customers WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ external_ref: "C8", merged_into: null }]);
  });

  it("remain who have signed in, were changed or have bought since", async () => {
    const refs = ["bought", "changed", "gone", "login", "merged"];
    const { shop, id } = await undoing(fileOf(refs.map((customer) => ({ invoice: customer, customer }))));
    const idOf = (ref: string) =>
      `(SELECT id FROM customers WHERE tenant_id = '${shop.tenant.id}' AND external_ref = '${ref}')`;
    await change(`UPDATE users SET has_login = 1 WHERE id = ${idOf("login")}`);
    await change(`UPDATE customers SET version = 2 WHERE id = ${idOf("changed")}`);
    await change(
      `INSERT INTO customer_merges (tenant_id, from_id, into_id, due_at) VALUES (?, ${idOf("changed")}, ${idOf("merged")}, '9999')`,
      shop.tenant.id,
    );
    await change(
      `UPDATE sales SET import_id = NULL WHERE external_ref = 'bought' AND tenant_id = ?`,
      shop.tenant.id,
    );
    await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id);
    expect(await customersOf(shop)).toEqual(["bought", "changed", "login", "merged"]);
    expect(await stateOf(id)).toMatchObject({ undo_status: "undone", undone_sales: 4 });
  });
});

describe("an undo", () => {
  it("deletes the file of an import that has not ended, and queues the rollup of its days and products", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{}]));
    await requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, id);
    expect(await filesOf(shop)).toHaveLength(1);
    const { ctx, sent } = recording(base(), "ROLLUPS");
    expect(await runImport(ctx, shop.tenant, id)).toBe("ended");
    expect(await filesOf(shop)).toEqual([]);
    expect(sent).toEqual([{ kind: "rollup", tenant_id: shop.tenant.id, products: true }]);
  });

  it("forgets the invoices that its import held back, and none of another import", async () => {
    const { shop, id } = await undoing(fileOf([{}]));
    const other = await storeImport(shop.admin.ctx(), fileOf([{}]));
    for (const each of [id, other])
      await change("INSERT INTO import_held VALUES (?, ?, '9', 'no', 0)", shop.tenant.id, each);
    await requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, other);
    expect(await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id)).toBe("ended");
    expect([await stateOf(id), await stateOf(other)]).toMatchObject([
      { undo_status: "undone" },
      { undo_status: "undoing", undo_step: "sales:" },
    ]);
    expect(await rowsOf("SELECT import_id FROM import_held WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { import_id: other },
    ]);
  });

  it.each([
    [1000, 0],
    [1001, 1],
  ])("of products in a shop with %i lines leaves %i empty rows", async (lines, left) => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), "sku,title,price\nNEW,New,1.00\n", "products");
    await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id);
    await change(
      "INSERT INTO daily_sales (tenant_id, day, sales, refunds, lines, units, revenue) VALUES (?, '2026-03-02', 0, 0, ?, 0, 0)",
      shop.tenant.id,
      lines,
    );
    await requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, id);
    await change("UPDATE imports SET undo_step = 'products:' WHERE id = ?", id);
    await undoProducts(contextOf(shop), id, { phase: "products", after: "" });
    const products = await rowsOf(
      "SELECT removed_at IS NOT NULL AS is_removed FROM products WHERE tenant_id = ?",
      shop.tenant.id,
    );
    expect(products).toEqual(Array.from({ length: left }, () => ({ is_removed: 1 })));
  });

  it("of products removes what only another undo has left, with its neighbours and those of no other product", async () => {
    const shop = await newShop();
    const other = await storeImport(shop.admin.ctx(), fileOf([{}]));
    const { id: known } = await newProduct(shop);
    const id = await storeImport(shop.admin.ctx(), "sku,title,price\nNEW,New,1.00\n", "products");
    await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id);
    await change(
      `INSERT INTO import_retained (tenant_id, import_id, kind, id, reference, reason)
        SELECT tenant_id, ?2, 'product', id, sku, 'in other sales' FROM products WHERE tenant_id = ?1 AND sku = 'NEW'`,
      shop.tenant.id,
      other,
    );
    await change(
      `INSERT INTO product_neighbours (tenant_id, product_id, neighbours)
        SELECT tenant_id, id, json_array(json_array(id, 1)) FROM products WHERE tenant_id = ?`,
      shop.tenant.id,
    );
    await change(
      `INSERT INTO daily_products (tenant_id, day, product_id, units, orders, revenue)
        SELECT tenant_id, '2026-03-02', id, 0, 0, 0 FROM products WHERE tenant_id = ?`,
      shop.tenant.id,
    );
    const revision = () => count("SELECT revision n FROM tenants WHERE id = ?", shop.tenant.id);
    const before = await revision();
    await requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, id);
    expect(await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id)).toBe("ended");
    for (const query of [
      "SELECT id FROM products WHERE tenant_id = ? AND removed_at IS NULL",
      "SELECT product_id AS id FROM product_neighbours WHERE tenant_id = ?",
      "SELECT product_id AS id FROM daily_products WHERE tenant_id = ?",
    ])
      expect(await rowsOf(query, shop.tenant.id)).toEqual([{ id: known }]);
    expect(await revision()).toBeGreaterThan(before);
  });

  it("that was given up continues where it stopped, once it is requested again", async () => {
    const { shop, id } = await undoing(fileOf([{}]));
    await change("UPDATE imports SET undo_step = 'customers:', resumes = 11 WHERE id = ?", id);
    expect(await runImport(base(), shop.tenant, id)).toBe("ended");
    expect(await stateOf(id)).toMatchObject({ undo_status: null, undo_step: "customers:" });
    await requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, id);
    expect(await stateOf(id)).toMatchObject({ undo_status: "undoing", undo_step: "customers:" });
    const state = "SELECT resumes, error, finished_at FROM imports WHERE id = ?";
    expect(await rowsOf(state, id)).toEqual([{ resumes: 0, error: null, finished_at: null }]);
  });

  it("is given up after it was resumed more than ten times without progress", async () => {
    const { shop, id } = await undoing(fileOf([{}]));
    const { id: other } = await undoing(fileOf([{}]));
    await change("UPDATE imports SET resumes = 10 WHERE id = ?", id);
    expect(await runImport(base(), shop.tenant, id)).toBe("ended");
    expect(await stateOf(id)).toMatchObject({ undo_status: "undone", undone_sales: 1 });
    expect(await stateOf(other)).toMatchObject({ undo_status: "undoing", undone_sales: 0 });
  });

  it("keeps the products that it finds in other sales, from the line after the one it ended with", async () => {
    const { shop, id } = await undoing(fileOf([{ invoice: "1", sku: "A" }]));
    const other = await storeImport(
      shop.admin.ctx(),
      fileOf(["B", "A", "B"].map((sku) => ({ invoice: "2", sku }))),
    );
    await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, other);
    const [sale] = await rowsOf(
      "SELECT id FROM sales WHERE tenant_id = ? AND external_ref = '2'",
      shop.tenant.id,
    );
    const since = firstIdAt(new Date());
    const search = async (after: string) => {
      await change("UPDATE imports SET undo_step = ? WHERE id = ?", `uses@${since}:${after}`, id);
      expect(await searchUses(contextOf(shop), id, { phase: "uses", after, since })).toEqual({
        phase: "products",
        after: "",
        since,
      });
      return rowsOf("SELECT reference, reason FROM import_retained WHERE tenant_id = ?", shop.tenant.id);
    };
    expect(await search(`${String(sale?.["id"])}/2`)).toEqual([]);
    expect(await search(`${String(sale?.["id"])}/1`)).toEqual([{ reference: "A", reason: "in other sales" }]);
  });

  it("searches the lines of sales since a minute before it, or before an import that still runs", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{}]));
    const start = Date.now();
    const { since = "" } = await beginUses(contextOf(shop), id);
    expect(since >= firstIdAt(new Date(start - 60_000))).toBe(true);
    expect(since <= firstIdAt(new Date(Date.now() - 60_000))).toBe(true);
    const created = "2026-03-02T10:00:00.000Z";
    const ended = await storeImport(shop.admin.ctx(), fileOf([{}]));
    await change("UPDATE imports SET finished_at = created_at WHERE id = ?", ended);
    await change("UPDATE imports SET created_at = '2020-01-01T10:00:00.000Z' WHERE id IN (?, ?)", id, ended);
    expect(((await beginUses(contextOf(shop), id)).since ?? "") >= since).toBe(true);
    const other = await storeImport(shop.admin.ctx(), fileOf([{}]));
    await change("UPDATE imports SET created_at = ? WHERE id = ?", created, other);
    expect((await beginUses(contextOf(shop), id)).since).toBe(
      firstIdAt(new Date(Date.parse(created) - 60_000)),
    );
  });
});
