import { describe, expect, it } from "vitest";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { newPerson, newProduct, newShop, type Shop } from "../../support/shops.ts";

const EAN = "4006381333931";

/** Reads as a visitor, or with a token. */
const readAt = (shop: Shop, path: string, etag?: string | null, token?: string) =>
  call("GET", `${API}/products${path}${path.includes("?") ? "&" : "?"}tenant=${shop.tenant.slug}`, {
    token,
    headers: etag ? { "if-none-match": etag } : {},
  });

async function shopWithProduct() {
  const shop = await newShop();
  const { id } = await newProduct(shop, { stock: 5, barcodes: [EAN], cost: 500 });
  return { shop, id, paths: [`/${id}`, `/lookup?code=${EAN}`, "", "?facets=true"] };
}

describe("a product that the client has", () => {
  it("is 304 without a body, for as many round trips and rows as the 200", async () => {
    const { shop, paths } = await shopWithProduct();
    for (const path of paths) {
      // The shop is read once, and known from then on.
      await readAt(shop, path);
      const first = await readAt(shop, path);
      const etag = first.headers.get("etag");
      expect(first.status, path).toBe(200);
      for (const sent of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
        const again = await readAt(shop, path, sent);
        expect([again.status, again.text, again.headers.get("etag")], path).toEqual([304, "", etag]);
        expect(costOf(again), path).toEqual(costOf(first));
      }
      expect((await readAt(shop, path, '"v1"')).status, path).toBe(200);
    }
  });

  it("is 200 after everything that changes a body, by whichever request", async () => {
    const { shop, id, paths } = await shopWithProduct();
    const send = async (method: string, path: string, json?: unknown) => {
      const answer = await call(method, `${API}${path}`, { token: shop.admin.token, json });
      expect(answer.status, answer.text).toBeLessThan(300);
    };
    const changes: [string, () => Promise<unknown>][] = [
      ["a price", () => send("PATCH", `/products/${id}`, { price: 7 })],
      ["a rating", () => send("PATCH", `/products/${id}`, { rating: 4 })],
      ["a sale", () => send("POST", "/sales", { items: [{ product_id: id, quantity: 1 }] })],
      ["a move of stock", () => send("POST", `/products/${id}/stock`, { delta: 1, reason: "received" })],
      // The API always changes the version too.
      ["a change without a version", () => change("UPDATE products SET rating = 3 WHERE id = ?", id)],
    ];
    for (const [name, apply] of changes) {
      const before = await Promise.all(paths.map((path) => readAt(shop, path)));
      await apply();
      for (const [index, path] of paths.entries()) {
        const known = before[index];
        const answer = await readAt(shop, path, known?.headers.get("etag"));
        expect(answer.status, `${name} ${path}`).toBe(200);
        expect(answer.text).not.toBe(known?.text);
      }
    }
  });

  it("is on a page that is 200 once another page follows, or its facets count another product", async () => {
    const { shop } = await shopWithProduct();
    const paths = ["?sort=price&limit=1", "?sort=price&limit=1&facets=true"];
    for (const [at, stale] of [paths, paths.slice(1)].entries()) {
      const before = await Promise.all(paths.map((path) => readAt(shop, path)));
      await newProduct(shop, { price: 1_000_000 + at });
      for (const [index, path] of paths.entries()) {
        const answer = await readAt(shop, path, before[index]?.headers.get("etag"));
        expect(answer.status, `${at} ${path}`).toBe(stale.includes(path) ? 200 : 304);
      }
    }
  });

  it("is 200 for staff who have it as a customer, because they see its cost", async () => {
    const { shop, paths } = await shopWithProduct();
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    for (const path of paths) {
      const asVisitor = await readAt(shop, path);
      const etag = asVisitor.headers.get("etag");
      expect((await readAt(shop, path, etag, customer.token)).status, path).toBe(304);
      const asStaff = await readAt(shop, path, etag, shop.admin.token);
      expect([asStaff.status, asStaff.text.includes('"cost":500')], path).toEqual([200, true]);
      // Browsers on shared computers do not store what only staff see.
      expect(asStaff.headers.get("cache-control")).toBe("no-store");
      expect(asVisitor.headers.get("cache-control")).toBe("private, no-cache");
    }
  });

  it("can be changed with the ETag of any response that has its version", async () => {
    const { shop, id } = await shopWithProduct();
    const etag = (await readAt(shop, `/lookup?code=${EAN}`)).headers.get("etag") ?? "";
    const patch = () =>
      call("PATCH", `${API}/products/${id}`, {
        token: shop.admin.token,
        headers: { "if-match": etag },
        json: { price: 8 },
      });
    expect([(await patch()).status, (await patch()).status]).toEqual([200, 412]);
  });
});
