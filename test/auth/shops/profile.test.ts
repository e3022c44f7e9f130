import { describe, expect, it } from "vitest";
import { listPaymentMethods } from "../../../src/auth/shops/payment-methods.ts";
import { changeShop, getShop } from "../../../src/auth/shops/profile.ts";
import { newId } from "../../../src/values/ids.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count, failureOf } from "../../support/d1.ts";
import { newPerson, newShop, type Shop } from "../../support/shops.ts";

const get = (token: string) => call("GET", `${API}/shop`, { token });
const patch = (shop: Shop, json: Record<string, unknown>) =>
  call("PATCH", `${API}/shop`, { token: shop.admin.token, json });

it("a shop that does not exist has no profile and no payment methods", async () => {
  const { admin } = await newShop();
  const ctx = admin.ctx();
  const gone = { ...ctx, tenant: { ...ctx.tenant, id: newId() } };
  for (const ask of [
    () => getShop(gone),
    () => changeShop(gone, { name: "Other" }),
    () => changeShop(gone, {}),
    () => listPaymentMethods(gone),
  ])
    expect(await failureOf(ask())).toMatchObject({ slug: "not-found" });
});

const full = {
  name: "Librería Sol",
  legal_name: "Librería Sol, S. L.",
  tax_id: "B12345678",
  address: {
    lines: ["Calle Mayor 1", "Local 2"],
    city: "Madrid",
    region: "Madrid",
    postal_code: "28013",
    country: "ES",
  },
  phone: "+34 910 000 000",
  email: "sol@example.com",
  locale: "ca-ES",
  country: "ES",
  prices_include_tax: false,
  receipt_header: "Open every day",
  receipt_footer: "Thank you.\n\nReturns within 15 days.",
};

const rules = {
  require_shift_to_sell: false,
  require_if_match: false,
  order_mails: true,
  idle_minutes: 15,
  max_shift_hours: 12,
  hold_minutes: 30,
  guest_hold_minutes: 15,
  pending_orders_per_customer: 5,
  pending_units_per_customer: 200,
  pending_orders_per_address: 20,
  pending_units_per_address: 600,
};

const publicOf = ({ tenant }: Shop) => ({
  slug: tenant.slug,
  name: tenant.name,
  locale: "es-ES",
  currency: "EUR",
  timezone: "Europe/Madrid",
  country: null,
  prices_include_tax: true,
  legal_name: null,
  receipt_header: null,
  receipt_footer: null,
  brand_color: null,
});

const counter = {
  max_discount_percent: 100,
  allow_price_override: true,
  cash_rounding: 0,
  oversell: "refuse",
  employees_see: "own",
  scale_codes: [],
};

const unset = {
  tax_id: null,
  address: null,
  phone: null,
  email: null,
  ...counter,
};

const weight = { prefix: "21", item_digits: 5, value: "weight", decimals: 3, value_check_digit: false };
const price = { prefix: "22", item_digits: 4, value: "price", decimals: 2, value_check_digit: true };

const auditOf = ({ tenant }: Shop) =>
  count("SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action = 'shop.changed'", tenant.id);

