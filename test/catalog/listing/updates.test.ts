import { describe, expect, it } from "vitest";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { pagesOf } from "../../support/pages.ts";
import { newPerson, newProduct, newShop, sellOne, type Shop } from "../../support/shops.ts";

const list = (shop: Shop, query: string, token: string | undefined = shop.admin.token) =>
  call("GET", `${API}/products?tenant=${shop.tenant.slug}&${query}`, { token });

const skusOf = async (shop: Shop, query: string, token?: string): Promise<string[]> =>
  (await list(shop, query, token)).body.data.map(({ sku }: { sku: string }) => sku);

const at = (second: number): string => `2026-01-01T00:00:0${second}.000Z`;

/** A shop with five products, changed a second apart; the fourth is hidden. */
async function shopOfChanges(): Promise<{ shop: Shop; ids: string[] }> {
  const shop = await newShop();
  const ids: string[] = [];
  for (const second of [5, 1, 4, 3, 2]) {
    const { id } = await newProduct(shop, { sku: `P${second}`, stock: 3 });
    await change(
      "UPDATE products SET updated_at = ?, is_active = ? WHERE id = ?",
      at(second),
      second === 4 ? 0 : 1,
      id,
    );
    ids.push(id);
  }
  return { shop, ids };
}

describe("the products changed since a time", () => {
  it("are listed in the order of their changes, hidden ones for staff only", async () => {
    const { shop } = await shopOfChanges();
    const query = `updated_since=${at(2)}`;
    expect(await skusOf(shop, query)).toEqual(["P2", "P3", "P4", "P5"]);
    expect(await skusOf(shop, "updated_since=2026-01-01T01:00:03%2B01:00")).toEqual(["P3", "P4", "P5"]);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    for (const token of [customer.token, ""]) {
      const answer = await call("GET", `${API}/products?tenant=${shop.tenant.slug}&${query}`, {
        token: token === "" ? undefined : token,
      });
      expect(answer.body.data.map(({ sku }: { sku: string }) => sku)).toEqual(["P2", "P3", "P5"]);
    }
    expect(await skusOf(shop, "updated_since=2100-01-01T00:00:00Z")).toEqual([]);
    await change(
      "UPDATE products SET removed_at = created_at, is_active = 0 WHERE tenant_id = ? AND sku = 'P3'",
      shop.tenant.id,
    );
    expect(await skusOf(shop, query)).toEqual(["P2", "P4", "P5"]);
  });

  it("come in pages, also where several changed at the same time", async () => {
    const { shop } = await shopOfChanges();
    await change("UPDATE products SET updated_at = ? WHERE tenant_id = ?", at(1), shop.tenant.id);
    const pages = await pagesOf(
      async (cursor) =>
        (await list(shop, `updated_since=${at(1)}&limit=2${cursor === null ? "" : `&cursor=${cursor}`}`))
          .body,
    );
    const skus = pages.flatMap(({ data }) => data.map(({ sku }: { sku: string }) => sku));
    expect(skus).toEqual(["P5", "P1", "P4", "P3", "P2"]);
  });

  it("include a product that was sold, changed or hidden meanwhile", async () => {
    const { shop, ids } = await shopOfChanges();
    const [sold = "", changed = "", , hidden = ""] = ids;
    await sellOne(shop.admin.token, sold);
    await call("PATCH", `${API}/products/${changed}`, { token: shop.admin.token, json: { price: 5 } });
    await call("DELETE", `${API}/products/${hidden}`, { token: shop.admin.token });
    const { body } = await list(shop, "updated_since=2026-06-01T00:00:00Z");
    expect(body.data).toMatchObject([
      { id: sold, stock: 2 },
      { id: changed, price: 5 },
      { id: hidden, is_active: false },
    ]);
  });

  it.each(["sort=price", "is_active=false", "in_stock=true", "category=Novel", "facets=true"])(
    "cannot be combined with %s",
    async (other) => {
      const answer = await list(await newShop(), `updated_since=${at(1)}&${other}`);
      expect(answer.status).toBe(422);
      expect(answer.body.errors[0].pointer).toBe("#/query/updated_since");
    },
  );

  it.each(["yesterday", "2026-01-01", "2026-01-01T00:00:00", ""])("are 422 since %j", async (since) => {
    expect((await list(await newShop(), `updated_since=${since}`)).status).toBe(422);
  });

  it("since a time before the year 1900 are refused", async () => {
    const shop = await newShop();
    for (const since of ["1899-12-31T23:59:59.999Z", "0099-01-01T00:00:00Z", "1900-01-01T00:00:00%2B01:00"]) {
      const answer = await list(shop, `updated_since=${since}`);
      expect([answer.status, answer.body.errors], since).toEqual([
        422,
        [{ pointer: "#/query/updated_since", detail: "must not be before the year 1900" }],
      ]);
    }
    expect((await list(shop, "updated_since=1900-01-01T00:00:00Z")).status).toBe(200);
  });
});
