import { describe, expect, it } from "vitest";
import { addUser, getUser } from "../../../src/auth/accounts/users.ts";
import { changeShop } from "../../../src/auth/shops/profile.ts";
import { newId } from "../../../src/values/ids.ts";
import { API, call } from "../../support/client.ts";
import { count, failureOf, rowsOf } from "../../support/d1.ts";
import { base, newProduct, newShop, PASSWORD } from "../../support/shops.ts";
import { addTwins } from "../../support/twins.ts";
import { change } from "../../support/change.ts";

it("a shop that requires no If-Match changes rows without it, though others require it", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop);
  await addTwins(shop.tenant);
  await change("UPDATE tenants SET require_if_match = 1 WHERE id <> ?", shop.tenant.id);
  const json = { title: "Another book" };
  const { status } = await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json });
  expect(status).toBe(200);
});

it("a shop that requires If-Match keeps what a change without it would replace, though others require none", async () => {
  const [, shop] = [await newShop(), await newShop()];
  const { id } = await newProduct(shop);
  await change("UPDATE tenants SET require_if_match = 1 WHERE id = ?", shop.tenant.id);
  const json = { title: "Another book" };
  const path = `${API}/products/${id}`;
  expect((await call("PATCH", path, { token: shop.admin.token, json })).status).toBe(428);
  const { body } = await call("GET", path, { token: shop.admin.token });
  expect(body.title).not.toBe("Another book");
});

it("a sale is not paid by one method that the shop does not have", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop);
  const json = { items: [{ product_id: id, quantity: 1 }], payment_method: "barter" };
  const { status, body } = await call("POST", `${API}/sales`, { token: shop.admin.token, json });
  expect([status, body.errors]).toMatchObject([422, [{ pointer: "#/payment_method" }]]);
});

it.each([{ currency: "USD" }, { timezone: "Europe/Lisbon" }])(
  "cached figures are read again after %j",
  async (patch) => {
    const shop = await newShop();
    const revision = () => count("SELECT revision n FROM tenants WHERE id = ?", shop.tenant.id);
    const before = await revision();
    await changeShop(shop.admin.ctx(), patch);
    expect(await revision()).toBe(before + 1);
  },
);

describe("an account", () => {
  const person = { email: "ana@example.com", password: PASSWORD, first_name: "Ana", last_name: "Sol" };

  it.each([
    ["user.registered", false],
    ["user.added", true],
  ])("is in the audit log as %s", async (action, isByStaff) => {
    const { tenant, admin } = await newShop();
    const by = isByStaff ? { id: admin.id } : null;
    const { value } = await addUser(base(), tenant.id, by, person, "CUSTOMER", undefined);
    expect(
      await rowsOf("SELECT action FROM audit_log WHERE tenant_id = ? AND entity_id = ?", tenant.id, value.id),
    ).toEqual([{ action }]);
  });

  it("that does not exist is not found", async () => {
    const { tenant } = await newShop();
    expect(await failureOf(getUser(base(), tenant.id, newId()))).toMatchObject({ slug: "not-found" });
  });
});

it("a change of the settings is recorded with the values before it of this shop, not of another", async () => {
  const shops = [await newShop(), await newShop()];
  const set = (token: string, idle_minutes: number) =>
    call("PATCH", `${API}/settings`, { token, json: { idle_minutes } });
  for (const [at, { admin }] of shops.entries()) await set(admin.token, 20 + at);
  for (const [at, { admin, tenant }] of shops.entries()) {
    await set(admin.token, 30);
    expect(
      await rowsOf(
        "SELECT before FROM audit_log WHERE tenant_id = ? AND after ->> 'idle_minutes' = 30",
        tenant.id,
      ),
    ).toEqual([{ before: `{"idle_minutes":${20 + at}}` }]);
  }
});