describe("the profile of a shop", () => {
  it("is shown whole to staff, and without contact data, tax id and rules to everybody else", async () => {
    const shop = await newShop();
    await patch(shop, { ...full, name: shop.tenant.name });
    const { slug } = shop.tenant;
    const shown = {
      ...publicOf(shop),
      locale: "ca-ES",
      country: "ES",
      prices_include_tax: false,
      legal_name: full.legal_name,
      receipt_header: full.receipt_header,
      receipt_footer: full.receipt_footer,
    };
    const [customer, employee] = [
      await newPerson(shop.tenant, "CUSTOMER"),
      await newPerson(shop.tenant, "EMPLOYEE"),
    ];
    const other = await newShop();
    expect((await call("GET", `${API}/shop?tenant=${slug}`)).body).toEqual(shown);
    expect((await call("GET", `${API}/shop`, { headers: { "x-tenant": slug } })).body).toEqual(shown);
    expect((await get(customer.token)).body).toEqual(shown);
    expect((await call("GET", `${API}/shop?tenant=${slug}`, { token: other.admin.token })).body).toEqual(
      shown,
    );
    const whole = { ...shown, ...counter, ...full, name: shop.tenant.name, rules };
    expect((await get(employee.token)).body).toEqual(whole);
    expect((await get(shop.admin.token)).body).toEqual(whole);
    const shopOfMe = async (token: string) => (await call("GET", `${API}/auth/me`, { token })).body.shop;
    expect(await shopOfMe(customer.token)).toEqual(shown);
    expect(await shopOfMe(employee.token)).toEqual(whole);
    expect(await shopOfMe(shop.admin.token)).toEqual(whole);
  });

  it("has defaults until it is changed, for this shop only, and null clears a field", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    expect((await get(shop.admin.token)).body).toEqual({ ...publicOf(shop), ...unset, rules });
    expect((await patch(shop, full)).body).toEqual({
      ...publicOf(shop),
      ...counter,
      ...full,
      rules,
      warnings: [],
    });
    expect((await patch(shop, { phone: null, address: null })).body).toMatchObject({
      ...full,
      phone: null,
      address: null,
    });
    expect((await get(other.admin.token)).body).toEqual({ ...publicOf(other), ...unset, rules });
  });

  it("shows the rules that PATCH /settings changes", async () => {
    const shop = await newShop();
    await call("PATCH", `${API}/settings`, { token: shop.admin.token, json: { idle_minutes: 20 } });
    expect((await get(shop.admin.token)).body.rules).toEqual({ ...rules, idle_minutes: 20 });
  });

  it("is not found under an unknown slug, and a request without a shop has to name one", async () => {
    expect((await call("GET", `${API}/shop?tenant=nowhere`)).status).toBe(404);
    expect((await call("GET", `${API}/shop`)).status).toBe(422);
  });

  it("costs one round trip, also as part of the account", async () => {
    const shop = await newShop();
    await get(shop.admin.token);
    expect(costOf(await get(shop.admin.token)).queries).toBe(1);
    expect(costOf(await patch(shop, full)).queries).toBe(1);
    const me = () => call("GET", `${API}/auth/me`, { token: shop.admin.token });
    // The shop that the isolate remembers has changed: the guard tells, and the identity is read again.
    expect(costOf(await me()).queries).toBe(3);
    expect(costOf(await me()).queries).toBe(1);
  });
});

