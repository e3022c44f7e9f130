// The customers of imported sales: found by e-mail or reference, added once, and removed by the undo of the only import that has them.
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { API, call } from "../support/client.ts";
import { change } from "../support/change.ts";
import { between, rowsOf } from "../support/d1.ts";
import { fileOf, importFile, storeImport, waitForImport } from "../support/imports.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const customersOf = (shop: Shop) =>
  rowsOf(
    `SELECT id, external_ref, email, name, merged_into FROM customers WHERE tenant_id = ? AND added_by_import IS NOT NULL
      ORDER BY coalesce(external_ref, email)`,
    shop.tenant.id,
  );

const buyersOf = async (shop: Shop) => {
  const sales = await rowsOf(
    "SELECT external_ref, customer_id, customer_ref FROM sales WHERE tenant_id = ? AND channel = 'import' ORDER BY external_ref",
    shop.tenant.id,
  );
  return new Map(sales.map((sale) => [sale["external_ref"], sale]));
};

const HEADER = "Order ID,SKU,Item,Qty,Date,Price,Customer ID,Customer Email,Customer Name";

const orders = (...rows: string[]): string => [HEADER, ...rows, ""].join("\n");

const undo = async (shop: Shop, id: string) => {
  await call("DELETE", `${API}/imports/${id}`, { token: shop.admin.token });
  return waitForImport(shop.admin.token, id);
};

