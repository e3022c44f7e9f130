// People type the name of their shop as they see it on its sign.
import { describe, expect, it } from "vitest";
import { API, call } from "../../support/client.ts";
import { newProduct, newShop, PASSWORD } from "../../support/shops.ts";

describe("the slug of a shop", () => {
  it("names it in any letter case, in the header, the query, a login and a registration", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const tenant = shop.tenant.slug.toUpperCase();
    expect(tenant).not.toBe(shop.tenant.slug);
    const named = await call("GET", `${API}/products?tenant=${tenant}`, {
      headers: { "x-tenant": shop.tenant.slug },
    });
    expect(named.body.data).toMatchObject([{ id }]);
    const { token } = shop.admin;
    const signedIn = await call("GET", `${API}/auth/me`, { token, headers: { "x-tenant": tenant } });
    expect(signedIn.status).toBe(200);
    const email = "eva@example.com";
    const person = { email, password: PASSWORD, first_name: "Eva", last_name: "Sol" };
    expect((await call("POST", `${API}/auth/register`, { json: { tenant, ...person } })).status).toBe(201);
    const login = await call("POST", `${API}/auth/login`, { json: { tenant, email, password: PASSWORD } });
    expect(login.body.user).toMatchObject({ email, tenant_id: shop.tenant.id });
  });

  it("has one count of wrong passwords, however it is written", async () => {
    const { tenant, admin } = await newShop();
    const attempt = (slug: string) =>
      call("POST", `${API}/auth/login`, { json: { tenant: slug, email: admin.email, password: "wrong" } });
    for (const slug of [tenant.slug, tenant.slug.toUpperCase(), tenant.slug, tenant.slug, tenant.slug])
      expect((await attempt(slug)).status).toBe(401);
    expect((await attempt(tenant.slug.toUpperCase())).status).toBe(429);
  });

  it("is lower case when a shop is opened", async () => {
    const admin = { email: "a@example.com", password: PASSWORD, first_name: "A", last_name: "B" };
    const json = { slug: "Libreria", name: "Sol", currency: "EUR", timezone: "Europe/Madrid", admin };
    expect((await call("POST", `${API}/tenants`, { json })).status).toBe(422);
  });
});
