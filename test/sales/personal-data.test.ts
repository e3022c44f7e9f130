import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { personalData } from "../../src/sales/personal-data.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { base, newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";
import { addTwins } from "../support/twins.ts";

const exportedSale = z.object({
  id: z.string(),
  number: z.string(),
  payments: z.array(z.object({ method: z.string(), amount: z.number() })),
});
const dataRow = z.object({
  data: z.string().transform((text) => exportedSale.parse(JSON.parse(text))),
});

const post = ({ admin: { token } }: Shop, path: string, json: object) =>
  call("POST", `${API}${path}`, { token, json });

describe("what a shop stores about the sales of a customer", () => {
  const erase = (shop: Shop, user_id: string, after = "") =>
    personalData.steps?.["sales"]?.(base(), { tenant_id: shop.tenant.id, user_id, email: "", after });

  /** A sale to a customer and one whose imported reference reads like the id of the customer; both have references. */
  async function soldTo() {
    const shop = await newShop();
    const { id: product_id } = await newProduct(shop, { stock: 10 });
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const items = [{ product_id, quantity: 1 }];
    const sale = (await post(shop, "/sales", { items, customer_id: ana.id })).body;
    const imported = (await post(shop, "/sales", { items })).body;
    const refer = (reference: string, id: string) =>
      change(
        "UPDATE sales SET customer_ref = ? WHERE tenant_id = ? AND id = ?",
        reference,
        shop.tenant.id,
        id,
      );
    await refer("17850", sale.id);
    await refer(ana.id, imported.id);
    const references = async () =>
      Object.fromEntries(
        (await rowsOf("SELECT id, customer_ref FROM sales WHERE tenant_id = ?", shop.tenant.id)).map(
          ({ id, customer_ref }) => [id, customer_ref],
        ),
      );
    return { shop, ana, sale, imported, references };
  }

  it("is erased where it names the customer, not where a reference reads like the id", async () => {
    const { shop, ana, sale, imported, references } = await soldTo();
    const batch = await erase(shop, ana.id);
    expect(batch?.after).toBeNull();
    await base().db.batch(batch?.statements ?? []);
    expect(await references()).toEqual({ [sale.id]: null, [imported.id]: ana.id });
  });

  it("is erased with the mails about the sales, to whatever address, and not those about others", async () => {
    const { shop, ana, sale, imported } = await soldTo();
    for (const { id } of [sale, imported])
      await post(shop, `/sales/${id}/receipt/mail`, { email: "a.friend@example.com" });
    // Also those about a sale of which nothing else is erased.
    await change("UPDATE sales SET customer_ref = NULL WHERE id = ?", sale.id);
    const batch = await erase(shop, ana.id);
    await base().db.batch(batch?.statements ?? []);
    expect(await rowsOf("SELECT subject_id FROM mails WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { subject_id: imported.id },
    ]);
  });

  it("stays with a sale that has gone to another customer since it was read", async () => {
    const { shop, ana, sale, imported, references } = await soldTo();
    const other = await newPerson(shop.tenant, "CUSTOMER");
    const batch = await erase(shop, ana.id);
    await change(
      "UPDATE sales SET customer_id = ? WHERE tenant_id = ? AND id = ?",
      other.id,
      shop.tenant.id,
      sale.id,
    );
    await base().db.batch(batch?.statements ?? []);
    expect(await references()).toEqual({ [sale.id]: "17850", [imported.id]: ana.id });
  });

  it("is erased after the last sale of the page before", async () => {
    const { shop, ana, sale, imported, references } = await soldTo();
    const batch = await erase(shop, ana.id, JSON.stringify([sale.day, sale.placed_at, sale.id]));
    await base().db.batch(batch?.statements ?? []);
    expect(await references()).toEqual({ [sale.id]: "17850", [imported.id]: ana.id });
  });

  it("is exported where it names the customer, not where a reference reads like the id", async () => {
    const { shop, ana, sale } = await soldTo();
    const part = personalData.exported?.["sales"];
    const rows = part?.rows({ tenant_id: shop.tenant.id, user_id: ana.id, email: sql`NULL` }, "");
    if (!rows) throw new Error("sales are not exported");
    const exported = await base().db.all(dataRow, rows);
    expect(exported.map(({ data }) => data)).toEqual([
      { id: sale.id, number: sale.number, payments: [{ method: "cash", amount: 1000 }] },
    ]);
  });

  it("is exported with the number that a sale has in the file of its import", async () => {
    const { shop, ana, sale } = await soldTo();
    await change(
      "UPDATE sales SET channel = 'import', number = NULL, external_ref = '536365' WHERE tenant_id = ? AND id = ?",
      shop.tenant.id,
      sale.id,
    );
    const part = personalData.exported?.["sales"];
    const rows = part?.rows({ tenant_id: shop.tenant.id, user_id: ana.id, email: sql`NULL` }, "");
    if (!rows) throw new Error("sales are not exported");
    expect(await base().db.all(dataRow, rows)).toMatchObject([{ data: { id: sale.id, number: "536365" } }]);
  });

  it("is erased in one page, however many sales other shops have with a customer of the same id", async () => {
    const { shop, ana } = await soldTo();
    await addTwins(shop.tenant);
    await change(
      `WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 1000)
        INSERT INTO sales (tenant_id, id, kind, channel, status, customer_id, total, units, lines, placed_at, day, created_at)
        SELECT tenant_id, id || n.value, 'sale', 'import', 'completed', id, 0, 0, 0, '2020-01-01', '2020-01-01', ''
        FROM users CROSS JOIN n WHERE id = ? AND tenant_id <> ?`,
      ana.id,
      shop.tenant.id,
    );
    expect((await erase(shop, ana.id))?.after).toBeNull();
  });
});
