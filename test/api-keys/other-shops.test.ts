import { expect, it } from "vitest";
import { newSecretKey } from "../support/api-keys.ts";
import { change } from "../support/change.ts";
import { API } from "../support/client.ts";
import { newProduct, newShop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";
import { callWith } from "../support/variant.ts";

it("a request by key is of its shop, though other shops have a key of the same id and secret", async () => {
  await newShop();
  const shop = await newShop();
  const { id } = await newProduct(shop);
  const { key } = await newSecretKey(shop, "products:read");
  await addTwins(shop.tenant);
  await change("UPDATE tenants SET currency = 'JPY', revision = revision + 7 WHERE id <> ?", shop.tenant.id);
  const before = await twinRows();
  const read = async () => (await callWith({}, "GET", `${API}/products/${id}`, { token: key })).text;
  const first = await read();
  expect(JSON.parse(first)).toMatchObject({ currency: "EUR", price: 1000 });
  // The second request confirms what the first one has read.
  expect(await read()).toBe(first);
  expect(await twinRows()).toEqual(before);
});
