import { describe, expect, it, vi } from "vitest";
import { confirmEmail } from "../../src/auth/accounts/email.ts";
import { createToken } from "../../src/auth/links/tokens.ts";
import { eraseCustomer, eraseMe, eraseUser } from "../../src/erasure/account.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { storeMail } from "../../src/mail/outbox.ts";
import { storeOrderToken } from "../../src/purchases/order-tokens.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { onShift } from "../support/desk.ts";
import { byLink, guestShop, newGuest } from "../support/guests.ts";
import { fileOf, storeImport } from "../support/imports.ts";
import { takeOrder } from "../support/orders.ts";
import { bookshop, buyOne, checkOut, confirm, putInCart } from "../support/purchases.ts";
import { base, newPerson, newShop, PASSWORD, sellOne, type Person, type Shop } from "../support/shops.ts";
import { countByStatus } from "../support/count-by-status.ts";

const me = (token: string) => call("GET", `${API}/auth/me`, { token });

const eraseMine = (token: string, password = PASSWORD) =>
  call("DELETE", `${API}/users/me`, { token, json: { password } });

const eraseOther = (shop: Shop, id: string, token = shop.admin.token) =>
  call("DELETE", `${API}/users/${id}`, { token });

const accountOf = async ({ id }: Person) =>
  (
    await rowsOf(
      "SELECT email, first_name, last_name, preferences, password_hash, is_active, role, erased_at FROM users WHERE id = ?",
      id,
    )
  )[0];

const expectErased = async (person: Person): Promise<void> => {
  expect(await accountOf(person)).toEqual({
    email: expect.stringMatching(/^erased-[\da-f-]{36}@erased\.invalid$/),
    first_name: "Erased",
    last_name: "account",
    preferences: "{}",
    password_hash: "erased",
    is_active: 0,
    role: person.role,
    erased_at: expect.any(String),
  });
  expect((await me(person.token)).status).toBe(401);
  const live = "SELECT count(*) n FROM auth_sessions WHERE user_id = ? AND revoked_at IS NULL";
  expect(await count(live, person.id)).toBe(0);
};

const signIn = (shop: Shop, email: string) =>
  call("POST", `${API}/auth/login`, { json: { tenant: shop.tenant.slug, email, password: PASSWORD } });

const register = (shop: Shop, email: string) =>
  call("POST", `${API}/auth/register`, {
    json: { tenant: shop.tenant.slug, email, password: PASSWORD, first_name: "Ana", last_name: "Sol" },
  });

