// What a chunk of sales finds in the shop, and what it stores beside that.
import { describe, expect, it } from "vitest";
import { runImport } from "../../../src/imports/consume.ts";
import { planOfHeader } from "../../../src/imports/mapping/resolve.ts";
import { saleImporter } from "../../../src/imports/rows/row-importers.ts";
import { findExisting, UndoInProgress } from "../../../src/imports/rows/sale-existing.ts";
import { change } from "../../support/change.ts";
import { failureOf, rowsOf } from "../../support/d1.ts";
import { fileOf, storeImport } from "../../support/imports.ts";
import { recording } from "../../support/queues.ts";
import { base, newShop, type Shop } from "../../support/shops.ts";
import { newTaxRate } from "../../support/taxes.ts";

const HEADER = [
  "InvoiceNo",
  "SKU",
  "Item",
  "Qty",
  "Date",
  "Price",
  "Unit",
  "Barcode",
  "TaxRate",
  "PaymentMethod",
];
const plan = { ...planOfHeader("sales", HEADER), dates: "ymd" as const };

type Cells = Partial<Record<(typeof HEADER)[number], string>>;

const recordsOf = (rows: Cells[]) =>
  rows.map((row, at) => {
    const cells: Cells = {
      InvoiceNo: "1",
      SKU: "A",
      Item: "A thing",
      Qty: "1",
      Date: "2026-03-02",
      Price: "1.00",
      ...row,
    };
    return { row: at + 2, value: HEADER.map((name) => cells[name] ?? "") };
  });

/** Imports a file without the queue. Returns the id of the import. */
async function imported(shop: Shop, file: string): Promise<string> {
  const id = await storeImport(shop.admin.ctx(), file);
  await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id);
  return id;
}

/** A shop with an import whose chunks the test stores itself. */
async function importing(options: Parameters<typeof newShop>[0] = {}) {
  const shop = await newShop(options);
  const ctx = shop.admin.ctx();
  const id = await storeImport(ctx, fileOf([{}]));
  return {
    shop,
    id,
    find: (...rows: Cells[]) =>
      findExisting(ctx, id, saleImporter.parseChunk(ctx, plan, recordsOf(rows)).rows, []),
    store: async (...rows: Cells[]) => {
      const { statements, rejected } = await saleImporter.prepareChunk(ctx, id, plan, recordsOf(rows));
      await ctx.db.batch(statements);
      return rejected;
    },
  };
}

const productsOf = ({ tenant }: Shop) =>
  rowsOf(
    "SELECT sku, title, price, unit, barcodes FROM products WHERE tenant_id = ? ORDER BY sku",
    tenant.id,
  );

describe("an invoice that the shop has", () => {
  it("was refunded, by its own import or since, if a refund is of it", async () => {
    const { shop, find } = await importing();
    await imported(shop, fileOf(["1", "2", "3", "4"].map((invoice) => ({ invoice }))));
    const refund = (of: string, by: string, fields = "") =>
      change(
        `UPDATE sales SET kind = 'refund', ${fields} refund_of = (SELECT id FROM sales WHERE tenant_id = ?1 AND external_ref = ?2)
          WHERE tenant_id = ?1 AND external_ref = ?3`,
        shop.tenant.id,
        of,
        by,
      );
    await refund("2", "3");
    await refund("4", "1", "import_id = NULL,");
    const { invoices } = await find(...["1", "2", "3", "4"].map((InvoiceNo) => ({ InvoiceNo })));
    expect(
      [...invoices.values()].map((each) => [each.external_ref, each.is_refunded, each.is_refunded_since]),
    ).toEqual([
      ["1", false, false],
      ["2", true, false],
      ["3", false, false],
      ["4", true, true],
    ]);
  });

  it("is waited for only while its own import is being undone, and if it will be removed", async () => {
    const { shop, find } = await importing();
    const first = await imported(shop, fileOf([{ invoice: "1" }, { invoice: "2" }]));
    const second = await imported(shop, fileOf([{ invoice: "3" }]));
    const undo = (id: string) => change("UPDATE imports SET undo_status = 'undoing' WHERE id = ?", id);
    await undo(second);
    expect((await find({ InvoiceNo: "1" })).invoices.size).toBe(1);
    expect(await failureOf(find({ InvoiceNo: "3" }))).toBeInstanceOf(UndoInProgress);
    await undo(first);
    await change(
      `UPDATE sales SET kind = 'refund', refund_of = (SELECT id FROM sales WHERE tenant_id = ?1 AND external_ref = '1')
        WHERE tenant_id = ?1 AND external_ref = '3'`,
      shop.tenant.id,
    );
    expect((await find({ InvoiceNo: "1" })).invoices.size).toBe(1);
    expect(await failureOf(find({ InvoiceNo: "2" }))).toBeInstanceOf(UndoInProgress);
  });

  it("is held back by its own import alone", async () => {
    const { shop, id, find } = await importing();
    const other = await storeImport(shop.admin.ctx(), fileOf([{}]));
    for (const [by, invoice] of [
      [id, "1"],
      [other, "2"],
    ])
      await change("INSERT INTO import_held VALUES (?, ?, ?, 'no', 0)", shop.tenant.id, by, invoice);
    const { held } = await find({ InvoiceNo: "1" }, { InvoiceNo: "2" });
    expect([...held]).toEqual([["1", "no"]]);
  });

  it("is removed with its payments alone, if a later row of it is bad", async () => {
    const { shop, store } = await importing();
    const rows = ["1", "2"].map((InvoiceNo) => ({ InvoiceNo, PaymentMethod: "cash" }));
    await store(...rows);
    expect(await store({ InvoiceNo: "1", Qty: "0" })).toHaveLength(1);
    const left = await rowsOf(
      `SELECT s.external_ref, s.lines, y.amount FROM sales s LEFT JOIN sale_payments y ON y.tenant_id = s.tenant_id
        AND y.sale_id = s.id WHERE s.tenant_id = ?`,
      shop.tenant.id,
    );
    expect(left).toEqual([{ external_ref: "2", lines: 1, amount: 100 }]);
  });

  it("has payments if it has some itself", async () => {
    const { find, store } = await importing();
    await store({ InvoiceNo: "1", PaymentMethod: "cash" }, { InvoiceNo: "2" });
    const { invoices } = await find({ InvoiceNo: "1" }, { InvoiceNo: "2" });
    expect([invoices.get("1")?.has_payments, invoices.get("2")?.has_payments]).toEqual([true, false]);
  });
});

