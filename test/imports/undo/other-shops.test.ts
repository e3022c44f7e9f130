// The undo of an import beside other shops whose rows have the same ids, in another state.
import { describe, expect, it } from "vitest";
import { runImport } from "../../../src/imports/consume.ts";
import { undoProducts } from "../../../src/imports/undo/products.ts";
import { requestUndo } from "../../../src/imports/undo/request.ts";
import { failUndo } from "../../../src/imports/undo/run.ts";
import { beginUses } from "../../../src/imports/undo/uses.ts";
import { firstIdAt } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { fileOf, importFile, storeImport, uploadFile, waitForImport } from "../../support/imports.ts";
import { sellMany } from "../../support/many-sales.ts";
import { repeatUntil } from "../../support/pages.ts";
import { putInCart } from "../../support/purchases.ts";
import { recording } from "../../support/queues.ts";
import { base, newPerson, newShop, sellOne, type Shop } from "../../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../../support/twins.ts";

const startUndo = (shop: Shop, id: string) => requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, id);

async function undo(shop: Shop, id: string) {
  await startUndo(shop, id);
  await repeatUntil(async () => (await runImport(base(), shop.tenant, id)) === "ended");
  return (await call("GET", `${API}/imports/${id}`, { token: shop.admin.token })).body;
}

const idOf = async ({ tenant }: Shop, table: string, column: string, value: string) =>
  String(
    (await rowsOf(`SELECT id FROM ${table} WHERE tenant_id = ? AND ${column} = ?`, tenant.id, value))[0]?.[
      "id"
    ],
  );

const recordOf = (shop: Shop, ref: string) => idOf(shop, "customers", "external_ref", ref);
const productOf = (shop: Shop, sku: string) => idOf(shop, "products", "sku", sku);

const merge = (shop: Shop, from: string, into: string) =>
  call("POST", `${API}/customers/${from}/merge`, { token: shop.admin.token, json: { into } });

/** A shop with sales of its own, and an import of three sales, of whose two products one was sold since. */
async function importedShop() {
  const shop = await newShop();
  const { token } = shop.admin;
  await importFile(
    shop,
    fileOf([
      { invoice: "own", sku: "OWN", customer: "Eva" },
      { invoice: "mar", sku: "OWN", customer: "Mar" },
      { invoice: "sol", sku: "OWN", customer: "Sol" },
      { invoice: "luz", sku: "OWN", customer: "Luz" },
    ]),
  );
  await merge(shop, await recordOf(shop, "Sol"), await recordOf(shop, "Luz"));
  const file = fileOf([
    { invoice: "1", sku: "P1", customer: "K1" },
    { invoice: "2", sku: "P2", customer: "K2" },
    { invoice: "3", sku: "P1", customer: "K3" },
  ]);
  const { body } = await uploadFile(token, file, { "idempotency-key": "k" });
  await waitForImport(token, body.id);
  await sellOne(token, await productOf(shop, "P2"));
  return { shop, id: String(body.id) };
}

const retainedIn = async (shop: Shop, id: string) =>
  (
    await rowsOf(
      "SELECT reference FROM import_retained WHERE tenant_id = ? AND import_id = ? ORDER BY 1",
      shop.tenant.id,
      id,
    )
  ).map(({ reference }) => reference);