describe("the customers of imported sales", () => {
  it("are added by reference or e-mail, each once, and keep the text of the file", async () => {
    const shop = await newShop();
    const file = fileOf([
      { invoice: "1", customer: "17850" },
      { invoice: "2", customer: "17850" },
      { invoice: "3", customer: "Ana@Example.com" },
      { invoice: "4", customer: "ana@example.COM" },
      { invoice: "5", customer: "Luis Gil" },
      { invoice: "6" },
    ]);
    await importFile(shop, file);
    expect(await customersOf(shop)).toMatchObject([
      { external_ref: "17850", email: null, name: null },
      { external_ref: "Luis Gil", email: null, name: "Luis Gil" },
      { external_ref: null, email: "ana@example.com", name: null },
    ]);
    const buyers = await buyersOf(shop);
    const idOf = (invoice: string) => buyers.get(invoice)?.["customer_id"];
    expect(idOf("2")).toBe(idOf("1"));
    expect(idOf("4")).toBe(idOf("3"));
    expect(buyers.get("4")?.["customer_ref"]).toBe("ana@example.COM");
    expect(buyers.get("6")).toMatchObject({ customer_id: null, customer_ref: null });
    await importFile(shop, fileOf([{ invoice: "7", customer: "17850" }]));
    expect((await buyersOf(shop)).get("7")?.["customer_id"]).toBe(idOf("1"));
    expect(await customersOf(shop)).toHaveLength(3);
  });

  it("are accounts with a confirmed e-mail, not those that only claim it", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER", "ana@example.com");
    const eve = await newPerson(shop.tenant, "CUSTOMER", "victim@example.com");
    await change("UPDATE customers SET email = 'ana@example.com' WHERE id = ?", ana.id);
    await importFile(
      shop,
      fileOf([
        { invoice: "1", customer: "ANA@example.com" },
        { invoice: "2", customer: "victim@example.com" },
      ]),
    );
    const buyers = await buyersOf(shop);
    expect(buyers.get("1")?.["customer_id"]).toBe(ana.id);
    expect(buyers.get("2")?.["customer_id"]).not.toBe(eve.id);
    expect(await customersOf(shop)).toMatchObject([{ email: "victim@example.com" }]);
    expect((await call("GET", `${API}/purchases`, { token: eve.token })).body.data).toEqual([]);
  });

  it("are never those whose id the file happens to have as a reference", async () => {
    const shop = await newShop();
    const eve = await newPerson(shop.tenant, "CUSTOMER");
    await importFile(shop, fileOf([{ invoice: "1", customer: eve.id }]));
    const [record] = await customersOf(shop);
    expect(record).toMatchObject({ external_ref: eve.id });
    expect(record?.["id"]).not.toBe(eve.id);
    expect((await call("GET", `${API}/purchases`, { token: eve.token })).body.data).toEqual([]);
    const { body } = await call("GET", `${API}/metrics/top-customers`, { token: shop.admin.token });
    expect(body.data).toMatchObject([{ customer_id: record?.["id"], customer_ref: eve.id }]);
  });

  it("have the name and e-mail of the file; a reference of a known e-mail leads to its customer", async () => {
    const shop = await newShop();
    await importFile(
      shop,
      orders(
        "1,A,Thing,1,2026-03-02,1.00,C7,Ana@example.com,Ana García",
        "2,A,Thing,1,2026-03-02,1.00,,Luis@example.com,Luis",
      ),
    );
    const [c7, luis] = await customersOf(shop);
    expect(c7).toMatchObject({ external_ref: "C7", email: "ana@example.com", name: "Ana García" });
    expect(luis).toMatchObject({ external_ref: null, email: "luis@example.com", name: "Luis" });
    await importFile(shop, orders("3,A,Thing,1,2026-03-03,1.00,C8,luis@example.com,Other"));
    expect((await customersOf(shop))[1]).toMatchObject({
      external_ref: "C8",
      email: null,
      name: null,
      merged_into: luis?.["id"],
    });
    await importFile(shop, orders("4,A,Thing,1,2026-03-04,1.00,C8,,"));
    const buyers = await buyersOf(shop);
    for (const invoice of ["2", "3", "4"]) expect(buyers.get(invoice)?.["customer_id"]).toBe(luis?.["id"]);
  });

  it("have the name of the first row of their invoice that has one", async () => {
    const shop = await newShop();
    const row = (name: string, customer = "C-1") => `1,A,A thing,1,2026-03-02,1.00,${customer},,${name}`;
    await importFile(shop, orders(row(""), row("Eva Gil", ""), row("E. Gil")));
    expect(await customersOf(shop)).toMatchObject([{ external_ref: "C-1", name: "Eva Gil" }]);
  });

  it("have the e-mail of the first row that has one, of their invoice or of another one", async () => {
    const shop = await newShop();
    const row = (invoice: string, customer: string, email: string, name: string) =>
      `${invoice},A,A thing,1,2026-03-02,1.00,${customer},${email},${name}`;
    await importFile(
      shop,
      orders(
        row("1", "C-1", "", ""),
        row("1", "C-1", "eva@example.com", ""),
        row("2", "C-2", "", "Luis Gil"),
        row("3", "C-2", "luis@example.com", ""),
        row("4", "C-2", "later@example.com", "L. Gil"),
      ),
    );
    expect(await customersOf(shop)).toMatchObject([
      { external_ref: "C-1", email: "eva@example.com", name: null },
      { external_ref: "C-2", email: "luis@example.com", name: "Luis Gil" },
    ]);
  });

  it("are the record into which theirs was merged", async () => {
    const shop = await newShop();
    await importFile(
      shop,
      fileOf([
        { invoice: "1", customer: "A" },
        { invoice: "2", customer: "B" },
      ]),
    );
    const [a, b] = await customersOf(shop);
    await change("UPDATE customers SET merged_into = ? WHERE id = ?", b?.["id"], a?.["id"]);
    await importFile(shop, fileOf([{ invoice: "3", customer: "A" }]));
    expect((await buyersOf(shop)).get("3")?.["customer_id"]).toBe(b?.["id"]);
  });

  it("are added once by imports that run at the same time", async () => {
    const shop = await newShop();
    const first = await storeImport(
      shop.admin.ctx(),
      fileOf([{ invoice: "1", customer: "ana@example.com" }]),
    );
    const second = await storeImport(
      shop.admin.ctx(),
      fileOf([{ invoice: "2", customer: "ana@example.com" }]),
    );
    // After the first one has read what the shop has, and before it stores its rows.
    const ctx = between(base(), {
      before: async (nth) => {
        if (nth === 2) await runImport(base(), shop.tenant, second);
      },
    });
    await runImport(ctx, shop.tenant, first);
    expect(await customersOf(shop)).toHaveLength(1);
    const buyers = await buyersOf(shop);
    expect(buyers.get("1")?.["customer_id"]).toBe(buyers.get("2")?.["customer_id"]);
    expect((await env.DB.prepare("PRAGMA foreign_key_check").all()).results).toEqual([]);
  });

  it("are removed by the undo of the only import that has them", async () => {
    const shop = await newShop();
    const names = ["gone", "later", "edited", "counter", "merged"];
    const first = await importFile(
      shop,
      fileOf(names.map((customer, at) => ({ invoice: String(at), customer }))),
    );
    await importFile(shop, fileOf([{ invoice: "x", customer: "later" }]));
    const idOf = async (ref: string) =>
      (await customersOf(shop)).find((row) => row["external_ref"] === ref)?.["id"];
    await change(
      "UPDATE customers SET note = 'VIP', version = version + 1 WHERE id = ?",
      await idOf("edited"),
    );
    await change(
      "UPDATE customers SET merged_into = ?, version = version + 1 WHERE id = ?",
      await idOf("counter"),
      await idOf("merged"),
    );
    const product = await newProduct(shop);
    const ctx = shop.admin.ctx();
    await ctx.db.run(sql`UPDATE users SET is_active = 1 WHERE id = ${String(await idOf("counter"))}`);
    const sold = await call("POST", `${API}/sales`, {
      token: shop.admin.token,
      json: { items: [{ product_id: product.id, quantity: 1 }], customer_id: await idOf("counter") },
    });
    expect(sold.status).toBe(201);
    expect(await undo(shop, first.id)).toMatchObject({
      status: "undone",
      undone_sales: 5,
      undone_customers: 1,
    });
    expect((await customersOf(shop)).map((row) => row["external_ref"])).toEqual([
      "counter",
      "edited",
      "later",
      "merged",
    ]);
    await importFile(shop, fileOf([{ invoice: "1", customer: "gone" }]));
    expect(await customersOf(shop)).toHaveLength(5);
  });

  it("counts as new in a dry run if neither a record nor an older sale has them", async () => {
    const shop = await newShop();
    await importFile(
      shop,
      fileOf([
        { invoice: "1", customer: "A" },
        { invoice: "2", customer: "ana@example.com" },
      ]),
    );
    const raw = fileOf(
      ["A", "B", "ANA@example.com", "b@example.com", "B@example.com"].map((customer, at) => ({
        invoice: `n${at}`,
        customer,
      })),
    );
    const { body } = await call("POST", `${API}/imports?kind=sales&dry_run=true`, {
      token: shop.admin.token,
      raw,
      headers: { "content-type": "text/csv" },
    });
    expect(body.new_customers).toBe(2);
  });
});