describe("erasing my account", () => {
  it("leaves an id and a role, ends all logins, and makes the e-mail available for a new account", async () => {
    const { shop, buyer } = await bookshop();
    expect((await eraseMine(buyer.token)).status).toBe(204);
    await expectErased(buyer);
    expect((await signIn(shop, buyer.email)).status).toBe(401);
    const replacement = String((await accountOf(buyer))?.["email"]);
    expect(replacement).not.toContain(buyer.id);
    expect((await signIn(shop, replacement)).status).toBe(401);
    const newAccount = await register(shop, buyer.email);
    expect(newAccount.status).toBe(201);
    expect(newAccount.body.id).not.toBe(buyer.id);
    expect((await signIn(shop, buyer.email)).status).toBe(200);
  });

  it("signs its browser out", async () => {
    const { buyer } = await bookshop();
    const { headers } = await eraseMine(buyer.token);
    expect(headers.getSetCookie().map((cookie) => cookie.split("; ").slice(0, 2).join(" "))).toEqual([
      "mostrador_access= Max-Age=0",
      "mostrador_refresh= Max-Age=0",
      "mostrador_signed_in= Max-Age=0",
    ]);
  });

  it("requires the password, and a wrong one counts as a failed login", async () => {
    const { shop, buyer } = await bookshop();
    const wrong = await Promise.all(Array.from({ length: 5 }, () => eraseMine(buyer.token, "wrong")));
    expect(countByStatus(wrong)).toEqual({ 401: 5 });
    expect((await eraseMine(buyer.token)).status).toBe(429);
    expect((await signIn(shop, buyer.email)).status).toBe(429);
    expect((await accountOf(buyer))?.["erased_at"]).toBeNull();
  });

  it("is refused if the password changes after it was verified", async () => {
    const { buyer } = await bookshop();
    const ctx = between(buyer.ctx(), {
      before: () => change("UPDATE users SET password_hash = 'another' WHERE id = ?", buyer.id),
    });
    expect(await failureOf(eraseMe(ctx, PASSWORD, "203.0.113.1"))).toMatchObject({
      slug: "invalid-credentials",
    });
    expect(await accountOf(buyer)).toMatchObject({ email: buyer.email, erased_at: null });
  });

  it("removes the notes and links of its orders, and leaves those of others", async () => {
    const { shop, buyer, book } = await bookshop();
    const other = await newPerson(shop.tenant, "CUSTOMER");
    const orders: string[] = [];
    for (const { id: customer_id } of [other, buyer]) {
      const { body } = await takeOrder(shop.admin.token, book.id, {
        customer_id,
        customer: undefined,
        note: "Ring twice",
      });
      orders.push(body.id);
      await base().db.run(storeOrderToken(base(), shop.tenant.id, body.id).statement);
      await confirm(shop, body.id);
    }
    // As long as the link of an order works that has had no later mail.
    await change("UPDATE sales SET day = date('now', '-91 days') WHERE tenant_id = ?", shop.tenant.id);
    const of = (table: string) =>
      rowsOf(`SELECT DISTINCT sale_id FROM ${table} WHERE tenant_id = ? ORDER BY sale_id`, shop.tenant.id);
    expect((await eraseMine(buyer.token)).status).toBe(204);
    expect(await of("order_tokens")).toEqual([{ sale_id: orders[0] }]);
    await resumeErasures(base(new Date(Date.now() + 120_000)), 100);
    expect(await of("(SELECT * FROM order_details WHERE note IS NOT NULL)")).toEqual([
      { sale_id: orders[0] },
    ]);
    expect(await of("order_tokens")).toEqual([{ sale_id: orders[0] }]);
  });

  it("removes the links of old orders too, which a later mail has given", async () => {
    const { shop, buyer, book } = await bookshop();
    const other = await newPerson(shop.tenant, "CUSTOMER");
    const links = [];
    for (const person of [other, buyer]) {
      const { body } = await buyOne(person.token, book.id);
      await confirm(shop, body.id);
      await change(
        "UPDATE sales SET day = '2026-01-02', placed_at = '2026-01-02T10:00:00.000Z' WHERE id = ?",
        body.id,
      );
      const { token, statement } = storeOrderToken(base(), shop.tenant.id, body.id);
      await base().db.run(statement);
      links.push({ id: String(body.id), token });
    }
    expect((await eraseMine(buyer.token)).status).toBe(204);
    await resumeErasures(base(new Date(Date.now() + 120_000)), 100);
    const answers = [];
    for (const { id, token } of links) answers.push((await byLink("GET", `/purchases/${id}`, token)).status);
    expect(answers).toEqual([200, 404]);
  });

  it("removes the log of mails to its earlier addresses, but not those to whoever has one since", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const mail = (recipient: string, subjectId: string) =>
      base().db.run(storeMail(base(), shop.tenant.id, { kind: "report.daily", subjectId, recipient }));
    const changeTo = async (email: string) =>
      confirmEmail(base(), await createToken(base(), shop.tenant.id, "email", ana.id, email));
    await mail(ana.email, "2026-03-01");
    await mail("never.confirmed@example.com", ana.id);
    await changeTo("second@example.com");
    await mail("second@example.com", "2026-03-02");
    await changeTo("third@example.com");
    await mail("third@example.com", "2026-03-03");
    await mail(ana.email, "2026-03-04");
    expect((await eraseMine(ana.token)).status).toBe(204);
    expect(
      await rowsOf("SELECT recipient, subject_id FROM mails WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ recipient: ana.email, subject_id: "2026-03-04" }]);
  });

  it("leaves the rest to a sweep a minute later, also of a record that was merged into it", async () => {
    const { shop, buyer } = await bookshop();
    const { token } = shop.admin;
    const { body: merged } = await call("POST", `${API}/customers`, { token, json: { name: "A. Sol" } });
    await call("POST", `${API}/customers/${merged.id}/merge`, { token, json: { into: buyer.id } });
    const now = new Date();
    await eraseUser(shop.admin.ctx(now), buyer.id);
    const dueAt = new Date(now.getTime() + 60_000).toISOString();
    expect(
      await rowsOf(
        "SELECT user_id, due_at FROM erasures WHERE tenant_id = ? ORDER BY user_id = ?",
        shop.tenant.id,
        buyer.id,
      ),
    ).toEqual([merged, buyer].map(({ id }) => ({ user_id: id, due_at: dueAt })));
    await change("DELETE FROM erasures WHERE user_id <> ?", buyer.id);
    const isLeftAfter = async (ms: number) => {
      await resumeErasures(base(new Date(now.getTime() + ms)), 100);
      const left = "SELECT due_at FROM erasures WHERE user_id = ? AND step = 'own' AND after = ''";
      return (await rowsOf(left, buyer.id)).length > 0;
    };
    expect([await isLeftAfter(59_999), await isLeftAfter(60_000)]).toEqual([true, false]);
  });

  it("deletes favorites, wishlist and cart, and does not change the metrics of the purchases", async () => {
    const { shop, buyer, book } = await bookshop();
    const { token } = buyer;
    const { body } = await buyOne(token, book.id, 2);
    await confirm(shop, body.id);
    await putInCart(token, book.id);
    await call("PUT", `${API}/favorites/${book.id}`, { token });
    await call("PUT", `${API}/wishlist/${book.id}`, { token, json: { priority: 1 } });
    const kpis = async () => (await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token })).body;
    const before = await kpis();
    expect((await eraseMine(token)).status).toBe(204);
    expect(await count("SELECT count(*) n FROM saved_items WHERE user_id = ?", buyer.id)).toBe(0);
    expect(await count("SELECT count(*) n FROM cart_items WHERE cart_id = ?", buyer.id)).toBe(0);
    expect({ ...(await kpis()), as_of: "" }).toEqual({ ...before, as_of: "" });
    const sale = await call("GET", `${API}/sales/${body.id}`, { token: shop.admin.token });
    expect(sale.body).toMatchObject({ customer_id: buyer.id, total: 2000 });
  });

  it("of a guest's record deletes the links to the orders and the stored responses, and nobody else's", async () => {
    const { shop, book, guest } = await guestShop();
    const other = await newGuest(shop);
    for (const each of [guest, other]) await each.put(book.id);
    const { body: order } = await guest.checkOut({ email: "gone@example.com" }, "k");
    const { body: others } = await other.checkOut({ email: "stays@example.com" }, "k");
    await confirm(shop, order.id);
    const [customer] = await rowsOf(
      "SELECT id FROM customers WHERE email = 'gone@example.com' AND tenant_id = ?",
      shop.tenant.id,
    );
    await eraseCustomer(shop.admin.ctx(), String(customer?.["id"]));
    expect((await byLink("GET", `/purchases/${order.id}`, order.order_token)).body.type).toBe(
      "/problems/unknown-order",
    );
    expect((await byLink("GET", `/purchases/${others.id}`, others.order_token)).status).toBe(200);
    expect((await guest.checkOut({ email: "gone@example.com" }, "k")).body.type).toBe("/problems/empty-cart");
    expect((await other.checkOut({ email: "stays@example.com" }, "k")).body.id).toBe(others.id);
    expect(await count("SELECT count(*) n FROM customers WHERE email = 'gone@example.com'")).toBe(0);
  });

  it("is refused to the last ADMIN, whose account stays unchanged", async () => {
    const shop = await newShop();
    const response = await eraseMine(shop.admin.token);
    expect([response.status, response.body.type]).toEqual([409, "/problems/last-admin"]);
    expect((await me(shop.admin.token)).status).toBe(200);
    expect(await count("SELECT count(*) n FROM erasures WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    const other = await newPerson(shop.tenant, "ADMIN");
    expect((await eraseMine(shop.admin.token)).status).toBe(204);
    expect((await eraseMine(other.token)).body.type).toBe("/problems/last-admin");
  });

  it("is refused with an open shift, and succeeds once it has ended; sales keep their seller", async () => {
    const { shop, seller } = await onShift();
    const { body: book } = await call("POST", `${API}/products`, {
      token: shop.admin.token,
      json: { sku: "1", title: "A book", price: 100 },
    });
    const sale = await sellOne(seller.token, book.id);
    const response = await eraseMine(seller.token);
    expect([response.status, response.body.type]).toEqual([409, "/problems/shift-open"]);
    expect((await me(seller.token)).status).toBe(200);
    await call("POST", `${API}/shifts/end`, { token: seller.token });
    expect((await eraseMine(seller.token)).status).toBe(204);
    const stored = await call("GET", `${API}/sales/${sale.body.id}`, { token: shop.admin.token });
    expect(stored.body.seller_id).toBe(seller.id);
  });

  it("is refused with a pending purchase, even one that is made during the request", async () => {
    const { shop, buyer, book } = await bookshop();
    await putInCart(buyer.token, book.id);
    const ctx = between(shop.admin.ctx(), { before: async () => void (await checkOut(buyer.token)) });
    expect(await failureOf(eraseUser(ctx, buyer.id))).toMatchObject({ slug: "purchase-pending" });
    const response = await eraseMine(buyer.token);
    expect([response.status, response.body.type]).toEqual([409, "/problems/purchase-pending"]);
    const { body } = await call("GET", `${API}/purchases`, { token: buyer.token });
    await call("POST", `${API}/purchases/${body.data[0].id}/cancel`, { token: buyer.token });
    expect((await eraseMine(buyer.token)).status).toBe(204);
  });
});

describe("erasing another account", () => {
  it("is allowed to an ADMIN of the shop; a repeated request changes nothing and adds no audit entry", async () => {
    const { shop, buyer } = await bookshop();
    expect((await eraseOther(shop, buyer.id, (await newShop()).admin.token)).status).toBe(404);
    expect((await eraseOther(shop, buyer.id, buyer.token)).status).toBe(403);
    expect((await me(buyer.token)).status).toBe(200);
    expect((await eraseOther(shop, buyer.id)).status).toBe(204);
    await expectErased(buyer);
    const first = (await accountOf(buyer))?.["erased_at"];
    expect((await eraseOther(shop, buyer.id)).status).toBe(204);
    expect((await accountOf(buyer))?.["erased_at"]).toBe(first);
    const auditEntries = "SELECT count(*) n FROM audit_log WHERE entity_id = ? AND action = 'user.erased'";
    expect(await count(auditEntries, buyer.id)).toBe(1);
  });

  it("cannot be prevented by an account with the e-mail of an erased one", async () => {
    const { shop, buyer } = await bookshop();
    expect((await register(shop, ` Erased-${buyer.id}@ERASED.invalid`)).status).toBe(422);
    await newPerson(shop.tenant, "CUSTOMER", `erased-${buyer.id}@erased.invalid`);
    expect((await eraseOther(shop, buyer.id)).status).toBe(204);
    await expectErased(buyer);
  });

  it("that does not exist says whether an account or a customer was looked for", async () => {
    const { admin } = await newShop();
    for (const [path, what] of [
      ["users", "user"],
      ["customers", "customer"],
    ] as const)
      expect((await call("DELETE", `${API}/${path}/${newId()}`, { token: admin.token })).body).toMatchObject({
        status: 404,
        detail: `There is no such ${what} in this shop.`,
      });
  });

  it("that a record was merged into is not erased as a record, and is the one that the refusal names", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const { body: record } = await call("POST", `${API}/customers`, { token, json: { name: "A. Sol" } });
    await call("POST", `${API}/customers/${record.id}/merge`, { token, json: { into: ana.id } });
    const { body } = await call("DELETE", `${API}/customers/${record.id}`, { token });
    expect(body).toMatchObject({
      type: "/problems/belongs-to-account",
      detail: expect.stringContaining(`DELETE /users/${ana.id}.`),
    });
    expect((await accountOf(ana))?.["erased_at"]).toBeNull();
  });

  it("is forbidden for one's own account, which requires the password", async () => {
    const shop = await newShop();
    await newPerson(shop.tenant, "ADMIN");
    expect((await eraseOther(shop, shop.admin.id)).status).toBe(403);
    expect((await me(shop.admin.token)).status).toBe(200);
  });

  it("is final: the account cannot be enabled or get a role, a password or an e-mail", async () => {
    const shop = await newShop();
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    await eraseOther(shop, seller.id);
    const before = await accountOf(seller);
    const { token } = shop.admin;
    for (const [method, path, json] of [
      ["PATCH", "", { is_active: true }],
      ["PATCH", "", { role: "ADMIN" }],
      ["PUT", "/password", { new_password: PASSWORD }],
    ] as const) {
      const response = await call(method, `${API}/users/${seller.id}${path}`, { token, json });
      expect([response.status, response.body.type]).toEqual([409, "/problems/account-erased"]);
    }
    expect(String(await failureOf(change("UPDATE users SET email = 'x' WHERE id = ?", seller.id)))).toContain(
      "erased",
    );
    expect(await accountOf(seller)).toEqual(before);
  });

  it("costs two round trips, and reads no more rows in a shop with more sales", async () => {
    const { shop, book } = await bookshop();
    const buyers = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
    const costs: ReturnType<typeof costOf>[] = [];
    for (const buyer of buyers) {
      costs.push(costOf(await eraseOther(shop, buyer.id)));
      for (let sold = 0; sold < 5; sold += 1) await sellOne(shop.admin.token, book.id);
    }
    expect(costs[0]?.queries).toBe(1);
    expect(costs[1]?.queries).toBe(1);
    expect(costs[1]?.read).toBeLessThanOrEqual(costs[0]?.read ?? 0);
  });
});