describe("the chunks of a file", () => {
  it("have one payment method, or none if a later chunk has another", async () => {
    const { shop, store } = await importing();
    const pay = (InvoiceNo: string, PaymentMethod: string) => ({ InvoiceNo, PaymentMethod });
    await store(pay("1", "cash"), pay("2", "cash"));
    await store(pay("1", "cash"), pay("2", "card"));
    expect(
      await rowsOf(
        "SELECT external_ref, payment_method, lines, total FROM sales WHERE tenant_id = ? ORDER BY 1",
        shop.tenant.id,
      ),
    ).toEqual([
      { external_ref: "1", payment_method: "cash", lines: 2, total: 200 },
      { external_ref: "2", payment_method: null, lines: 2, total: 200 },
    ]);
    expect(
      await rowsOf("SELECT line_no FROM sale_lines WHERE tenant_id = ? ORDER BY line_no", shop.tenant.id),
    ).toEqual([1, 1, 2, 2].map((line_no) => ({ line_no })));
    expect(
      await rowsOf(
        "SELECT method, amount FROM sale_payments WHERE tenant_id = ? ORDER BY amount",
        shop.tenant.id,
      ),
    ).toEqual([
      { method: "cash", amount: 100 },
      { method: "card", amount: 100 },
      { method: "cash", amount: 200 },
    ]);
  });

  it("add up to an invoice of the offset from UTC on its day", async () => {
    const { shop, store } = await importing({ timezone: "Europe/Madrid" });
    const row = { Qty: "2", Price: "1.21", TaxRate: "21" };
    await store(row, row);
    await store(row);
    expect(
      await rowsOf(
        "SELECT lines, units, total, tax, discount, placed_at, utc_offset FROM sales WHERE tenant_id = ?",
        shop.tenant.id,
      ),
    ).toEqual([
      {
        lines: 3,
        units: 6000,
        total: 726,
        tax: 126,
        discount: 0,
        placed_at: "2026-03-02T11:00:00.000Z",
        utc_offset: 3600,
      },
    ]);
  });

  it("have the offset from UTC of their own day, in winter and in summer", async () => {
    const { shop, store } = await importing({ timezone: "Europe/Madrid" });
    await store(
      { InvoiceNo: "1", Date: "2026-01-15" },
      { InvoiceNo: "2", Date: "2025-07-15" },
      { InvoiceNo: "3", Date: "2025-10-26" },
      { InvoiceNo: "4", Date: "2025-10-25" },
    );
    expect(
      await rowsOf(
        "SELECT external_ref, placed_at, utc_offset FROM sales WHERE tenant_id = ? ORDER BY external_ref",
        shop.tenant.id,
      ),
    ).toEqual([
      { external_ref: "1", placed_at: "2026-01-15T11:00:00.000Z", utc_offset: 3600 },
      { external_ref: "2", placed_at: "2025-07-15T10:00:00.000Z", utc_offset: 7200 },
      { external_ref: "3", placed_at: "2025-10-26T11:00:00.000Z", utc_offset: 3600 },
      { external_ref: "4", placed_at: "2025-10-25T10:00:00.000Z", utc_offset: 7200 },
    ]);
  });

  it("use the tax rates that they name, and no others", async () => {
    const { shop, store } = await importing();
    await newTaxRate(shop, { name: "Used" });
    await newTaxRate(shop, { name: "Unused" });
    await store({ TaxRate: "Used" });
    expect(
      await rowsOf("SELECT name FROM tax_rates WHERE tenant_id = ? AND is_used = 1", shop.tenant.id),
    ).toEqual([{ name: "Used" }]);
  });

  it("have quantities in the unit of their rows, whatever fractions these have", async () => {
    const { shop, store } = await importing();
    await store(
      { SKU: "OIL", Unit: "l", Qty: "0.5" },
      { SKU: "TEA", Unit: "piece" },
      { SKU: "TEA", Unit: "g", Qty: "50" },
      { SKU: "BREAD", Qty: "0.5" },
      { SKU: "MILK" },
      { SKU: "MILK", Unit: "l" },
    );
    expect(
      await rowsOf(
        "SELECT sku, quantity, unit FROM sale_lines WHERE tenant_id = ? ORDER BY line_no",
        shop.tenant.id,
      ),
    ).toEqual([
      { sku: "OIL", quantity: 500, unit: "l" },
      { sku: "TEA", quantity: 1000, unit: "piece" },
      { sku: "TEA", quantity: 50_000, unit: "g" },
      { sku: "BREAD", quantity: 500, unit: "kg" },
      { sku: "MILK", quantity: 1000, unit: "l" },
      { sku: "MILK", quantity: 1000, unit: "l" },
    ]);
    expect(await productsOf(shop)).toMatchObject([
      { sku: "BREAD", unit: "kg" },
      { sku: "MILK", unit: "l" },
      { sku: "OIL", unit: "l" },
      { sku: "TEA", unit: "g" },
    ]);
  });

  it("add products as the first row with a name and a price describes them", async () => {
    const { shop, store } = await importing();
    await store(
      { SKU: "A", Item: "", Price: "5.00" },
      { SKU: "A", Item: "Sample", Price: "0" },
      { SKU: "A", Item: "Mug", Price: "0.01" },
      { SKU: "A", Item: "Cup", Price: "3.00" },
      { SKU: "B", Item: "Gift", Price: "0" },
    );
    expect(await productsOf(shop)).toMatchObject([
      { sku: "A", title: "Mug", price: 1 },
      { sku: "B", title: "Gift", price: 0 },
    ]);
    const lines = await rowsOf(
      "SELECT description FROM sale_lines WHERE tenant_id = ? ORDER BY line_no",
      shop.tenant.id,
    );
    expect(lines.map(({ description }) => description)).toEqual(["A", "Sample", "Mug", "Cup", "Gift"]);
  });

  it("give a barcode to one product, and a product one barcode", async () => {
    const { shop, store } = await importing();
    const [one, two] = ["4006381333931", "5012345678900"];
    expect(
      await store(
        { SKU: "A", Barcode: one },
        { SKU: "A", Barcode: two },
        { SKU: "B", Barcode: one },
        { SKU: "C" },
      ),
    ).toEqual([]);
    expect((await productsOf(shop)).map(({ sku, barcodes }) => [sku, barcodes])).toEqual([
      ["A", `["${one}"]`],
      ["B", "[]"],
      ["C", "[]"],
    ]);
  });
});

