import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";
import { giveRate, insertSale, newTaxRate } from "../support/taxes.ts";

const add = (shop: Shop, json: unknown) =>
  call("POST", `${API}/tax-rates`, { token: shop.admin.token, json });

const patch = (shop: Shop, id: string, json: unknown) =>
  call("PATCH", `${API}/tax-rates/${id}`, { token: shop.admin.token, json });

const list = async (shop: Shop, query = "") =>
  (await call("GET", `${API}/tax-rates${query}`, { token: shop.admin.token })).body;

const defaultsOf = async (shop: Shop): Promise<string[]> =>
  (await list(shop, "?limit=100")).data
    .filter((rate: { is_default: boolean }) => rate.is_default)
    .map((rate: { id: string }) => rate.id);

describe("the tax rates of a shop", () => {
  it("are listed oldest first, in pages, all or only the active ones", async () => {
    const shop = await newShop();
    const rates = [];
    for (const [name, rate] of [
      ["IVA 21 %", 21_000],
      ["IVA 5,2 %", 5200],
      ["Exento", 0],
    ] as const)
      rates.push((await add(shop, { name, rate })).body);
    expect(rates[1]).toMatchObject({
      name: "IVA 5,2 %",
      rate: 5200,
      is_default: false,
      is_active: true,
      is_used: false,
    });
    expect((await list(shop)).data).toEqual(rates);
    const page = await list(shop, "?limit=2");
    expect(page.data).toEqual(rates.slice(0, 2));
    expect((await list(shop, `?limit=2&cursor=${page.next_cursor}`)).data).toEqual(rates.slice(2));
    await patch(shop, rates[0].id, { is_active: false });
    expect((await list(shop, "?is_active=true")).data).toEqual(rates.slice(1));
    expect((await list(shop, "?is_active=false")).data).toEqual([{ ...rates[0], is_active: false }]);
  });

  it("are for staff to read and for an ADMIN to change, each within its shop", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const rate = await newTaxRate(shop);
    const { token } = await newPerson(shop.tenant, "EMPLOYEE");
    expect((await call("GET", `${API}/tax-rates`, { token })).body.data).toHaveLength(1);
    expect((await call("PATCH", `${API}/tax-rates/${rate.id}`, { token, json: { rate: 0 } })).status).toBe(
      403,
    );
    const json = { name: "New", rate: 0 };
    expect((await call("POST", `${API}/tax-rates`, { token, json })).status).toBe(403);
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    expect((await call("GET", `${API}/tax-rates`, { token: customer.token })).status).toBe(403);
    const current = await newTaxRate(other, { is_default: true });
    expect((await list(other)).data).toEqual([current]);
    const revision = () => count("SELECT revision n FROM tenants WHERE id = ?", other.tenant.id);
    const before = await revision();
    expect((await patch(other, rate.id, { is_default: true })).status).toBe(404);
    expect(await revision()).toBe(before);
    expect((await add(other, { name: "New", rate: 0, replaces: rate.id })).status).toBe(404);
    expect((await list(other)).data).toEqual([current]);
    const { id } = await newProduct(other);
    await expect(giveRate(other, id, rate.id)).rejects.toThrow("product_tax_rate");
  });

  it("accept only whole hundred-thousandths from 0 to 100 %", async () => {
    const shop = await newShop();
    for (const rate of [-1, 100_001, 0.5, "21", null])
      expect((await add(shop, { name: "Wrong", rate })).status).toBe(422);
    const { status, body } = await add(shop, { name: "All of it", rate: 100_000 });
    expect(status).toBe(201);
    expect(await patch(shop, body.id, {})).toMatchObject({ status: 200, body });
  });

  it("have names that are unique among the active ones", async () => {
    const shop = await newShop();
    const first = await newTaxRate(shop, { name: "IVA" });
    const second = await newTaxRate(shop, { name: "IVA reducido", rate: 10_000 });
    expect((await add(shop, { name: " IVA ", rate: 4000 })).body).toMatchObject({
      status: 409,
      type: "/problems/tax-rate-exists",
    });
    expect((await patch(shop, second.id, { name: "IVA" })).body.type).toBe("/problems/tax-rate-exists");
    expect((await patch(shop, first.id, { is_active: false })).status).toBe(200);
    expect((await patch(shop, second.id, { name: "IVA" })).status).toBe(200);
    expect((await patch(shop, first.id, { is_active: true })).body.type).toBe("/problems/tax-rate-exists");
  });
});

