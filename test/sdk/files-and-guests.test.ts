import { isProblem } from "@mostrador/sdk";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fileOf } from "../support/imports.ts";
import { clientOf, fetchOver, reach, signedIn, visitorOf } from "../support/sdk.ts";
import { newProduct, newShop } from "../support/shops.ts";

const FILE = fileOf([
  { invoice: "1", sku: "A" },
  { invoice: "2", sku: "B" },
]);

describe("an upload", () => {
  it("reports what was sent, and answers what its parameters ask for", async () => {
    const mostrador = await signedIn(await newShop());
    const progress: (number | null)[][] = [];
    const report = await mostrador.startImport(
      new Blob([FILE], { type: "text/csv" }),
      { kind: "sales", dry_run: "true" },
      { onProgress: (...sent) => progress.push(sent) },
    );
    expect(report.sales).toBe(2);
    expect(progress.at(-1)).toEqual([FILE.length, FILE.length]);
    const { id, status } = await mostrador.startImport(FILE, { kind: "sales" });
    expect(status).toBe("queued");
    expect((await mostrador.getImport(id)).id).toBe(id);
  });

  it("of a form is sent as a form, also if its progress is asked for", async () => {
    const mostrador = await signedIn(await newShop());
    const form = new FormData();
    form.set("file", new Blob([FILE], { type: "text/csv" }), "sales.csv");
    const onProgress = () => {};
    expect((await mostrador.startImport(form, { kind: "sales" }, { onProgress })).status).toBe("queued");
  });

  it("is opened again for a repetition, under the same key", async () => {
    let opened = 0;
    const { fetch, requests } = fetchOver(async (request, index) => {
      const response = await reach(request);
      if (request.url.includes("/imports") && index === 1) throw new TypeError("the connection was lost");
      return response;
    });
    const mostrador = await signedIn(await newShop(), undefined, { fetch });
    await mostrador.startImport(
      () => {
        opened += 1;
        return new Blob([FILE]).stream();
      },
      { kind: "sales" },
      { contentType: "text/csv" },
    );
    expect(opened).toBe(2);
    expect(new Set(requests.slice(1).map(({ headers }) => headers.get("idempotency-key"))).size).toBe(1);
    expect((await mostrador.listImports()).data).toHaveLength(1);
  });

  it("of a stream, which can be read once, is not repeated", async () => {
    const { fetch, requests } = fetchOver(async (request) => {
      if (request.url.includes("/imports")) throw new TypeError("the connection was lost");
      return reach(request);
    });
    const mostrador = await signedIn(await newShop(), undefined, { fetch });
    const stream = new Blob([FILE]).stream();
    await expect(
      mostrador.startImport(stream, { kind: "sales" }, { contentType: "text/csv" }),
    ).rejects.toThrow("no complete response");
    expect(requests).toHaveLength(2);
  });
});

