import { describe, expect, it } from "vitest";
import { packFacets } from "../../../src/catalog/listing/packed-facets.ts";
import { runSweep } from "../../../src/platform/sweeps.ts";
import { change } from "../../support/change.ts";
import { rowsOf } from "../../support/d1.ts";
import { bytesOf, rowsOf as csvRowsOf } from "../../support/exports.ts";
import { base, newProduct, newShop } from "../../support/shops.ts";
import { giveRate, newTaxRate } from "../../support/taxes.ts";
import { addTwins, changeTwins, twinRows } from "../../support/twins.ts";

describe("beside shops whose rows have the same ids", () => {
  it("packing facets deletes the empty row of this shop, and leaves theirs", async () => {
    const shop = await newShop();
    await change("INSERT INTO product_facets (tenant_id, first_id) VALUES (?, 'a')", shop.tenant.id);
    await addTwins(shop.tenant);
    await changeTwins("product_facets", "products = '[]'");
    const before = await twinRows();
    await runSweep(base(), packFacets, "stale-facets");
    expect(await rowsOf("SELECT first_id FROM product_facets WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { first_id: "" },
    ]);
    expect(await twinRows()).toEqual(before);
  });

  it("an export of products has the tax rates of this shop", async () => {
    const shop = await newShop();
    const rate = await newTaxRate(shop, { name: "IVA 4 %" });
    const { id } = await newProduct(shop);
    await giveRate(shop, id, rate.id);
    await addTwins(shop.tenant);
    const rows = csvRowsOf(await bytesOf(shop.admin.token, "/products?format=csv"), {});
    expect(rows).toMatchObject([{ tax_rate: "IVA 4 %" }]);
  });
});
