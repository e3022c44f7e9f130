import { describe, expect, it } from "vitest";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { bytesOf, rowsOf } from "../support/exports.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { base, newPerson, newProduct, newShop } from "../support/shops.ts";

describe("the export of customers", () => {
  it("has accounts and customers of imports with their totals; only an ADMIN gets names and e-mails", async () => {
    const shop = await newShop();
    const employee = await newPerson(shop.tenant, "EMPLOYEE");
    const ana = await newPerson(shop.tenant, "CUSTOMER", "ana@example.com");
    const idle = await newPerson(shop.tenant, "CUSTOMER", "idle@example.com");
    await change("UPDATE customers SET phone = '600123123', tax_id = 'X1234567L' WHERE id = ?", ana.id);
    const { id } = await newProduct(shop, { price: 1250 });
    const sold = await call("POST", `${API}/sales`, {
      token: employee.token,
      json: { items: [{ product_id: id, quantity: 2 }], customer_id: ana.id },
    });
    const json = { items: [{ product_id: id, quantity: 1 }], reason: "torn" };
    await call("POST", `${API}/sales/${sold.body.id}/refunds`, { token: employee.token, json });
    await importFile(
      shop,
      fileOf([
        { invoice: "C0", customer: "=17850", date: "2026-03-01 10:00:00", price: "0.00", quantity: -1 },
        { invoice: "1", customer: "=17850", date: "2026-03-02 10:00:00", price: "2.50", quantity: 2 },
        { invoice: "2", customer: "=17850", date: "2026-03-05 10:00:00", price: "1.00" },
        { invoice: "3", customer: "9", date: "2026-03-05 10:00:00", price: "1.00" },
        { invoice: "4", date: "2026-03-05 10:00:00", price: "1.00" },
      ]),
    );
    const rows = rowsOf(await bytesOf(shop.admin.token, "/customers?format=csv"), {});
    expect(rows).toMatchObject([
      {
        customer_id: ana.id,
        customer_ref: "",
        name: "First Last",
        email: "ana@example.com",
        phone: "600123123",
        tax_id: "X1234567L",
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        first_day: sold.body.day,
        sales: "1",
        refunds: "1",
        units: "1",
        revenue: "12.50",
        currency: "EUR",
        last_day: sold.body.day,
      },
      {
        customer_id: idle.id,
        sales: "0",
        refunds: "0",
        units: "0",
        revenue: "0.00",
        first_day: "",
        last_day: "",
      },
      {
        customer_ref: "'=17850",
        sales: "2",
        refunds: "1",
        units: "2",
        revenue: "6.00",
        first_day: "2026-03-02",
        last_day: "2026-03-05",
      },
      { customer_ref: "9", name: "", sales: "1", revenue: "1.00", last_day: "2026-03-05" },
    ]);
    const seen = rowsOf(await bytesOf(employee.token, "/customers?format=csv&delimiter=tab"), {
      delimiter: "tab",
    });
    expect(seen).toHaveLength(4);
    for (const row of seen) expect(row).toMatchObject({ name: "", email: "", phone: "", tax_id: "" });
    expect((await call("GET", `${API}/customers`, { token: ana.token })).status).toBe(403);
  });

  it("has the first day of a sale that was completed", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const { id: product_id } = await newProduct(shop);
    const json = { items: [{ product_id, quantity: 1 }], customer_id: ana.id };
    const [sold, cancelled] = [
      await call("POST", `${API}/sales`, { token: shop.admin.token, json }),
      await call("POST", `${API}/sales`, { token: shop.admin.token, json }),
    ];
    await change(
      "UPDATE sales SET status = 'cancelled', day = '2026-01-01' WHERE tenant_id = ? AND id = ?",
      shop.tenant.id,
      cancelled.body.id,
    );
    const rows = rowsOf(await bytesOf(shop.admin.token, "/customers?format=csv"), {});
    expect(rows).toMatchObject([{ customer_id: ana.id, first_day: sold.body.day }]);
  });

  it("has a customer once, though a reference of old sales reads like their id", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    await change(
      "INSERT INTO customer_numbers (tenant_id, customer_key, is_account, number) VALUES (?, ?, 0, 7)",
      shop.tenant.id,
      ana.id,
    );
    const rows = rowsOf(await bytesOf(shop.admin.token, "/customers?format=csv"), {});
    expect(rows.map((row) => row["customer_id"])).toEqual([ana.id]);
  });

  it("has those that match a search, and none of another shop", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const add = async (of: typeof shop, name: string): Promise<string> =>
      (await call("POST", `${API}/customers`, { token: of.admin.token, json: { name } })).body.id;
    const nunez = await add(shop, "Begoña Núñez");
    await add(shop, "Ana Sol");
    await add(other, "Begoña Núñez");
    for (const [q, ids] of [
      ["bego nun", [nunez]],
      ["nobody", []],
      ["%22", []],
    ] as const) {
      const rows = rowsOf(await bytesOf(shop.admin.token, `/customers?format=csv&q=${q}`), {});
      expect(rows.map((row) => row["customer_id"])).toEqual(ids);
    }
  });

  it("leaves out the name of an erased account, whose sales remain", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const { id } = await newProduct(shop, { price: 1250 });
    await call("POST", `${API}/sales`, {
      token: shop.admin.token,
      json: { items: [{ product_id: id, quantity: 1 }], customer_id: ana.id },
    });
    const gone = await newPerson(shop.tenant, "CUSTOMER");
    for (const { token } of [ana, gone])
      expect(
        (await call("DELETE", `${API}/users/me`, { token, json: { password: "correct horse battery" } }))
          .status,
      ).toBeLessThan(300);
    expect(rowsOf(await bytesOf(shop.admin.token, "/customers?format=csv"), {})).toMatchObject([
      { customer_id: ana.id, name: "", email: "", sales: "1" },
    ]);
  });

  it("has every customer once, over several pages, as has that of RFM by what they paid", async () => {
    const shop = await newShop();
    const rows = Array.from({ length: 1203 }, (_, at) => ({
      invoice: String(at),
      customer: `K${at}`,
      sku: "A",
      price: String(1 + (at % 7)),
      // Later customers of the first country get the lower numbers.
      country: at < 600 ? "Spain" : "France",
    }));
    await importFile(shop, fileOf(rows));
    const refs = rowsOf(await bytesOf(shop.admin.token, "/customers?format=csv"), {}).map(
      (row) => row["customer_ref"],
    );
    expect(refs.map(String).toSorted()).toEqual(rows.map(({ customer }) => customer).toSorted());
    await rebuildDirtyDays(base(), shop.tenant.id);
    const ranked = rowsOf(await bytesOf(shop.admin.token, "/metrics/rfm?format=csv"), {});
    const keys = ranked.map((row) => `${100 - Number(row["monetary"])} ${row["customer_id"]}`);
    expect(keys).toEqual([...new Set(keys)].toSorted());
    expect(keys).toHaveLength(rows.length);
  });

  it("reads some rows a customer, whatever they bought", async () => {
    const shop = await newShop();
    const rows = Array.from({ length: 3000 }, (_, at) => ({
      invoice: String(at),
      date: `2026-0${1 + (at % 9)}-1${at % 10} 10:00`,
      customer: `K${at % 500}`,
      sku: "A",
    }));
    await importFile(shop, fileOf(rows));
    const answer = await call("GET", `${API}/customers?format=csv`, { token: shop.admin.token });
    expect(answer.text.trim().split("\r\n").length).toBe(501);
    expect(costOf(answer).read).toBeLessThan(6 * 500);
  });
});