describe("an erasure that waits for an import", () => {
  const due = async ({ tenant }: Shop) =>
    (await rowsOf("SELECT due_at, failing_since FROM erasures WHERE tenant_id = ?", tenant.id))[0];

  it("is due again ten minutes later, and is failing if that cannot be stored", async () => {
    const { shop, buyer } = await bookshop();
    await storeImport(shop.admin.ctx(), fileOf([{ sku: "A" }]));
    await change("DELETE FROM erasures");
    await eraseUser(shop.admin.ctx(), buyer.id);
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    const [second, third, fourth] = [at(2), at(20), at(40)];
    const other = await bookshop();
    await eraseUser(other.shop.admin.ctx(), other.buyer.id);
    await change("UPDATE erasures SET due_at = '9999' WHERE user_id = ?", other.buyer.id);
    await resumeErasures(base(second), 100);
    expect(await due(other.shop)).toMatchObject({ due_at: "9999" });
    const dueAt = new Date(second.getTime() + 600_000).toISOString();
    expect(await due(shop)).toEqual({ due_at: dueAt, failing_since: null });
    const failing = (now: Date) => {
      const ctx = base(now);
      let runs = 0;
      const run: typeof ctx.db.run = async (statement) => {
        runs += 1;
        if (runs === 1) throw new Error("D1 is down");
        return ctx.db.run(statement);
      };
      return { ...ctx, db: { ...ctx.db, run } };
    };
    const logged = vi.spyOn(console, "error").mockReturnValue();
    await resumeErasures(failing(third), 100);
    expect(logged.mock.calls.map(([line]) => JSON.parse(String(line)))).toMatchObject([
      { what: "erasure", error: { message: "D1 is down" } },
    ]);
    const failingAt = (now: Date) => ({
      due_at: new Date(now.getTime() + 600_000).toISOString(),
      failing_since: dueAt,
    });
    expect(await due(shop)).toEqual(failingAt(third));
    await resumeErasures(failing(fourth), 100);
    logged.mockRestore();
    // Since the first failure.
    expect(await due(shop)).toEqual(failingAt(fourth));
    await resumeErasures(base(at(60)), 100);
    expect(await due(shop)).toMatchObject({ failing_since: null });
  });
});

