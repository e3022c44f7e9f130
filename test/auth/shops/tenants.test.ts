import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { findTenantIncludingClosed, tenantById } from "../../../src/auth/shops/tenants.ts";
import { expectRefused } from "../../attack/refused.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count, rowsOf } from "../../support/d1.ts";
import { failingDb } from "../../support/failing-bindings.ts";
import { byLink, guestShop } from "../../support/guests.ts";
import { base, newPerson, newShop, PASSWORD } from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";
import { callWith } from "../../support/variant.ts";

const TENANTS = `${API}/tenants`;

const admin = { email: "ana@example.com", password: PASSWORD, first_name: "Ana", last_name: "Sol" };

let slugs = 0;

const shopOf = (fields: Record<string, unknown> = {}) => {
  slugs += 1;
  return {
    slug: `opened-${slugs}`,
    name: "Librer\u00eda Sol",
    currency: "EUR",
    timezone: "Europe/Madrid",
    admin,
    ...fields,
  };
};

const open = (json: unknown, headers: Record<string, string> = {}) =>
  call("POST", TENANTS, { json, headers });

const shopsOf = (slug: string) => count("SELECT count(*) n FROM tenants WHERE slug = ?", slug);
const usersOf = (slug: string) =>
  count("SELECT count(*) n FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE t.slug = ?", slug);

describe("opening a shop", () => {
  it("creates the shop and its first ADMIN, who can sign in and sell", async () => {
    const shop = shopOf();
    const opened = await open(shop);
    expect(opened.status).toBe(201);
    const { tenant, user } = opened.body;
    expect(tenant).toMatchObject({
      slug: shop.slug,
      name: "Librer\u00eda Sol",
      currency: "EUR",
      timezone: "Europe/Madrid",
    });
    expect(user).toMatchObject({ email: admin.email, role: "ADMIN", tenant_id: tenant.id, is_active: true });
    expect(await rowsOf("SELECT kind, recipient FROM mails WHERE tenant_id = ?", tenant.id)).toEqual([
      { kind: "email.confirm", recipient: admin.email },
    ]);
    const login = await call("POST", `${API}/auth/login`, {
      json: { tenant: shop.slug, email: admin.email, password: PASSWORD },
    });
    const token = login.body.access_token;
    const product = await call("POST", `${API}/products`, {
      token,
      json: { sku: "1", title: "A book", price: 500 },
    });
    expect(product.body.currency).toBe("EUR");
    const items = [{ product_id: product.body.id, quantity: 2 }];
    expect((await call("POST", `${API}/sales`, { token, json: { items } })).body.total).toBe(1000);
    const list = await call("GET", `${API}/products?tenant=${shop.slug}`);
    expect(list.body.data.length).toBe(1);
  });

  it("with a slug that is taken is rejected and creates nothing", async () => {
    const { tenant } = await newShop();
    const answer = await open(shopOf({ slug: tenant.slug }));
    expect(answer.status).toBe(409);
    expect(answer.body.type).toBe("/problems/slug-taken");
    expect(await usersOf(tenant.slug)).toBe(1);
  });

  it("twenty times in parallel with one slug creates one shop with one ADMIN", async () => {
    const shop = shopOf();
    expect(countByStatus(await Promise.all(Array.from({ length: 20 }, () => open(shop))))).toEqual({
      201: 1,
      409: 19,
    });
    expect([await shopsOf(shop.slug), await usersOf(shop.slug)]).toEqual([1, 1]);
  });

  it("while the database fails does not say that the slug is taken", async () => {
    const shop = shopOf();
    const { db } = failingDb(env.DB, 1, new Error("D1_ERROR: Network connection lost."));
    expectRefused(await callWith({ DB: db }, "POST", TENANTS, { json: shop }), 503, "unavailable");
    expect(await shopsOf(shop.slug)).toBe(0);
    expect((await open(shop)).status).toBe(201);
  });

  it("is rejected if SIGNUP is not open", async () => {
    for (const SIGNUP of ["closed", ""]) {
      const shop = shopOf();
      const answer = await callWith({ SIGNUP }, "POST", TENANTS, { json: shop });
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.text).type).toBe("/problems/signup-closed");
      expect(await shopsOf(shop.slug)).toBe(0);
    }
  });

  it("stores the canonical name of the time zone", async () => {
    expect((await open(shopOf({ timezone: "europe/madrid" }))).body.tenant.timezone).toBe("Europe/Madrid");
  });

  const wrong: [string, Record<string, unknown>][] = [
    ["#/currency", { currency: "eur" }],
    ["#/currency", { currency: "EURO" }],
    ["#/currency", { currency: "ZZZ" }],
    ["#/timezone", { timezone: "Mars/Base" }],
    ["#/timezone", { timezone: "+02:00" }],
    ["#/timezone", { timezone: "" }],
    ["#/slug", { slug: "Sol" }],
    ["#/slug", { slug: "-sol" }],
    ["#/slug", { slug: "sol-" }],
    ["#/slug", { slug: "a_b" }],
    ["#/slug", { slug: "a".repeat(64) }],
    ["#/slug", { slug: "" }],
    ["#/slug", { slug: "\u0441\u043e\u043b" }],
    ["#/name", { name: "   " }],
    ["#/name", { name: "Sol\u202e" }],
    ["#/admin", { admin: undefined }],
    ["#/admin/email", { admin: { ...admin, email: "ana" } }],
    ["#/admin/email", { admin: { ...admin, email: "ana@localhost" } }],
    ["#/admin/password", { admin: { ...admin, password: "short" } }],
    ["#/admin/password", { admin: { ...admin, password: "a long one \ud800" } }],
    ["#/admin/password", { admin: { ...admin, password: "x".repeat(257) } }],
    ["#/admin/role", { admin: { ...admin, role: "ADMIN" } }],
    ["#/id", { id: crypto.randomUUID() }],
  ];

  it.each(wrong)("points to %s in %j", async (pointer, fields) => {
    const answer = await open(shopOf(fields));
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });
});

