import { ConnectionError, isProblem, type Sale } from "@mostrador/sdk";
import { describe, expect, it } from "vitest";
import { clientOf, fetchOver, reach, signedIn } from "../support/sdk.ts";
import { newProduct, newShop } from "../support/shops.ts";

const lost = (): never => {
  throw new TypeError("the connection was lost");
};

describe("a request of the SDK", () => {
  it("is repeated under one key after a lost answer, so that there is one sale", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 5 });
    let dropped = 0;
    const { fetch, requests } = fetchOver(async (request) => {
      const response = await reach(request);
      if (request.method !== "POST" || !request.url.endsWith("/sales") || dropped === 2) return response;
      dropped += 1;
      return lost();
    });
    const mostrador = await signedIn(shop, shop.admin, { fetch });
    const sale = await mostrador.createSale({ items: [{ product_id: product.id, quantity: 2 }] });
    expect(sale.total).toBe(2000);
    const keys = requests
      .filter(({ url }) => url.endsWith("/sales"))
      .map(({ headers }) => headers.get("idempotency-key"));
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect((await mostrador.listSales()).data.map(({ id }) => id)).toEqual([sale.id]);
    expect((await mostrador.getProduct(product.id)).stock).toBe(3);
  });

  it("that may have had an effect is not repeated without a key", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    const { fetch, requests } = fetchOver(async (request) =>
      request.method === "PATCH" ? lost() : reach(request),
    );
    const mostrador = await signedIn(shop, shop.admin, { fetch });
    const change = mostrador.updateProduct(product.id, { price: 1 });
    await expect(change).rejects.toThrow(ConnectionError);
    await expect(change).rejects.toMatchObject({ request_id: requests.at(-1)?.headers.get("x-request-id") });
    expect(requests.filter(({ method }) => method === "PATCH")).toHaveLength(1);
  });

  it("fails with a problem whose members are typed", async () => {
    const shop = await newShop();
    const product = await newProduct(shop, { stock: 1 });
    const mostrador = await signedIn(shop);
    const refused: unknown = await mostrador
      .createSale({ items: [{ product_id: product.id, quantity: 2 }] })
      .catch((error: unknown) => error);
    if (!isProblem(refused, "out-of-stock")) throw new Error("another problem was expected");
    expect(refused.items).toEqual([{ product_id: product.id, requested: 2, available: 1 }]);
    expect(refused).toMatchObject({ status: 409, slug: "out-of-stock", title: "Not enough stock" });
    expect(refused.request_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(isProblem(refused, "not-found")).toBe(false);
  });

  it("fails with what was answered by something else than the API", async () => {
    const shop = await newShop();
    const problemOf = async (response: Response): Promise<unknown> =>
      clientOf(shop, { fetch: async () => response, retries: 0 })
        .listProducts()
        .catch((error: unknown) => error);
    const page = await problemOf(new Response("<h1>Bad gateway</h1>", { status: 502 }));
    expect(page).toMatchObject({
      status: 502,
      type: "about:blank",
      message: "<h1>Bad gateway</h1>",
      request_id: null,
    });
    const other = {
      name: "Other",
      message: "Wrong",
      slug: "not-found",
      status: 200,
      retryAfter: 1,
      title: "Full",
    };
    const body = await problemOf(Response.json(other, { status: 507 }));
    expect(body).toMatchObject({ status: 507, name: "Problem", message: "Full", retryAfter: null });
    expect(isProblem(body, "not-found")).toBe(false);
  });

  it("that reads sees what the client has written", async () => {
    const shop = await newShop();
    const { fetch, requests } = fetchOver();
    const mostrador = await signedIn(shop, shop.admin, { fetch });
    const product = await mostrador.createProduct({ sku: "A", title: "A book", price: 100 });
    expect(mostrador.bookmark).toMatch(/^[0-9a-f-]{59}$/);
    await mostrador.getProduct(product.id);
    expect(requests.at(-1)?.headers.get("x-d1-bookmark")).toBe(mostrador.bookmark);
  });

  it("that reads sees the latest of what parallel requests have written", async () => {
    const bookmarks = ["00000002", "00000001"];
    const { fetch } = fetchOver(async (request, index) => {
      const response = await reach(request);
      return new Response(response.body, { headers: { "x-d1-bookmark": bookmarks[index] ?? "" } });
    });
    const mostrador = clientOf(await newShop(), { fetch });
    for (const _ of bookmarks) await mostrador.listProducts();
    expect(mostrador.bookmark).toBe("00000002");
  });

  it("reads a list page after page", async () => {
    const shop = await newShop();
    const mostrador = await signedIn(shop);
    for (const sku of ["A", "B", "C", "D", "E"])
      await mostrador.createProduct({ sku, title: sku, price: 100 });
    const skus: string[] = [];
    const { fetch, requests } = fetchOver();
    for await (const { sku } of clientOf(shop, { fetch }).pages.listProducts({ limit: 2, sort: "title" }))
      skus.push(sku);
    expect(requests).toHaveLength(3);
    expect(skus).toEqual(["A", "B", "C", "D", "E"]);
    expect(
      await mostrador.pages.listStockMoves((await mostrador.listProducts()).data[0]?.id ?? "").all(),
    ).toEqual([]);
  });

  it("changes only the version that it names", async () => {
    const shop = await newShop();
    const mostrador = await signedIn(shop);
    const product = await mostrador.createProduct({ sku: "A", title: "A book", price: 100 });
    await mostrador.updateProduct(product.id, { price: 200 }, { ifMatch: product });
    const late: unknown = await mostrador
      .updateProduct(product.id, { price: 300 }, { ifMatch: product })
      .catch((error: unknown) => error);
    expect(isProblem(late, "precondition-failed")).toBe(true);
    const response = await mostrador.raw.getProduct(product.id);
    expect(response.headers.get("etag")).toMatch(/^"v2-/);
    expect((await response.json()).price).toBe(200);
  });

  it("answers text, or nothing, by what the operation answers", async () => {
    const shop = await newShop();
    const product = await newProduct(shop);
    const mostrador = await signedIn(shop);
    const sale: Sale = await mostrador.createSale({ items: [{ product_id: product.id, quantity: 1 }] });
    const csv: string = await mostrador.listSales({ format: "csv" });
    expect(csv).toContain(sale.number);
    expect(await mostrador.getReceipt(sale.id, { format: "text" })).toContain("A book");
    expect(await mostrador.addFavorite(product.id)).toBeUndefined();
  });

  it("follows no redirect, which would take its credentials to another server", async () => {
    const { fetch, requests } = fetchOver(async () => Response.redirect("https://elsewhere.example/", 307));
    const redirected = clientOf(await newShop(), { fetch }).listProducts();
    await expect(redirected).rejects.toThrow("redirects to another address");
    expect(requests.map(({ redirect }) => redirect)).toEqual(["manual"]);
  });

  it("never becomes another one by its path parameters", async () => {
    const mostrador = await signedIn(await newShop());
    for (const id of ["", ".", ".."])
      await expect(async () => mostrador.getSale(id)).rejects.toThrow("id is missing");
    const strange: unknown = await mostrador.getSale("../products").catch((error: unknown) => error);
    expect(isProblem(strange)).toBe(true);
  });
});
