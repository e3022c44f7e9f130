import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call, ORIGIN } from "../support/client.ts";
import { fill, nameOf, operations } from "../support/contract.ts";
import { newPerson, newShop, PASSWORD, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import { entryOf } from "../http/operations/registry.ts";
import { expectRefused } from "./refused.ts";
import { bodyOf, sampleOf, takesJson } from "./schemas.ts";
import { stored } from "./stored.ts";

const cookieOf = (token: string) => ({ cookie: `mostrador_access=${token}` });

// /healthz and the published keys need no sign-in.
const known = operations.filter(
  (operation) => operation.path.startsWith(API) && !entryOf(operation).credentialsInBody,
);
const writes = known.filter(({ method }) => method !== "GET");

async function signIn({ tenant, admin }: Shop): Promise<string> {
  const json = { tenant: tenant.slug, email: admin.email, password: PASSWORD };
  return (await call("POST", `${API}/auth/login`, { json })).body.access_token;
}

describe("bearer and cookie", () => {
  it("that disagree about the shop, the user or the session are 400 ambiguous-credentials", async () => {
    const shop = await newShop();
    const others = [
      (await newShop()).admin.token,
      (await newPerson(shop.tenant, "CUSTOMER")).token,
      await signIn(shop),
    ];
    for (const other of others)
      for (const { method, path, ...operation } of known) {
        const headers = { ...cookieOf(other), origin: ORIGIN };
        const answer = await call(method, fill(path, crypto.randomUUID()), {
          token: shop.admin.token,
          headers,
        });
        expectRefused(answer, 400, "ambiguous-credentials", nameOf({ method, path, ...operation }));
      }
  });

  it("of one session agree, and cost no extra round trip", async () => {
    const { admin } = await newShop();
    const me = (headers: Record<string, string>) =>
      call("GET", `${API}/auth/me`, { token: admin.token, headers });
    // From its second request on, a login costs no round trip.
    await me({});
    const [alone, both] = [await me({}), await me(cookieOf(admin.token))];
    expect(both.body).toEqual(alone.body);
    const queries = (answer: { headers: Headers }) =>
      /queries=\d+/.exec(answer.headers.get("server-timing") ?? "")?.[0];
    expect(queries(both)).toBe(queries(alone));
  });

  it("do not conflict if the cookie is invalid, because browsers send it with every request", async () => {
    const shop = await newShop();
    const ended = (await newShop()).admin;
    await call("POST", `${API}/auth/logout`, { token: ended.token });
    const disabled = await newPerson(shop.tenant, "EMPLOYEE");
    await change("UPDATE users SET is_active = 0 WHERE id = ?", disabled.id);
    for (const stale of ["garbage", "a.b.c", ended.token, disabled.token]) {
      const answer = await call("GET", `${API}/auth/me`, {
        token: shop.admin.token,
        headers: cookieOf(stale),
      });
      expect(answer.body.id).toBe(shop.admin.id);
    }
  });

  it("are 401 if the bearer token is invalid, even with a valid cookie", async () => {
    const { admin } = await newShop();
    for (const operation of known) {
      const path = fill(operation.path, crypto.randomUUID());
      const answer = await call(operation.method, path, {
        token: "a.b.c",
        headers: { ...cookieOf(admin.token), origin: ORIGIN },
      });
      expectRefused(answer, 401, "invalid-token", nameOf(operation));
    }
  });
});

describe("a write with a cookie", () => {
  const origins = {
    missing: undefined,
    foreign: "https://evil.example",
    null: "null",
    empty: "",
    "ours with a suffix": `${ORIGIN}.evil.example`,
    "ours on another port": "http://localhost:1",
    "ours with another scheme": ORIGIN.replace("http", "https"),
  };

  it.each(Object.entries(origins))("with an Origin that is %s is 403 csrf", async (_, origin) => {
    const shop = await newShop();
    const { admin } = shop;
    const before = await stored(shop);
    for (const operation of writes) {
      const headers = { ...cookieOf(admin.token), ...(origin === undefined ? {} : { origin }) };
      const json = takesJson.includes(operation) ? sampleOf(bodyOf(operation)?.json) : undefined;
      const path = fill(operation.path, crypto.randomUUID());
      const answer = await call(operation.method, path, { headers, json });
      expectRefused(answer, 403, "csrf", nameOf(operation));
    }
    expect(await stored(shop)).toBe(before);
    expect((await call("GET", `${API}/auth/me`, { token: admin.token })).status).toBe(200);
  });

  it("that refreshes the session needs an allowed Origin too", async () => {
    const { tenant, admin } = await newShop();
    const json = { tenant: tenant.slug, email: admin.email, password: PASSWORD };
    const { body } = await call("POST", `${API}/auth/login`, { json });
    const refresh = (headers: Record<string, string>) =>
      call("POST", `${API}/auth/refresh`, {
        headers: { cookie: `mostrador_refresh=${body.refresh_token}`, ...headers },
      });
    for (const origin of ["", "https://evil.example"]) expectRefused(await refresh({ origin }), 403, "csrf");
    expectRefused(await refresh({}), 403, "csrf");
    expect((await refresh({ origin: ORIGIN })).status).toBe(200);
  });

  it("from an origin that CORS_ORIGINS names is accepted", async () => {
    const { admin } = await newShop();
    const write = (origin: string) =>
      callWith({ CORS_ORIGINS: "https://a.example, https://b.example" }, "POST", `${API}/products`, {
        headers: { ...cookieOf(admin.token), origin },
        json: { sku: origin.slice(8), title: "A book", price: 1 },
      });
    expect((await write("https://b.example")).status).toBe(201);
    expectRefused(await write("https://c.example"), 403, "csrf");
  });
});
