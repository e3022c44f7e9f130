import { describe, expect, it } from "vitest";
import { changeProduct } from "../../src/catalog/products/products.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { operations } from "../support/contract.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { bookshop, buyOne, checkOut, putInCart } from "../support/purchases.ts";
import { newPerson, newProduct, newShop, PASSWORD, sellOne, type Shop } from "../support/shops.ts";
import { entryOf } from "../http/operations/registry.ts";

const audited = operations.flatMap((operation) => {
  const { audit } = entryOf(operation);
  return audit && "prepare" in audit ? [[operation.operationId, operation.method, audit] as const] : [];
});

const parsed = (text: unknown): unknown => (typeof text === "string" ? JSON.parse(text) : null);

const linesOf = async (requestId: string) =>
  (
    await rowsOf(
      "SELECT tenant_id, actor_id, action, entity_id, before, after FROM audit_log WHERE request_id = ?",
      requestId,
    )
  ).map((row) => ({ ...row, before: parsed(row["before"]), after: parsed(row["after"]) }));

const countEntries = (shop: Shop): Promise<number> =>
  count("SELECT count(*) n FROM audit_log WHERE tenant_id = ?", shop.tenant.id);

describe("the audit log", () => {
  it.each(audited)(
    "has one line of %s: who changed what from what to what, by which request",
    async (_, method, { action, prepare }) => {
      const { shop, path, sent, expected } = await prepare();
      const id = newId();
      const answer = await call(method, path, { ...sent, headers: { ...sent.headers, "x-request-id": id } });
      expect(answer.status).toBeLessThan(300);
      const { actor = shop.admin.id, ...entry } = expected(answer.body);
      const tenant_id = action === "shop.opened" ? entry.entity_id : shop.tenant.id;
      expect(await linesOf(id)).toEqual([{ tenant_id, actor_id: actor, action, ...entry }]);
    },
  );

  it("has no line for a change that has no effect, is refused or is repeated under its key", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const { id } = await newProduct(shop, { stock: 2 });
    const headers = { "idempotency-key": "once" };
    const move = { token, headers, json: { delta: 1, reason: "received" } };
    await call("POST", `${API}/products/${id}/stock`, move);
    const before = await countEntries(shop);
    const staff = await newPerson(shop.tenant, "EMPLOYEE");
    const signedIn = await countEntries(shop);
    expect(signedIn).toBe(before + 1);
    const sent: [string, string, object, number][] = [
      ["PATCH", `/products/${id}`, { json: { price: 1000, title: "A book" } }, 200],
      ["PATCH", `/products/${id}`, { json: {} }, 200],
      ["PATCH", `/products/${id}`, { json: { price: 1 }, headers: { "if-match": '"v99"' } }, 412],
      ["PATCH", `/products/${newId()}`, { json: { price: 1 } }, 404],
      ["POST", `/products/${id}/stock`, { json: { delta: -9, reason: "damage" } }, 409],
      ["POST", `/products/${id}/stock`, { json: { count: 3, reason: "count" } }, 201],
      ["POST", `/products/${id}/stock`, move, 201],
      ["PATCH", "/settings", { json: { idle_minutes: 15 } }, 200],
      ["PATCH", "/settings", { json: {} }, 200],
      ["PATCH", `/users/${shop.admin.id}`, { json: { role: "EMPLOYEE" } }, 409],
      ["PATCH", `/users/${staff.id}`, { json: { role: "EMPLOYEE", is_active: true } }, 200],
      ["PATCH", "/users/me", { json: { first_name: "First" } }, 200],
      ["PUT", `/users/${newId()}/password`, { json: { new_password: PASSWORD } }, 404],
      ["PUT", "/auth/password", { json: { current_password: "wrong", new_password: PASSWORD } }, 401],
      ["DELETE", `/users/${newId()}`, {}, 404],
      ["DELETE", `/users/${newId()}/sessions`, {}, 404],
      ["DELETE", "/auth/sessions", {}, 204],
      ["DELETE", `/webhooks/${newId()}`, {}, 404],
      ["POST", `/webhooks/${newId()}/rotate-secret`, {}, 404],
    ];
    for (const [method, path, more, status] of sent) {
      const answer = await call(method, `${API}${path}`, { token, ...more });
      expect([method, path, answer.status]).toEqual([method, path, status]);
    }
    expect(await countEntries(shop)).toBe(signedIn);
  });

  it("names a request only by a UUID, because any other id may identify a person and is stored for ever", async () => {
    const shop = await newShop();
    const requestId = newId();
    const sent = ["ana-sol", `${newId()}-ana`, requestId.toUpperCase(), requestId, undefined];
    for (const [at, id] of sent.entries()) {
      const headers: Record<string, string> = id === undefined ? {} : { "x-request-id": id };
      const json = { idle_minutes: 20 + at };
      await call("PATCH", `${API}/settings`, { token: shop.admin.token, headers, json });
    }
    const entries = await rowsOf(
      "SELECT request_id FROM audit_log WHERE tenant_id = ? AND action = 'settings.changed' ORDER BY id",
      shop.tenant.id,
    );
    expect(entries.map(({ request_id }) => request_id)).toEqual([
      null,
      null,
      requestId.toUpperCase(),
      requestId,
      expect.stringMatching(/^[\da-f-]{36}$/),
    ]);
  });

  it("has the values that a concurrent change left, not those read before it", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { price: 1000 });
    const concurrent = () =>
      call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { price: 500 } });
    const ctx = between(shop.admin.ctx(), {
      before: async (nth) => void (nth === 1 && (await concurrent())),
    });
    await changeProduct(ctx, id, { price: 700 }, undefined);
    const [last] = await rowsOf(
      "SELECT before FROM audit_log WHERE tenant_id = ? AND after ->> 'price' = 700",
      shop.tenant.id,
    );
    expect(last).toEqual({ before: '{"price":500}' });
  });

  it("commits with its change, in one batch", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const before = await countEntries(shop);
    const broken = between(shop.admin.ctx(), {
      change: (_, statements) => [...statements, ...statements.slice(-1)],
    });
    await failureOf(changeProduct(broken, id, { price: 700 }, undefined));
    expect(await countEntries(shop)).toBe(before);
    expect(await count("SELECT price n FROM products WHERE id = ?", id)).toBe(1000);
  });

  it("has one line for a payment that staff took for a cancelled purchase", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    await call("POST", `${API}/purchases/${body.id}/cancel`, { token: buyer.token });
    for (let times = 0; times < 2; times += 1)
      await call("POST", `${API}/purchases/${body.id}/confirm`, { token: shop.admin.token });
    const entries = await rowsOf(
      "SELECT after FROM audit_log WHERE tenant_id = ? AND action = 'payment.due_back'",
      shop.tenant.id,
    );
    expect(entries.map(({ after }) => parsed(after))).toEqual([
      { sale_id: body.id, amount: 1000, status: "refund_due" },
    ]);
  });

  it("costs a sale and a checkout nothing, and a change five rows", async () => {
    const { shop, buyer, book } = await bookshop();
    const before = await countEntries(shop);
    await sellOne(shop.admin.token, book.id);
    await putInCart(buyer.token, book.id);
    expect((await checkOut(buyer.token)).status).toBe(201);
    expect(await countEntries(shop)).toBe(before);
    const patch = (pages: number) =>
      call("PATCH", `${API}/products/${book.id}`, { token: shop.admin.token, json: { pages } });
    await patch(90);
    const [same, other] = [await patch(90), await patch(91)];
    expect(costOf(same).queries).toBe(costOf(other).queries);
    // The row and its four indexes.
    expect(costOf(other).written - costOf(same).written).toBe(5);
  });

  it("cannot be changed, deleted or replaced", async () => {
    const shop = await newShop();
    await newProduct(shop);
    const tenantId = shop.tenant.id;
    for (const attempt of [
      "UPDATE audit_log SET action = 'product.hidden' WHERE tenant_id = ?",
      "DELETE FROM audit_log WHERE tenant_id = ?",
      `INSERT OR REPLACE INTO audit_log (tenant_id, id, action, entity_id)
        SELECT tenant_id, id, 'product.hidden', entity_id FROM audit_log WHERE tenant_id = ?`,
    ])
      expect(String(await failureOf(change(attempt, tenantId)))).toContain("append_only");
    expect(await countEntries(shop)).toBe(2);
  });
});
