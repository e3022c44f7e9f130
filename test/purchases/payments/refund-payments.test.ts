// A payment at Stripe is refunded once, whatever fails between the commit and Stripe's response.
import { env } from "cloudflare:workers";
import type { SQL } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { newId } from "../../../src/values/ids.ts";
import { retryDueRefunds, refundAtProvider } from "../../../src/purchases/payments/refund-payments.ts";
import { refundSale } from "../../../src/sales/refund.ts";
import { change } from "../../support/change.ts";
import { API, call } from "../../support/client.ts";
import { between, count, rowsOf } from "../../support/d1.ts";
import { failuresDuring } from "../../support/logged-failures.ts";
import { bookshop, buyOne, confirm, putInCart } from "../../support/purchases.ts";
import { base, type Shop } from "../../support/shops.ts";
import {
  stripeRequests,
  checkOut,
  deliver,
  eventOf,
  pendingPurchase,
  refundsOf,
  controlStripe,
  withStripe,
} from "../../support/stripe.ts";
import { countByStatus } from "../../support/count-by-status.ts";
import { callWith } from "../../support/variant.ts";

const wrongKey = { ...withStripe, STRIPE_SECRET_KEY: "sk_test_wrong" };

/** A purchase of two books for 20.00, paid at Stripe. */
async function paid() {
  const bought = await pendingPurchase();
  await deliver(eventOf(bought.shop, bought.id, bought.intent));
  return bought;
}

type Paid = Awaited<ReturnType<typeof paid>>;

const inputOf = ({ book }: { book: { id: string } }, quantity: number) => ({
  items: [{ product_id: book.id, quantity }],
  reason: "torn",
  restock: false,
});

const give = (
  sale: { shop: Shop; book: { id: string }; id: string },
  quantity: number,
  {
    changes = withStripe,
    key = newId(),
    ...more
  }: { changes?: typeof withStripe; key?: string; payment_method?: string } = {},
) =>
  callWith(changes, "POST", `${API}/sales/${sale.id}/refunds`, {
    token: sale.shop.admin.token,
    headers: { "idempotency-key": key },
    json: { ...inputOf(sale, quantity), ...more },
  });

/** Refunds as if the Worker died after the commit; returns the id of the refund. */
async function giveAndDie(sale: Paid, units: number): Promise<string> {
  const { value } = await refundSale(sale.shop.admin.ctx(), sale.id, inputOf(sale, units * 1000), undefined);
  return value.id;
}

/** The job of each minute, run this many minutes from now. */
const sweep = (minutes: number, changes: Partial<typeof withStripe> = {}) =>
  retryDueRefunds({
    ...base(new Date(Date.now() + minutes * 60_000)),
    env: { ...env, ...withStripe, ...changes },
  });

const dueOf = ({ shop }: { shop: Shop }) =>
  rowsOf(
    "SELECT id, amount, status, attempts, last_error, retry_at FROM payments WHERE tenant_id = ? AND sale_id IN (SELECT id FROM sales WHERE kind = 'refund') ORDER BY id",
    shop.tenant.id,
  );

const amountsOf = async ({ intent }: Paid) =>
  (await refundsOf(intent)).filter(({ status }) => status === "succeeded").map(({ amount }) => amount);