describe("changing the profile", () => {
  it("is for an ADMIN", async () => {
    const shop = await newShop();
    for (const role of ["EMPLOYEE", "CUSTOMER"] as const) {
      const { token } = await newPerson(shop.tenant, role);
      expect((await call("PATCH", `${API}/shop`, { token, json: full })).status).toBe(403);
    }
    expect(await auditOf(shop)).toBe(0);
  });

  it("records the changed fields with their old and new values, and nothing if nothing changes", async () => {
    const shop = await newShop();
    await patch(shop, full);
    await patch(shop, full);
    await patch(shop, {});
    expect(await auditOf(shop)).toBe(1);
    await patch(shop, { address: null, prices_include_tax: true, locale: "ca-ES" });
    const { body } = await call("GET", `${API}/audit?action=shop.changed`, { token: shop.admin.token });
    expect(body.data[0]).toMatchObject({
      entity: "shop",
      entity_id: shop.tenant.id,
      actor_id: shop.admin.id,
      before: { address: full.address, prices_include_tax: false },
      after: { address: null, prices_include_tax: true },
    });
    expect(Object.keys(body.data[0].after).toSorted()).toEqual(["address", "prices_include_tax"]);
  });

  it("records the rules of the counter with the values that clients see", async () => {
    const shop = await newShop();
    const changes = {
      max_discount_percent: 12.345,
      allow_price_override: false,
      cash_rounding: 5,
      oversell: "allow",
      employees_see: "all",
      scale_codes: [weight, price],
    };
    expect((await patch(shop, changes)).body).toMatchObject(changes);
    expect((await get((await newPerson(shop.tenant, "EMPLOYEE")).token)).body).toMatchObject(changes);
    expect(await count("SELECT max_discount_percent n FROM tenants WHERE id = ?", shop.tenant.id)).toBe(
      12_345,
    );
    await patch(shop, changes);
    await patch(shop, { max_discount_percent: 10 });
    const { data } = (await call("GET", `${API}/audit?action=shop.changed`, { token: shop.admin.token }))
      .body;
    expect(data.map(({ before, after }: Record<string, unknown>) => [before, after])).toEqual([
      [{ max_discount_percent: 12.345 }, { max_discount_percent: 10 }],
      [counter, changes],
    ]);
  });

  it("adds value_check_digit to a layout of scale codes that has none", async () => {
    const shop = await newShop();
    const { value_check_digit, ...layout } = weight;
    expect((await patch(shop, { scale_codes: [layout] })).body.scale_codes).toEqual([
      { ...layout, value_check_digit },
    ]);
  });

  it("normalises the locale, the e-mail, the time zone and line ends", async () => {
    const shop = await newShop();
    const { body } = await patch(shop, {
      locale: "es-mx",
      email: " Sol@Example.COM ",
      timezone: "america/mexico_city",
      receipt_header: " One\r\nTwo ",
    });
    expect(body).toMatchObject({
      locale: "es-MX",
      email: "sol@example.com",
      timezone: "America/Mexico_City",
      receipt_header: "One\nTwo",
    });
  });

  const { address } = full;

  it.each<[string, Record<string, unknown>]>([
    ["#/slug", { slug: "another" }],
    ["#/rules", { rules }],
    ["#/idle_minutes", { idle_minutes: 20 }],
    ["#/name", { name: null }],
    ["#/name", { name: "   " }],
    ["#/name", { name: "Sol\u200b" }],
    ["#/legal_name", { legal_name: "Sol\u202e" }],
    ["#/tax_id", { tax_id: "B12\u00ad345" }],
    ["#/tax_id", { tax_id: "" }],
    ["#/currency", { currency: "ZZZ" }],
    ["#/currency", { currency: null }],
    ["#/timezone", { timezone: "Mars/Base" }],
    ["#/timezone", { timezone: "+02:00" }],
    ["#/locale", { locale: "spanish" }],
    ["#/locale", { locale: "es_ES" }],
    ["#/locale", { locale: null }],
    ["#/country", { country: "es" }],
    ["#/country", { country: "UK" }],
    ["#/country", { country: "Spain" }],
    ["#/phone", { phone: "call me" }],
    ["#/phone", { phone: "+34\u200b910000000" }],
    ["#/phone", { phone: "(((((" }],
    ["#/email", { email: "sol" }],
    ["#/prices_include_tax", { prices_include_tax: 1 }],
    ["#/receipt_header", { receipt_header: "One\tTwo" }],
    ["#/receipt_footer", { receipt_footer: "One\u2028Two" }],
    ["#/receipt_footer", { receipt_footer: "x".repeat(501) }],
    ["#/max_discount_percent", { max_discount_percent: 100.001 }],
    ["#/max_discount_percent", { max_discount_percent: -1 }],
    ["#/max_discount_percent", { max_discount_percent: 1.2345 }],
    ["#/max_discount_percent", { max_discount_percent: null }],
    ["#/allow_price_override", { allow_price_override: 1 }],
    ["#/cash_rounding", { cash_rounding: 1_000_001 }],
    ["#/cash_rounding", { cash_rounding: 0.5 }],
    ["#/oversell", { oversell: "warn" }],
    ["#/scale_codes", { scale_codes: [weight, { ...price, prefix: "21" }] }],
    ["#/scale_codes/0/prefix", { scale_codes: [{ ...weight, prefix: "30" }] }],
    ["#/scale_codes/0/prefix", { scale_codes: [{ ...weight, prefix: "2" }] }],
    ["#/scale_codes/0/item_digits", { scale_codes: [{ ...weight, item_digits: 7 }] }],
    ["#/scale_codes/0/value", { scale_codes: [{ ...weight, value: "length" }] }],
    ["#/scale_codes/0/decimals", { scale_codes: [{ ...weight, decimals: 4 }] }],
    ["#/scale_codes/0/name", { scale_codes: [{ ...weight, name: "Cheese" }] }],
    ["#/address", { address: "Calle Mayor 1" }],
    ["#/address/lines", { address: { ...address, lines: [] } }],
    ["#/address/lines/0", { address: { ...address, lines: ["Calle\u0007"] } }],
    ["#/address/country", { address: { ...address, country: "XX" } }],
    ["#/address/name", { address: { ...address, name: "Sol" } }],
  ])("refuses %s of %j, and changes nothing", async (pointer, json) => {
    const shop = await newShop();
    const answer = await patch(shop, json);
    expect(answer.status).toBe(422);
    const pointers = answer.body.errors.map((error: { pointer: string }) => error.pointer);
    expect([...new Set(pointers)]).toEqual([pointer]);
    expect((await get(shop.admin.token)).body).toEqual({ ...publicOf(shop), ...unset, rules });
  });
});
