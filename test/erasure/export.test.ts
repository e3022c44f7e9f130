import { sql } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { erased, exported, notExported, retained } from "../../src/erasure/data-inventory.ts";
import { exportMe } from "../../src/erasure/export.ts";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { failureOf } from "../support/d1.ts";
import { base, newPerson, newProduct, newShop, PASSWORD, type Shop } from "../support/shops.ts";
import { buyOne, confirm, putInCart } from "../support/purchases.ts";
import { mailsTo } from "../support/mails.ts";
import { takeOrder } from "../support/orders.ts";

const exportOf = async (token: string) => (await call("GET", `${API}/customers/me/export`, { token })).body;

const address = {
  name: "Ana",
  lines: ["Calle Mayor 1"],
  city: "Madrid",
  postal_code: "28013",
  country: "ES",
};

const register = async (shop: Shop, email: string): Promise<{ id: string; token: string }> => {
  const json = { tenant: shop.tenant.slug, email, password: PASSWORD };
  const { body } = await call("POST", `${API}/auth/register`, {
    json: { ...json, first_name: "Ana", last_name: "Sol" },
  });
  const login = await call("POST", `${API}/auth/login`, { headers: { "user-agent": "Ana's phone" }, json });
  return { id: body.id, token: login.body.access_token };
};

const storeSales = (shop: Shop, customer: string, count: number): Promise<void> =>
  change(
    `INSERT INTO sales (tenant_id, id, kind, channel, status, customer_id, total, units, lines, placed_at, day, created_at)
      SELECT ?1, 'sale-' || value, 'sale', 'counter', 'completed', ?2, value, 0, 0, ?3, '2026-01-01', ?3 FROM json_each(?4)`,
    shop.tenant.id,
    customer,
    "2026-01-01T10:00:00.000Z",
    JSON.stringify(Array.from({ length: count }, (_, at) => at)),
  );

describe("the inventory of exported data", () => {
  it("has each table: exported, or with the reason why not", () => {
    const tables = [...new Set(Object.values(exported).flatMap((part) => part.tables))];
    expect(tables.filter((table) => table in notExported)).toEqual([]);
    // What an erasure removes describes a person, so it is exported or there is a reason.
    expect(Object.keys(erased).filter((table) => !tables.includes(table) && !(table in notExported))).toEqual(
      [],
    );
    for (const table of [...tables, ...Object.keys(notExported)])
      expect([table, table in erased || table in retained]).toEqual([table, true]);
  });
});

const row = z.object({
  key: z.string(),
  data: z
    .string()
    .nullable()
    .transform((text) => (text === null ? null : z.record(z.string(), z.unknown()).parse(JSON.parse(text)))),
});