describe("a refund of a purchase paid at Stripe", () => {
  it("refunds the payment at Stripe once, and records it", async () => {
    const sale = await paid();
    const { status, text } = await give(sale, 2);
    expect(status).toBe(201);
    const refund = JSON.parse(text);
    const [refundRequest, ...more] = await stripeRequests(refund.id);
    expect(more).toEqual([]);
    expect(refundRequest).toMatchObject({
      path: "/v1/refunds",
      key: `refund:${refund.id}`,
      form: { payment_intent: sale.intent, amount: "2000", "metadata[payment_id]": refund.id },
    });
    const { body } = await call("GET", `${API}/payments?status=refunded`, { token: sale.shop.admin.token });
    expect(body.data).toMatchObject([
      {
        id: refund.id,
        sale_id: refund.id,
        refund_of: sale.id,
        number: "A-10001",
        provider: "stripe",
        amount: 2000,
        currency: "EUR",
        actor_id: sale.shop.admin.id,
        attempts: 0,
        retry_at: null,
      },
    ]);
    const events = await rowsOf(
      "SELECT payload FROM events WHERE tenant_id = ? AND type = 'payment.refunded'",
      sale.shop.tenant.id,
    );
    expect(events.map(({ payload }) => JSON.parse(String(payload)))).toMatchObject([
      { id: refund.id, refund_of: sale.id, amount: 2000, status: "refunded" },
    ]);
    await sweep(60);
    expect(await amountsOf(sale)).toEqual([2000]);
  });

  it("by line refunds each amount, and no more than was paid", async () => {
    const sale = await paid();
    expect([(await give(sale, 1)).status, (await give(sale, 1)).status]).toEqual([201, 201]);
    expect((await give(sale, 1)).status).toBe(409);
    expect(await amountsOf(sale)).toEqual([1000, 1000]);
    expect(await dueOf(sale)).toMatchObject([{ status: "refunded" }, { status: "refunded" }]);
  });

  it("refunds the payment that was received, not an earlier one of a wrong amount", async () => {
    const sale = await pendingPurchase();
    await deliver(eventOf(sale.shop, sale.id, "pi_wrong", { amount_received: 1 }));
    await deliver(eventOf(sale.shop, sale.id, sale.intent));
    expect((await give(sale, 2)).status).toBe(201);
    expect([await amountsOf(sale), await dueOf(sale)]).toMatchObject([[2000], [{ status: "refunded" }]]);
    // That one waits for staff.
    expect(
      await rowsOf(
        "SELECT status, attempts FROM payments WHERE tenant_id = ? AND provider_ref = 'pi_wrong'",
        sale.shop.tenant.id,
      ),
    ).toEqual([{ status: "refund_due", attempts: 0 }]);
  });

  it("refunds the payment of that purchase, not of another in the shop", async () => {
    const first = await paid();
    await putInCart(first.buyer.token, first.book.id, 2);
    const { body } = await checkOut(first.buyer.token);
    const [request] = await stripeRequests(body.id);
    const second = { ...first, id: String(body.id), intent: String(request?.response.id) };
    await deliver(eventOf(second.shop, second.id, second.intent));
    for (const sale of [first, second]) {
      expect((await give(sale, 1)).status).toBe(201);
      expect(await amountsOf(sale)).toEqual([1000]);
    }
  });

  it("that is made is not made again, though its event is handled twice", async () => {
    const sale = await paid();
    const { id } = JSON.parse((await give(sale, 1)).text);
    const before = await stripeRequests(id);
    const [event] = await rowsOf(
      "SELECT id FROM events WHERE tenant_id = ? AND type = 'sale.refunded'",
      sale.shop.tenant.id,
    );
    const ctx = { ...base(), env: { ...env, ...withStripe } };
    await refundAtProvider(ctx, { tenant_id: sale.shop.tenant.id, event_id: String(event?.["id"]) });
    expect([await stripeRequests(id), await amountsOf(sale)]).toEqual([before, [1000]]);
    expect(await dueOf(sale)).toMatchObject([{ status: "refunded", attempts: 0 }]);
  });

  it("that is repeated under its key refunds once", async () => {
    const sale = await paid();
    const responses = await Promise.all(Array.from({ length: 4 }, () => give(sale, 1, { key: "k" })));
    expect(countByStatus([...responses, await give(sale, 1, { key: "k" })])).toEqual({ 201: 5 });
    expect(await amountsOf(sale)).toEqual([1000]);
  });

  it("in cash or by bank transfer is made by the shop", async () => {
    const sale = await paid();
    for (const payment_method of ["cash", "transfer"])
      expect((await give(sale, 1, { payment_method })).status).toBe(201);
    expect([await amountsOf(sale), await dueOf(sale)]).toEqual([[], []]);
  });

  it("of an unpaid purchase refunds no payment", async () => {
    const sale = await paid();
    await change("UPDATE sale_lines SET subtotal = 0 WHERE sale_id = ?", sale.id);
    expect((await give(sale, 1)).status).toBe(201);
    expect([await amountsOf(sale), await dueOf(sale)]).toEqual([[], []]);
  });

  it("beyond what was paid is rejected by the database, with its whole batch", async () => {
    const sale = await paid();
    await giveAndDie(sale, 1);
    await change("UPDATE payments SET amount = 1999 WHERE sale_id = ?", sale.id);
    await expect(giveAndDie(sale, 1)).rejects.toThrow("rule: more_than_paid");
    expect(await count("SELECT count(*) n FROM sales WHERE refund_of = ?", sale.id)).toBe(1);
  });
});

