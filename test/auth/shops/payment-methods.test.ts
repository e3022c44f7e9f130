import { describe, expect, it } from "vitest";
import { assertMethods } from "../../../src/auth/shops/payment-methods.ts";
import { API, call, costOf } from "../../support/client.ts";
import { count } from "../../support/d1.ts";
import { newPerson, newShop, type Shop } from "../../support/shops.ts";

const get = (token: string) => call("GET", `${API}/payment-methods`, { token });
const put = ({ admin }: Shop, methods: unknown) =>
  call("PUT", `${API}/payment-methods`, { token: admin.token, json: { methods } });

const builtIn = [
  { method: "cash", name: "Cash", is_builtin: true },
  { method: "card", name: "Card", is_builtin: true },
  { method: "transfer", name: "Transfer", is_builtin: true },
  { method: "other", name: "Other", is_builtin: true },
];
const bizum = { method: "bizum", name: "Bizum" };
const voucher = { method: "gift_card-2", name: "Gift card" };

describe("the payment methods of a shop", () => {
  it("are the four built-in ones and those that an ADMIN adds, for this shop only", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    expect((await get(seller.token)).body).toEqual({ data: builtIn });
    const all = {
      data: [...builtIn, { ...bizum, is_builtin: false }, { ...voucher, is_builtin: false }],
    };
    expect((await put(shop, [bizum, voucher])).body).toEqual(all);
    expect((await get(seller.token)).body).toEqual(all);
    expect((await get(other.admin.token)).body).toEqual({ data: builtIn });
    expect((await put(shop, [])).body).toEqual({ data: builtIn });
  });

  it("are in the audit log when they change, and not when they stay the same", async () => {
    const shop = await newShop();
    await put(shop, [bizum]);
    await put(shop, [bizum]);
    await put(shop, [{ ...bizum, name: "Bizum QR" }]);
    const { data } = (
      await call("GET", `${API}/audit?action=payment_methods.changed`, { token: shop.admin.token })
    ).body;
    expect(data.map(({ before, after }: Record<string, unknown>) => [before, after])).toEqual([
      [{ payment_methods: [bizum] }, { payment_methods: [{ ...bizum, name: "Bizum QR" }] }],
      [{ payment_methods: [] }, { payment_methods: [bizum] }],
    ]);
  });

  it.each<[string, unknown]>([
    ["#/methods/0/method", [{ method: "cash", name: "Coins" }]],
    ["#/methods/0/method", [{ method: "unknown", name: "Unknown" }]],
    ["#/methods/0/method", [{ method: "Bizum", name: "Bizum" }]],
    ["#/methods/0/method", [{ method: "bi zum", name: "Bizum" }]],
    ["#/methods/0/method", [{ method: "", name: "Bizum" }]],
    ["#/methods/0/method", [{ method: "x".repeat(31), name: "Bizum" }]],
    ["#/methods/0/name", [{ method: "bizum", name: " " }]],
    ["#/methods/0/is_builtin", [{ ...bizum, is_builtin: true }]],
    ["#/methods", [bizum, { ...bizum, name: "Again" }]],
    ["#/methods", Array.from({ length: 21 }, (_, at) => ({ method: `m${at}`, name: "M" }))],
    ["#/methods", undefined],
  ])("refuse %s of %j", async (pointer, methods) => {
    const shop = await newShop();
    const answer = await put(shop, methods);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe(pointer);
    expect(
      await count("SELECT json_array_length(payment_methods) n FROM tenants WHERE id = ?", shop.tenant.id),
    ).toBe(0);
  });

  it("are read and replaced in one round trip", async () => {
    const shop = await newShop();
    await get(shop.admin.token);
    expect(costOf(await get(shop.admin.token)).queries).toBe(1);
    expect(costOf(await put(shop, [bizum])).queries).toBe(1);
  });

  it("are read by staff and replaced by an ADMIN", async () => {
    const shop = await newShop();
    const people = [await newPerson(shop.tenant, "EMPLOYEE"), await newPerson(shop.tenant, "CUSTOMER")];
    const answers = await Promise.all(
      people.map(async ({ token }) => [
        (await get(token)).status,
        (await call("PUT", `${API}/payment-methods`, { token, json: { methods: [] } })).status,
      ]),
    );
    expect(answers).toEqual([
      [200, 403],
      [403, 403],
    ]);
  });

  it("of a request are built in or of the shop, and those that are not are named", () => {
    const named = (payment_method: string, methods: string[]) => () =>
      assertMethods({ payment_method, payments: methods.map((method) => ({ method })) }, [bizum]);
    expect(named("bizum", ["cash", "other"])).not.toThrow();
    expect(named("gift_card-2", ["cash", "check"])).toThrow(
      "#/payment_method: not a payment method of this shop; #/payments/1/method",
    );
  });
});
