import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { addCustomer, changeCustomer } from "../../src/customers/customers.ts";
import { addUnknownCustomers, identityOf } from "../../src/customers/named.ts";
import { insertCustomer } from "../../src/customers/new-customer.ts";
import { newId } from "../../src/values/ids.ts";
import { runImport } from "../../src/imports/consume.ts";
import { change as setInD1 } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, failureOf, rowsOf } from "../support/d1.ts";
import { storeImport } from "../support/imports.ts";
import { base, newPerson, newShop, PASSWORD, type Shop } from "../support/shops.ts";

const add = (shop: Shop, json: Record<string, unknown>) =>
  call("POST", `${API}/customers`, { token: shop.admin.token, json });

const idOf = async (shop: Shop, json: Record<string, unknown>): Promise<string> =>
  (await add(shop, json)).body.id;

const address = {
  name: "Eva",
  lines: ["Calle Mayor 1"],
  city: "Madrid",
  postal_code: "28013",
  country: "ES",
};

describe("customers", () => {
  it("are added by staff with all that the shop knows of them, and read back", async () => {
    const shop = await newShop();
    const employee = await newPerson(shop.tenant, "EMPLOYEE");
    const json = {
      name: "Begoña Núñez",
      email: " Begona@Example.com ",
      phone: "+34 600  11 22 33",
      tax_id: "12345678z",
      addresses: [address],
      note: "Prefers\npaperbacks",
      language: "es-es",
      accepts_mail: true,
      external_ref: "17850",
    };
    const added = await call("POST", `${API}/customers`, { token: employee.token, json });
    expect([added.status, added.headers.get("etag")]).toEqual([201, '"v1"']);
    expect(added.body).toMatchObject({
      name: "Begoña Núñez",
      email: "begona@example.com",
      email_confirmed: true,
      phone: "+34 600 11 22 33",
      tax_id: "12345678Z",
      addresses: [address],
      note: "Prefers\npaperbacks",
      language: "es-ES",
      accepts_mail: true,
      external_ref: "17850",
      has_login: false,
      version: 1,
    });
    const read = await call("GET", `${API}/customers/${added.body.id}`, { token: employee.token });
    expect(read.headers.get("etag")).toBe('"v1"');
    const { figures, ...customer } = read.body;
    expect(customer).toEqual(added.body);
    expect(figures).toEqual({
      currency: "EUR",
      orders: 0,
      refunds: 0,
      units: 0,
      spend: 0,
      average: 0,
      first_day: null,
      last_day: null,
    });
  });

  it("with a name only have nothing else, when they are added and when they are read", async () => {
    const shop = await newShop();
    const { body: added } = await add(shop, { name: "Ana" });
    expect(added).toEqual({
      id: expect.any(String),
      name: "Ana",
      email: null,
      email_confirmed: false,
      email_bounced_at: null,
      phone: null,
      tax_id: null,
      addresses: [],
      note: null,
      language: null,
      accepts_mail: false,
      accepts_mail_at: null,
      external_ref: null,
      has_login: false,
      version: 1,
      created_at: expect.any(String),
      updated_at: added.created_at,
    });
    const { body } = await call("GET", `${API}/customers/${added.id}`, { token: shop.admin.token });
    expect(body).toMatchObject(added);
  });

  it("with an account are those of their role, and show an address that is not confirmed", async () => {
    const shop = await newShop();
    await newPerson(shop.tenant, "EMPLOYEE");
    const json = { tenant: shop.tenant.slug, email: "ana@example.com", password: PASSWORD };
    const { body: ana } = await call("POST", `${API}/auth/register`, {
      json: { ...json, first_name: "Ana", last_name: "Sol" },
    });
    const list = await call("GET", `${API}/customers`, { token: shop.admin.token });
    expect(list.body.data).toMatchObject([
      { id: ana.id, name: "Ana Sol", email: "ana@example.com", email_confirmed: false, has_login: true },
    ]);
    for (const patch of [{ name: "Eva" }, { email: "eva@example.com" }]) {
      const refused = await call("PATCH", `${API}/customers/${ana.id}`, {
        token: shop.admin.token,
        json: patch,
      });
      expect(refused.body.type).toBe("/problems/belongs-to-account");
    }
    const noted = await call("PATCH", `${API}/customers/${ana.id}`, {
      token: shop.admin.token,
      json: { note: "Collects in the shop", phone: "600112233" },
    });
    expect(noted.body).toMatchObject({ note: "Collects in the shop", phone: "600112233", name: "Ana Sol" });
    const unchanged = await call("PATCH", `${API}/customers/${ana.id}`, {
      token: shop.admin.token,
      json: {},
    });
    expect([unchanged.status, unchanged.body]).toEqual([200, noted.body]);
  });

  it("have an e-mail and a reference of their own in the shop", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const json = { name: "Ana", email: "ana@example.com", external_ref: "1" };
    await idOf(shop, { name: "Abel", email: "abel@example.com", external_ref: "0" });
    const id = await idOf(shop, json);
    expect(await idOf(other, json)).not.toBe(id);
    const second = await add(shop, { name: "Eva", email: "ANA@example.com" });
    expect([second.status, second.body.type, second.body.customer_id]).toEqual([
      409,
      "/problems/email-taken",
      id,
    ]);
    const eva = await idOf(shop, { name: "Eva" });
    const taken = await call("PATCH", `${API}/customers/${eva}`, {
      token: shop.admin.token,
      json: { external_ref: "1" },
    });
    expect([taken.status, taken.body.type, taken.body.customer_id]).toEqual([
      409,
      "/problems/reference-taken",
      id,
    ]);
    expect(
      await rowsOf("SELECT count(*) n FROM users WHERE tenant_id = ? AND has_login = 0", shop.tenant.id),
    ).toEqual([{ n: 3 }]);
  });

  it("are changed only at the version that was read, and null removes a value", async () => {
    const shop = await newShop();
    const id = await idOf(shop, { name: "Ana", phone: "600112233", accepts_mail: true });
    const change = (json: unknown, version: string) =>
      call("PATCH", `${API}/customers/${id}`, {
        token: shop.admin.token,
        json,
        headers: { "if-match": version },
      });
    const changed = await change({ phone: null, name: "Ana María" }, '"v1"');
    expect([changed.headers.get("etag"), changed.body.phone, changed.body.name]).toEqual([
      '"v2"',
      null,
      "Ana María",
    ]);
    expect((await change({ note: "late" }, '"v1"')).status).toBe(412);
    const consent = changed.body.accepts_mail_at;
    expect((await change({ accepts_mail: true }, '"v2"')).body.accepts_mail_at).toBe(consent);
    expect((await change({ accepts_mail: false }, '"v3"')).body).toMatchObject({
      accepts_mail: false,
      accepts_mail_at: null,
      note: null,
    });
  });

  it("refuse what is not a phone, a tax id, an e-mail or a name", async () => {
    const shop = await newShop();
    const addresses = Array.from({ length: 21 }, () => address);
    for (const bad of [
      { phone: "call me" },
      { phone: "12" },
      { email: "ana" },
      { email: "x@no-login.invalid" },
      { name: "" },
      { name: null },
      { tax_id: "" },
      { addresses },
      { role: "ADMIN" },
    ])
      expect((await add(shop, { name: "Ana", ...bad })).status).toBe(422);
  });

  it.each([
    ["1234", 201],
    ["123", 422],
    ["+1234567890123456789 0", 201],
    ["123456789012345678901", 422],
    ["(91) 555-12/12", 201],
    ["91_5551212", 422],
    ["91+5551212", 422],
    ["1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0", 201],
    [`1234${"-".repeat(37)}`, 422],
  ])(
    "have a phone of 4 to 20 digits with what people write between them: %s is answered with %i",
    async (phone, status) => {
      expect((await add(await newShop(), { name: "Ana", phone })).status).toBe(status);
    },
  );

  it("are added once under their key, and answered again as they were added", async () => {
    const shop = await newShop();
    const send = () =>
      call("POST", `${API}/customers`, {
        token: shop.admin.token,
        headers: { "idempotency-key": "k" },
        json: { name: "Ana" },
      });
    const first = await send();
    await call("PATCH", `${API}/customers/${first.body.id}`, {
      token: shop.admin.token,
      json: { name: "Eva" },
    });
    const again = await send();
    expect([again.status, again.text, again.headers.get("idempotent-replayed")]).toEqual([
      201,
      first.text,
      "true",
    ]);
    expect(await rowsOf("SELECT name FROM customers WHERE tenant_id = ?", shop.tenant.id)).toEqual([
      { name: "Eva" },
    ]);
  });

  it("are no accounts: nobody signs in, changes or erases them as one, and lists of accounts lack them", async () => {
    const shop = await newShop();
    const id = await idOf(shop, { name: "Ana", email: "ana@example.com" });
    const { token } = shop.admin;
    const list = await call("GET", `${API}/users`, { token });
    expect(list.body.data.map((each: { id: string }) => each.id)).toEqual([shop.admin.id]);
    for (const [method, path, json] of [
      ["PATCH", `/users/${id}`, { is_active: true }],
      ["PATCH", `/users/${id}`, {}],
      ["PUT", `/users/${id}/password`, { new_password: "another good password" }],
      ["DELETE", `/users/${id}/sessions`, undefined],
      ["DELETE", `/users/${id}`, undefined],
    ] as const)
      expect([path, (await call(method, `${API}${path}`, { token, json })).status]).toEqual([path, 404]);
    const login = { tenant: shop.tenant.slug, email: `${id}@no-login.invalid`, password: "none" };
    expect((await call("POST", `${API}/auth/login`, { json: login })).status).toBe(401);
  });

  it("of another shop do not exist", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const id = await idOf(shop, { name: "Ana" });
    for (const [method, path, json] of [
      ["GET", `/customers/${id}`, undefined],
      ["PATCH", `/customers/${id}`, { note: "x" }],
      ["GET", `/customers/${id}/sales`, undefined],
      ["DELETE", `/customers/${id}`, undefined],
    ] as const)
      expect((await call(method, `${API}${path}`, { token: other.admin.token, json })).status).toBe(404);
  });
});

