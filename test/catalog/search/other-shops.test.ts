import { describe, expect, it } from "vitest";
import { indexPending } from "../../../src/catalog/search/indexing.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { base, newProduct, newShop, type Shop } from "../../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../../support/twins.ts";

const suggest = async ({ tenant }: Shop, q: string) =>
  (await call("GET", `${API}/products/suggest?tenant=${tenant.slug}&q=${q}`)).body.data;

describe("beside shops whose products have the same ids", () => {
  it("a change of text is indexed here, and their products remain pending", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { title: "Rayuela" });
    await addTwins(shop.tenant);
    await changeTwins("products", "text_version = 2, indexed_version = 0");
    const before = await twinRows();
    const json = { title: "Ficciones" };
    await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json });
    expect(await suggest(shop, "fic")).toMatchObject([{ text: "Ficciones" }]);
    expect(await twinRows()).toEqual(before);
  });

  it("the pending products of one shop are indexed without theirs", async () => {
    const shop = await newShop();
    await newProduct(shop, { title: "Rayuela" });
    await change("UPDATE products SET indexed_version = 0 WHERE tenant_id = ?", shop.tenant.id);
    await addTwins(shop.tenant);
    const before = await twinRows();
    expect(await indexPending(base(), shop.tenant.id)).toBe(1);
    expect(await twinRows()).toEqual(before);
  });
});

it("an entry of the index whose row number now belongs to another shop's product completes nothing", async () => {
  const [shop, other] = [await newShop(), await newShop()];
  const { id } = await newProduct(shop, { title: "Rayuela" });
  const successor = await newProduct(other, { title: "Rayuela de otra" });
  expect(await suggest(shop, "ray")).toHaveLength(1);
  await change("UPDATE products SET rowid = -rowid WHERE id = ?", id);
  await change(
    "UPDATE products SET rowid = (SELECT -rowid FROM products WHERE id = ?) WHERE id = ?",
    id,
    successor.id,
  );
  expect(await suggest(shop, "ray")).toEqual([]);
});

it("an entry of the index whose product has been hidden since completes nothing", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop, { title: "Rayuela" });
  await change("UPDATE products SET is_active = 0 WHERE id = ?", id);
  expect(await suggest(shop, "ray")).toEqual([]);
});