describe("the export of my data", () => {
  it("has what the shop holds about me, and nothing about others", async () => {
    const shop = await newShop();
    const other = await newPerson(shop.tenant, "CUSTOMER", "other@example.com");
    const book = await newProduct(shop, { title: "El olivar", stock: 50, price: 1250 });
    const ana = await register(shop, "ana@example.com");
    await buyOne(other.token, book.id, 3, { shipping_address: address });
    const bought = await buyOne(ana.token, book.id, 2, { shipping_address: address });
    await confirm(shop, bought.body.id);
    await call("POST", `${API}/sales/${bought.body.id}/refunds`, {
      token: shop.admin.token,
      json: { items: [{ product_id: book.id, quantity: 1 }], reason: "torn" },
    });
    await call("PUT", `${API}/favorites/${book.id}`, { token: ana.token });
    await call("PUT", `${API}/wishlist/${book.id}`, { token: ana.token, json: { priority: 4 } });
    await call("PATCH", `${API}/users/me`, {
      token: ana.token,
      json: { preferences: { categories: ["Poesía"] } },
    });
    await call("PATCH", `${API}/customers/${ana.id}`, {
      token: shop.admin.token,
      json: {
        note: "Collects on Mondays",
        phone: "600112233",
        addresses: [address],
        tax_id: "12345678Z",
        language: "es",
        accepts_mail: true,
        external_ref: "17850",
      },
    });
    await putInCart(ana.token, book.id);
    await mailsTo(shop, "");
    const data = await exportOf(ana.token);
    expect(data).toMatchObject({
      exported_at: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/),
      shop: { name: "Test shop", slug: shop.tenant.slug, currency: "EUR" },
      account: [{ id: ana.id, email: "ana@example.com", preferences: { categories: ["Poesía"] } }],
      customer: [
        {
          id: ana.id,
          name: "Ana Sol",
          email: "ana@example.com",
          note: "Collects on Mondays",
          phone: "600112233",
          addresses: [address],
          tax_id: "12345678Z",
          language: "es",
          accepts_mail_at: expect.stringMatching(/^20/),
          external_ref: "17850",
          merged_into: null,
          created_at: expect.stringMatching(/^20/),
        },
      ],
      sessions: [{ device: "Ana's phone" }],
      favorites: [{ product_id: book.id, title: "El olivar" }],
      wishlist: [{ product_id: book.id, priority: 4 }],
      cart: [{ product_id: book.id, quantity: 1 }],
      sales: [
        {
          id: bought.body.id,
          kind: "sale",
          total: 2500,
          shipping_address: address,
          items: [{ description: "El olivar", quantity: 2 }],
        },
        { kind: "refund", total: -1250, reason: "torn" },
      ],
      online_payments: [
        {
          sale_id: bought.body.id,
          payments: [
            {
              provider: "manual",
              provider_ref: null,
              amount: 2500,
              currency: "EUR",
              status: "received",
              refunded: 0,
            },
          ],
        },
      ],
    });
    const actions = (entries: { action: string; by_me: boolean }[]) =>
      entries.map(({ action, by_me }) => ({ action, by_me }));
    expect(actions(data.actions)).toContainEqual({ action: "user.profile_changed", by_me: true });
    expect(actions(data.changes_of_me)).toContainEqual({ action: "customer.changed", by_me: false });
    for (const entries of [data.actions, data.changes_of_me])
      expect(entries).toContainEqual({
        id: expect.any(String),
        action: "user.profile_changed",
        entity_id: ana.id,
        by_me: true,
        after: { fields: ["preferences"] },
      });
    const person = { tenant_id: shop.tenant.id, user_id: ana.id, email: sql`NULL` };
    for (const [name, part] of Object.entries(exported)) {
      const keys = async (after: string) =>
        (await base().db.all(row, part.rows(person, after))).map(({ key }) => key);
      const all = await keys("");
      for (const [nth, key] of all.entries())
        expect([name, await keys(key)]).toEqual([name, all.slice(nth + 1)]);
    }
    const text = JSON.stringify(data);
    for (const secret of ["other@example.com", other.id, "hash", "scrypt"])
      expect(text).not.toContain(secret);
  });

  it("has the mails to an address only after it is confirmed", async () => {
    const shop = await newShop();
    const ana = await register(shop, "ana@example.com");
    expect((await exportOf(ana.token)).mails).toEqual([]);
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", ana.id);
    const [confirmation, ...others] = (await exportOf(ana.token)).mails;
    expect([confirmation, others]).toEqual([
      {
        kind: "email.confirm",
        recipient: "ana@example.com",
        status: "pending",
        created_at: expect.stringMatching(/^20/),
        sent_at: null,
      },
      [],
    ]);
    await mailsTo(shop, "");
    expect((await exportOf(ana.token)).mails).toEqual([
      { ...confirmation, status: "sent", sent_at: expect.stringMatching(/^20/) },
    ]);
  });

  it("has of a line of the cart what the product is and where it was found, and of a payment what was refunded", async () => {
    const shop = await newShop();
    const cheese = await newProduct(shop, { title: "Queso", unit: "kg", price: 1000, sku: "Q-1" });
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const { body } = await buyOne(ana.token, cheese.id, 2);
    await confirm(shop, body.id);
    // As an earlier version has stored a payment that was refunded as a whole.
    await change("UPDATE payments SET status = 'refunded', refunded_amount = 0 WHERE sale_id = ?", body.id);
    await call("POST", `${API}/cart/items`, {
      token: ana.token,
      json: { product_id: cheese.id, quantity: 0.35, origin: "search" },
    });
    const { cart, online_payments } = await exportOf(ana.token);
    expect(cart).toEqual([
      {
        product_id: cheese.id,
        sku: "Q-1",
        title: "Queso",
        quantity: 0.35,
        added_at: expect.stringMatching(/^20/),
        origin: "search",
      },
    ]);
    expect(online_payments).toEqual([
      {
        sale_id: body.id,
        payments: [
          {
            provider: "manual",
            provider_ref: null,
            amount: 2000,
            currency: "EUR",
            status: "refunded",
            refunded: 2000,
            created_at: expect.stringMatching(/^20/),
          },
        ],
      },
    ]);
  });

  it("has the records that were merged into mine, with their sales", async () => {
    const shop = await newShop();
    const { id: product } = await newProduct(shop);
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const { body: record } = await call("POST", `${API}/customers`, {
      token: shop.admin.token,
      json: { name: "A. Sol", external_ref: "17" },
    });
    const json = { items: [{ product_id: product, quantity: 1 }], customer_id: record.id };
    await call("POST", `${API}/sales`, { token: shop.admin.token, json });
    await call("POST", `${API}/customers/${record.id}/merge`, {
      token: shop.admin.token,
      json: { into: ana.id },
    });
    await moveMergedSales(base(new Date(Date.now() + 1000)));
    const data = await exportOf(ana.token);
    expect(data.customer).toMatchObject([
      { id: ana.id },
      { id: record.id, external_ref: "17", merged_into: ana.id },
    ]);
    expect(data.sales).toHaveLength(1);
  });

  it("is read in pages, however long the history is", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    await storeSales(shop, ana.id, 1250);
    const answer = await call("GET", `${API}/customers/me/export`, { token: ana.token });
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="my-data.json"');
    expect(answer.body.sales).toHaveLength(1250);
    expect(new Set(answer.body.sales.map(({ id }: { id: string }) => id)).size).toBe(1250);
    expect(costOf(answer).queries).toBeLessThan(5);
  });

  it("has each mail once if there are more than a page of them", async () => {
    const shop = await newShop();
    const ana = await register(shop, "ana@example.com");
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", ana.id);
    await change(
      `INSERT INTO mails (tenant_id, id, kind, subject_id, cause_id, recipient, status, due_at, created_at)
        SELECT ?1, printf('mail-%04d', value), 'receipt', 's', value, 'ana@example.com', 'sent', '2026-11-01', '2026-11-01'
        FROM json_each(?2)`,
      shop.tenant.id,
      JSON.stringify(Array.from({ length: 1001 }, (_, at) => at)),
    );
    const { mails } = await exportOf(ana.token);
    const receipts = mails.filter(({ kind }: { kind: string }) => kind === "receipt");
    expect(receipts).toHaveLength(1001);
  });

  it("ends in an error, which is logged, if a later page cannot be read", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    await storeSales(shop, ana.id, 1250);
    const ctx = ana.ctx();
    const all = () => Promise.reject(new Error("D1 is down"));
    const logged = vi.spyOn(console, "error").mockReturnValue();
    try {
      const stream = await exportMe({ ...ctx, db: { ...ctx.db, all } });
      expect(String(await failureOf(new Response(stream).text()))).toContain("D1 is down");
      const [line] = logged.mock.calls[0] ?? [];
      expect(JSON.parse(String(line))).toMatchObject({
        what: "export of personal data",
        error: { message: "D1 is down" },
      });
    } finally {
      logged.mockRestore();
    }
  });
});