describe("beside shops whose rows have the same ids, an undo", () => {
  it("removes what this shop has imported and not used, and nothing of theirs", async () => {
    const { shop, id } = await importedShop();
    const { tenant } = shop;
    const buyer = await newPerson(tenant, "CUSTOMER");
    const product = await productOf(shop, "P1");
    await call("PUT", `${API}/favorites/${product}`, { token: buyer.token });
    await putInCart(buyer.token, product);
    await addTwins(tenant);
    for (const table of ["cart_items", "saved_items"])
      await change(`DELETE FROM ${table} WHERE tenant_id = ?`, tenant.id);
    await changeTwins("daily_sales", "lines = 5000");
    await changeTwins("imports", "actor_id = 'somebody'");
    for (const statement of [
      `INSERT INTO import_retained (tenant_id, import_id, kind, id, reference, reason)
        SELECT tenant_id, ?2, 'product', id, 'P1', '' FROM products WHERE tenant_id <> ?1 AND sku = 'P1'`,
      `INSERT INTO import_held (tenant_id, import_id, invoice, reason, reread_before)
        SELECT tenant_id, id, '1', '', 0 FROM imports WHERE tenant_id <> ?1 AND id = ?2`,
      `UPDATE products SET added_by_import = ?2 WHERE tenant_id <> ?1
        AND id = (SELECT id FROM products WHERE tenant_id = ?1 AND sku = 'OWN')`,
      `UPDATE sales SET kind = 'refund', import_id = NULL,
          refund_of = (SELECT id FROM sales WHERE tenant_id = ?1 AND import_id = ?2 AND external_ref = '1')
        WHERE tenant_id <> ?1 AND id = (SELECT id FROM sales WHERE tenant_id = ?1 AND external_ref = 'own')`,
      `UPDATE customers SET added_by_import = NULL,
          merged_into = (SELECT id FROM customers WHERE tenant_id = ?1 AND external_ref = 'K1' AND added_by_import = ?2)
        WHERE tenant_id <> ?1 AND id = (SELECT id FROM customers WHERE tenant_id = ?1 AND external_ref = 'Mar')`,
    ])
      await change(statement, tenant.id, id);
    const revisionsOf = () => rowsOf("SELECT id, revision FROM tenants WHERE id <> ? ORDER BY 1", tenant.id);
    const revisions = await revisionsOf();
    const before = await twinRows();
    expect(await undo(shop, id)).toMatchObject({
      status: "undone",
      undone_sales: 3,
      undone_products: 1,
      undone_customers: 3,
      undo_retained: 1,
    });
    expect(await retainedIn(shop, id)).toEqual(["P2"]);
    expect(await revisionsOf()).toEqual(revisions);
    expect(
      await count("SELECT count(*) n FROM products WHERE tenant_id = ? AND id = ?", tenant.id, product),
    ).toBe(0);
    expect(
      await count("SELECT count(*) n FROM idempotency_keys WHERE tenant_id = ? AND key = 'k'", tenant.id),
    ).toBe(0);
    expect(await twinRows()).toEqual(before);
  });

  it("removes what this shop has imported though theirs is being undone, and leaves their references", async () => {
    const { shop, id } = await importedShop();
    await addTwins(shop.tenant);
    await changeTwins("imports", "undo_status = 'undoing', finished_at = NULL");
    await changeTwins("sales", "customer_id = NULL");
    for (const statement of [
      `UPDATE sales SET kind = 'refund',
          refund_of = (SELECT id FROM sales WHERE tenant_id = ?1 AND import_id = ?2 AND external_ref = '1')
        WHERE tenant_id <> ?1 AND id = (SELECT id FROM sales WHERE tenant_id = ?1 AND external_ref = '2')`,
      `UPDATE customers SET merged_into = (SELECT id FROM customers WHERE tenant_id = ?1 AND external_ref = 'K1' AND added_by_import = ?2)
        WHERE tenant_id <> ?1 AND id = (SELECT id FROM customers WHERE tenant_id = ?1 AND external_ref = 'K2')`,
    ])
      await change(statement, shop.tenant.id, id);
    await change("DELETE FROM customer_merges WHERE tenant_id <> ?", shop.tenant.id);
    const before = await twinRows();
    expect(await undo(shop, id)).toMatchObject({ status: "undone", undone_sales: 3, undone_customers: 3 });
    expect(await twinRows()).toEqual(before);
  });

  it.each([
    ["counted", "stock_moves", "reference = 'count'"],
    ["changed", "products", "version = 2"],
  ])("removes a product that was %s in theirs, at the same cost", async (_, table, assignments) => {
    const imported = async () => {
      const shop = await newShop();
      const { id } = await importFile(shop, "sku,title,price,stock\nQ,A book,1.00,5\n", "products");
      return { shop, id };
    };
    const [one, other] = [await imported(), await imported()];
    const costOf = async ({ shop, id }: typeof one) => {
      await startUndo(shop, id);
      await change("UPDATE imports SET undo_step = 'products:' WHERE tenant_id = ?", shop.tenant.id);
      const ctx = { ...base(), tenant: shop.tenant, actor: null };
      await undoProducts(ctx, id, { phase: "products", after: "" });
      expect(await count("SELECT count(*) n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
      return ctx.db.cost.read;
    };
    const alone = await costOf(one);
    await addTwins(other.shop.tenant);
    await changeTwins(table, assignments);
    const before = await twinRows();
    expect(await costOf(other)).toBe(alone);
    expect(await twinRows()).toEqual(before);
  });

  it("reads no lines of sales that were searched before", async () => {
    const costOf = async (sales: number) => {
      const shop = await newShop();
      const { id } = await importFile(shop, "sku,title,price\nQ,A book,1.00\n", "products");
      await sellMany(shop, sales, "2026-03-02");
      // Many lines, so that the row of the product stays: a deletion searches all of them.
      await change(
        "INSERT INTO daily_sales (tenant_id, day, sales, refunds, lines, units, revenue) VALUES (?, '2026-03-02', 0, 0, 5000, 0, 0)",
        shop.tenant.id,
      );
      await startUndo(shop, id);
      const since = firstIdAt(new Date(Date.now() + 60_000));
      await change("UPDATE imports SET undo_step = ? WHERE id = ?", `products@${since}:`, id);
      const ctx = { ...base(), tenant: shop.tenant, actor: null };
      expect(await undoProducts(ctx, id, { phase: "products", after: "", since })).not.toBeNull();
      return ctx.db.cost.read;
    };
    expect(await costOf(90)).toBe(await costOf(1));
  });

  it("that fails ends for this shop alone", async () => {
    const { shop, id } = await importedShop();
    await startUndo(shop, id);
    await addTwins(shop.tenant);
    const before = await twinRows();
    await failUndo(base(), shop.tenant.id, id);
    expect(await twinRows()).toEqual(before);
  });

  it("searches the lines since the imports of this shop that run", async () => {
    const shop = await newShop();
    const other = await newShop();
    await storeImport(other.admin.ctx(), fileOf([{}]));
    await change(
      "UPDATE imports SET created_at = '2020-01-01T00:00:00.000Z' WHERE tenant_id = ?",
      other.tenant.id,
    );
    const { since = "" } = await beginUses({ ...base(), tenant: shop.tenant, actor: null }, "an import");
    expect(since > firstIdAt(new Date("2021-01-01"))).toBe(true);
  });
});

describe("the undo of an import whose customers", () => {
  it("staff have merged leaves the merged record where it leads", async () => {
    const { shop, id } = await importedShop();
    const eva = await recordOf(shop, "Eva");
    const merged = await recordOf(shop, "K3");
    await merge(shop, merged, eva);
    expect(await undo(shop, id)).toMatchObject({ undone_customers: 2 });
    expect(await rowsOf("SELECT merged_into FROM customers WHERE id = ?", merged)).toEqual([
      { merged_into: eva },
    ]);
  });

  it("have a reference of another import leaves them", async () => {
    const shop = await newShop();
    const importOrder = (number: string, ref: string) =>
      importFile(
        shop,
        `Order ID,SKU,Item,Qty,Date,Price,Customer ID,Customer Email\n${number},A,Thing,1,2026-03-02,1.00,${ref},ana@example.com\n`,
      );
    const { id } = await importOrder("1", "K1");
    await importOrder("2", "K9");
    for (const table of ["sale_lines WHERE sale_id", "sales WHERE id"])
      await change(
        `DELETE FROM ${table} = (SELECT id FROM sales WHERE tenant_id = ? AND external_ref = '2')`,
        shop.tenant.id,
      );
    expect(await undo(shop, id)).toMatchObject({ undone_sales: 1, undone_customers: 0 });
  });

  it("are references of a customer whom the shop knows counts none", async () => {
    const shop = await newShop();
    await call("POST", `${API}/customers`, {
      token: shop.admin.token,
      json: { name: "Ana", email: "ana@example.com" },
    });
    const { id } = await importFile(
      shop,
      [
        "Order ID,SKU,Item,Qty,Date,Price,Customer ID,Customer Email",
        "1,A,Thing,1,2026-03-02,1.00,K9,ana@example.com",
        "",
      ].join("\n"),
    );
    expect(await count("SELECT count(*) n FROM customers WHERE tenant_id = ?", shop.tenant.id)).toBe(2);
    expect(await undo(shop, id)).toMatchObject({ undone_customers: 0 });
    expect(await count("SELECT count(*) n FROM customers WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
  });
});
