// Sales, refunds, voids and corrections at the same time.
import { describe, expect, it } from "vitest";
import { correctPayments } from "../../src/sales/correct-payments.ts";
import { refundSale } from "../../src/sales/refund.ts";
import { voidSale } from "../../src/sales/void.ts";
import { newId } from "../../src/values/ids.ts";
import { PIN, storePin } from "../support/approvals.ts";
import { change } from "../support/change.ts";
import { hashPassword } from "../../src/auth/login/passwords.ts";
import { API, call } from "../support/client.ts";
import { shopWith, unbalancedSales, unbalancedStock } from "../support/commerce.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { newPerson, newProduct, newShop, type Person } from "../support/shops.ts";

type Answer = Awaited<ReturnType<typeof call>>;

const post = (person: Person, path: string, json: object, headers: Record<string, string> = {}) =>
  call("POST", `${API}${path}`, { token: person.token, json, headers });

const times = <T>(n: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, index) => work(index)));

const numbersOf = (answers: Answer[]): string[] =>
  answers
    .filter(({ status }) => status === 201)
    .map(({ body }): string => body.number)
    .toSorted();

const series = (letter: string, n: number): string[] =>
  Array.from({ length: n }, (_, index) => `${letter}-${String(index + 1).padStart(6, "0")}`);

const stockOf = (id: string) => count("SELECT stock n FROM products WHERE id = ?", id);

/** The actor's context, in which `work` happens after the operation has read and before it writes. */
const interrupted = (person: Person, work: () => Promise<unknown>, batch = 2) =>
  between(person.ctx(), {
    before: async (nth) => {
      if (nth === batch) await work();
    },
  });

async function onShift(settings: Parameters<typeof shopWith>[0] = {}) {
  const shop = await shopWith(settings);
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const { body } = await post(seller, "/shifts/start", {});
  return { shop, seller, shiftId: String(body.id) };
}

describe("receipt numbers", () => {
  it("of 200 parallel sales have no gap and no double, with refused sales in between; refunds likewise", async () => {
    const shop = await shopWith({ maxDiscountPercent: 0 });
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    const [plenty, scarce] = [await newProduct(shop), await newProduct(shop, { stock: 20 })];
    const sellItem = (product_id: string, fields: object = {}) =>
      post(seller, "/sales", { items: [{ product_id, quantity: 1, ...fields }] });
    const discount = { percent: 1, reason: "none allowed" };
    const answers = await times(300, (index) => {
      if (index % 5 < 3) return sellItem(plenty.id);
      return index % 5 === 3 ? sellItem(scarce.id) : sellItem(plenty.id, { discount });
    });
    expect(Map.groupBy(answers, ({ status }) => status).get(403)?.length).toBe(60);
    expect(Map.groupBy(answers, ({ status }) => status).get(409)?.length).toBe(40);
    expect(numbersOf(answers)).toEqual(series("C", 200));

    const sold = answers.filter(({ status }) => status === 201).slice(0, 40);
    const refunds = await Promise.all(
      sold.flatMap(({ body }) => {
        const json = { items: [{ product_id: body.items[0].product_id, quantity: 1 }], reason: "torn" };
        return [
          post(seller, `/sales/${body.id}/refunds`, json),
          post(seller, `/sales/${body.id}/refunds`, json),
        ];
      }),
    );
    expect(numbersOf(refunds)).toEqual(series("R", 40));
    expect(refunds.filter(({ status }) => status === 409).length).toBe(40);
    expect(await unbalancedSales(shop)).toEqual([]);
  });
});

describe("the last", () => {
  it("unit, and the last 0.35 kg, are sold once to twenty customers", async () => {
    const shop = await newShop();
    const book = await newProduct(shop, { stock: 1 });
    const ham = await newProduct(shop, { stock: 0.35, unit: "kg" });
    for (const item of [
      { product_id: book.id, quantity: 1 },
      { product_id: ham.id, quantity: 0.35 },
    ]) {
      const answers = await times(20, () => post(shop.admin, "/sales", { items: [item] }));
      const [won, lost] = [201, 409].map((status) => answers.filter((answer) => answer.status === status));
      expect([won?.length, lost?.length]).toEqual([1, 19]);
      expect(lost?.[0]?.body).toMatchObject({
        type: "/problems/out-of-stock",
        items: [{ product_id: item.product_id, requested: item.quantity, available: 0 }],
      });
      expect(await stockOf(item.product_id)).toBe(0);
    }
    expect(await unbalancedStock(shop)).toEqual([]);
  });
});