describe("an upload in a browser", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("goes through XMLHttpRequest, which reports its progress", async () => {
    const shop = await newShop();
    class Xhr extends EventTarget {
      upload = new EventTarget();
      status = 0;
      response: Blob | undefined;
      #headers = new Headers();
      #answer = new Headers();
      #target = { method: "", url: "" };
      open(method: string, url: string) {
        this.#target = { method, url };
      }
      setRequestHeader(name: string, value: string) {
        this.#headers.set(name, value);
      }
      getAllResponseHeaders() {
        return [...this.#answer].map(([name, value]) => `${name}: ${value}\r\n`).join("");
      }
      abort() {}
      async send(body: Blob) {
        this.upload.dispatchEvent(Object.assign(new Event("progress"), { loaded: 5, total: body.size }));
        const { method, url } = this.#target;
        const response = await reach(new Request(url, { method, headers: this.#headers, body }));
        this.#answer = response.headers;
        this.status = response.status;
        this.response = await response.blob();
        this.dispatchEvent(new Event("load"));
      }
    }
    vi.stubGlobal("XMLHttpRequest", Xhr);
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => reach(new Request(url, init)));
    const mostrador = await signedIn(shop, shop.admin, { fetch: undefined });
    const progress: (number | null)[][] = [];
    const file = new Blob([FILE], { type: "text/csv" });
    const onProgress = (...sent: (number | null)[]) => {
      progress.push(sent);
    };
    const { id } = await mostrador.startImport(file, { kind: "sales" }, { onProgress });
    expect(progress).toEqual([[5, FILE.length]]);
    expect((await mostrador.getImport(id)).id).toBe(id);
    const refused: unknown = await mostrador
      .startImport(new Blob([""], { type: "text/csv" }), { kind: "sales" }, { onProgress })
      .catch((error: unknown) => error);
    expect(isProblem(refused)).toBe(true);
  });
});

describe("a guest of the SDK", () => {
  it("fills a cart, buys it, and follows the order", async () => {
    const shop = await newShop();
    const book = await newProduct(shop, { stock: 3 });
    const guest = visitorOf(shop);
    const { cart_token } = await guest.createCart();
    expect(guest.cart).toBe(cart_token);
    await guest.addCartItem({ product_id: book.id, quantity: 2 });
    expect((await guest.getCart()).total).toBe(2000);
    const order = await guest.createPurchase({
      payment_method: "card",
      email: "g@example.com",
      name: "Greta",
    });
    expect(order.total).toBe(2000);
    const later = visitorOf(shop);
    expect((await later.getPurchase(order.id, { order: order.order_token ?? "" })).id).toBe(order.id);
    const stranger: unknown = await later.getPurchase(order.id).catch((error: unknown) => error);
    expect(isProblem(stranger)).toBe(true);
  });

  it("may name another cart than that of the client", async () => {
    const shop = await newShop();
    const book = await newProduct(shop);
    const { cart_token: cart } = await visitorOf(shop).createCart();
    const guest = visitorOf(shop);
    await guest.createCart();
    await guest.addCartItem({ product_id: book.id, quantity: 1 }, { cart });
    expect((await guest.getCart({ cart })).units).toBe(1);
    expect((await guest.getCart()).units).toBe(0);
  });

  it("brings the cart when signing in", async () => {
    const shop = await newShop();
    const book = await newProduct(shop);
    const { email } = shop.admin;
    const guest = clientOf(shop);
    await guest.createCart();
    await guest.addCartItem({ product_id: book.id, quantity: 1 });
    await guest.signIn({ email, password: "correct horse battery" });
    expect(guest.cart).toBeNull();
    expect((await guest.getCart()).units).toBe(1);
  });

  it("reads the catalogue without headers that need a preflight request", async () => {
    const shop = await newShop();
    const { fetch, requests } = fetchOver();
    await visitorOf(shop, { fetch }).listProducts({ in_stock: true });
    expect([...(requests[0]?.headers.keys() ?? [])]).toEqual([]);
    expect(new URL(requests[0]?.url ?? "").search).toBe(`?in_stock=true&tenant=${shop.tenant.slug}`);
  });
});

describe("limits", () => {
  it("end an attempt that gets no response, and a call that is aborted", async () => {
    const shop = await newShop();
    const never = (_: string, init: RequestInit): Promise<Response> =>
      new Promise((_resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      });
    const mostrador = visitorOf(shop, { fetch: never, timeout: 20, retries: 1 });
    await expect(mostrador.listProducts()).rejects.toMatchObject({ name: "ConnectionError" });
    const controller = new AbortController();
    const call = mostrador.listProducts({}, { signal: controller.signal, timeout: 0 });
    controller.abort(new Error("the page was left"));
    await expect(call).rejects.toThrow("the page was left");
  });

  it("wait as long as Retry-After says, unless that is too long", async () => {
    const shop = await newShop();
    let wait = "0";
    const { fetch, requests } = fetchOver(async (request, index) =>
      index % 2 === 0 ? new Response("", { status: 429, headers: { "retry-after": wait } }) : reach(request),
    );
    const mostrador = visitorOf(shop, { fetch, longestDelay: 2000 });
    expect((await mostrador.listProducts()).data).toEqual([]);
    expect(requests).toHaveLength(2);
    wait = "60";
    await expect(mostrador.listProducts()).rejects.toMatchObject({ status: 429, retryAfter: 60_000 });
    expect(requests).toHaveLength(3);
    for (const [text, retryAfter] of [
      [new Date(Date.now() - 5000).toUTCString(), 0],
      ["soon", null],
    ] as const) {
      const refuse = async () => new Response("", { status: 429, headers: { "retry-after": text } });
      const refused = visitorOf(shop, { fetch: refuse, retries: 0 }).listProducts();
      await expect(refused).rejects.toMatchObject({ retryAfter });
    }
  });
});
