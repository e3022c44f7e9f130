import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { newProduct, newShop } from "../support/shops.ts";
import { giveRate, newTaxRate } from "../support/taxes.ts";
import { addTwins, twinRows } from "../support/twins.ts";

describe("beside shops whose tax rates have the same ids", () => {
  it("replacing a rate leaves theirs", async () => {
    const shop = await newShop();
    const rate = await newTaxRate(shop, { is_default: true });
    const { id } = await newProduct(shop);
    await giveRate(shop, id, rate.id);
    await addTwins(shop.tenant);
    const before = await twinRows();
    const json = { name: "New", rate: 22_000, replaces: rate.id };
    const { status } = await call("POST", `${API}/tax-rates`, { token: shop.admin.token, json });
    expect(status).toBe(201);
    expect(await twinRows()).toEqual(before);
  });

  it("a rate in use is refused with the use of this shop", async () => {
    const shop = await newShop();
    const rate = await newTaxRate(shop, { is_default: true });
    await addTwins(shop.tenant);
    await change("UPDATE tax_rates SET is_default = 0 WHERE tenant_id <> ?", shop.tenant.id);
    const path = `${API}/tax-rates/${rate.id}`;
    const { body } = await call("PATCH", path, { token: shop.admin.token, json: { is_active: false } });
    expect(body).toMatchObject({ type: "/problems/tax-rate-in-use", products: 0, is_default: true });
  });
});
