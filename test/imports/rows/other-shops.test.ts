// The rows of a chunk, beside other shops whose rows have the same ids, in another state.
import { describe, expect, it } from "vitest";
import { dryRun } from "../../../src/imports/dry-run.ts";
import { planOfHeader } from "../../../src/imports/mapping/resolve.ts";
import { productImporter, saleImporter } from "../../../src/imports/rows/row-importers.ts";
import { findExisting, lineKey } from "../../../src/imports/rows/sale-existing.ts";
import { change } from "../../support/change.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { COLUMNS, fileOf, importFile, storeImport } from "../../support/imports.ts";
import { newPerson, newProduct, newShop, type Shop } from "../../support/shops.ts";
import { newTaxRate } from "../../support/taxes.ts";
import { addTwins, changeTwins, twinRows } from "../../support/twins.ts";

const HEADER = [...COLUMNS.split(","), "Seller", "Barcode", "TaxRate", "PaymentMethod"];
const plan = planOfHeader("sales", HEADER);
const BARCODE = "4006381333931";

/** Records of the file, from row 2. */
const recordsOf = (rows: Record<string, string>[]) =>
  rows.map((row, at) => {
    const cells: Record<string, string> = {
      InvoiceNo: "1",
      StockCode: "A",
      Quantity: "1",
      InvoiceDate: "2026-03-02 10:00:00",
      UnitPrice: "1.00",
      ...row,
    };
    return { row: at + 2, value: HEADER.map((name) => cells[name] ?? "") };
  });

describe("beside shops whose rows have the same ids", () => {
  it("invoices are compared with what this shop has, and sellers, barcodes and tax rates are its own", async () => {
    const shop = await newShop();
    const [ana, eva] = [await newPerson(shop.tenant, "EMPLOYEE"), await newPerson(shop.tenant, "EMPLOYEE")];
    await change("UPDATE users SET first_name = 'Ana', last_name = 'Sol' WHERE id = ?", ana.id);
    await newTaxRate(shop);
    await newProduct(shop, { sku: "B", barcodes: [BARCODE] });
    await importFile(shop, fileOf([{ invoice: "1" }, { invoice: "9" }]));
    const ctx = shop.admin.ctx();
    const id = await storeImport(ctx, fileOf([{}]));
    const records = recordsOf([
      { Seller: ana.email, Barcode: BARCODE, TaxRate: "21%", PaymentMethod: "cash" },
      { InvoiceNo: "2", Seller: "Ana Sol" },
    ]);
    const find = () => findExisting(ctx, id, saleImporter.parseChunk(ctx, plan, records).rows, []);
    const alone = await find();
    expect([...alone.sellers.keys()].filter((name) => name.includes("@"))).toEqual([ana.email]);
    expect(alone.sellers.get(ana.email)).toBe(ana.id);
    expect([...alone.lines]).toEqual([
      ["1", new Map([[lineKey({ sku: "A", quantity: 1000, subtotal: 100 }), 1]])],
    ]);
    await addTwins(shop.tenant);
    const sale = String(alone.invoices.get("1")?.id);
    await change(
      "UPDATE users SET email = 'other@example.com' WHERE tenant_id <> ? AND id = ?",
      shop.tenant.id,
      ana.id,
    );
    await change(
      "UPDATE users SET email = ?, first_name = 'Ana', last_name = 'Sol' WHERE tenant_id <> ? AND id = ?",
      ana.email,
      shop.tenant.id,
      eva.id,
    );
    await changeTwins("products", "sku = 'twin ' || sku");
    await changeTwins("imports", "undo_status = 'undoing'");
    await change(
      `UPDATE sales SET external_ref = '2', kind = 'refund', refund_of = ?, import_id = NULL
        WHERE tenant_id <> ? AND id = (SELECT id FROM sales WHERE tenant_id = ?2 AND external_ref = '9')`,
      sale,
      shop.tenant.id,
    );
    await change(
      `INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount)
        SELECT tenant_id, id, 1, 'cash', total FROM sales WHERE tenant_id <> ? AND id = ?`,
      shop.tenant.id,
      sale,
    );
    await change(
      `INSERT INTO import_held (tenant_id, import_id, invoice, reason, reread_before)
        SELECT tenant_id, id, '2', 'held', 0 FROM imports WHERE tenant_id <> ? AND id = ?`,
      shop.tenant.id,
      id,
    );
    expect(await find()).toEqual(alone);
  });

  it("the lines of a chunk are added to the invoice of this shop, which a bad row removes again", async () => {
    const shop = await newShop();
    await newTaxRate(shop);
    const ctx = shop.admin.ctx();
    const id = await storeImport(ctx, fileOf([{}]));
    const store = async (rows: Record<string, string>[]) => {
      const { statements } = await saleImporter.prepareChunk(ctx, id, plan, recordsOf(rows));
      await ctx.db.batch(statements);
    };
    const stored = () =>
      rowsOf(
        `SELECT s.lines, (SELECT count(*) FROM sale_lines l WHERE l.tenant_id = s.tenant_id AND l.sale_id = s.id) AS stored,
          (SELECT sum(amount) FROM sale_payments y WHERE y.tenant_id = s.tenant_id AND y.sale_id = s.id) AS paid
          FROM sales s WHERE s.tenant_id = ?`,
        shop.tenant.id,
      );
    await store([{ PaymentMethod: "cash" }]);
    await addTwins(shop.tenant);
    const before = await twinRows();
    await store([{ PaymentMethod: "cash", TaxRate: "21%" }]);
    expect(await stored()).toEqual([{ lines: 2, stored: 2, paid: 200 }]);
    expect(
      await count("SELECT count(*) n FROM tax_rates WHERE tenant_id = ? AND is_used = 1", shop.tenant.id),
    ).toBe(1);
    expect(await twinRows()).toEqual(before);
    await store([{ Quantity: "0" }]);
    expect(await stored()).toEqual([]);
    expect(await twinRows()).toEqual(before);
  });

  it("a product is refused for the barcodes and rows of this shop alone", async () => {
    const shop = await newShop();
    await newProduct(shop, { sku: "A", barcodes: [BARCODE] });
    const ctx = shop.admin.ctx();
    const id = await storeImport(ctx, "sku,title,price\nA,A,1.00\n", "products");
    const other = "5901234123457";
    await addTwins(shop.tenant);
    await changeTwins("products", "sku = 'twin ' || sku, sku_key = 'twin ' || sku, import_id = ?1", id);
    const prepare = async () => {
      const records = [
        ["A", "A", "1.00", BARCODE],
        ["C", "C", "1.00", other],
      ].map((value, at) => ({ row: at + 2, value }));
      const header = planOfHeader("products", ["sku", "title", "price", "barcodes"]);
      return (await productImporter.prepareChunk(ctx, id, header, records)).rejected;
    };
    expect(await prepare()).toEqual([]);
    await changeTwins("product_barcodes", "code = ?1", other);
    expect(await prepare()).toEqual([]);
  });

  it("a dry run counts customers as new whom only sales of theirs name", async () => {
    const shop: Shop = await newShop();
    await importFile(shop, fileOf([{ invoice: "1", customer: "K1" }]));
    await addTwins(shop.tenant);
    await changeTwins("sales", "customer_id = NULL, customer_ref = 'K5'");
    const file = new Blob([fileOf([{ invoice: "2", customer: "K5" }])]).stream();
    expect(await dryRun(shop.admin.ctx(), "sales", file, {})).toMatchObject({
      rows_accepted: 1,
      new_customers: 1,
    });
  });
});
