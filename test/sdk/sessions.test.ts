import { isProblem, memoryStore, Mostrador } from "@mostrador/sdk";
import { afterEach, describe, expect, it, vi } from "vitest";
import { poll } from "../../sdk/src/device.ts";
import { problemOf } from "../../sdk/src/problem.ts";
import { ORIGIN } from "../support/client.ts";
import { failureOf } from "../support/d1.ts";
import { clientOf, fetchOver, reach, signedIn } from "../support/sdk.ts";
import { newPerson, newProduct, newShop, PASSWORD, type Shop } from "../support/shops.ts";

const lost = (): never => {
  throw new TypeError("the connection was lost");
};

const refreshes = (requests: Request[]): Request[] =>
  requests.filter(({ url }) => url.endsWith("/auth/refresh"));

/** A client whose access token is not valid any more. */
async function withStaleToken(shop: Shop, network = reach) {
  const login = await clientOf(shop).signIn({ email: shop.admin.email, password: PASSWORD });
  const store = memoryStore({ ...login, access_token: "stale.access.token" });
  const { fetch, requests } = fetchOver(network);
  let ends = 0;
  const mostrador = new Mostrador({ url: ORIGIN, session: store, fetch, onSignedOut: () => (ends += 1) });
  return { mostrador, store, requests, ends: () => ends, login };
}

