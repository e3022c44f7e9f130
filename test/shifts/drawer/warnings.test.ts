import { describe, expect, it } from "vitest";
import { moveCash } from "../../../src/shifts/drawer/cash.ts";
import { newId } from "../../../src/values/ids.ts";
import { PIN, storePin } from "../../support/approvals.ts";
import { API, call, costOf } from "../../support/client.ts";
import { rowsOf } from "../../support/d1.ts";
import { onShift } from "../../support/desk.ts";
import { newProduct, type Person } from "../../support/shops.ts";

/** An EMPLOYEE on shift with an empty drawer, who has sold three books of 10.00 by card and two in cash. */
async function till() {
  const { shop, seller, shiftId } = await onShift();
  const book = await newProduct(shop, { price: 1000, stock: 20 });
  const post = (path: string, json: object = {}, headers: Record<string, string> = {}, by: Person = seller) =>
    call("POST", `${API}${path}`, { token: by.token, json, headers });
  const sell = async (quantity: number, payment_method: string) =>
    (await post("/sales", { items: [{ product_id: book.id, quantity }], payment_method })).body;
  const [byCard, inCash] = [await sell(3, "card"), await sell(2, "cash")];
  const refund = (saleId: string, quantity: number, fields: object = {}, headers = {}, by: Person = seller) =>
    post(
      `/sales/${saleId}/refunds`,
      { items: [{ product_id: book.id, quantity }], reason: "torn", ...fields },
      headers,
      by,
    );
  await storePin(shop.tenant, shop.admin);
  const approval = { user_id: shop.admin.id, pin: PIN };
  const payOut = (amount: number, headers = {}) =>
    post("/shifts/current/cash", { kind: "paid_out", amount, reason: "bank", approval }, headers);
  return { shop, seller, shiftId, byCard, inCash, post, refund, payOut, approval };
}

const short = (expected_cash: number) => [
  {
    code: "drawer-short",
    detail: expect.stringContaining(`should have held ${expected_cash} minor units, but `),
    expected_cash,
  },
];