describe("the default rate", () => {
  it("is none until one is made the default, which takes it from another", async () => {
    const shop = await newShop();
    const first = await newTaxRate(shop);
    expect(await defaultsOf(shop)).toEqual([]);
    const second = await newTaxRate(shop, { is_default: true });
    expect(await defaultsOf(shop)).toEqual([second.id]);
    expect((await patch(shop, first.id, { is_default: true })).body.is_default).toBe(true);
    expect(await defaultsOf(shop)).toEqual([first.id]);
    const third = await newTaxRate(shop, { is_default: true });
    expect(await defaultsOf(shop)).toEqual([third.id]);
    await patch(shop, third.id, { is_default: false });
    expect(await defaultsOf(shop)).toEqual([]);
  });

  it("is one after 20 parallel changes", async () => {
    const shop = await newShop();
    const rates = [];
    for (let nth = 0; nth < 20; nth += 1) rates.push(await newTaxRate(shop));
    const answers = await Promise.all(rates.map(({ id }) => patch(shop, id, { is_default: true })));
    expect(answers.map(({ status }) => status)).toEqual(rates.map(() => 200));
    expect(await defaultsOf(shop)).toHaveLength(1);
    expect(
      await count(
        `SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action = 'tax_rate.changed'`,
        shop.tenant.id,
      ),
    ).toBe(20);
  });

  it("cannot be an inactive rate, and remains where it was", async () => {
    const shop = await newShop();
    const current = await newTaxRate(shop, { is_default: true });
    const inactive = await newTaxRate(shop);
    await patch(shop, inactive.id, { is_active: false });
    expect((await patch(shop, inactive.id, { is_default: true })).body.type).toBe(
      "/problems/tax-rate-inactive",
    );
    expect((await patch(shop, inactive.id, { is_default: true, is_active: false })).status).toBe(422);
    expect(await defaultsOf(shop)).toEqual([current.id]);
    expect((await patch(shop, inactive.id, { is_default: true, is_active: true })).status).toBe(200);
    expect(await defaultsOf(shop)).toEqual([inactive.id]);
  });
});

describe("a rate that is in use", () => {
  it("is not changed once it was charged, but may be renamed", async () => {
    const shop = await newShop();
    const rate = await newTaxRate(shop);
    expect((await patch(shop, rate.id, { rate: 20_000 })).body).toMatchObject({
      rate: 20_000,
      is_used: false,
    });
    await insertSale(shop, (await newProduct(shop)).id, "2026-03-02", [{ rate, net: 1000, tax: 200 }]);
    const refused = await patch(shop, rate.id, { rate: 21_000, name: "Other", is_default: true });
    expect(refused.body).toMatchObject({ status: 409, type: "/problems/tax-rate-used" });
    expect(refused.body.detail).toContain(`"replaces": "${rate.id}"`);
    expect((await list(shop)).data).toMatchObject([{ ...rate, rate: 20_000, is_used: true }]);
    const renamed = await patch(shop, rate.id, { rate: 20_000, name: "Renamed" });
    expect(renamed.body).toMatchObject({ name: "Renamed", rate: 20_000, is_used: true });
  });

  it("is not deactivated while products have it or while it is the default", async () => {
    const shop = await newShop();
    const other = await newTaxRate(shop);
    const rate = await newTaxRate(shop, { is_default: true });
    const products = [(await newProduct(shop)).id, (await newProduct(shop)).id];
    for (const id of products) await giveRate(shop, id, rate.id);
    const deactivate = (more = {}) => patch(shop, rate.id, { is_active: false, ...more });
    expect((await deactivate()).body).toMatchObject({
      status: 409,
      type: "/problems/tax-rate-in-use",
      detail: expect.stringContaining("is the default of the shop, and the rate of 2 products."),
      products: 2,
      is_default: true,
    });
    expect((await deactivate({ is_default: false })).body).toMatchObject({ products: 2 });
    await giveRate(shop, products[0] ?? "", null);
    await patch(shop, rate.id, { is_default: false });
    expect((await deactivate()).body).toMatchObject({
      detail: expect.stringContaining("The tax rate is the rate of 1 product."),
      products: 1,
      is_default: false,
    });
    await patch(shop, rate.id, { is_default: true });
    for (const id of products) await giveRate(shop, id, null);
    expect((await deactivate()).body).toMatchObject({ products: 0, is_default: true });
    expect((await list(shop)).data).toEqual([other, rate]);
    expect((await deactivate({ is_default: false })).body).toMatchObject({
      is_default: false,
      is_active: false,
    });
    await expect(giveRate(shop, products[0] ?? "", rate.id)).rejects.toThrow("product_tax_rate");
    const actions = await rowsOf(
      "SELECT after FROM audit_log WHERE tenant_id = ? AND action = 'tax_rate.changed'",
      shop.tenant.id,
    );
    expect(actions).toEqual([
      { after: '{"is_default":false}' },
      { after: '{"is_default":true}' },
      { after: '{"is_default":false,"is_active":false}' },
    ]);
  });
});
