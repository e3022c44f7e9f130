import { expect, it } from "vitest";
import { eraseUser } from "../../src/erasure/account.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { API, call } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { fullShop, listedIds } from "../support/full-shop.ts";
import { mailsTo } from "../support/mails.ts";
import { buyOne, confirm, putInCart } from "../support/purchases.ts";
import { base, newPerson, type Person, type Shop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";

/** A customer with rows in what a shop stores about people. */
async function newCustomer(shop: Shop, product: string): Promise<Person> {
  const ana = await newPerson(shop.tenant, "CUSTOMER", "ana@example.com");
  const { token } = shop.admin;
  await call("PUT", `${API}/favorites/${product}`, { token: ana.token });
  await call("PUT", `${API}/wishlist/${product}`, { token: ana.token, json: { priority: 4 } });
  await call("PATCH", `${API}/customers/${ana.id}`, { token, json: { note: "Collects on Mondays" } });
  const address = { name: "Ana", lines: ["Calle 1"], city: "Madrid", postal_code: "28013", country: "ES" };
  const { body } = await buyOne(ana.token, product, 1, { shipping_address: address });
  await confirm(shop, body.id);
  const json = { items: [{ product_id: product, quantity: 1 }], customer_id: ana.id };
  await call("POST", `${API}/sales`, { token, json });
  const record = await call("POST", `${API}/customers`, { token, json: { name: "A. Sol" } });
  await call("POST", `${API}/customers/${record.body.id}/merge`, { token, json: { into: ana.id } });
  await moveMergedSales(base(new Date(Date.now() + 1000)));
  await call("POST", `${API}/auth/password/forgot`, {
    json: { tenant: shop.tenant.slug, email: ana.email },
  });
  await putInCart(ana.token, product);
  await mailsTo(shop, "");
  return ana;
}

it("erasing a customer leaves the rows of other shops whose people have the same ids", async () => {
  const shop = await fullShop();
  const { product } = await listedIds(shop);
  const { id } = await newCustomer(shop, product);
  await addTwins(shop.tenant);
  const before = await twinRows();
  await eraseUser(shop.admin.ctx(), id);
  const openErasures = () => count("SELECT count(*) n FROM erasures WHERE tenant_id = ?", shop.tenant.id);
  expect(await openErasures()).toBeGreaterThan(0);
  for (let page = 1; page <= 9; page += 1)
    await resumeErasures(base(new Date(Date.now() + page * 20 * 60_000)));
  expect(await openErasures()).toBe(0);
  expect(await twinRows()).toEqual(before);
});