describe("opening a shop with an Idempotency-Key", () => {
  it("again returns the same shop and creates nothing", async () => {
    const shop = shopOf();
    const key = { "idempotency-key": "open" };
    const first = await open(shop, key);
    const again = await open(shop, key);
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect([await shopsOf(shop.slug), await usersOf(shop.slug)]).toEqual([1, 1]);
  });

  it("ten times in parallel creates one shop and returns it to all", async () => {
    const shop = shopOf();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => open(shop, { "idempotency-key": "at-once" })),
    );
    expect(countByStatus(answers)).toEqual({ 201: 10 });
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get("idempotent-replayed") === "true").length).toBe(9);
    expect(await shopsOf(shop.slug)).toBe(1);
  });

  it("after the shop was closed is refused, and does not return it", async () => {
    const shop = shopOf();
    const key = { "idempotency-key": "closed" };
    await open(shop, key);
    await change("UPDATE tenants SET is_active = 0 WHERE slug = ?", shop.slug);
    const { status, body } = await open(shop, key);
    expect([status, body.type]).toEqual([409, "/problems/slug-taken"]);
  });

  it("and another body is a mismatch, and with another key the slug is taken", async () => {
    const shop = shopOf();
    await open(shop, { "idempotency-key": "one" });
    const other = await open({ ...shop, name: "Another" }, { "idempotency-key": "one" });
    expect(other.status).toBe(422);
    expect(other.body.type).toBe("/problems/idempotency-mismatch");
    expect((await open(shop, { "idempotency-key": "two" })).status).toBe(409);
  });
});

it("the password of who has opened a shop is theirs: another ADMIN cannot set it", async () => {
  const { body } = await open(shopOf());
  const other = await newPerson(body.tenant, "ADMIN");
  const json = { new_password: "another horse battery" };
  const path = `${API}/users/${body.user.id}/password`;
  expect((await call("PUT", path, { token: other.token, json })).status).toBe(403);
});

it("a shop that a reader names is read once, and confirmed by the first batch of later requests", async () => {
  const { tenant } = await newShop();
  const read = () => call("GET", `${API}/products`, { headers: { "x-tenant": tenant.slug } });
  expect(costOf(await read()).queries).toBe(2);
  expect(costOf(await read()).queries).toBe(1);
  expect((await tenantById(base(), tenant.id))?.slug).toBe(tenant.slug);
  await change("UPDATE tenants SET is_active = 0 WHERE id = ?", tenant.id);
  const { status, body } = await read();
  expect([status, body.type]).toEqual([404, "/problems/unknown-tenant"]);
  expect(await tenantById(base(), tenant.id)).toBeNull();
  expect((await findTenantIncludingClosed(base(), tenant.id))?.slug).toBe(tenant.slug);
});

it("a shop is not taken for another that has its former slug and settings", async () => {
  const { shop, book, guest } = await guestShop();
  const { id, slug } = shop.tenant;
  await guest.put(book.id);
  const { body: order } = await guest.checkOut();
  const list = () => call("GET", `${API}/products?tenant=${slug}`);
  const follow = () => byLink("GET", `/purchases/${String(order.id)}`, order.order_token);
  for (const read of [list, list, follow, follow]) expect((await read()).status).toBe(200);
  expect((await list()).body.data).toMatchObject([{ id: book.id }]);
  const [settings = {}] = await rowsOf("SELECT * FROM tenants WHERE id = ?", id);
  await change("UPDATE tenants SET slug = slug || '-before' WHERE id = ?", id);
  // It sorts before all others.
  const other = { ...settings, id: "00000000-0000-7000-8000-00000000000a" };
  await change(
    `INSERT INTO tenants (${Object.keys(other).join(", ")}) VALUES (${Object.keys(other)
      .map(() => "?")
      .join(", ")})`,
    ...Object.values(other),
  );
  expect((await list()).body.data).toEqual([]);
  // The shop of the order has changed, so that it is read once more.
  expect(costOf(await follow()).queries).toBeGreaterThan(1);
  expect(costOf(await follow()).queries).toBe(1);
});
