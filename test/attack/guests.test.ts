// Tokens of carts and orders, tried at every operation of the document.
import { afterEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { fill, isPublic, nameOf, operations, type Operation } from "../support/contract.ts";
import { rowsOf } from "../support/d1.ts";
import { guestShop } from "../support/guests.ts";
import { newPerson, newShop } from "../support/shops.ts";
import { expectRefused } from "./refused.ts";
import { bodyOf, sampleOf, takesJson } from "./schemas.ts";
import { stored } from "./stored.ts";

const takes = (scheme: string) => (operation: Operation) =>
  operation.security?.some((each) => scheme in each) ?? false;

const schemes = [
  { scheme: "cart", header: "x-cart", slug: "unknown-cart" },
  { scheme: "order", header: "x-order", slug: "unknown-order" },
] as const;

/** A guest's cart with a product, and the guest's order. */
async function guestWithOrder() {
  const { shop, book, guest } = await guestShop();
  await guest.put(book.id);
  const { body } = await guest.checkOut();
  await guest.put(book.id, 2);
  return { shop, book, cart: guest.cart, order: String(body.order_token), saleId: String(body.id) };
}

const bodyFor = (operation: Operation): unknown =>
  takesJson.includes(operation) ? sampleOf(bodyOf(operation)?.json) : undefined;

const send = (operation: Operation, id: string, headers: Record<string, string>) =>
  call(operation.method, fill(operation.path, id), {
    headers: { "idempotency-key": newId(), ...headers },
    json: bodyFor(operation),
  });

/** Another token of the same form. */
const changed = (token: string): string => token.replace(/.{43}$/, "A".repeat(43));

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(schemes)("operations that take $header", ({ scheme, header, slug }) => {
  const accepting = operations.filter(takes(scheme));

  it("are those of the cart and the checkout, or of one purchase", () => {
    expect(accepting.map(({ operationId = "" }) => operationId).toSorted()).toEqual(
      scheme === "cart"
        ? ["addCartItem", "createPurchase", "emptyCart", "getCart", "removeCartItem", "setCartItem"]
        : ["cancelPurchase", "getPurchase", "getPurchaseReceipt"],
    );
    for (const { parameters = [] } of accepting) expect(parameters.map(({ name }) => name)).toContain(header);
  });

  it("answer wrong, foreign and expired tokens alike, at the same cost, and change nothing", async () => {
    const [own, other] = [await guestWithOrder(), await guestWithOrder()];
    const tokenOf = (guest: typeof own) => (scheme === "cart" ? guest.cart : guest.order);
    const [, ...rest] = tokenOf(other).split(".");
    const expired = await guestWithOrder();
    const past = "2026-01-01T00:00:00.000Z";
    await change("UPDATE carts SET expires_at = ? WHERE tenant_id = ?", past, expired.shop.tenant.id);
    await change("UPDATE order_tokens SET expires_at = ? WHERE tenant_id = ?", past, expired.shop.tenant.id);
    const before = await stored(own.shop);
    const wrong: [name: string, headers: Record<string, string>][] = [
      ["another secret", { [header]: changed(tokenOf(own)) }],
      ["the secret of another shop", { [header]: [own.shop.tenant.id, ...rest].join(".") }],
      ["another shop's token", { [header]: tokenOf(other), "x-tenant": own.shop.tenant.slug }],
      ["expired", { [header]: tokenOf(expired) }],
      ["no shop", { [header]: tokenOf(own).replace(/^[^.]*/, newId()) }],
      ["upper case", { [header]: tokenOf(own).toUpperCase() }],
      ["garbage", { [header]: "x" }],
      ["the other kind", { [header]: scheme === "cart" ? own.order : own.cart }],
      ["SQL", { [header]: `${own.shop.tenant.id}.' OR 1=1 --` }],
    ];
    // What this isolate remembers of the expired token is forgotten with the first refusal, which reads once more.
    const [first] = accepting;
    if (first) await send(first, own.saleId, { [header]: tokenOf(expired) });
    for (const operation of accepting) {
      const texts = new Set<string>();
      const queries = new Map<string, number>();
      for (const [name, headers] of wrong) {
        const answer = await send(operation, own.saleId, headers);
        expectRefused(answer, 404, slug, `${nameOf(operation)} with ${name}`);
        texts.add(answer.text.replace(/"request_id":"[^"]*"/, ""));
        queries.set(name, costOf(answer).queries);
      }
      expect([...texts], nameOf(operation)).toHaveLength(1);
      expect(queries.get("expired"), nameOf(operation)).toBe(queries.get("another secret"));
    }
    expect(await stored(own.shop)).toBe(before);
  });

  it("answer 401 to a token in a query, a cookie, the Authorization header or the other header", async () => {
    const { saleId, cart, order } = await guestWithOrder();
    const token = scheme === "cart" ? cart : order;
    const otherHeader = scheme === "cart" ? "x-order" : "x-cart";
    for (const operation of accepting)
      for (const headers of [
        {},
        { authorization: `Bearer ${token}` },
        { cookie: `mostrador_access=${token}; ${header}=${token}` },
        { [otherHeader]: token },
      ])
        expectRefused(await send(operation, saleId, headers), 401, "invalid-token", nameOf(operation));
    const [first] = accepting;
    if (first)
      expect((await call(first.method, `${fill(first.path, saleId)}?${header}=${token}`)).status).toBe(401);
  });
});

describe("the tokens of a guest", () => {
  it("open no other operation", async () => {
    const { shop, saleId, cart, order } = await guestWithOrder();
    const headers = { "x-cart": cart, "x-order": order, "x-tenant": shop.tenant.slug };
    const others = operations.filter(
      (operation) => !isPublic(operation) && !schemes.some(({ scheme }) => takes(scheme)(operation)),
    );
    expect(others.length).toBeGreaterThan(50);
    const before = await stored(shop);
    for (const operation of others)
      expectRefused(await send(operation, saleId, headers), 401, "invalid-token", nameOf(operation));
    expect(await stored(shop)).toBe(before);
  });

  it("do not mix with a login: an invalid one is 401, and a valid one has its own cart", async () => {
    const { shop, cart } = await guestWithOrder();
    const headers = { "x-cart": cart };
    expectRefused(await call("GET", `${API}/cart`, { token: "a.b.c", headers }), 401, "invalid-token");
    const { token } = await newPerson(shop.tenant, "CUSTOMER");
    expect((await call("GET", `${API}/cart`, { token, headers })).body.items).toEqual([]);
    // A person of another shop is nobody in this one.
    const stranger = (await newShop()).admin.token;
    const there = { ...headers, "x-tenant": shop.tenant.slug };
    expect((await call("GET", `${API}/cart`, { token: stranger, headers: there })).body.units).toBe(2);
  });

  it("are in no log, no audit, no event and no table", async () => {
    const lines: string[] = [];
    for (const level of ["log", "error", "warn", "info", "debug"] as const)
      vi.spyOn(console, level).mockImplementation(
        (...parts: unknown[]) => void lines.push(parts.map(String).join(" ")),
      );
    const { shop, saleId, cart, order } = await guestWithOrder();
    for (const operation of operations)
      await send(operation, saleId, { "x-cart": cart, "x-order": order }).catch(() => null);
    await call("GET", `/order?token=${order}`);
    const { body } = await call("POST", `${API}/carts`, { headers: { "x-tenant": shop.tenant.slug } });
    expect(lines.length).toBeGreaterThan(50);
    const tables = await rowsOf(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%tenant_id%'",
    );
    const rows = await Promise.all(
      tables.map(async ({ name }) => JSON.stringify(await rowsOf(`SELECT * FROM ${String(name)}`))),
    );
    for (const token of [cart, order, String(body.cart_token)]) {
      const secret = token.split(".").at(-1) ?? "";
      expect(lines.join("\n")).not.toContain(secret);
      expect(rows.join("\n")).not.toContain(secret);
    }
  });
});