it("the sweep continues after the batches that a page may make", async () => {
  const { shop, buyer } = await bookshop();
  await change("DELETE FROM erasures");
  await eraseUser(shop.admin.ctx(), buyer.id);
  const later = () => base(new Date(Date.now() + 120_000));
  const stepsAfter = async (batches: number) => [
    await resumeErasures(later(), batches),
    (await rowsOf("SELECT step FROM erasures WHERE tenant_id = ?", shop.tenant.id))[0]?.["step"],
  ];
  expect(await stepsAfter(1)).toEqual(["", "merges"]);
  expect(await stepsAfter(2)).toEqual(["", "sales"]);
  expect(await stepsAfter(100)).toEqual([null, undefined]);
});

it("the sweep continues after a full page of erasures, and ends after a page that is not full", async () => {
  const shop = await newShop();
  const pageOf = async (people: number): Promise<string | null> => {
    const ids = Array.from({ length: people }, () => newId());
    await change(
      `INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at)
        SELECT ?1, value, value || '@example.com', 'x', 'A', 'B', 'CUSTOMER', '2026-01-01' FROM json_each(?2)`,
      shop.tenant.id,
      JSON.stringify(ids),
    );
    await change(
      `INSERT INTO erasures (tenant_id, user_id, email, step, after, due_at)
        SELECT ?1, value, value || '@example.com', '', '', '2026-01-01' FROM json_each(?2)`,
      shop.tenant.id,
      JSON.stringify(ids),
    );
    return resumeErasures(base(), 1000);
  };
  expect(await pageOf(19)).toBeNull();
  expect(await pageOf(20)).not.toBeNull();
});