describe("a refund of a purchase that staff confirmed", () => {
  it("calls no provider", async () => {
    const byHand = await bookshop();
    const { body } = await buyOne(byHand.buyer.token, byHand.book.id, 2);
    const atStripe = await pendingPurchase();
    for (const sale of [{ ...byHand, id: String(body.id) }, atStripe]) {
      await confirm(sale.shop, sale.id);
      expect((await give(sale, 2)).status).toBe(201);
      expect(await dueOf(sale)).toEqual([]);
    }
    expect(await amountsOf(atStripe)).toEqual([]);
  });
});

describe("a due refund", () => {
  it("is made by the job a minute after the Worker died between the commit and the call", async () => {
    const sale = await paid();
    await giveAndDie(sale, 2);
    await sweep(0.9);
    expect([await amountsOf(sale), await dueOf(sale)]).toMatchObject([[], [{ status: "refund_due" }]]);
    await Promise.all([sweep(1.1), sweep(1.1)]);
    expect([await amountsOf(sale), await dueOf(sale)]).toMatchObject([[2000], [{ status: "refunded" }]]);
  });

  it("is made once though the Worker died before Stripe's answer was recorded, even a day ago", async () => {
    const sale = await paid();
    const id = await giveAndDie(sale, 1);
    const ctx = { ...sale.shop.admin.ctx(), env: { ...env, ...withStripe } };
    const dies = between(ctx, { before: () => Promise.reject(new Error("it died")) });
    const [event] = await rowsOf(
      "SELECT tenant_id, id FROM events WHERE tenant_id = ? AND type = 'sale.refunded' AND payload ->> 'id' = ?",
      sale.shop.tenant.id,
      id,
    );
    const ref = { tenant_id: String(event?.tenant_id), event_id: String(event?.id) };
    expect(await failuresDuring(() => refundAtProvider(dies, ref))).toEqual(["refund"]);
    expect([await amountsOf(sale), await dueOf(sale)]).toMatchObject([[1000], [{ status: "refund_due" }]]);
    await controlStripe("forget", id);
    await sweep(25 * 60);
    expect([await amountsOf(sale), await dueOf(sale)]).toMatchObject([[1000], [{ status: "refunded" }]]);
  });

  it("is retried at growing intervals while Stripe fails, and then waits for staff with the last error", async () => {
    const sale = await paid();
    expect((await give(sale, 2, { changes: wrongKey })).status).toBe(201);
    const [first] = await dueOf(sale);
    expect(first).toMatchObject({
      status: "refund_due",
      attempts: 1,
      last_error: "Invalid API Key provided",
    });
    const toNext = () =>
      count(
        "SELECT (julianday(retry_at) - julianday('now')) * 1440 n FROM payments WHERE id = ?",
        first?.["id"],
      );
    const waits: number[] = [];
    for (let minutes = await toNext(); minutes > 0; minutes = await toNext()) {
      waits.push(Math.round(minutes - waits.reduce((sum, wait) => sum + wait, 0)));
      await sweep(minutes - 0.1, wrongKey);
      expect(await dueOf(sale)).toMatchObject([{ attempts: waits.length }]);
      await sweep(minutes + 0.01, wrongKey);
    }
    expect(waits).toEqual([1, 10, 60, 360, 1500]);
    await sweep(100_000);
    const { token } = sale.shop.admin;
    const { body } = await call("GET", `${API}/payments?status=refund_due`, { token });
    expect(body.data).toMatchObject([
      { refund_of: sale.id, attempts: 6, last_error: "Invalid API Key provided", retry_at: null },
    ]);
    const path = `${API}/payments/${body.data[0].id}/refund`;
    const refused = await callWith(wrongKey, "POST", path, { token });
    expect([refused.status, JSON.parse(refused.text).type]).toEqual([503, "/problems/unavailable"]);
    const refunded = await callWith(withStripe, "POST", path, { token });
    expect([refunded.status, JSON.parse(refunded.text)]).toMatchObject([
      200,
      { status: "refunded", amount: 2000 },
    ]);
    expect(await amountsOf(sale)).toEqual([2000]);
  });

  it("counts an attempt that fails while another one fails as one, and its event begins no second attempt", async () => {
    const sale = await paid();
    const id = await giveAndDie(sale, 1);
    const at = new Date(Date.now() + 120_000);
    const ctx = { ...base(at), env: { ...env, ...withStripe, STRIPE_SECRET_KEY: "sk_test_wrong" } };
    const slow = {
      ...ctx,
      db: {
        ...ctx.db,
        run: async (statement: SQL) => {
          await sweep(2, wrongKey);
          await ctx.db.run(statement);
        },
      },
    };
    await retryDueRefunds(slow);
    expect(await dueOf(sale)).toMatchObject([{ status: "refund_due", attempts: 1 }]);
    const [event] = await rowsOf(
      "SELECT id FROM events WHERE tenant_id = ? AND type = 'sale.refunded' AND payload ->> 'id' = ?",
      sale.shop.tenant.id,
      id,
    );
    await refundAtProvider(ctx, { tenant_id: sale.shop.tenant.id, event_id: String(event?.["id"]) });
    expect(await dueOf(sale)).toMatchObject([{ status: "refund_due", attempts: 1 }]);
  });

  it("that another attempt has made meanwhile has not failed", async () => {
    const sale = await paid();
    await giveAndDie(sale, 1);
    const ctx = { ...base(new Date(Date.now() + 120_000)), env: { ...env, ...withStripe } };
    const wrong = { ...ctx, env: { ...ctx.env, ...wrongKey } };
    const run = async (statement: SQL) => {
      await sweep(2);
      await ctx.db.run(statement);
    };
    await retryDueRefunds({ ...wrong, db: { ...ctx.db, run } });
    const [made] = await dueOf(sale);
    expect(made).toMatchObject({ status: "refunded", attempts: 0, last_error: null });
    await giveAndDie(sale, 1);
    const late = between(ctx, {
      before: async () => {
        await sweep(2);
      },
    });
    expect(await failuresDuring(() => retryDueRefunds(late))).toEqual([]);
    expect(await amountsOf(sale)).toEqual([1000, 1000]);
  });

  it("that fails is no failure of another one of the shop", async () => {
    const sale = await paid();
    const id = await giveAndDie(sale, 1);
    await giveAndDie(sale, 1);
    const { token } = sale.shop.admin;
    expect((await callWith(wrongKey, "POST", `${API}/payments/${id}/refund`, { token })).status).toBe(503);
    expect(await dueOf(sale)).toMatchObject([
      { attempts: 1, last_error: "Invalid API Key provided" },
      { attempts: 0, last_error: null },
    ]);
  });

  it("is made at the instant at which it is due, and not before", async () => {
    const sale = await paid();
    await giveAndDie(sale, 1);
    const [due] = await dueOf(sale);
    const at = Date.parse(String(due?.["retry_at"]));
    const madeAt = async (ms: number) => {
      await retryDueRefunds({ ...base(new Date(ms)), env: { ...env, ...withStripe } });
      return amountsOf(sale);
    };
    expect([await madeAt(at - 1), await madeAt(at)]).toEqual([[], [1000]]);
  });

  it("of more than Stripe has left stays due, though some of it was refunded in Stripe's dashboard", async () => {
    const sale = await paid();
    await fetch(`${env.STRIPE_API_BASE}/v1/refunds`, {
      method: "POST",
      headers: { authorization: "Bearer sk_test_right" },
      body: new URLSearchParams({ payment_intent: sale.intent, amount: "500" }),
    });
    await give(sale, 2);
    expect([await amountsOf(sale), await dueOf(sale)]).toMatchObject([
      [500],
      [{ status: "refund_due", attempts: 1, last_error: "The refund exceeds the remaining amount." }],
    ]);
  });

  it("waits for the secret of Stripe, which its last error names", async () => {
    const sale = await paid();
    await give(sale, 2, { changes: wrongKey });
    const { STRIPE_SECRET_KEY: _, ...withoutKey } = { ...env, ...withStripe };
    const ctx = { ...base(new Date(Date.now() + 120_000)), env: withoutKey };
    expect(await failuresDuring(() => retryDueRefunds(ctx))).toContain("refund by stripe");
    expect(await dueOf(sale)).toMatchObject([
      {
        attempts: 2,
        last_error: "Stripe payments are not configured: the secret STRIPE_SECRET_KEY is missing.",
      },
    ]);
  });

  it("is made before those that have been due for less time, thirty a run", async () => {
    const { shop, buyer } = await bookshop();
    // The last to be due is neither the first nor the last of them by id.
    const dueMinutesAgo = (nth: number): number => (nth === 15 ? 10 : nth + 20);
    const rows = Array.from({ length: 31 }, (_, nth) => ({
      id: `01900000-0000-7000-8000-0000000000${String(nth).padStart(2, "0")}`,
      at: new Date(Date.now() - dueMinutesAgo(nth) * 60_000).toISOString(),
    }));
    await change(
      `INSERT INTO sales (tenant_id, id, kind, channel, status, customer_id, number, total, units, lines, placed_at, day, created_at)
        SELECT ?1, value ->> 'id', 'sale', 'online', 'cancelled', ?2, 20000 + key, 100, 0, 0, value ->> 'at', '2026-01-01',
          value ->> 'at' FROM json_each(?3)`,
      shop.tenant.id,
      buyer.id,
      JSON.stringify(rows),
    );
    await change(
      `INSERT INTO payments (tenant_id, id, sale_id, provider, amount, currency, status, created_at, retry_at)
        SELECT ?1, value ->> 'id', value ->> 'id', 'manual', 100, 'EUR', 'refund_due', value ->> 'at', value ->> 'at'
        FROM json_each(?2)`,
      shop.tenant.id,
      JSON.stringify(rows),
    );
    await change("UPDATE payments SET retry_at = NULL WHERE tenant_id <> ?", shop.tenant.id);
    const left = () =>
      rowsOf("SELECT id FROM payments WHERE tenant_id = ? AND status = 'refund_due'", shop.tenant.id);
    expect(await sweep(0)).toBe("");
    expect(await left()).toEqual([{ id: rows[15]?.id }]);
    expect(await sweep(0)).toBeNull();
    expect(await left()).toEqual([]);
  });

  it("is made by the first run of the job after Stripe works again", async () => {
    const sale = await paid();
    await give(sale, 1, { changes: wrongKey });
    expect(await amountsOf(sale)).toEqual([]);
    await sweep(2);
    expect(await amountsOf(sale)).toEqual([1000]);
    expect(await dueOf(sale)).toMatchObject([{ status: "refunded", last_error: null, retry_at: null }]);
  });

  it.each([
    { outcome: "failed", control: "break" as const },
    { outcome: "was cancelled", control: "void" as const },
  ])(
    "that Stripe accepted and then $outcome stays due, and is requested again once Stripe has discarded the key",
    async ({ control }) => {
      const sale = await paid();
      await controlStripe(control, sale.intent);
      const { id } = JSON.parse((await give(sale, 2)).text);
      await controlStripe("mend", sale.intent);
      const [due] = await dueOf(sale);
      expect(due).toMatchObject({ status: "refund_due", attempts: 1 });
      expect(due?.["last_error"]).toContain("expired_or_canceled_card");
      await controlStripe("forget", id);
      await sweep(2);
      expect([await amountsOf(sale), await dueOf(sale)]).toMatchObject([[2000], [{ status: "refunded" }]]);
    },
  );

  it("is made once if staff and the job make it together", async () => {
    const sale = await paid();
    const id = await giveAndDie(sale, 1);
    const { token } = sale.shop.admin;
    const byHand = () => callWith(withStripe, "POST", `${API}/payments/${id}/refund`, { token });
    const [one, other] = await Promise.all([byHand(), byHand(), sweep(2), sweep(2)]);
    for (const response of [one, other]) expect([200, 409]).toContain(response.status);
    expect(await amountsOf(sale)).toEqual([1000]);
    const events = "SELECT count(*) n FROM events WHERE tenant_id = ? AND type = 'payment.refunded'";
    expect(await count(events, sale.shop.tenant.id)).toBe(1);
  });

  it("counts as made if the whole payment was refunded in Stripe's dashboard", async () => {
    const sale = await paid();
    await fetch(`${env.STRIPE_API_BASE}/v1/refunds`, {
      method: "POST",
      headers: { authorization: "Bearer sk_test_right" },
      body: new URLSearchParams({ payment_intent: sale.intent }),
    });
    expect((await give(sale, 2)).status).toBe(201);
    expect([await amountsOf(sale), await dueOf(sale)]).toMatchObject([[2000], [{ status: "refunded" }]]);
  });

  it("of a late payment or of a wrong amount waits for staff, also after an attempt of theirs has failed", async () => {
    const sale = await pendingPurchase();
    await deliver(eventOf(sale.shop, sale.id, sale.intent, { amount_received: 1999 }));
    const payment = async () =>
      (await rowsOf("SELECT id, status, attempts, retry_at FROM payments WHERE sale_id = ?", sale.id))[0];
    await sweep(60);
    const due = await payment();
    expect(due).toMatchObject({ status: "refund_due", attempts: 0, retry_at: null });
    const { token } = sale.shop.admin;
    const path = `${API}/payments/${String(due?.["id"])}/refund`;
    expect((await callWith(wrongKey, "POST", path, { token })).status).toBe(503);
    await sweep(60);
    expect(await payment()).toEqual({ ...due, attempts: 1 });
    expect(await amountsOf(sale)).toEqual([]);
  });
});
