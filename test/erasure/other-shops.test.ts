import { describe, expect, it } from "vitest";
import { eraseUser } from "../../src/erasure/account.ts";
import { eraseReimported } from "../../src/erasure/reimported.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { runImport } from "../../src/imports/consume.ts";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { fullShop, listedIds } from "../support/full-shop.ts";
import { storeImport } from "../support/imports.ts";
import { mailsTo } from "../support/mails.ts";
import { buyOne, confirm, putInCart } from "../support/purchases.ts";
import { base, newPerson, newShop, PASSWORD, type Person, type Shop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";

/** A customer with rows in what a shop stores about people. */
async function newCustomer(shop: Shop, product: string): Promise<Person> {
  const ana = await newPerson(shop.tenant, "CUSTOMER", "ana@example.com");
  const { token } = shop.admin;
  await call("PUT", `${API}/favorites/${product}`, { token: ana.token });
  await call("PUT", `${API}/wishlist/${product}`, { token: ana.token, json: { priority: 4 } });
  await call("PATCH", `${API}/customers/${ana.id}`, { token, json: { note: "Collects on Mondays" } });
  const address = { name: "Ana", lines: ["Calle 1"], city: "Madrid", postal_code: "28013", country: "ES" };
  const { body } = await buyOne(ana.token, product, 1, { shipping_address: address });
  await confirm(shop, body.id);
  const json = { items: [{ product_id: product, quantity: 1 }], customer_id: ana.id };
  await call("POST", `${API}/sales`, { token, json });
  const record = await call("POST", `${API}/customers`, { token, json: { name: "A. Sol" } });
  await call("POST", `${API}/customers/${record.body.id}/merge`, { token, json: { into: ana.id } });
  await moveMergedSales(base(new Date(Date.now() + 1000)));
  await call("POST", `${API}/auth/password/forgot`, {
    json: { tenant: shop.tenant.slug, email: ana.email },
  });
  await putInCart(ana.token, product);
  await mailsTo(shop, "");
  return ana;
}

it("erasing a customer leaves the rows of other shops whose people have the same ids", async () => {
  const shop = await fullShop();
  const { product } = await listedIds(shop);
  const { id } = await newCustomer(shop, product);
  await addTwins(shop.tenant);
  const before = await twinRows();
  await eraseUser(shop.admin.ctx(), id);
  const openErasures = () => count("SELECT count(*) n FROM erasures WHERE tenant_id = ?", shop.tenant.id);
  expect(await openErasures()).toBeGreaterThan(0);
  for (let page = 1; page <= 9; page += 1)
    await resumeErasures(base(new Date(Date.now() + page * 20 * 60_000)));
  expect(await openErasures()).toBe(0);
  expect(await twinRows()).toEqual(before);
});

const ANA = "ana@example.com";

const add = async ({ admin: { token } }: Shop, json: Record<string, unknown>): Promise<string> =>
  (await call("POST", `${API}/customers`, { token, json: { name: "Ana", ...json } })).body.id;

async function merge({ admin: { token } }: Shop, id: string, into: string): Promise<void> {
  await call("POST", `${API}/customers/${id}/merge`, { token, json: { into } });
  await moveMergedSales(base(new Date(Date.now() + 1000)));
}

const erase = ({ admin: { token } }: Shop, id: string) => call("DELETE", `${API}/customers/${id}`, { token });

const statusOf = async ({ admin: { token } }: Shop, id: string): Promise<number> =>
  (await call("GET", `${API}/customers/${id}`, { token })).status;

const erasuresOf = async ({ tenant }: Shop) =>
  (await rowsOf("SELECT user_id FROM erasures WHERE tenant_id = ? ORDER BY user_id", tenant.id)).map(
    ({ user_id }) => user_id,
  );

const inMinutes = (minutes: number) => base(new Date(Date.now() + minutes * 60_000));

describe("beside shops whose customers have the same ids", () => {
  it("a customer with an account is not erased as a record, though theirs has none", async () => {
    const shop = await newShop();
    const { id, token } = await newPerson(shop.tenant, "CUSTOMER");
    await addTwins(shop.tenant);
    await change("UPDATE users SET has_login = 0 WHERE tenant_id <> ? AND id = ?", shop.tenant.id, id);
    expect((await erase(shop, id)).body.type).toBe("/problems/belongs-to-account");
    expect((await call("GET", `${API}/auth/me`, { token })).status).toBe(200);
  });

  it("a merged record is erased with the one that replaced it, though theirs has an account", async () => {
    const shop = await newShop();
    const [from, into] = [await add(shop, {}), await add(shop, {})];
    await merge(shop, from, into);
    await addTwins(shop.tenant);
    await change("UPDATE users SET has_login = 1 WHERE tenant_id <> ? AND id = ?", shop.tenant.id, into);
    expect((await erase(shop, from)).status).toBe(204);
    expect(await erasuresOf(shop)).toEqual([from, into]);
  });

  it("records that were merged in theirs are not erased", async () => {
    const shop = await newShop();
    const [merged, into, other] = [await add(shop, {}), await add(shop, {}), await add(shop, {})];
    await merge(shop, merged, into);
    await addTwins(shop.tenant);
    await change(
      "UPDATE customers SET merged_into = ? WHERE tenant_id <> ? AND id = ?",
      into,
      shop.tenant.id,
      other,
    );
    const before = await twinRows();
    expect((await erase(shop, into)).status).toBe(204);
    expect(await erasuresOf(shop)).toEqual([merged, into]);
    expect(await statusOf(shop, other)).toBe(200);
    expect(await twinRows()).toEqual(before);
  });

  it("an erasure has the address of this shop", async () => {
    const shop = await newShop();
    const id = await add(shop, { email: ANA });
    await addTwins(shop.tenant);
    await change(
      "UPDATE customers SET rowid = -rowid, email = 'twin@example.com' WHERE tenant_id <> ? AND id = ?",
      shop.tenant.id,
      id,
    );
    await erase(shop, id);
    expect(await rowsOf("SELECT email FROM erasures WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { email: ANA },
    ]);
  });

  it("an export has the mails to the address of this shop", async () => {
    const shop = await newShop();
    const { id, token } = await newPerson(shop.tenant, "CUSTOMER", ANA);
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", id);
    await addTwins(shop.tenant);
    await change(
      "UPDATE users SET email = 'twin-' || email WHERE tenant_id <> ? AND id = ?",
      shop.tenant.id,
      id,
    );
    for (const recipient of [ANA, `twin-${ANA}`])
      await change(
        `INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, status, due_at, created_at)
          VALUES (?1, ?2, 'receipt', ?2, ?2, ?2, 'sent', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')`,
        shop.tenant.id,
        recipient,
      );
    const { body } = await call("GET", `${API}/customers/me/export`, { token });
    expect(body.mails).toMatchObject([{ recipient: ANA }]);
  });

  it("an erasure that is due leaves theirs", async () => {
    const shop = await newShop();
    const id = await add(shop, {});
    await erase(shop, id);
    await addTwins(shop.tenant);
    await change("UPDATE erasures SET due_at = '9999' WHERE tenant_id <> ?", shop.tenant.id);
    const before = await twinRows();
    await resumeErasures(inMinutes(2), 100);
    expect(await erasuresOf(shop)).toEqual([]);
    expect(await twinRows()).toEqual(before);
  });
});

const FILE = [
  "Order ID,SKU,Item,Qty,Date,Price,Customer Email",
  `1,A,Thing,1,2026-03-02,1.00,${ANA}`,
  "",
].join("\n");

/** A shop in which an import has added a customer again, whose erasure waits for it, and another customer. */
async function reimported() {
  const shop = await newShop();
  const { id: erased } = await newPerson(shop.tenant, "CUSTOMER", ANA);
  await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", erased);
  const other = await add(shop, { name: "Eva", email: "eva@example.com" });
  const importId = await storeImport(shop.admin.ctx(), FILE);
  await eraseUser(shop.admin.ctx(), erased);
  await runImport(base(), shop.tenant, importId);
  const [row] = await rowsOf(
    "SELECT id FROM customers WHERE tenant_id = ? AND added_by_import IS NOT NULL",
    shop.tenant.id,
  );
  await addTwins(shop.tenant);
  await change("UPDATE erasures SET due_at = '9999' WHERE tenant_id <> ?", shop.tenant.id);
  return {
    shop,
    other,
    erased,
    added: String(row?.["id"]),
    resume: () => resumeErasures(inMinutes(20), 100),
  };
}

describe("beside shops in which a file has added the same customer again", () => {
  it("the record of this shop is erased, and theirs stays", async () => {
    const { shop, added, resume } = await reimported();
    await change("UPDATE sales SET import_id = NULL WHERE tenant_id <> ?", shop.tenant.id);
    const before = await twinRows();
    await resume();
    expect(await statusOf(shop, added)).toBe(404);
    expect(await twinRows()).toEqual(before);
  });

  it("the record is erased though all happened at one instant", async () => {
    const { shop, erased, added, resume } = await reimported();
    const { tenant } = shop;
    const instant = "(SELECT erased_at FROM users u WHERE u.tenant_id = ?1 AND u.id = ?2)";
    await change(`UPDATE imports SET created_at = ${instant} WHERE tenant_id = ?1`, tenant.id, erased);
    await change(
      `UPDATE customers SET created_at = ${instant} WHERE tenant_id = ?1 AND id = ?3`,
      tenant.id,
      erased,
      added,
    );
    await resume();
    expect(await statusOf(shop, added)).toBe(404);
  });

  it("the record stays if it was there before the erasure", async () => {
    const { shop, added, resume } = await reimported();
    await change(
      "UPDATE customers SET created_at = '2020-01-01T00:00:00.000Z' WHERE tenant_id = ? AND id = ?",
      shop.tenant.id,
      added,
    );
    await resume();
    expect(await statusOf(shop, added)).toBe(200);
  });

  it("its erasure has the address of this shop, and no record that was merged in theirs", async () => {
    const { shop, other, added, resume } = await reimported();
    await change(
      "UPDATE customers SET rowid = -rowid, email = 'twin@example.com' WHERE tenant_id <> ? AND id = ?",
      shop.tenant.id,
      added,
    );
    await change(
      "UPDATE customers SET merged_into = ? WHERE tenant_id <> ? AND id = ?",
      added,
      shop.tenant.id,
      other,
    );
    await resume();
    expect(await statusOf(shop, other)).toBe(200);
    expect(await rowsOf("SELECT user_id, email FROM erasures WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { user_id: added, email: ANA },
    ]);
  });

  it.each([
    [
      "address",
      "UPDATE customers SET email = 'sol@example.com' WHERE tenant_id = ? AND email = 'ana@example.com'",
    ],
    ["import", "UPDATE imports SET created_at = '2099-01-01T00:00:00.000Z' WHERE tenant_id = ?"],
  ])("a record with another %s in this shop stays", async (_, statement) => {
    const { shop, added, resume } = await reimported();
    await change(statement, shop.tenant.id);
    await resume();
    expect(await statusOf(shop, added)).toBe(200);
  });

  it("the record was erased when the first of two sweeps at once erased it", async () => {
    const { shop, erased, added } = await reimported();
    const erasure = { tenant_id: shop.tenant.id, user_id: erased, email: ANA, after: "" };
    const [first, second] = [inMinutes(20), inMinutes(21)];
    const batches = [await eraseReimported(first, erasure), await eraseReimported(second, erasure)];
    for (const batch of batches) await base().db.batch(batch?.statements ?? []);
    expect(
      await rowsOf("SELECT erased_at FROM users WHERE tenant_id = ? AND id = ?", shop.tenant.id, added),
    ).toEqual([{ erased_at: first.now.toISOString() }]);
  });

  it("the record stays if it was merged into another customer", async () => {
    const { shop, other, added, resume } = await reimported();
    await merge(shop, added, other);
    await resume();
    expect(await statusOf(shop, added)).toBe(200);
    expect(await erasuresOf(shop)).toEqual([]);
  });

  it("no record is erased that was merged into another customer of this shop", async () => {
    const { shop, other, added, resume } = await reimported();
    await merge(shop, await add(shop, { name: "Mar" }), other);
    await resume();
    expect(await statusOf(shop, added)).toBe(404);
    expect(await rowsOf("SELECT user_id FROM erasures WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { user_id: added },
    ]);
  });
});

describe("beside others of the shop", () => {
  it("a customer with an account is not erased as a record", async () => {
    const shop = await newShop();
    await add(shop, {});
    const { id, token } = await newPerson(shop.tenant, "CUSTOMER");
    expect((await erase(shop, id)).body.type).toBe("/problems/belongs-to-account");
    expect((await call("GET", `${API}/auth/me`, { token })).status).toBe(200);
  });

  it("a merged record is erased with the one that replaced it, and no other", async () => {
    const shop = await newShop();
    const [from, into] = [await add(shop, {}), await add(shop, {})];
    const [other, another] = [await add(shop, {}), await add(shop, {})];
    await merge(shop, from, into);
    await merge(shop, other, another);
    expect((await erase(shop, from)).status).toBe(204);
    expect(await statusOf(shop, into)).toBe(404);
    expect(await erasuresOf(shop)).toEqual([from, into]);
    expect(
      await rowsOf(
        "SELECT id FROM users WHERE tenant_id = ? AND erased_at IS NOT NULL ORDER BY id",
        shop.tenant.id,
      ),
    ).toEqual([{ id: from }, { id: into }]);
  });

  it("a record that staff have added since stays, though a file was uploaded before the erasure", async () => {
    const shop = await newShop();
    const { id } = await newPerson(shop.tenant, "CUSTOMER", ANA);
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", id);
    await storeImport(shop.admin.ctx(), FILE);
    await eraseUser(shop.admin.ctx(), id);
    const added = await add(shop, { email: ANA });
    const erasure = { tenant_id: shop.tenant.id, user_id: id, email: ANA, after: "" };
    expect(await eraseReimported(base(), erasure)).toEqual({ statements: [], after: null });
    expect(await statusOf(shop, added)).toBe(200);
  });

  it("an account is erased at once with what is stored under its address", async () => {
    const shop = await newShop();
    for (const email of [ANA, "eva@example.com"]) {
      const json = { tenant: shop.tenant.slug, email, password: PASSWORD, first_name: "A", last_name: "B" };
      const headers = { "idempotency-key": "k" };
      const { body } = await call("POST", `${API}/auth/register`, { headers, json });
      await eraseUser(shop.admin.ctx(), body.id);
      expect(await count("SELECT count(*) n FROM idempotency_keys WHERE tenant_id = ?", shop.tenant.id)).toBe(
        0,
      );
    }
  });
});
