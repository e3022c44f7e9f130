// What an EMPLOYEE may sell alone is a rule of the shop; beyond it an ADMIN approves with their PIN.
import { describe, expect, it } from "vitest";
import { PIN, storePin } from "../support/approvals.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { newPerson, newProduct, newShop, type Person } from "../support/shops.ts";

/** A shop whose employees may give 10 % and charge no other price, with a book for 10.00. */
async function strictShop() {
  const shop = await newShop();
  const [tenantId, { admin }] = [shop.tenant.id, shop];
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const book = await newProduct(shop, { stock: 10 });
  await change(
    "UPDATE tenants SET max_discount_percent = 10000, allow_price_override = 0 WHERE id = ?",
    tenantId,
  );
  await storePin(shop.tenant, admin);
  const sell = (line: object, more: object = {}, by: Person = seller, headers: Record<string, string> = {}) =>
    call("POST", `${API}/sales`, {
      token: by.token,
      headers,
      json: { items: [{ product_id: book.id, quantity: 2, ...line }], ...more },
    });
  const approval = { user_id: admin.id, pin: PIN };
  const sales = () => count("SELECT count(*) n FROM sales WHERE tenant_id = ?", tenantId);
  const audited = async () =>
    (
      await rowsOf(
        "SELECT actor_id, entity_id, after FROM audit_log WHERE tenant_id = ? AND action = 'sale.approved'",
        tenantId,
      )
    ).map((row) => ({ ...row, after: JSON.parse(String(row["after"])) }));
  return { shop, seller, book, sell, approval, sales, audited };
}

const off = (percent: number) => ({ discount: { percent, reason: "damaged cover" } });

describe("the rules of a shop", () => {
  it("let an EMPLOYEE sell up to the largest discount, and an ADMIN beyond it", async () => {
    const { shop, sell, sales, audited } = await strictShop();
    expect((await sell(off(10))).body).toMatchObject({ total: 1800, discount: 200, approved_by: null });
    expect((await sell(off(50), {}, shop.admin)).body).toMatchObject({ total: 1000, approved_by: null });
    expect((await sell({ unit_price: 1 }, {}, shop.admin)).body.total).toBe(2);
    expect([await sales(), await audited()]).toEqual([3, []]);
  });

  it.each<[string, object, object]>([
    ["a larger discount on a line", off(10.1), {}],
    ["a larger amount off a line", { discount: { amount: 201, reason: "late" } }, {}],
    ["a larger discount on the sale", {}, off(10.1)],
    ["discounts on line and sale that are larger together", off(6), off(6)],
    ["another price", { unit_price: 1001 }, {}],
  ])("require an approval for %s", async (_, line, more) => {
    const { sell, approval, sales } = await strictShop();
    const { status, body } = await sell(line, more);
    expect([status, body.type, await sales()]).toEqual([403, "/problems/approval-required", 0]);
    const approved = await sell(line, { ...more, approval });
    expect([approved.status, approved.body.approved_by]).toEqual([201, approval.user_id]);
  });
});

describe("an approved sale", () => {
  it("names the ADMIN, on the sale and in the audit log, and adds no round trip", async () => {
    const { seller, book, sell, approval, audited } = await strictShop();
    const answer = await sell({ unit_price: 800, ...off(25) }, { approval });
    const { id, items } = answer.body;
    expect(answer.body).toMatchObject({ total: 1200, discount: 400, approved_by: approval.user_id });
    expect(items).toMatchObject([{ list_price: 1000, unit_price: 800, discount_reason: "damaged cover" }]);
    expect(await audited()).toEqual([
      {
        actor_id: seller.id,
        entity_id: id,
        after: {
          approved_by: approval.user_id,
          discount: 400,
          prices: [{ product_id: book.id, list_price: 1000, unit_price: 800 }],
        },
      },
    ]);
    expect(costOf(answer).queries).toBe(2);
    await sell({ unit_price: 1200 }, { approval });
    expect((await audited())[1]?.after).toMatchObject({ discount: 0, prices: [{ unit_price: 1200 }] });
  });

  it("is replayed under its key, and one approval is used once", async () => {
    const { seller, sell, approval, sales, audited } = await strictShop();
    const send = () => sell(off(50), { approval }, seller, { "idempotency-key": "k" });
    const [first, again] = [await send(), await send()];
    expect([first.status, again.text]).toEqual([201, first.text]);
    const bySomebodyElse = { ...approval, user_id: seller.id };
    const other = await sell(off(50), { approval: bySomebodyElse }, seller, { "idempotency-key": "k" });
    expect(other.body.type).toBe("/problems/idempotency-mismatch");
    expect([await sales(), (await audited()).length]).toEqual([1, 1]);
  });

  it("is refused with a wrong PIN, or by an account that may not approve", async () => {
    const { shop, seller, sell, approval, sales } = await strictShop();
    const others = [
      { ...approval, pin: "4822" },
      { user_id: seller.id, pin: PIN },
      { user_id: crypto.randomUUID(), pin: PIN },
    ];
    for (const wrong of others) {
      const { status, body } = await sell(off(50), { approval: wrong });
      expect([status, body.type]).toEqual([403, "/problems/invalid-approval"]);
    }
    await newPerson(shop.tenant, "ADMIN");
    await change("UPDATE users SET is_active = 0 WHERE id = ?", shop.admin.id);
    expect((await sell(off(50), { approval })).body.type).toBe("/problems/invalid-approval");
    expect(await sales()).toBe(0);
  });
});