describe("a refund in cash", () => {
  it("of at most what the drawer should hold has no warning, and of more has one and is made", async () => {
    const { byCard, refund } = await till();
    const first = await refund(byCard.id, 2, { payment_method: "cash" });
    expect([first.status, first.body.warnings]).toEqual([201, []]);
    const second = await refund(byCard.id, 1, { payment_method: "cash" });
    expect(second.status).toBe(201);
    expect(second.body).toMatchObject({ kind: "refund", total: -1000, warnings: short(0) });
  });

  it("warns of the part that is paid back in cash only", async () => {
    const { byCard, refund } = await till();
    const payments = (cash: number) => ({
      payments: [
        { method: "card", amount: 3000 - cash },
        { method: "cash", amount: cash },
      ],
    });
    expect((await refund(byCard.id, 3, payments(2001))).body.warnings).toEqual(short(2000));
  });

  it("by card never warns, and neither does one without a shift", async () => {
    const { shop, byCard, inCash, refund, payOut } = await till();
    await payOut(2001);
    expect((await refund(byCard.id, 1)).body.warnings).toEqual([]);
    const outside = await refund(inCash.id, 1, {}, {}, shop.admin);
    expect(outside.body).toMatchObject({ shift_id: null, warnings: [] });
  });

  it("has its warning in the replayed response, and none in its event", async () => {
    const { inCash, refund, payOut } = await till();
    await payOut(1500);
    const key = { "idempotency-key": "refund" };
    const first = await refund(inCash.id, 1, {}, key);
    expect(first.body.warnings).toEqual(short(500));
    const again = await refund(inCash.id, 1, {}, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    const { warnings: _, ...sale } = first.body;
    const [event] = await rowsOf(
      "SELECT payload FROM events WHERE type = 'sale.refunded' AND payload ->> 'id' = ?",
      sale.id,
    );
    expect(JSON.parse(String(event?.["payload"]))).toEqual(sale);
  });

  it("reads the sales of its shift only, as does cash that is paid out", async () => {
    const { shop, byCard, post, refund, payOut } = await till();
    const items = [{ product_id: byCard.items[0].product_id, quantity: 1 }];
    const cost = async () => {
      const { body: sale } = await post("/sales", { items, payment_method: "card" });
      const refunded = await refund(sale.id, 1, { payment_method: "cash" });
      return [costOf(refunded).read, costOf(await payOut(1)).read];
    };
    await cost();
    const before = await cost();
    for (let sale = 0; sale < 20; sale += 1) await post("/sales", { items }, {}, shop.admin);
    const [refunded = 0, paidOut = 0] = (await cost()).map((read, index) => read - (before[index] ?? 0));
    expect([refunded < 15, paidOut < 15], `${refunded} and ${paidOut} rows more`).toEqual([true, true]);
  });

  it("takes no more round trips with a warning than without", async () => {
    const { byCard, refund } = await till();
    const within = await refund(byCard.id, 1, { payment_method: "cash" });
    const beyond = await refund(byCard.id, 2, { payment_method: "cash" });
    expect(beyond.body.warnings).toHaveLength(1);
    expect(costOf(beyond).queries).toBe(costOf(within).queries);
  });
});

describe("a void", () => {
  it("warns of cash that was paid out meanwhile, also when it is replayed", async () => {
    const { inCash, byCard, payOut, post } = await till();
    await payOut(1200);
    const key = { "idempotency-key": "void" };
    const first = await post(`/sales/${inCash.id}/void`, {}, key);
    expect(first.body).toMatchObject({ is_void: true, warnings: short(800) });
    expect((await post(`/sales/${inCash.id}/void`, {}, key)).text).toBe(first.text);
    expect((await post(`/sales/${byCard.id}/void`)).body.warnings).toEqual([]);
  });

  it("that was already made is returned without a warning", async () => {
    const { inCash, payOut, post } = await till();
    await payOut(1200);
    await post(`/sales/${inCash.id}/void`);
    const again = await post(`/sales/${inCash.id}/void`);
    expect([again.status, again.body.warnings]).toEqual([200, []]);
  });
});

describe("cash that is paid out", () => {
  it("beyond the expected cash has a warning once it is approved, also when it is replayed", async () => {
    const { payOut } = await till();
    expect((await payOut(1500)).body.warnings).toEqual([]);
    const key = { "idempotency-key": "cash" };
    const first = await payOut(600, key);
    expect([first.status, first.body.warnings]).toEqual([201, short(500)]);
    expect(first.body.warnings[0].detail).toContain("but 600 were paid out");
    const again = await payOut(600, key);
    expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"]);
  });

  it("by an ADMIN warns without an approval, in one round trip; cash that is paid in never does", async () => {
    const { shop, inCash, post, refund } = await till();
    await post("/shifts/start", {}, {}, shop.admin);
    const move = (kind: string, amount: number) =>
      post("/shifts/current/cash", { kind, amount, reason: "bank" }, {}, shop.admin);
    const beyond = await move("paid_out", 300);
    expect([beyond.body.warnings, costOf(beyond).queries]).toEqual([short(0), 1]);
    expect((await move("paid_out", 300)).body.warnings).toEqual(short(-300));
    expect((await move("paid_in", 100)).body.warnings).toEqual([]);
    expect((await move("paid_in", 500)).body.warnings).toEqual([]);
    expect((await move("paid_out", 100)).body.warnings).toEqual(short(0));
    // The drawer of the seller holds enough.
    expect((await refund(inCash.id, 1)).body.warnings).toEqual([]);
  });

  it("keeps its warning when the desk repeats a request whose response was lost", async () => {
    const { seller, shiftId, approval } = await till();
    const open = (await call("GET", `${API}/shifts/current`, { token: seller.token })).body;
    const input = {
      kind: "paid_out",
      amount: 2100,
      reason: "bank",
      approval,
      id: newId(),
      request: null,
    } as const;
    const first = await moveCash(seller.ctx(), open, input);
    expect(first.value.value).toMatchObject({ shift_id: shiftId, warnings: short(2000) });
    expect((await moveCash(seller.ctx(), open, input)).value).toEqual(first.value);
  });
});
