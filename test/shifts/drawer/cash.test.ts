import { describe, expect, it } from "vitest";
import { moveCash } from "../../../src/shifts/drawer/cash.ts";
import { newId } from "../../../src/values/ids.ts";
import { PIN, storePin } from "../../support/approvals.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { newPerson, newShop, type Person, type Shop } from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";

async function openDrawer(openingCash = 5000) {
  const shop = await newShop();
  await storePin(shop.tenant, shop.admin);
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const start = (person: Person) =>
    call("POST", `${API}/shifts/start`, { token: person.token, json: { opening_cash: openingCash } });
  const { body: shift } = await start(seller);
  return { shop, seller, shift, start, approval: { user_id: shop.admin.id, pin: PIN } };
}

const move = (
  { token }: Person,
  kind: "paid_in" | "paid_out",
  amount: number,
  rest: Record<string, unknown> = {},
  headers: Record<string, string> = {},
) =>
  call("POST", `${API}/shifts/current/cash`, {
    token,
    headers,
    json: { kind, amount, reason: "bank", ...rest },
  });

/** Stores a completed sale, or a pending one, with one payment. */
async function storeSale(
  { tenant }: Shop,
  sale: { shiftId: string | null; method: string; amount: number; status?: string },
): Promise<void> {
  const id = newId();
  await change(
    `INSERT INTO sales (tenant_id, id, kind, channel, status, shift_id, total, units, lines, placed_at, day, created_at)
      VALUES (?, ?, 'sale', 'counter', ?, ?, ?, 1000, 1, '2026-11-20T10:00:00.000Z', '2026-11-20', '2026-11-20T10:00:00.000Z')`,
    tenant.id,
    id,
    sale.status ?? "completed",
    sale.shiftId,
    sale.amount,
  );
  await change(
    `INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount) VALUES (?, ?, 1, ?, ?)`,
    tenant.id,
    id,
    sale.method,
    sale.amount,
  );
}

const movesOf = ({ id }: { id: string }) => count("SELECT count(*) n FROM cash_moves WHERE shift_id = ?", id);

describe("the cash movements of a shift", () => {
  it("are listed, the latest first, with who recorded and who approved them", async () => {
    const { shop, seller, shift, start, approval } = await openDrawer(5000);
    const other = await newPerson(shop.tenant, "EMPLOYEE");
    const { body: othersShift } = await start(other);
    await move(seller, "paid_in", 2000, { reason: "change" });
    const others = (await move(other, "paid_in", 700)).body;
    await move(seller, "paid_out", 9000, { reason: "courier", approval });
    const path = `${API}/shifts/${shift.id}/cash`;
    const { body } = await call("GET", path, { token: seller.token });
    expect(body).toMatchObject({
      data: [
        { kind: "paid_out", amount: 9000, reason: "courier", user_id: seller.id, approved_by: shop.admin.id },
        { kind: "paid_in", amount: 2000, reason: "change", user_id: seller.id, approved_by: null },
      ],
      next_cursor: null,
    });
    const first = await call("GET", `${path}?limit=1`, { token: shop.admin.token });
    const second = await call("GET", `${path}?limit=1&cursor=${first.body.next_cursor}`, {
      token: shop.admin.token,
    });
    expect([...first.body.data, ...second.body.data]).toEqual(body.data);
    expect(second.body.next_cursor).toBeNull();
    const elsewhere = `${API}/shifts/${othersShift.id}/cash?cursor=${first.body.next_cursor}`;
    const ofAnotherShift = await call("GET", elsewhere, { token: shop.admin.token });
    expect(ofAnotherShift.body.type).toBe("/problems/invalid-cursor");
    expect((await call("GET", path, { token: other.token })).status).toBe(403);
    const read = (of: string) => call("GET", `${API}/shifts/${othersShift.id}/${of}`, { token: other.token });
    expect((await read("cash")).body.data).toMatchObject([{ id: others.id, user_id: other.id }]);
    expect((await read("report")).body).toMatchObject({ paid_in: 700, paid_out: 0 });
    const unknown = await call("GET", `${API}/shifts/${newId()}/cash`, { token: shop.admin.token });
    expect(unknown.status).toBe(404);
  });
});

