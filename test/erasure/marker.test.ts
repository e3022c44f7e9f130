// A unique marker is stored in every field where a person can enter text. After the erasure it must not be anywhere.
import { describe, expect, it } from "vitest";
import { deleteReplacedFiles } from "../../src/lake/manifest.ts";
import { erased, retained } from "../../src/erasure/data-inventory.ts";
import { eraseUser } from "../../src/erasure/account.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { instantOfId, newId } from "../../src/values/ids.ts";
import { runImport } from "../../src/imports/consume.ts";
import { moveMergedSales } from "../../src/sales/merged-customers.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { consume } from "../support/events.ts";
import { fileOf, importFile, storeImport } from "../support/imports.ts";
import { buildNight, later, lakeRows, objectsOf, rowsIn } from "../support/lake.ts";
import { decide, newDevice } from "../support/devices.ts";
import { mailsTo, tokenIn } from "../support/mails.ts";
import { buyOne, confirm, putInCart } from "../support/purchases.ts";
import { base, newPerson, newProduct, newShop, PASSWORD, type Shop } from "../support/shops.ts";

const newMarker = (): string => `zz${newId().slice(-12)}`;

const tables = async (): Promise<string[]> =>
  (
    await rowsOf(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'
        AND name NOT GLOB '*_search_*' AND name <> 'd1_migrations'`,
    )
  ).map(({ name }) => String(name));

/** The columns of any shop that contain the marker. */
async function columnsWith(marker: string): Promise<string[]> {
  const columns: string[] = [];
  for (const table of await tables())
    for (const row of table.endsWith("_search") ? [] : await rowsOf(`SELECT * FROM ${table}`))
      for (const [column, value] of Object.entries(row))
        if (String(value).toLowerCase().includes(marker)) columns.push(`${table}.${column}`);
  return [...new Set(columns)].toSorted();
}

/** The files of the shop's lake that contain the marker, including replaced ones that are not deleted yet. */
async function filesWith(shop: Shop, marker: string): Promise<string[]> {
  const keys = await objectsOf(shop);
  const isMarked = await Promise.all(
    keys.map(async (key) =>
      JSON.stringify(await rowsIn(key), (_, value) =>
        typeof value === "bigint" ? Number(value) : value,
      ).includes(marker),
    ),
  );
  return keys.filter((_, at) => isMarked[at]);
}

const addressOf = (marker: string) => ({
  name: marker,
  lines: [`${marker} 1`],
  city: marker,
  postal_code: "28013",
  country: "ES",
});

const namesOf = (marker: string) => ({ first_name: marker, last_name: `of ${marker}`, password: PASSWORD });

const headersOf = (marker: string, key: string) => ({
  "idempotency-key": `${marker}-${key}`,
  "user-agent": `${marker} browser`,
});

async function signIn(shop: Shop, marker: string, email: string): Promise<string> {
  const json = { tenant: shop.tenant.slug, email, password: PASSWORD };
  return (await call("POST", `${API}/auth/login`, { headers: headersOf(marker, "login"), json })).body
    .access_token;
}

/** A customer whose data contain the marker wherever a customer can enter text. */
async function newCustomer(shop: Shop, marker: string) {
  const email = `${marker}@buyer.example`;
  const json = { tenant: shop.tenant.slug, email, ...namesOf(marker) };
  const { body } = await call("POST", `${API}/auth/register`, {
    headers: headersOf(marker, "register"),
    json,
  });
  const token = await signIn(shop, marker, email);
  await call("PATCH", `${API}/users/me`, { token, json: { preferences: { categories: [marker] } } });
  const book = await newProduct(shop, { stock: 50, low_stock_threshold: 1 });
  await call("GET", `${API}/products/search?q=${marker}`, { token });
  await call("PUT", `${API}/favorites/${book.id}`, { token });
  await call("PUT", `${API}/wishlist/${book.id}`, { token, json: { priority: 2 } });
  const paid = await buyOne(token, book.id, 2, { shipping_address: addressOf(marker) });
  await call("PATCH", `${API}/orders/${paid.body.id}`, {
    token: shop.admin.token,
    json: { note: `${marker} rings twice`, shipping_address: addressOf(marker) },
  });
  await confirm(shop, paid.body.id);
  await call("POST", `${API}/sales/${paid.body.id}/refunds`, {
    token: shop.admin.token,
    json: { items: [{ product_id: book.id, quantity: 1 }], reason: "torn" },
  });
  const cancelled = await buyOne(token, book.id, 1, { shipping_address: addressOf(marker) });
  await call("POST", `${API}/purchases/${cancelled.body.id}/cancel`, { token });
  await putInCart(token, book.id);
  await call("PATCH", `${API}/customers/${body.id}`, {
    token: shop.admin.token,
    json: {
      phone: "600112233",
      tax_id: marker,
      note: `${marker} collects`,
      addresses: [addressOf(marker)],
      external_ref: `${marker}-17`,
    },
  });
  return { id: String(body.id), token, book };
}

/** A customer without an account, and a record that was merged into it, whose texts contain the marker. */
async function newRecord(shop: Shop, marker: string): Promise<string> {
  const add = async (name: string): Promise<string> =>
    (
      await call("POST", `${API}/customers`, {
        token: shop.admin.token,
        json: {
          name: `${marker} ${name}`,
          email: `${marker}.${name}@record.example`,
          tax_id: marker,
          note: marker,
          addresses: [addressOf(marker)],
          external_ref: `${marker}-${name}`,
        },
      })
    ).body.id;
  const [into, from] = [await add("one"), await add("two")];
  const { id } = await newProduct(shop);
  await call("POST", `${API}/sales`, {
    token: shop.admin.token,
    json: { items: [{ product_id: id, quantity: 1 }], customer_id: from },
  });
  await change(
    "UPDATE sales SET shipping_address = ? WHERE customer_id = ?",
    JSON.stringify(addressOf(marker)),
    from,
  );
  await call("POST", `${API}/customers/${from}/merge`, { token: shop.admin.token, json: { into } });
  return into;
}

/** An employee whose data contain the marker wherever staff can enter text about themselves. */
async function newEmployee(shop: Shop, marker: string) {
  const email = `${marker}@staff.example`;
  const { body } = await call("POST", `${API}/users`, {
    token: shop.admin.token,
    headers: headersOf(marker, "staff"),
    json: { email, role: "EMPLOYEE", ...namesOf(marker) },
  });
  const token = await signIn(shop, marker, email);
  await call("POST", `${API}/shifts/start`, {
    token,
    headers: headersOf(marker, "start"),
    json: { device_label: marker },
  });
  const joined = { token, headers: headersOf(marker, "join"), json: { device_label: `${marker} phone` } };
  await call("POST", `${API}/shifts/current/sessions`, joined);
  const event = { at: new Date().toISOString(), platform: "phone", kind: "call", detail: `called ${marker}` };
  const sent = await call("POST", `${API}/shifts/current/activity`, { token, json: { events: [event] } });
  if (sent.body?.accepted !== 1) throw new Error(sent.text);
  const { body: shift } = await call("POST", `${API}/shifts/end`, { token });
  // A shift cannot begin before its employee was added.
  await change("UPDATE users SET created_at = '2026-01-01T00:00:00.000Z' WHERE id = ?", body.id);
  const corrected = await call("PATCH", `${API}/shifts/${shift.id}`, {
    token: shop.admin.token,
    json: { start_at: new Date(Date.parse(shift.start_at) - 60_000).toISOString(), reason: "the clock" },
  });
  if (corrected.status !== 200) throw new Error(corrected.text);
  await importFile(shop, fileOf([{ seller: `${marker}@STAFF.example`, quantity: 0 }]));
  return { id: String(body.id), token };
}

/** Passes the shop's unexported events to their consumer. */
async function exportEvents(shop: Shop): Promise<void> {
  const events = await rowsOf(
    "SELECT tenant_id, id AS event_id FROM events WHERE tenant_id = ? AND exported_at IS NULL",
    shop.tenant.id,
  );
  await consume("events", events);
}

const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

const pendingErasures = (shop: Shop): Promise<number> =>
  count("SELECT count(*) n FROM erasures WHERE tenant_id = ?", shop.tenant.id);

describe("the inventory of personal data", () => {
  it("lists every table once", async () => {
    expect([...Object.keys(erased), ...Object.keys(retained)].toSorted()).toEqual(
      (await tables()).toSorted(),
    );
  });
});

describe("after an erasure", () => {
  it("no text that a customer or an employee entered is in any table, and none was ever in the lake", async () => {
    const [shop, marker] = [await newShop(), newMarker()];
    const buyer = await newCustomer(shop, marker);
    const seller = await newEmployee(shop, marker);
    await exportEvents(shop);
    await buildNight(shop);
    await mailsTo(shop, "");
    const before = await columnsWith(marker);
    expect(before).toEqual([
      "activity.detail",
      "auth_sessions.device",
      "customers.account_email",
      "customers.addresses",
      "customers.external_ref",
      "customers.name",
      "customers.note",
      "customers.tax_id",
      "customers.words",
      "events.payload",
      "idempotency_keys.actor",
      "idempotency_keys.body",
      "idempotency_keys.key",
      "import_rejects.text",
      "link_tokens.email",
      "mails.recipient",
      "order_details.note",
      "sales.shipping_address",
      "users.email",
      "users.first_name",
      "users.last_name",
      "users.preferences",
      "work_sessions.device_label",
    ]);
    expect(await filesWith(shop, marker)).toEqual([]);

    for (const { token } of [buyer, seller])
      expect((await call("DELETE", `${API}/users/me`, { token, json: { password: PASSWORD } })).status).toBe(
        204,
      );
    await resumeErasures(base());
    expect(await columnsWith(marker)).not.toEqual([]);
    await resumeErasures(base(inMinutes(2)));
    expect(await columnsWith(marker)).toEqual([]);
    expect(await pendingErasures(shop)).toBe(0);

    await buildNight(shop);
    await deleteReplacedFiles(base(new Date(later().getTime() + 3_600_000)));
    expect(await filesWith(shop, marker)).toEqual([]);
    const events = await rowsOf("SELECT id FROM events WHERE tenant_id = ?", shop.tenant.id);
    const inLake = (await lakeRows(shop, "events")).map(({ event_id }) => String(event_id));
    expect(inLake.toSorted()).toEqual(events.map(({ id }) => String(id)).toSorted());
  });

  it("that was done in small steps, texts are erased all the same, and those of other people remain", async () => {
    const [shop, marker] = [await newShop(), newMarker()];
    const buyer = await newCustomer(shop, marker);
    const seller = await newEmployee(shop, marker);
    await call("DELETE", `${API}/users/${buyer.id}`, { token: shop.admin.token });
    let runs = 0;
    for (; (await pendingErasures(shop)) > 0 && runs < 20; runs += 1)
      await resumeErasures(base(inMinutes(2)), 1);
    expect(runs).toBe(10);
    await mailsTo(shop, "");
    // The texts of the employee, and none of the customer.
    expect(await columnsWith(marker)).toEqual([
      "activity.detail",
      "auth_sessions.device",
      "events.payload",
      "idempotency_keys.body",
      "idempotency_keys.key",
      "import_rejects.text",
      "link_tokens.email",
      "mails.recipient",
      "users.email",
      "users.first_name",
      "users.last_name",
      "work_sessions.device_label",
    ]);
    const addressed = `SELECT count(*) n FROM events WHERE tenant_id = ? AND payload ->> 'shipping_address' IS NOT NULL`;
    expect(await count(addressed, shop.tenant.id)).toBe(0);
    await call("DELETE", `${API}/users/${seller.id}`, { token: shop.admin.token });
    await Promise.all([resumeErasures(base(inMinutes(2))), resumeErasures(base(inMinutes(2)))]);
    expect(await columnsWith(marker)).toEqual([]);
  });

  it("of people who were invited, and accepted or registered themselves, no text is left", async () => {
    const [shop, marker] = [await newShop(), newMarker()];
    const { token } = shop.admin;
    const names = { first_name: marker, last_name: marker };
    const emails = ["one", "two"].map((name) => `${marker}.${name}@staff.example`);
    const links: string[] = [];
    for (const email of emails) {
      await call("POST", `${API}/users/invitations`, { token, json: { email, role: "EMPLOYEE", ...names } });
      const [mail] = await mailsTo(shop, email);
      links.push(tokenIn(mail ?? { text: "" }));
    }
    const accepted = await call("POST", `${API}/invitations/accept`, {
      json: { token: links[0], password: PASSWORD },
    });
    const registered = await call("POST", `${API}/auth/register`, {
      json: { tenant: shop.tenant.slug, email: emails[1], password: PASSWORD, ...names },
    });
    const device = await newDevice(shop, { device_label: marker });
    const { access_token, user } = accepted.body;
    expect((await decide(device, "approve", { token: access_token })).status).toBe(200);
    await mailsTo(shop, "");
    for (const { id } of [user, registered.body])
      expect((await call("DELETE", `${API}/users/${id}`, { token })).status).toBe(204);
    await resumeErasures(base(inMinutes(2)), 100);
    expect(await pendingErasures(shop)).toBe(0);
    expect(await columnsWith(marker)).toEqual([]);
  });

  it("of a customer without an account, and of a record merged into it, no text is left once the merge is complete", async () => {
    const [shop, marker] = [await newShop(), newMarker()];
    const id = await newRecord(shop, marker);
    await change("UPDATE customer_merges SET due_at = '9999' WHERE tenant_id = ?", shop.tenant.id);
    expect((await call("DELETE", `${API}/customers/${id}`, { token: shop.admin.token })).status).toBe(204);
    expect(await columnsWith(marker)).not.toContain("customers.name");
    expect((await call("GET", `${API}/customers/${id}`, { token: shop.admin.token })).status).toBe(404);
    expect((await call("DELETE", `${API}/customers/${id}`, { token: shop.admin.token })).status).toBe(204);
    // It waits for sales that have still to be moved, which it might otherwise miss.
    await resumeErasures(base(inMinutes(2)));
    expect(await pendingErasures(shop)).toBe(1);
    await change("UPDATE customer_merges SET due_at = '2020' WHERE tenant_id = ?", shop.tenant.id);
    await moveMergedSales(base());
    await resumeErasures(base(inMinutes(20)));
    expect(await columnsWith(marker)).toEqual([]);
    expect(await pendingErasures(shop)).toBe(0);
    const sales = await rowsOf("SELECT customer_id FROM sales WHERE tenant_id = ?", shop.tenant.id);
    expect(sales).toEqual([{ customer_id: id }]);
  });

  it("of a customer whom an import named by e-mail, no text is left, also not in its rejected rows and the lake", async () => {
    const [shop, marker] = [await newShop(), newMarker()];
    const email = `${marker}@file.example`;
    const columns = "Order ID,SKU,Item,Qty,Date,Price,Customer ID,Customer Email,Customer Name";
    const line = (order: string, quantity: number, customer: string): string =>
      `${order},A,Thing,${quantity},2026-03-02,1.00,${customer}`;
    await importFile(
      shop,
      [
        columns,
        line("1", 1, `${email.toUpperCase()},,${marker} Gil`),
        line("2", 2, `${marker}-7,${email},`),
        line("3", 0, `,${email},${marker}`),
        "",
      ].join("\n"),
    );
    await buildNight(shop);
    expect(await columnsWith(marker)).toEqual([
      "customers.email",
      "customers.external_ref",
      "customers.name",
      "customers.words",
      "import_rejects.text",
      "sales.customer_ref",
    ]);
    expect(await filesWith(shop, marker)).toEqual([]);
    const [record] = await rowsOf("SELECT id FROM customers WHERE email = ?", email);
    const id = String(record?.["id"]);
    expect((await call("DELETE", `${API}/customers/${id}`, { token: shop.admin.token })).status).toBe(204);
    await resumeErasures(base(inMinutes(2)));
    expect(await columnsWith(marker)).toEqual([]);
    expect(await pendingErasures(shop)).toBe(0);
    const sales = await rowsOf("SELECT DISTINCT customer_id FROM sales WHERE tenant_id = ?", shop.tenant.id);
    expect(sales).toEqual([{ customer_id: id }]);
  });

  it("rows that a concurrent request wrote are erased too", async () => {
    const [shop, marker] = [await newShop(), newMarker()];
    const buyer = await newCustomer(shop, marker);
    await call("DELETE", `${API}/users/${buyer.id}`, { token: shop.admin.token });
    await change("INSERT INTO carts (tenant_id, id, created_at) VALUES (?, ?, '')", shop.tenant.id, buyer.id);
    await change(
      "INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at) VALUES (?, ?, ?, 1000, 1, ?)",
      shop.tenant.id,
      buyer.id,
      buyer.book.id,
      marker,
    );
    await resumeErasures(base(inMinutes(2)));
    expect(await columnsWith(marker)).toEqual([]);
  });

  it("an import that was uploaded before it does not store the e-mail again, in whatever Unicode form", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE", "josé.núñez@staff.example");
    const line = { seller: "JOSE\u0301.NÚÑEZ@Staff.example", quantity: 0 };
    const id = await storeImport(shop.admin.ctx(), fileOf([line]));
    await importFile(shop, fileOf([line]));
    await call("DELETE", `${API}/users/${seller.id}`, { token: shop.admin.token });
    await resumeErasures(base(inMinutes(2)));
    expect(await pendingErasures(shop)).toBe(1);
    await runImport(base(), shop.tenant, id);
    await resumeErasures(base(inMinutes(3)));
    expect(await pendingErasures(shop)).toBe(1);
    await resumeErasures(base(inMinutes(13)));
    expect(await pendingErasures(shop)).toBe(0);
    const rejects = await rowsOf("SELECT text FROM import_rejects WHERE tenant_id = ?", shop.tenant.id);
    expect(rejects).toEqual([{ text: "erased" }, { text: "erased" }]);
  });

  it("an import that was uploaded before it does not bring the customer back, with or without an account", async () => {
    const [shop, marker] = [await newShop(), newMarker()];
    const email = `${marker}@file.example`;
    const buyer = await newCustomer(shop, marker);
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", buyer.id);
    const { body: record } = await call("POST", `${API}/customers`, {
      token: shop.admin.token,
      json: { name: "Gil", email },
    });
    const file = [
      "Order ID,SKU,Item,Qty,Date,Price,Customer ID,Customer Email,Customer Name",
      `1,A,Thing,1,2026-03-02,1.00,${email.toUpperCase()},,${marker} Gil`,
      `2,A,Thing,2,2026-03-02,1.00,${marker}-7,${email},`,
      `3,A,Thing,1,2026-03-02,1.00,,${marker}@buyer.example,${marker}`,
      "4,A,Thing,1,2026-03-02,1.00,,other@example.com,Eva",
      "",
    ].join("\n");
    const id = await storeImport(shop.admin.ctx(), file);
    await exportEvents(shop);
    await call("DELETE", `${API}/users/${buyer.id}`, { token: shop.admin.token });
    await call("DELETE", `${API}/customers/${record.id}`, { token: shop.admin.token });
    await resumeErasures(base(inMinutes(2)));
    await runImport(base(), shop.tenant, id);
    expect(await columnsWith(marker)).toContain("customers.email");
    await resumeErasures(base(inMinutes(15)), 100);
    await resumeErasures(base(inMinutes(16)), 100);
    expect(await columnsWith(marker)).toEqual([]);
    expect(await pendingErasures(shop)).toBe(0);
    expect(await count("SELECT count(*) n FROM customers WHERE email = 'other@example.com'")).toBe(1);
    expect(
      await count("SELECT count(*) n FROM sales WHERE tenant_id = ? AND customer_id IS NULL", shop.tenant.id),
    ).toBe(0);
  });

  it("an import that was uploaded before it brings back no other address or reference of the customer", async () => {
    const [shop, marker] = [await newShop(), newMarker()];
    const { token } = shop.admin;
    const [email, earlier] = [`${marker}@file.example`, `${marker}.old@file.example`];
    const add = async (json: object): Promise<string> =>
      (await call("POST", `${API}/customers`, { token, json })).body.id;
    const [into, from] = [await add({ name: "Gil", email }), await add({ name: "Gil", email: earlier })];
    await call("POST", `${API}/customers/${from}/merge`, { token, json: { into } });
    await moveMergedSales(base(inMinutes(1)));
    const storeFile = (invoice: number, ref: string, address: string): Promise<string> =>
      storeImport(
        shop.admin.ctx(),
        `Order ID,SKU,Item,Qty,Date,Price,Customer ID,Customer Email\n${invoice},A,Thing,1,2026-03-02,1.00,${ref},${address}\n`,
      );
    const files = [
      await storeFile(1, "", email),
      await storeFile(2, `${marker}-8`, email),
      await storeFile(3, "", earlier),
    ];
    await exportEvents(shop);
    await call("DELETE", `${API}/customers/${into}`, { token });
    for (const file of files) await runImport(base(), shop.tenant, file);
    for (const minutes of [15, 16, 17]) await resumeErasures(base(inMinutes(minutes)), 100);
    expect(await pendingErasures(shop)).toBe(0);
    expect(
      await rowsOf(
        "SELECT email, external_ref FROM customers WHERE tenant_id = ?1 AND (email LIKE ?2 OR external_ref LIKE ?2)",
        shop.tenant.id,
        `${marker}%`,
      ),
    ).toEqual([]);
  });

  it("an import that is uploaded after it brings the customer back", async () => {
    const shop = await newShop();
    const email = `${newMarker()}@example.com`;
    const account = await newPerson(shop.tenant, "CUSTOMER", email);
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", account.id);
    await call("DELETE", `${API}/users/${account.id}`, { token: shop.admin.token });
    await importFile(
      shop,
      ["Order ID,SKU,Item,Qty,Date,Price,Customer Email", `1,A,Thing,1,2026-03-02,1.00,${email}`, ""].join(
        "\n",
      ),
    );
    // Certainly, whatever the clock of the test says.
    await change(
      "UPDATE imports SET created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at, '+1 second') WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await resumeErasures(base(inMinutes(15)), 100);
    expect(await pendingErasures(shop)).toBe(0);
    expect(await count("SELECT count(*) n FROM customers WHERE email = ?", email)).toBe(1);
  });

  it("an import keeps whose address an erased account had not confirmed, and who has bought since", async () => {
    const shop = await newShop();
    const accounts = [
      await newPerson(shop.tenant, "CUSTOMER", "unconfirmed@example.com"),
      await newPerson(shop.tenant, "CUSTOMER", "back@example.com"),
    ];
    await change("UPDATE users SET email_confirmed_at = created_at WHERE email = 'back@example.com'");
    const file = [
      "Order ID,SKU,Item,Qty,Date,Price,Customer Email",
      "1,A,Thing,1,2026-03-02,1.00,unconfirmed@example.com",
      "2,A,Thing,1,2026-03-02,1.00,back@example.com",
      "",
    ].join("\n");
    const id = await storeImport(shop.admin.ctx(), file);
    for (const account of accounts)
      await call("DELETE", `${API}/users/${account.id}`, { token: shop.admin.token });
    await runImport(base(), shop.tenant, id);
    const product = await newProduct(shop);
    const [back] = await rowsOf(
      "SELECT id FROM customers WHERE tenant_id = ? AND email = 'back@example.com'",
      shop.tenant.id,
    );
    await call("POST", `${API}/sales`, {
      token: shop.admin.token,
      json: { items: [{ product_id: product.id, quantity: 1 }], customer_id: back?.["id"] },
    });
    await resumeErasures(base(inMinutes(15)), 100);
    expect(await pendingErasures(shop)).toBe(0);
    const emails = await rowsOf(
      "SELECT email FROM customers WHERE tenant_id = ? AND email IS NOT NULL ORDER BY email",
      shop.tenant.id,
    );
    expect(emails).toEqual([{ email: "back@example.com" }, { email: "unconfirmed@example.com" }]);
  });

  it("twenty others that fail do not delay the next one, and are retried", async () => {
    const shop = await newShop();
    const ids: string[] = [];
    for (let each = 0; each < 21; each += 1) {
      const { id } = await newPerson(shop.tenant, "CUSTOMER");
      await eraseUser(shop.admin.ctx(), id);
      ids.push(id);
    }
    await change(
      "UPDATE erasures SET due_at = '2020' WHERE tenant_id = ? AND user_id <> ?",
      shop.tenant.id,
      ids.at(-1),
    );
    const ctx = between(base(inMinutes(2)), {
      before: (nth) => {
        if (nth <= 20) throw new Error("disk failure");
      },
    });
    await resumeErasures(ctx);
    expect(await pendingErasures(shop)).toBe(21);
    await resumeErasures(base(inMinutes(3)));
    expect(await pendingErasures(shop)).toBe(20);
    await resumeErasures(base(inMinutes(13)), 200);
    expect(await pendingErasures(shop)).toBe(0);
  });

  it("long histories are erased, with more sales, shifts and events than one step processes", async () => {
    const [shop, marker] = [await newShop(), newMarker()];
    const buyer = await newCustomer(shop, marker);
    const at = instantOfId(buyer.id).toISOString();
    const many = JSON.stringify(Array.from({ length: 2500 }, (_, index) => index));
    await change(
      `INSERT INTO sales (tenant_id, id, kind, channel, status, customer_id, shipping_address, total, units, lines, placed_at, day, created_at)
        SELECT ?1, 'sale-' || value, 'sale', 'online', 'completed', ?2, json_object('name', ?5), 0, 1, 1, ?3, '2026-01-01', ?3
        FROM json_each(?4)`,
      shop.tenant.id,
      buyer.id,
      at,
      many,
      marker,
    );
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at)
        SELECT ?1, 'ffffffff-' || value, 'sale.completed', json_object('customer_id', ?2, 'shipping_address', ?5), ?3
        FROM json_each(?4)`,
      shop.tenant.id,
      buyer.id,
      at,
      many,
      marker,
    );
    for (let index = 0; index < 25; index += 1) {
      await change(
        `INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, created_at)
          VALUES (?1, ?2, ?3, 'CLOSED', ?4, '2026-01-01', ?4, 0, ?4)`,
        shop.tenant.id,
        `shift-${index}`,
        buyer.id,
        at,
      );
      await change(
        "INSERT INTO work_sessions (tenant_id, shift_id, id, device_label, start_at, end_at) VALUES (?1, ?2, 's', ?4, ?3, ?3)",
        shop.tenant.id,
        `shift-${index}`,
        at,
        marker,
      );
    }
    await call("DELETE", `${API}/users/${buyer.id}`, { token: shop.admin.token });
    await resumeErasures(base(inMinutes(2)));
    expect(await columnsWith(marker)).toEqual([]);
  });
});
