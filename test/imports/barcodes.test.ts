// A barcode belongs to one product, whatever files say.
import { expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { importFile, rejectsOf, storeImport } from "../support/imports.ts";
import { dryRunOf } from "../support/layouts.ts";
import { recording } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

const CODE = "4006381333931";

const codesOf = (shop: Shop) =>
  rowsOf("SELECT sku, barcodes FROM products WHERE tenant_id = ? ORDER BY sku", shop.tenant.id);

it("a new product of a sale does not take the barcode of another", async () => {
  const shop = await newShop();
  await call("POST", `${API}/products`, {
    token: shop.admin.token,
    json: { sku: "TAZA", title: "Taza", price: 1000, barcodes: [CODE] },
  });
  const file = `Order No,SKU,EAN,Qty,Date,Price\n1,OTHER,${CODE},1,2026-04-03,5\n`;
  expect(await importFile(shop, file)).toMatchObject({ rows_accepted: 1 });
  expect(await codesOf(shop)).toEqual([
    { sku: "OTHER", barcodes: "[]" },
    { sku: "TAZA", barcodes: `["${CODE}"]` },
  ]);
});

it("the second product of a file with the same barcode is refused", async () => {
  const shop = await newShop();
  const done = await importFile(shop, `sku,title,price,barcodes\nA,A,1,${CODE}\nB,B,1,${CODE}\n`, "products");
  expect(done).toMatchObject({ rows_accepted: 1, rows_rejected: 1 });
  expect(await rejectsOf(shop.admin.token, done.id)).toContain(`barcode ${CODE} belongs to sku A`);
});

/** Imports a file without the queue. */
async function imported(shop: Shop, file: string, kind: "sales" | "products" = "sales"): Promise<void> {
  const id = await storeImport(shop.admin.ctx(), file, kind);
  await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id);
}

it("a product takes the barcode that a row before it gives up, and not that of a row after it", async () => {
  const importInto = async (file: string) => {
    const shop = await newShop();
    await imported(shop, `sku,title,price,barcodes\nA,A,1,${CODE}\n`, "products");
    await imported(shop, `sku,title,price,barcodes\n${file}`, "products");
    return codesOf(shop);
  };
  expect(await importInto(`A,A,1,\nB,B,1,${CODE}\n`)).toEqual([
    { sku: "A", barcodes: "[]" },
    { sku: "B", barcodes: `["${CODE}"]` },
  ]);
  expect(await importInto(`B,B,1,${CODE}\nA,A,1,\n`)).toEqual([{ sku: "A", barcodes: "[]" }]);
});

it("a product of a sale keeps its own code, though another has its barcode", async () => {
  const shop = await newShop();
  await imported(shop, `sku,title,price,barcodes\nTAZA,Taza,1,${CODE}\n`, "products");
  const file = `Order No,SKU,EAN,Qty,Date,Price\n1,OTHER,${CODE},1,2026-04-03,5\n2,,${CODE},1,2026-04-03,5\n`;
  const { body: dry } = await dryRunOf(shop, file);
  expect(dry).toMatchObject({ rows_accepted: 2, new_products: 1 });
  await imported(shop, file);
  expect(await rowsOf("SELECT sku FROM sale_lines WHERE tenant_id = ? ORDER BY sku", shop.tenant.id)).toEqual(
    [{ sku: "OTHER" }, { sku: "TAZA" }],
  );
});