describe("paying out cash", () => {
  it("up to the expected cash needs no approval and one round trip", async () => {
    const { seller, shift, approval } = await openDrawer();
    const answer = await move(seller, "paid_out", 3000);
    expect([answer.status, answer.body.approved_by]).toEqual([201, null]);
    expect(answer.headers.get("location")).toBe(`${API}/shifts/${shift.id}/report`);
    expect(costOf(answer).queries).toBe(1);
    await move(seller, "paid_in", 1000);
    expect((await move(seller, "paid_out", 3000, { approval })).body.approved_by).toBeNull();
    expect((await move(seller, "paid_out", 1)).status).toBe(403);
  });

  it("beyond it is refused to an EMPLOYEE with the expected cash, and changes nothing", async () => {
    const { seller, shift } = await openDrawer();
    const answer = await move(seller, "paid_out", 5001);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({
      type: "/problems/approval-required",
      requires: "approval",
      amount: 5001,
      expected_cash: 5000,
      detail: "The drawer should hold 5000 minor units: an ADMIN has to approve that 5001 are paid out.",
    });
    expect(await movesOf(shift)).toBe(0);
  });

  it("beyond it is allowed with an approval, which names the ADMIN in the response, the row and the audit log", async () => {
    const { shop, seller, shift, approval } = await openDrawer();
    const answer = await move(seller, "paid_out", 6000, { approval });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ amount: 6000, approved_by: shop.admin.id });
    expect(await rowsOf("SELECT amount, approved_by FROM cash_moves WHERE shift_id = ?", shift.id)).toEqual([
      { amount: 6000, approved_by: shop.admin.id },
    ]);
    const { data } = (await call("GET", `${API}/audit?entity=shift`, { token: shop.admin.token })).body;
    expect(data).toMatchObject([
      {
        action: "shift.paid_out_approved",
        actor_id: seller.id,
        entity_id: shift.id,
        after: { cash_move_id: answer.body.id, amount: 6000, approved_by: shop.admin.id },
      },
    ]);
    expect(JSON.stringify(data)).not.toContain(PIN);
  });

  it("beyond it is refused with a wrong PIN, and after five of them in a minute with the right one too", async () => {
    const { seller, shift, approval } = await openDrawer();
    const wrong = { approval: { ...approval, pin: "4822" } };
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect((await move(seller, "paid_out", 6000, wrong)).body.type).toBe("/problems/invalid-approval");
    const refused = await move(seller, "paid_out", 6000, { approval });
    expect([refused.status, refused.body.type]).toEqual([429, "/problems/too-many-attempts"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await movesOf(shift)).toBe(0);
  });

  it("beyond it needs no approval of an ADMIN", async () => {
    const { shop, start } = await openDrawer();
    await start(shop.admin);
    expect((await move(shop.admin, "paid_out", 9000)).body).toMatchObject({
      amount: 9000,
      approved_by: null,
    });
  });

  it("counts the payments in cash of the shift's completed sales, and nothing else", async () => {
    const { shop, seller, shift, start } = await openDrawer(0);
    const colleague = await newPerson(shop.tenant, "EMPLOYEE");
    const other = (await start(colleague)).body;
    await storeSale(shop, { shiftId: shift.id, method: "cash", amount: 1000 });
    await storeSale(shop, { shiftId: shift.id, method: "cash", amount: -200 });
    await storeSale(shop, { shiftId: shift.id, method: "card", amount: 7000 });
    await storeSale(shop, { shiftId: shift.id, method: "cash", amount: 7000, status: "pending" });
    await storeSale(shop, { shiftId: other.id, method: "cash", amount: 7000 });
    expect((await move(seller, "paid_out", 801)).body.expected_cash).toBe(800);
    expect((await move(seller, "paid_out", 800)).status).toBe(201);
    expect((await move(colleague, "paid_out", 7001)).body.expected_cash).toBe(7000);
    expect((await move(colleague, "paid_out", 7000)).status).toBe(201);
  });

  it("compares with the cash at the moment of the write: a refund in between is not missed", async () => {
    const { shop, seller, shift } = await openDrawer();
    const ctx = between(seller.ctx(), {
      before: async (nth) => {
        if (nth === 1) await storeSale(shop, { shiftId: shift.id, method: "cash", amount: -100 });
      },
    });
    const input = { kind: "paid_out", amount: 5000, reason: "bank", id: newId(), request: null } as const;
    expect(await failureOf(moveCash(ctx, shift, input))).toMatchObject({
      slug: "approval-required",
      extra: { expected_cash: 4900 },
    });
    expect(await movesOf(shift)).toBe(0);
  });

  it("in twenty parallel requests pays out what the drawer holds", async () => {
    const { seller } = await openDrawer(1000);
    const answers = await Promise.all(Array.from({ length: 20 }, () => move(seller, "paid_out", 300)));
    expect(countByStatus(answers)).toEqual({ 201: 3, 403: 17 });
  });

  it("happens once under one key, whether it needed the approval or not", async () => {
    const { seller, shift, approval } = await openDrawer();
    for (const [key, amount] of [
      ["within", 5000],
      ["beyond", 6000],
    ] as const) {
      const headers = { "idempotency-key": key };
      const first = await move(seller, "paid_out", amount, { approval }, headers);
      const again = await move(seller, "paid_out", amount, { approval }, headers);
      expect([first.status, again.status, again.text], key).toEqual([201, 201, first.text]);
      expect(again.headers.get("idempotent-replayed"), key).toBe("true");
    }
    expect(await movesOf(shift)).toBe(2);
    const [stored] = await rowsOf(
      "SELECT body FROM idempotency_keys WHERE key = 'beyond' AND actor = ?",
      seller.id,
    );
    expect(String(stored?.["body"])).not.toContain(PIN);
  });

  it("is the earlier movement when the desk repeats a request whose response was lost", async () => {
    const { seller, shift, approval } = await openDrawer();
    // The last one into a drawer that should hold less than nothing.
    for (const [kind, amount] of [
      ["paid_out", 5000],
      ["paid_out", 6000],
      ["paid_in", 1000],
    ] as const) {
      const input = {
        kind,
        amount,
        reason: "bank",
        approval,
        id: newId(),
        request: null,
      } as const;
      const first = await moveCash(seller.ctx(), shift, input);
      expect((await moveCash(seller.ctx(), shift, input)).value).toEqual(first.value);
    }
    expect(await movesOf(shift)).toBe(3);
  });
});