describe("the records of customers", () => {
  it("are changed with the time of the change, and the audit log names the fields without their values", async () => {
    const shop = await newShop();
    const id = await idOf(shop, { name: "Ana", phone: "600112233" });
    const past = "2026-01-01T00:00:00.000Z";
    await setInD1("UPDATE customers SET updated_at = ? WHERE id = ?", past, id);
    const json = { phone: "600445566", note: "late" };
    const { body } = await call("PATCH", `${API}/customers/${id}`, { token: shop.admin.token, json });
    expect(body.updated_at > past).toBe(true);
    expect(
      await rowsOf(
        "SELECT before, after FROM audit_log WHERE tenant_id = ? AND action = 'customer.changed'",
        shop.tenant.id,
      ),
    ).toEqual([{ before: null, after: '{"fields":["phone","note"]}' }]);
  });

  it("that are erased are not changed", async () => {
    const shop = await newShop();
    const id = await idOf(shop, { name: "Ana" });
    await setInD1("UPDATE customers SET erased_at = created_at WHERE id = ?", id);
    const json = { note: "late" };
    const changed = await call("PATCH", `${API}/customers/${id}`, { token: shop.admin.token, json });
    expect(changed.status).toBe(404);
    expect(await rowsOf("SELECT note, version FROM customers WHERE id = ?", id)).toEqual([
      { note: null, version: 1 },
    ]);
  });

  it("need their version for each change in a shop that requires it, also for one without fields", async () => {
    const shop = await newShop();
    const id = await idOf(shop, { name: "Ana" });
    const { token } = shop.admin;
    const change = (json: object, headers = {}) =>
      call("PATCH", `${API}/customers/${id}`, { token, json, headers });
    expect((await change({})).body).toMatchObject({ name: "Ana", version: 1 });
    await call("PATCH", `${API}/settings`, { token, json: { require_if_match: true } });
    for (const json of [{}, { note: "late" }])
      expect((await change(json)).body.type).toBe("/problems/precondition-required");
    expect((await change({}, { "if-match": '"v1"' })).status).toBe(200);
  });

  it("are not changed without their version if the shop required it at that moment only", async () => {
    const shop = await newShop();
    const id = await idOf(shop, { name: "Ana" });
    for (const patch of [{ name: "Eva" }, { note: "late" }]) {
      const ctx = between(shop.admin.ctx(), {
        before: (nth) =>
          setInD1("UPDATE tenants SET require_if_match = ? WHERE id = ?", Number(nth === 1), shop.tenant.id),
      });
      expect(await failureOf(changeCustomer(ctx, id, patch, undefined))).toMatchObject({
        slug: "precondition-required",
      });
    }
    expect(await rowsOf("SELECT name, version FROM customers WHERE id = ?", id)).toEqual([
      { name: "Ana", version: 1 },
    ]);
  });

  it("are not stored, nor is their row of an account, where they are known already", async () => {
    const { tenant } = await newShop();
    const id = newId();
    await base().db.batch(insertCustomer(new Date(), tenant.id, { id, name: "Ana" }, sql`false`));
    for (const table of ["users", "customers"])
      expect(await rowsOf(`SELECT id FROM ${table} WHERE id = ?`, id), table).toEqual([]);
    await base().db.batch(insertCustomer(new Date(), tenant.id, { id, name: "Ana" }));
    for (const table of ["users", "customers"])
      expect(await rowsOf(`SELECT id FROM ${table} WHERE id = ?`, id), table).toEqual([{ id }]);
  });

  it("of a file are called what names them, if that is several words without digits, and nothing else is a name", () => {
    for (const name of ["Ana Sol", "José de la Cruz"])
      expect(identityOf(name)).toEqual({ ref: name, email: null, name });
    for (const ref of ["Ana", "Table 4 left", "4 Ana Sol", "Ana Sol 2", "٣ Ana Sol", "K-17", "A 1"])
      expect(identityOf(ref)).toEqual({ ref, email: null, name: null });
    expect(identityOf("Ana.Sol@Example.com")).toEqual({
      ref: null,
      email: "ana.sol@example.com",
      name: null,
    });
  });

  it("of a file lead to the customer who has the address, and take neither address nor name", async () => {
    const shop = await newShop();
    const email = "ana@example.com";
    const id = await idOf(shop, { name: "Ana Sol", email });
    const named = { email, name: "A. Sol", import_id: null };
    await base().db.batch(addUnknownCustomers(new Date(), shop.tenant.id, [{ ...named, ref: "17" }]));
    expect(
      await rowsOf(
        "SELECT external_ref, email, name, merged_into FROM customers WHERE tenant_id = ? AND id <> ?",
        shop.tenant.id,
        id,
      ),
    ).toEqual([{ external_ref: "17", email: null, name: null, merged_into: id }]);
  });

  it("of a file are one for several references with one address, which has the first of them and a name that a row states", async () => {
    const { tenant } = await newShop();
    const named = { email: "ana@example.com", import_id: null };
    const file = [
      { ...named, ref: null, name: null },
      { ...named, ref: "17", name: null },
      { ...named, ref: "18", name: "Ana Sol" },
      { ...named, ref: "17", name: "A. Sol" },
      { ...named, email: null, ref: "19", name: null },
      { ...named, email: null, ref: "19", name: "Eva" },
    ];
    await base().db.batch(addUnknownCustomers(new Date(), tenant.id, file));
    const stored = `SELECT external_ref, c.email, name, merged_into, is_active, has_login FROM customers c
      JOIN users u ON u.tenant_id = c.tenant_id AND u.id = c.id WHERE c.tenant_id = ? ORDER BY external_ref`;
    const record = { merged_into: null, is_active: 0, has_login: 0 };
    expect(await rowsOf(stored, tenant.id)).toEqual([
      { ...record, external_ref: "17", email: "ana@example.com", name: "A. Sol" },
      { ...record, external_ref: "19", email: null, name: "Eva" },
    ]);
  });

  it("are listed once each, page by page, also those that a search finds", async () => {
    const shop = await newShop();
    const added = [];
    for (const name of ["Ana Sol", "Eva Sol", "Luz Sol"]) added.push(await idOf(shop, { name }));
    for (const query of ["", "&q=sol"]) {
      const listed = [];
      for (let cursor = ""; cursor !== "none";) {
        const path = `${API}/customers?limit=1${query}${cursor && `&cursor=${cursor}`}`;
        const { body } = await call("GET", path, { token: shop.admin.token });
        listed.push(...body.data.map((each: { id: string }) => each.id));
        expect(listed.length).toBeLessThanOrEqual(added.length);
        cursor = body.next_cursor ?? "none";
      }
      expect(listed).toEqual(added.toReversed());
    }
  });

  it("are added with an entry in the audit log", async () => {
    const shop = await newShop();
    const id = await idOf(shop, { name: "Ana" });
    expect(
      await rowsOf(
        "SELECT action, actor_id FROM audit_log WHERE tenant_id = ? AND entity_id = ?",
        shop.tenant.id,
        id,
      ),
    ).toEqual([{ action: "customer.added", actor_id: shop.admin.id }]);
  });

  it("are not said to exist when the database fails", async () => {
    const shop = await newShop();
    const input = { name: "Ana", email: "ana@example.com" };
    await add(shop, input);
    const lost = new Error("lost");
    const before = () => Promise.reject(lost);
    const ctx = between(shop.admin.ctx(), { before });
    expect(await failureOf(addCustomer(ctx, input, undefined))).toBe(lost);
  });

  it("of a file are added for each address without a reference", async () => {
    const shop = await newShop();
    const file = [
      "Order ID,SKU,Item,Qty,Date,Price,Customer Email",
      "1,A,Thing,1,2026-03-02,1.00,ana@example.com",
      "2,A,Thing,1,2026-03-02,1.00,eva@example.com",
      "",
    ].join("\n");
    const ctx = shop.admin.ctx();
    await runImport(base(), shop.tenant, await storeImport(ctx, file));
    expect(
      await rowsOf("SELECT email FROM customers WHERE tenant_id = ? ORDER BY email", shop.tenant.id),
    ).toEqual([{ email: "ana@example.com" }, { email: "eva@example.com" }]);
  });
});
