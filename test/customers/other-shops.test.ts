import { describe, expect, it } from "vitest";
import { eraseUser } from "../../src/erasure/account.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { setMissingCustomers } from "../../src/rollups/references.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { base, newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";

const add = async ({ admin }: Shop, name: string): Promise<string> =>
  (await call("POST", `${API}/customers`, { token: admin.token, json: { name } })).body.id;

const erase = ({ admin }: Shop, id: string) =>
  call("DELETE", `${API}/customers/${id}`, { token: admin.token });

const merge = ({ admin }: Shop, id: string, into: string) =>
  call("POST", `${API}/customers/${id}/merge`, { token: admin.token, json: { into } });

const exportedIds = async (token: string): Promise<string[]> =>
  (await call("GET", `${API}/customers/me/export`, { token })).body.customer.map(
    ({ id }: { id: string }) => id,
  );

describe("beside shops whose customers have the same ids", () => {
  it("an account without a record is the customer of its sales, though theirs was merged", async () => {
    const shop = await newShop();
    const { id } = await newPerson(shop.tenant, "EMPLOYEE");
    const other = await add(shop, "Ana");
    const product = await newProduct(shop);
    await addTwins(shop.tenant);
    await change(
      `INSERT INTO customers (tenant_id, id, merged_into, created_at, updated_at)
        SELECT tenant_id, ?1, id, created_at, updated_at FROM customers WHERE tenant_id <> ?3 AND id = ?2`,
      id,
      other,
      shop.tenant.id,
    );
    const json = { items: [{ product_id: product.id, quantity: 1 }], customer_id: id };
    const { body } = await call("POST", `${API}/sales`, { token: shop.admin.token, json });
    expect(body.customer_id).toBe(id);
  });

  it("an erased customer is not found", async () => {
    const shop = await newShop();
    const id = await add(shop, "Ana");
    await addTwins(shop.tenant);
    await erase(shop, id);
    const { status } = await call("GET", `${API}/customers/${id}`, { token: shop.admin.token });
    expect(status).toBe(404);
  });

  it("nobody is merged into an erased customer", async () => {
    const shop = await newShop();
    const [from, into] = [await add(shop, "Ana"), await add(shop, "Ana Sol")];
    await addTwins(shop.tenant);
    await erase(shop, into);
    const before = await twinRows();
    const { status, body } = await merge(shop, from, into);
    expect([status, body.type]).toEqual([409, "/problems/unknown-customer"]);
    expect(await twinRows()).toEqual(before);
  });

  it("an erasure does not wait for a merge of theirs", async () => {
    const shop = await newShop();
    const { id } = await newPerson(shop.tenant, "CUSTOMER");
    const other = await add(shop, "Ana");
    await addTwins(shop.tenant);
    await change(
      `INSERT INTO customer_merges (tenant_id, from_id, into_id, due_at)
        SELECT tenant_id, id, ?, '9999' FROM customers WHERE tenant_id <> ? AND id = ?`,
      id,
      shop.tenant.id,
      other,
    );
    await eraseUser(shop.admin.ctx(), id);
    for (let page = 1; page <= 5; page += 1)
      await resumeErasures(base(new Date(Date.now() + page * 20 * 60_000)));
    expect(await count("SELECT count(*) n FROM erasures WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("an export has the records that were merged in this shop", async () => {
    const shop = await newShop();
    const { id, token } = await newPerson(shop.tenant, "CUSTOMER");
    const other = await add(shop, "Ana");
    await addTwins(shop.tenant);
    await change(
      "UPDATE customers SET merged_into = ? WHERE tenant_id <> ? AND id = ?",
      id,
      shop.tenant.id,
      other,
    );
    expect(await exportedIds(token)).toEqual([id]);
  });
});

it("an export has no record that was merged into another customer", async () => {
  const shop = await newShop();
  const { id, token } = await newPerson(shop.tenant, "CUSTOMER");
  await merge(shop, await add(shop, "Ana"), await add(shop, "Ana Sol"));
  expect(await exportedIds(token)).toEqual([id]);
});

it("a search finds no customer of another shop, whose name has the words of the index", async () => {
  const [shop, other] = [await newShop(), await newShop()];
  await add(other, `;${shop.tenant.id.replaceAll("-", "")}ana`);
  const { body } = await call("GET", `${API}/customers?q=ana`, { token: shop.admin.token });
  expect(body.data).toEqual([]);
});

it("a reference becomes a customer of each shop that has it", async () => {
  for (const shop of [await newShop(), await newShop()]) {
    const { id } = await newProduct(shop);
    await sellOne(shop.admin.token, id);
    await change("UPDATE sales SET customer_ref = '17850' WHERE tenant_id = ?", shop.tenant.id);
    await setMissingCustomers(base(), "", shop.tenant.id);
    expect(await rowsOf("SELECT external_ref FROM customers WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { external_ref: "17850" },
    ]);
  }
});
