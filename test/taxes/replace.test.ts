import { describe, expect, it } from "vitest";
import { addTaxRate } from "../../src/taxes/add.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, failureOf, rowsOf } from "../support/d1.ts";
import { newProduct, newShop, type Shop } from "../support/shops.ts";
import { giveRate, insertSale, newTaxRate, type Rate } from "../support/taxes.ts";

const replace = (shop: Shop, old: Rate, fields: Record<string, unknown> = {}, key?: string) =>
  call("POST", `${API}/tax-rates`, {
    token: shop.admin.token,
    json: { name: "IVA", rate: 21_000, replaces: old.id, ...fields },
    headers: key === undefined ? {} : { "idempotency-key": key },
  });

const ratesOf = (shop: Shop) =>
  rowsOf(
    "SELECT id, name, rate, is_default, is_active FROM tax_rates WHERE tenant_id = ? ORDER BY id",
    shop.tenant.id,
  );

const productsOf = (shop: Shop) =>
  rowsOf(
    "SELECT id, tax_rate_id, version, updated_at > created_at AS changed FROM products WHERE tenant_id = ? ORDER BY id",
    shop.tenant.id,
  );

describe("replacing a tax rate", () => {
  it("moves its products, its name and the default, and keeps past sales as they are", async () => {
    const shop = await newShop();
    const old = await newTaxRate(shop, { name: "IVA", rate: 18_000, is_default: true });
    const other = await newTaxRate(shop, { rate: 10_000 });
    const [shown, hidden, reduced, none] = [
      await newProduct(shop),
      await newProduct(shop),
      await newProduct(shop),
      await newProduct(shop),
    ];
    await giveRate(shop, shown.id, old.id);
    await giveRate(shop, hidden.id, old.id);
    await giveRate(shop, reduced.id, other.id);
    await insertSale(shop, shown.id, "2026-03-02", [{ rate: old, net: 1000, tax: 180 }]);
    await call("DELETE", `${API}/products/${hidden.id}`, { token: shop.admin.token });
    const answer = await replace(shop, old);
    expect(answer.status, answer.text).toBe(201);
    // One of authentication, one read and one batch.
    expect(costOf(answer).queries).toBe(2);
    const { id } = answer.body;
    expect(answer.body).toMatchObject({ rate: 21_000, is_default: true, is_active: true, is_used: false });
    expect(await ratesOf(shop)).toEqual([
      { id: old.id, name: "IVA", rate: 18_000, is_default: 0, is_active: 0 },
      { id: other.id, name: other.name, rate: 10_000, is_default: 0, is_active: 1 },
      { id, name: "IVA", rate: 21_000, is_default: 1, is_active: 1 },
    ]);
    expect(await productsOf(shop)).toEqual([
      { id: shown.id, tax_rate_id: id, version: 2, changed: 1 },
      { id: hidden.id, tax_rate_id: id, version: 3, changed: 1 },
      { id: reduced.id, tax_rate_id: other.id, version: 1, changed: 0 },
      { id: none.id, tax_rate_id: null, version: 1, changed: 0 },
    ]);
    const lines = "SELECT tax_rate_id, tax_rate, tax FROM sale_lines WHERE tenant_id = ?";
    expect(await rowsOf(lines, shop.tenant.id)).toEqual([
      { tax_rate_id: old.id, tax_rate: 18_000, tax: 180 },
    ]);
    const audited = await rowsOf(
      "SELECT entity_id, before, after FROM audit_log WHERE tenant_id = ? AND action GLOB 'tax_rate.*' ORDER BY id DESC LIMIT 2",
      shop.tenant.id,
    );
    expect(audited.toReversed()).toEqual([
      {
        entity_id: old.id,
        before: '{"is_active":true,"is_default":true}',
        after: '{"is_active":false,"is_default":false}',
      },
      {
        entity_id: id,
        before: null,
        after: `{"name":"IVA","rate":21000,"is_default":true,"replaces":"${old.id}","products":2}`,
      },
    ]);
  });

  it("leaves the default with another rate unless is_default is sent", async () => {
    const shop = await newShop();
    const standard = await newTaxRate(shop, { is_default: true });
    const reduced = await newTaxRate(shop, { rate: 10_000 });
    const { body: next } = await replace(shop, reduced, { rate: 11_000 });
    expect(next.is_default).toBe(false);
    expect(await ratesOf(shop)).toMatchObject([{ id: standard.id, is_default: 1 }, { is_active: 0 }, {}]);
    const { body: last } = await replace(shop, next, { rate: 12_000, is_default: true });
    expect((await ratesOf(shop)).filter((rate) => rate["is_default"] === 1)).toMatchObject([{ id: last.id }]);
    // What it replaces is the default, which false does not take from the shop.
    expect((await replace(shop, last, { is_default: false })).body.is_default).toBe(true);
  });

  it("is done once under an Idempotency-Key, although the old rate is then inactive", async () => {
    const shop = await newShop();
    const old = await newTaxRate(shop);
    const first = await replace(shop, old, {}, "once");
    const again = await replace(shop, old, {}, "once");
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await ratesOf(shop)).toHaveLength(2);
    expect((await replace(shop, old)).body.type).toBe("/problems/tax-rate-inactive");
  });

  it("is refused with the name of another active rate, and nothing changes", async () => {
    const shop = await newShop();
    const old = await newTaxRate(shop, { is_default: true });
    const other = await newTaxRate(shop);
    const before = await ratesOf(shop);
    expect((await replace(shop, old, { name: other.name })).body.type).toBe("/problems/tax-rate-exists");
    expect(await ratesOf(shop)).toEqual(before);
  });

  it("of one rate by two requests at once happens once", async () => {
    const shop = await newShop();
    const old = await newTaxRate(shop, { is_default: true });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, nth) => replace(shop, old, { name: `IVA ${nth}` })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
    expect(await ratesOf(shop)).toHaveLength(2);
  });

  it("changes nothing if the old rate has become the default since it was read", async () => {
    const shop = await newShop();
    const old = await newTaxRate(shop);
    const { id } = await newProduct(shop);
    await giveRate(shop, id, old.id);
    const ctx = between(shop.admin.ctx(), {
      before: async () => {
        const json = { is_default: true };
        await call("PATCH", `${API}/tax-rates/${old.id}`, { token: shop.admin.token, json });
      },
    });
    const input = { name: "IVA", rate: 21_000, replaces: old.id };
    expect(await failureOf(addTaxRate(ctx, input, undefined))).toMatchObject({ slug: "conflict" });
    expect(await ratesOf(shop)).toMatchObject([{ id: old.id, is_default: 1, is_active: 1 }]);
    expect(await productsOf(shop)).toMatchObject([{ id, tax_rate_id: old.id, version: 1 }]);
  });

  it("is refused if the old rate is deactivated meanwhile", async () => {
    const shop = await newShop();
    const old = await newTaxRate(shop);
    const ctx = between(shop.admin.ctx(), {
      before: async () => {
        await call("PATCH", `${API}/tax-rates/${old.id}`, {
          token: shop.admin.token,
          json: { is_active: false },
        });
      },
    });
    const input = { name: "IVA", rate: 21_000, replaces: old.id };
    expect(await failureOf(addTaxRate(ctx, input, undefined))).toMatchObject({ slug: "conflict" });
    expect(await ratesOf(shop)).toMatchObject([{ id: old.id, is_active: 0 }]);
  });
});