describe("a login of the SDK", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is renewed once for 20 requests that fail together, and each is repeated once", async () => {
    const { mostrador, requests } = await withStaleToken(await newShop());
    const answers = await Promise.all(Array.from({ length: 20 }, () => mostrador.getIdentity()));
    expect(new Set(answers.map(({ role }) => role))).toEqual(new Set(["ADMIN"]));
    expect(refreshes(requests)).toHaveLength(1);
    expect(requests).toHaveLength(41);
  });

  it("is renewed in the middle of a write, which is repeated with its body and key", async () => {
    const { mostrador, requests } = await withStaleToken(await newShop());
    const product = await mostrador.createProduct({ sku: "A", title: "A book", price: 100 });
    expect(product.sku).toBe("A");
    const writes = requests.filter(({ url }) => url.endsWith("/products"));
    expect(writes).toHaveLength(2);
    expect(await writes[1]?.json()).toEqual(await writes[0]?.json());
    expect(writes[1]?.headers.get("idempotency-key")).toBe(writes[0]?.headers.get("idempotency-key"));
  });

  it("is not renewed by a client that finds the tokens renewed by another", async () => {
    const { mostrador, store, requests, login } = await withStaleToken(await newShop(), async (request) => {
      // Another process renews while this request is on its way.
      if (request.url.endsWith("/auth/me")) await store.save(login);
      return reach(request);
    });
    expect((await mostrador.getIdentity()).role).toBe("ADMIN");
    expect(refreshes(requests)).toHaveLength(0);
  });

  it("ends when it cannot be renewed, and says so once", async () => {
    const shop = await newShop();
    const { mostrador, store, ends, login } = await withStaleToken(shop);
    const { refresh_token } = await clientOf(shop, {}).refreshSession({ refresh_token: login.refresh_token });
    await clientOf(shop, {}).refreshSession({ refresh_token });
    const failed = await Promise.allSettled([mostrador.getIdentity(), mostrador.listSales()]);
    for (const each of failed)
      expect(each.status === "rejected" && isProblem(each.reason, "invalid-token")).toBe(true);
    expect(await store.load()).toBeNull();
    expect(ends()).toBe(1);
  });

  it("ends when its refresh token is no token of the server", async () => {
    const { mostrador, store, ends } = await withStaleToken(await newShop());
    await store.save({ access_token: "stale.access.token", refresh_token: "unknown" });
    await expect(mostrador.getIdentity()).rejects.toMatchObject({ slug: "invalid-token" });
    expect(await store.load()).toBeNull();
    expect(ends()).toBe(1);
  });

  it("survives that the response to its renewal is lost", async () => {
    let losses = 0;
    const { mostrador, requests, ends } = await withStaleToken(await newShop(), async (request) => {
      const response = await reach(request);
      if (request.url.endsWith("/auth/refresh") && (losses += 1) <= 2) throw new TypeError("lost");
      return response;
    });
    expect((await mostrador.getIdentity()).role).toBe("ADMIN");
    expect(refreshes(requests)).toHaveLength(3);
    expect(ends()).toBe(0);
  });

  it("of somebody else never sends a request that failed before they signed in", async () => {
    const shop = await newShop();
    const [product, other] = [await newProduct(shop, { stock: 5 }), await newPerson(shop.tenant, "EMPLOYEE")];
    for (const fail of [() => Response.json({ type: "/problems/invalid-token" }, { status: 401 }), lost]) {
      const { fetch, requests } = fetchOver(async (request) => {
        if (!request.url.endsWith("/sales")) return reach(request);
        await mostrador.signIn({ email: other.email, password: PASSWORD });
        return fail();
      });
      const mostrador = await signedIn(shop, shop.admin, { fetch });
      const sale = mostrador.createSale({ items: [{ product_id: product.id, quantity: 1 }] });
      await expect(sale).rejects.toThrow();
      expect((await mostrador.getIdentity()).id).toBe(other.id);
      expect(requests.filter(({ url }) => url.endsWith("/sales"))).toHaveLength(1);
    }
  });

  it("that has ended already is no error for the person who signs out", async () => {
    const { mostrador, store } = await withStaleToken(await newShop());
    await store.save({ access_token: "stale.access.token", refresh_token: "unknown" });
    await mostrador.signOut();
    expect(await store.load()).toBeNull();
  });

  it("is kept when the network fails during its renewal", async () => {
    const { mostrador, store, ends } = await withStaleToken(await newShop(), async (request) => {
      if (request.url.endsWith("/auth/refresh")) throw new TypeError("offline");
      return reach(request);
    });
    await expect(mostrador.getIdentity()).rejects.toThrow("no complete response");
    expect(await store.load()).not.toBeNull();
    expect(ends()).toBe(0);
  });

  it("is kept when the server cannot renew it now, or end it", async () => {
    const { mostrador, store, ends } = await withStaleToken(await newShop(), async (request) =>
      request.url.endsWith("/auth/me") ? reach(request) : new Response("", { status: 500 }),
    );
    await expect(mostrador.getIdentity()).rejects.toMatchObject({ status: 500 });
    await expect(mostrador.signOut()).rejects.toMatchObject({ status: 500 });
    expect(await store.load()).not.toBeNull();
    expect(ends()).toBe(0);
  });

  it("that begins during a renewal is neither replaced nor ended by it", async () => {
    const shop = await newShop();
    const other = await newPerson(shop.tenant, "EMPLOYEE");
    for (const renewed of [reach, async () => new Response("", { status: 401 })]) {
      const { mostrador, ends } = await withStaleToken(shop, async (request) => {
        if (!request.url.endsWith("/auth/refresh")) return reach(request);
        const { tenant } = shop;
        await mostrador.signIn({ tenant: tenant.slug, email: other.email, password: PASSWORD });
        return renewed(request);
      });
      await expect(mostrador.getIdentity()).rejects.toMatchObject({ slug: "invalid-token" });
      expect((await mostrador.getIdentity()).id).toBe(other.id);
      expect(ends()).toBe(0);
    }
  });

  it("that is asked for too often is refused at once", async () => {
    const { fetch, requests } = fetchOver(async () => new Response("", { status: 429 }));
    await expect(signedIn(await newShop(), undefined, { fetch })).rejects.toMatchObject({ status: 429 });
    expect(requests).toHaveLength(1);
  });

  it("is not renewed after a wrong password", async () => {
    const shop = await newShop();
    const { fetch, requests } = fetchOver();
    const wrong: unknown = await clientOf(shop, { fetch })
      .signIn({ email: shop.admin.email, password: "wrong horse battery" })
      .catch((error: unknown) => error);
    expect(isProblem(wrong, "invalid-credentials")).toBe(true);
    expect(requests).toHaveLength(1);
  });

  it("is not renewed for an API key", async () => {
    const { fetch, requests } = fetchOver();
    const mostrador = new Mostrador({ url: ORIGIN, apiKey: "mk_test_unknown", fetch });
    await expect(mostrador.listSales()).rejects.toMatchObject({ status: 401 });
    expect(requests.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer mk_test_unknown"]);
  });

  it("ends on the server when the person signs out", async () => {
    const shop = await newShop();
    const mostrador = await signedIn(shop);
    await mostrador.signOut();
    const after: unknown = await mostrador.getIdentity().catch((error: unknown) => error);
    expect(isProblem(after, "invalid-token")).toBe(true);
  });

  it("of a device begins when a person approves it", async () => {
    const shop = await newShop();
    const admin = await signedIn(shop);
    const { fetch } = fetchOver(async (request) => {
      const response = await reach(request);
      if (!request.url.endsWith("/device_authorization")) return response;
      return Response.json({ ...(await response.json<object>()), interval: 0 });
    });
    const device = clientOf(shop, { fetch });
    const login = await device.signInByDevice({ client_id: "till" }, async ({ user_code }) => {
      await admin.approveDevice(user_code);
    });
    expect(login.user.email).toBe(shop.admin.email);
    expect((await device.getIdentity()).id).toBe(shop.admin.id);
    const denied = device.signInByDevice({ client_id: "till" }, async ({ user_code }) => {
      await admin.denyDevice(user_code);
    });
    await expect(denied).rejects.toMatchObject({ status: 400, error: "access_denied" });
  });

  it("of a device is asked for less often if the server wants that, and on after failures until the codes expire", async () => {
    vi.useFakeTimers();
    const start = Date.now();
    const polls: number[] = [];
    const answers = [
      Response.json({ error: "slow_down" }, { status: 400 }),
      Response.json({ error: "authorization_pending" }, { status: 400 }),
      new Response("", { status: 503 }),
      new Response("", { status: 503 }),
    ];
    const request = async (): Promise<never> => {
      polls.push((Date.now() - start) / 1000);
      const response = answers[polls.length - 1];
      throw response ? await problemOf(response) : new Error("was asked again");
    };
    const failed = failureOf(poll(request, { interval: 5, expires_in: 30 }, undefined));
    await vi.runAllTimersAsync();
    expect(await failed).toMatchObject({ status: 503 });
    expect(polls).toEqual([5, 15, 25, 35]);
  });
});