it("the sale of exported lines has what these say about it", async () => {
  const shop = await newShop({ currency: "EUR" });
  const header =
    "number,line_no,kind,status,placed_at,day,sku,description,quantity,unit,list_price,unit_price,discount,discount_reason,tax,total,currency,refunded,sale_discount_reason,refund_reason,sale_payments,sale_rounding,sale_id,refund_of";
  await imported(
    shop,
    `${header}\nC-1,1,sale,completed,2026-04-01T10:00:00.000Z,2026-04-01,TAZA,Taza,2,piece,13.00,12.50,1.00,old,4.17,24.00,EUR,1,friend,,cash=24.02,0.02,,\n`,
  );
  await imported(
    shop,
    `${header}\nR-1,1,refund,completed,2026-04-02T10:00:00.000Z,2026-04-02,TAZA,Taza,-1,piece,13.00,12.50,0.00,,0.00,-12.50,EUR,0,,broken,cash=-12.50,0.00,,C-1\n`,
  );
  expect(
    await rowsOf(
      `SELECT r.external_ref, s.external_ref AS of FROM sales r JOIN sales s ON s.tenant_id = r.tenant_id AND s.id = r.refund_of
        WHERE r.tenant_id = ?`,
      shop.tenant.id,
    ),
  ).toEqual([{ external_ref: "R-1", of: "C-1" }]);
  expect(
    await rowsOf(
      "SELECT external_ref, kind, total, tax, discount, discount_reason, reason, rounding FROM sales WHERE tenant_id = ? ORDER BY 1",
      shop.tenant.id,
    ),
  ).toMatchObject([
    {
      external_ref: "C-1",
      kind: "sale",
      total: 2400,
      tax: 417,
      discount: 100,
      discount_reason: "friend",
      reason: null,
      rounding: 2,
    },
    {
      external_ref: "R-1",
      kind: "refund",
      total: -1250,
      discount_reason: null,
      reason: "broken",
      rounding: 0,
    },
  ]);
  expect(
    await rowsOf(
      "SELECT list_price, unit_price, discount, discount_reason, tax, refunded FROM sale_lines WHERE tenant_id = ? AND quantity > 0",
      shop.tenant.id,
    ),
  ).toEqual([
    { list_price: 1300, unit_price: 1250, discount: 100, discount_reason: "old", tax: 417, refunded: 1000 },
  ]);
});
