// A word that nobody else would write is put wherever a person can say something of himself. After the erasure it is nowhere.
import { describe, expect, it } from "vitest";
import { deleteReplacedFiles } from "../../src/lake/manifest.ts";
import { erased, retained } from "../../src/erasure/data-inventory.ts";
import { eraseUser } from "../../src/erasure/account.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { instantOfId, newId } from "../../src/values/ids.ts";
import { runImport } from "../../src/imports/consume.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { consume } from "../support/events.ts";
import { fileOf, importFile, storeImport } from "../support/imports.ts";
import { buildNight, later, lakeRows, objectsOf, rowsIn } from "../support/lake.ts";
import { buyOne, confirm, putInCart } from "../support/purchases.ts";
import { base, newPerson, newProduct, newShop, PASSWORD, type Shop } from "../support/shops.ts";

const newMark = (): string => `zz${newId().slice(-12)}`;

const tables = async (): Promise<string[]> =>
  (
    await rowsOf(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'
        AND name NOT GLOB 'product_search_*' AND name <> 'd1_migrations'`,
    )
  ).map(({ name }) => String(name));

/** Tables and columns that have the marker, in any shop. */
async function marked(mark: string): Promise<string[]> {
  const found: string[] = [];
  for (const table of await tables())
    for (const row of table === "product_search" ? [] : await rowsOf(`SELECT * FROM ${table}`))
      for (const [column, value] of Object.entries(row))
        if (String(value).toLowerCase().includes(mark)) found.push(`${table}.${column}`);
  return [...new Set(found)].toSorted();
}

/** The files of the shop's lake that have it; those that were replaced and not yet deleted too. */
async function markedFiles(shop: Shop, mark: string): Promise<string[]> {
  const keys = await objectsOf(shop);
  const has = await Promise.all(
    keys.map(async (key) =>
      JSON.stringify(await rowsIn(key), (_, value) =>
        typeof value === "bigint" ? Number(value) : value,
      ).includes(mark),
    ),
  );
  return keys.filter((_, at) => has[at]);
}

const addressOf = (mark: string) => ({
  name: mark,
  lines: [`${mark} 1`],
  city: mark,
  postal_code: "28013",
  country: "ES",
});

const namesOf = (mark: string) => ({ first_name: mark, last_name: `of ${mark}`, password: PASSWORD });

const headersOf = (mark: string, key: string) => ({
  "idempotency-key": `${mark}-${key}`,
  "user-agent": `${mark} browser`,
});

async function signIn(shop: Shop, mark: string, email: string): Promise<string> {
  const json = { tenant: shop.tenant.slug, email, password: PASSWORD };
  return (await call("POST", `${API}/auth/login`, { headers: headersOf(mark, "login"), json })).body
    .access_token;
}

/** A customer who has said all that a customer can say. */
async function customer(shop: Shop, mark: string) {
  const email = `${mark}@buyer.example`;
  const json = { tenant: shop.tenant.slug, email, ...namesOf(mark) };
  const { body } = await call("POST", `${API}/auth/register`, { headers: headersOf(mark, "register"), json });
  const token = await signIn(shop, mark, email);
  await call("PATCH", `${API}/users/me`, { token, json: { preferences: { categories: [mark] } } });
  const book = await newProduct(shop, { stock: 50, low_stock_threshold: 1 });
  await call("GET", `${API}/products/search?q=${mark}`, { token });
  await call("PUT", `${API}/favorites/${book.id}`, { token });
  await call("PUT", `${API}/wishlist/${book.id}`, { token, json: { priority: 2 } });
  const paid = await buyOne(token, book.id, 2, { shipping_address: addressOf(mark) });
  await confirm(shop, paid.body.id);
  await call("POST", `${API}/sales/${paid.body.id}/refunds`, {
    token: shop.admin.token,
    json: { items: [{ product_id: book.id, quantity: 1 }], reason: "torn" },
  });
  const cancelled = await buyOne(token, book.id, 1, { shipping_address: addressOf(mark) });
  await call("POST", `${API}/purchases/${cancelled.body.id}/cancel`, { token });
  await putInCart(token, book.id);
  return { id: String(body.id), token, book };
}

/** An employee who has said all that an employee can say of himself. */
async function employee(shop: Shop, mark: string) {
  const email = `${mark}@staff.example`;
  const { body } = await call("POST", `${API}/users`, {
    token: shop.admin.token,
    headers: headersOf(mark, "staff"),
    json: { email, role: "EMPLOYEE", ...namesOf(mark) },
  });
  const token = await signIn(shop, mark, email);
  await call("POST", `${API}/shifts/start`, {
    token,
    headers: headersOf(mark, "start"),
    json: { device_label: mark },
  });
  const joined = { token, headers: headersOf(mark, "join"), json: { device_label: `${mark} phone` } };
  await call("POST", `${API}/shifts/current/sessions`, joined);
  const event = { at: new Date().toISOString(), platform: "phone", kind: "call", detail: `called ${mark}` };
  const sent = await call("POST", `${API}/shifts/current/activity`, { token, json: { events: [event] } });
  if (sent.body?.accepted !== 1) throw new Error(sent.text);
  const { body: shift } = await call("POST", `${API}/shifts/end`, { token });
  const corrected = await call("PATCH", `${API}/shifts/${shift.id}`, {
    token: shop.admin.token,
    json: { start_at: new Date(Date.parse(shift.start_at) - 60_000).toISOString(), reason: "the clock" },
  });
  if (corrected.status !== 200) throw new Error(corrected.text);
  await importFile(shop, fileOf([{ seller: `${mark}@STAFF.example`, quantity: 0 }]));
  return { id: String(body.id), token };
}

/** Hands the shop's events that are not exported to their consumer. */
async function exportEvents(shop: Shop): Promise<void> {
  const open = await rowsOf(
    "SELECT tenant_id, id AS event_id FROM events WHERE tenant_id = ? AND exported_at IS NULL",
    shop.tenant.id,
  );
  await consume("events", open);
}

const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

const open = (shop: Shop): Promise<number> =>
  count("SELECT count(*) n FROM erasures WHERE tenant_id = ?", shop.tenant.id);

describe("the places of a person", () => {
  it("are listed for every table, each once", async () => {
    expect([...Object.keys(erased), ...Object.keys(retained)].toSorted()).toEqual(
      (await tables()).toSorted(),
    );
  });
});

describe("after an erasure", () => {
  it("nothing that a customer or an employee has said of himself is in any table, nor in the lake after the next night", async () => {
    const [shop, mark] = [await newShop(), newMark()];
    const buyer = await customer(shop, mark);
    const seller = await employee(shop, mark);
    await exportEvents(shop);
    await buildNight(shop);
    const before = await marked(mark);
    expect(before).toEqual([
      "activity.detail",
      "auth_sessions.device",
      "events.payload",
      "idempotency_keys.actor",
      "idempotency_keys.body",
      "idempotency_keys.key",
      "import_rejects.text",
      "sales.shipping_address",
      "users.email",
      "users.first_name",
      "users.last_name",
      "users.preferences",
      "work_sessions.device_label",
    ]);
    expect((await markedFiles(shop, mark)).length).toBeGreaterThan(0);

    for (const { token } of [buyer, seller])
      expect((await call("DELETE", `${API}/users/me`, { token, json: { password: PASSWORD } })).status).toBe(
        204,
      );
    await resumeErasures(base());
    expect(await marked(mark)).not.toEqual([]);
    await resumeErasures(base(inMinutes(2)));
    expect(await marked(mark)).toEqual([]);
    expect(await open(shop)).toBe(0);

    await buildNight(shop);
    await deleteReplacedFiles(base(new Date(later().getTime() + 3_600_000)));
    expect(await markedFiles(shop, mark)).toEqual([]);
    const events = await rowsOf("SELECT id FROM events WHERE tenant_id = ?", shop.tenant.id);
    const inLake = (await lakeRows(shop, "events")).map(({ event_id }) => String(event_id));
    expect(inLake.toSorted()).toEqual(events.map(({ id }) => String(id)).toSorted());
  });

  it("a part at a time and interrupted anywhere comes to the same end, and others keep their words", async () => {
    const [shop, mark] = [await newShop(), newMark()];
    const buyer = await customer(shop, mark);
    const seller = await employee(shop, mark);
    await call("DELETE", `${API}/users/${buyer.id}`, { token: shop.admin.token });
    let runs = 0;
    for (; (await open(shop)) > 0 && runs < 20; runs += 1) await resumeErasures(base(inMinutes(2)), 1);
    expect(runs).toBe(7);
    // What the employee has said of himself, and nothing of the customer.
    expect(await marked(mark)).toEqual([
      "activity.detail",
      "auth_sessions.device",
      "events.payload",
      "idempotency_keys.body",
      "idempotency_keys.key",
      "import_rejects.text",
      "users.email",
      "users.first_name",
      "users.last_name",
      "work_sessions.device_label",
    ]);
    const addressed = `SELECT count(*) n FROM events WHERE tenant_id = ? AND payload ->> 'shipping_address' IS NOT NULL`;
    expect(await count(addressed, shop.tenant.id)).toBe(0);
    await call("DELETE", `${API}/users/${seller.id}`, { token: shop.admin.token });
    await Promise.all([resumeErasures(base(inMinutes(2))), resumeErasures(base(inMinutes(2)))]);
    expect(await marked(mark)).toEqual([]);
  });

  it("what a request on its way has written is swept too", async () => {
    const [shop, mark] = [await newShop(), newMark()];
    const buyer = await customer(shop, mark);
    await call("DELETE", `${API}/users/${buyer.id}`, { token: shop.admin.token });
    await change(
      "INSERT INTO cart_items (tenant_id, user_id, product_id, quantity, price, added_at) VALUES (?, ?, ?, 1, 1, ?)",
      shop.tenant.id,
      buyer.id,
      buyer.book.id,
      mark,
    );
    await resumeErasures(base(inMinutes(2)));
    expect(await marked(mark)).toEqual([]);
  });

  it("an import that was sent before and goes on after it does not bring the e-mail back, however it is written", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE", "josé.núñez@staff.example");
    const line = { seller: "JOSE\u0301.NÚÑEZ@Staff.example", quantity: 0 };
    const id = await storeImport(shop.admin.ctx(), fileOf([line]));
    await importFile(shop, fileOf([line]));
    await call("DELETE", `${API}/users/${seller.id}`, { token: shop.admin.token });
    await resumeErasures(base(inMinutes(2)));
    expect(await open(shop)).toBe(1);
    await runImport(base(), shop.tenant, id);
    await resumeErasures(base(inMinutes(3)));
    expect(await open(shop)).toBe(1);
    await resumeErasures(base(inMinutes(13)));
    expect(await open(shop)).toBe(0);
    const left = await rowsOf("SELECT text FROM import_rejects WHERE tenant_id = ?", shop.tenant.id);
    expect(left).toEqual([{ text: "erased" }, { text: "erased" }]);
  });

  it("twenty that fail keep no other, and are tried again", async () => {
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
        if (nth <= 20) throw new Error("a disk that fails");
      },
    });
    await resumeErasures(ctx);
    expect(await open(shop)).toBe(21);
    await resumeErasures(base(inMinutes(3)));
    expect(await open(shop)).toBe(20);
    await resumeErasures(base(inMinutes(13)), 200);
    expect(await open(shop)).toBe(0);
  });

  it("walks long histories: more sales, shifts and events than a part takes", async () => {
    const [shop, mark] = [await newShop(), newMark()];
    const buyer = await customer(shop, mark);
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
      mark,
    );
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at)
        SELECT ?1, 'ffffffff-' || value, 'sale.completed', json_object('customer_id', ?2, 'shipping_address', ?5), ?3
        FROM json_each(?4)`,
      shop.tenant.id,
      buyer.id,
      at,
      many,
      mark,
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
        mark,
      );
    }
    await call("DELETE", `${API}/users/${buyer.id}`, { token: shop.admin.token });
    await resumeErasures(base(inMinutes(2)));
    expect(await marked(mark)).toEqual([]);
  });
});