describe("fifty times at once", () => {
  it("an approved request under one Idempotency-Key is one sale and one entry of the audit", async () => {
    const shop = await shopWith({ maxDiscountPercent: 0 });
    const seller = await newPerson(shop.tenant, "EMPLOYEE");
    await storePin(shop.tenant, shop.admin);
    await change("UPDATE approval_pins SET pin_hash = ? WHERE user_id = ?", hashPassword(PIN), shop.admin.id);
    const { id } = await newProduct(shop, { stock: 50 });
    const json = {
      items: [{ product_id: id, quantity: 1, discount: { percent: 50, reason: "torn" } }],
      approval: { user_id: shop.admin.id, pin: PIN },
    };
    const answers = await times(50, () => post(seller, "/sales", json, { "idempotency-key": "k" }));
    const sold = answers.filter(({ status }) => status === 201);
    expect(new Set(sold.map(({ body }) => body.id)).size).toBe(1);
    // Attempts at one PIN are limited also while they run; whoever was limited gets the sale when they repeat the request.
    expect(answers.every(({ status }) => status === 201 || status === 429)).toBe(true);
    expect((await post(seller, "/sales", json, { "idempotency-key": "k" })).body.id).toBe(sold[0]?.body.id);
    expect(await stockOf(id)).toBe(49_000);
    const approvals = "SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action = 'sale.approved'";
    expect(await count(approvals, shop.tenant.id)).toBe(1);
  });

  it("a sale with one client_id, in capitals or not, is one sale", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 50 });
    const client_id = newId();
    const answers = await times(50, (index) =>
      post(shop.admin, "/sales", {
        items: [{ product_id: id, quantity: 1 }],
        client_id: index % 2 === 0 ? client_id : client_id.toUpperCase(),
      }),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id} ${body.client_id}`)).size).toBe(1);
    expect(answers[0]?.body.client_id).toBe(client_id);
    expect(await stockOf(id)).toBe(49_000);
  });
});

describe("a void and", () => {
  it("a refund of the same sale at once: one of them wins, and nothing is given back twice", async () => {
    const { shop, seller } = await onShift();
    const { id } = await newProduct(shop, { stock: 100, price: 333 });
    const item = { product_id: id, quantity: 1 };
    for (let round = 0; round < 20; round += 1) {
      const { body: sale } = await post(seller, "/sales", { items: [{ ...item, quantity: 2 }] });
      const refund = () =>
        post(seller, `/sales/${sale.id}/refunds`, { items: [item], reason: "torn", restock: true });
      const cancel = () => post(seller, `/sales/${sale.id}/void`, {});
      const answers = await Promise.all(round % 2 === 0 ? [cancel(), refund()] : [refund(), cancel()]);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
      const won = answers.find(({ status }) => status === 201);
      expect(won?.body.total).toBe(won?.body.is_void === true ? -666 : -333);
      const back = "SELECT sum(total) n FROM sales WHERE refund_of = ?";
      expect(await count(back, sale.id)).toBe(won?.body.total);
    }
    expect(await unbalancedSales(shop)).toEqual([]);
    expect(await unbalancedStock(shop)).toEqual([]);
  });

  it("a void of the same sale at once are one void, which both receive", async () => {
    const { shop, seller } = await onShift();
    const { id } = await newProduct(shop, { stock: 10 });
    for (let round = 0; round < 10; round += 1) {
      const { body: sale } = await post(seller, "/sales", { items: [{ product_id: id, quantity: 1 }] });
      const [one, two] = await times(2, () => post(seller, `/sales/${sale.id}/void`, {}));
      expect(new Set([one?.status, two?.status])).toEqual(new Set([200, 201]));
      expect(one?.body.id).toBe(two?.body.id);
      expect(await stockOf(id)).toBe(10_000);
    }
    expect(
      await count("SELECT count(*) n FROM sales WHERE tenant_id = ? AND is_void = 1", shop.tenant.id),
    ).toBe(10);
  });

  it("a correction of the payments: the void pays back by the corrected method", async () => {
    const { shop, seller } = await onShift({ cashRounding: 5 });
    const { id } = await newProduct(shop, { price: 1003 });
    const { body: sale } = await post(seller, "/sales", { items: [{ product_id: id, quantity: 1 }] });
    const correct = () =>
      correctPayments(
        shop.admin.ctx(),
        sale.id,
        { payments: [{ method: "card", amount: 1003 }], reason: "paid by card" },
        undefined,
      );
    const { value } = await voidSale(interrupted(seller, correct, 1), sale.id, "rung up twice", undefined);
    expect(value).toMatchObject({
      payment_method: "card",
      payments: [{ method: "card", amount: -1003 }],
      rounding: 0,
    });
    expect(await unbalancedSales(shop)).toEqual([]);
  });
});

describe("a correction of the payments", () => {
  it("at the end of the shift is in its Z report, or refused", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const methods: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const seller = await newPerson(shop.tenant, "EMPLOYEE");
      await post(seller, "/shifts/start", {});
      const { body: sale } = await post(seller, "/sales", { items: [{ product_id: id, quantity: 1 }] });
      const json = { payments: [{ method: "card", amount: 1000 }], reason: "paid by card" };
      // The correction leads in the first rounds, the end of the shift in the last ones.
      const lead = 15 * (5 - round);
      const [ended, corrected] = await Promise.all([
        scheduler.wait(Math.max(0, lead)).then(() => post(seller, "/shifts/end", {})),
        scheduler
          .wait(Math.max(0, -lead))
          .then(() => post(seller, `/sales/${sale.id}/payments/correct`, json)),
      ]);
      expect([200, 409]).toContain(corrected.status);
      const method = corrected.status === 200 ? "card" : "cash";
      expect(ended.body.report.by_payment_method).toMatchObject([{ payment_method: method, total: 1000 }]);
      const stored = await rowsOf("SELECT method, amount FROM sale_payments WHERE sale_id = ?", sale.id);
      expect(stored).toEqual([{ method, amount: 1000 }]);
      methods.push(method);
    }
    expect(new Set(methods)).toEqual(new Set(["card", "cash"]));
  });

  it("after a shift that ended between its read and its batch changes nothing", async () => {
    const { shop, seller } = await onShift();
    const { id } = await newProduct(shop);
    const { body: sale } = await post(seller, "/sales", { items: [{ product_id: id, quantity: 1 }] });
    const ctx = seller.ctx();
    // The read is not a batch: the first one writes.
    const late = between(ctx, { before: async () => void (await post(seller, "/shifts/end", {})) });
    const input = { payments: [{ method: "card", amount: 1000 }], reason: "paid by card" };
    expect(await failureOf(correctPayments(late, sale.id, input, undefined))).toMatchObject({
      slug: "payments-not-correctable",
    });
    const { body } = await call("GET", `${API}/sales/${sale.id}`, { token: seller.token });
    expect(body).toEqual(sale);
  });
});

describe("a refund that names no method", () => {
  it("of each of eight lines at once gives back by each method what it took", async () => {
    const shop = await newShop();
    const products = await times(8, () => newProduct(shop));
    const items = products.map(({ id }) => ({ product_id: id, quantity: 1 }));
    const payments = [
      { method: "card", amount: 3500 },
      { method: "transfer", amount: 2200 },
      { method: "cash", amount: 2300 },
    ];
    const { body: sale } = await post(shop.admin, "/sales", { items, payments });
    const refunds = await Promise.all(
      items.map((item) => post(shop.admin, `/sales/${sale.id}/refunds`, { items: [item], reason: "torn" })),
    );
    expect(refunds.every(({ status }) => status === 201)).toBe(true);
    const paidBack = `SELECT method, -sum(amount) AS amount FROM sale_payments WHERE tenant_id = ? AND sale_id <> ?
      GROUP BY method ORDER BY amount DESC`;
    expect(await rowsOf(paidBack, shop.tenant.id, sale.id)).toEqual([payments[0], payments[2], payments[1]]);
    expect(await unbalancedSales(shop)).toEqual([]);
  });

  it("pays back by each method what was paid by it, also if another line is refunded at the same time", async () => {
    const shop = await newShop();
    const [one, two] = [await newProduct(shop), await newProduct(shop)];
    const items = [one, two].map(({ id }) => ({ product_id: id, quantity: 1 }));
    const payments = ["card", "cash"].map((method) => ({ method, amount: 1000 }));
    const { body: sale } = await post(shop.admin, "/sales", { items, payments });
    const refund = (ctx: ReturnType<Person["ctx"]>, product: { id: string }) => {
      const part = [{ product_id: product.id, quantity: 1000 }];
      return refundSale(ctx, sale.id, { items: part, reason: "torn", restock: false }, undefined);
    };
    const { value } = await refund(
      interrupted(shop.admin, () => refund(shop.admin.ctx(), one)),
      two,
    );
    expect(value.payments).toMatchObject([{ method: "cash", amount: -1000 }]);
    expect(await unbalancedSales(shop)).toEqual([]);
  });
});