describe("a page of the export", () => {
  it("begins after the last row of the page before, and has of each order its own note and payments", async () => {
    const shop = await newShop();
    const book = await newProduct(shop, { stock: 50, price: 1250 });
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const ids: string[] = [];
    for (const note of ["Ring twice", "Urgent", undefined]) {
      const { body } = await takeOrder(shop.admin.token, book.id, {
        customer_id: ana.id,
        customer: undefined,
        note,
      });
      ids.push(body.id);
      if (note !== undefined) await confirm(shop, body.id);
    }
    const [first, second, third] = ids;
    const more = [await newProduct(shop), await newProduct(shop)];
    for (const { id } of [book, ...more]) {
      await call("PUT", `${API}/favorites/${id}`, { token: ana.token });
      await call("PUT", `${API}/wishlist/${id}`, { token: ana.token, json: { priority: 3 } });
      await putInCart(ana.token, id);
    }
    const products = [book, ...more].map(({ id }) => ({ product_id: id }));
    const pageOf = async (name: string, after: string) => {
      const part = exported[name];
      if (!part) throw new Error(`${name} is not exported`);
      const person = { tenant_id: shop.tenant.id, user_id: ana.id, email: sql`NULL` };
      return base().db.all(row, part.rows(person, after));
    };
    for (const [name, expected] of [
      ["sales", [{ id: first }, { id: second }, { id: third }]],
      ["favorites", products],
      ["wishlist", products],
      ["cart", products],
      ["order_notes", [{ sale_id: first, note: "Ring twice" }, { sale_id: second, note: "Urgent" }, null]],
      [
        "online_payments",
        [
          { sale_id: first, payments: [{ amount: 1250, status: "received" }] },
          { sale_id: second, payments: [{ amount: 1250, status: "received" }] },
          null,
        ],
      ],
    ] as const) {
      const all = await pageOf(name, "");
      expect({ [name]: all.map(({ data }) => data) }).toMatchObject({ [name]: expected });
      for (const [index, { key }] of all.entries())
        expect(await pageOf(name, key), name).toEqual(all.slice(index + 1));
    }
  });
});
