// What guests pay, against plain arithmetic and against an account with the same cart.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { newGuest } from "../support/guests.ts";
import { bookshop, checkOut, confirm, liftOrderLimits, putInCart } from "../support/purchases.ts";
import { newPerson, newProduct } from "../support/shops.ts";
import { newTaxRate } from "../support/taxes.ts";

type Line = { net: number; tax: number; subtotal: number; discount: number };

const sumOf = (lines: Line[], field: keyof Line): number => lines.reduce((sum, line) => sum + line[field], 0);

it.each([true, false])(
  "orders of guests add up to the cent with taxes, as those of accounts do, and refunds take off what they say (prices with tax: %s)",
  async (withTax) => {
    const { shop } = await bookshop();
    const { token } = shop.admin;
    await liftOrderLimits(shop);
    await call("PATCH", `${API}/shop`, { token, json: { prices_include_tax: withTax } });
    const rates = [
      await newTaxRate(shop, { rate: 21_000 }),
      await newTaxRate(shop, { rate: 5_500 }),
      await newTaxRate(shop, { rate: 0 }),
    ];
    const line = fc.record({
      price: fc.integer({ min: 0, max: 99_999 }),
      rate: fc.nat(rates.length - 1),
      grams: fc.integer({ min: 1, max: 20_000 }),
      isWeighed: fc.boolean(),
    });
    const carts = fc.sample(fc.array(line, { minLength: 1, maxLength: 4 }), { seed: 23, numRuns: 12 });
    for (const [nth, cart] of carts.entries()) {
      const [guest, buyer] = [await newGuest(shop), await newPerson(shop.tenant, "CUSTOMER")];
      for (const { price, rate, grams, isWeighed } of cart) {
        const fields = { price, tax_rate_id: rates[rate]?.id, unit: isWeighed ? "kg" : "piece" };
        const { id } = await newProduct(shop, fields);
        const quantity = isWeighed ? grams / 1000 : Math.ceil(grams / 1000);
        await guest.put(id, quantity);
        await putInCart(buyer.token, id, quantity);
      }
      const shown = (await guest.send("GET", "/cart")).body;
      const { body: order } = await guest.checkOut({
        email: `guest-${nth % 3}@example.com`,
        expected_total: shown.total,
      });
      expect([order.total, order.tax, order.net]).toEqual([shown.total, shown.tax, shown.total - shown.tax]);
      expect([sumOf(order.items, "subtotal"), sumOf(order.items, "tax"), sumOf(order.items, "net")]).toEqual([
        order.total,
        order.tax,
        order.net,
      ]);
      for (const item of order.items) {
        const rate = (item.tax_rate ?? 0) / 100_000;
        expect(Math.abs(item.tax - item.net * rate), JSON.stringify(item)).toBeLessThanOrEqual(1);
      }
      const { body: same } = await checkOut(buyer.token);
      const amounts = ({ items }: { items: Line[] }) =>
        items.map(({ net, tax, subtotal, discount }) => [net, tax, subtotal, discount]);
      expect(amounts(order)).toEqual(amounts(same));
      await confirm(shop, order.id);
      const items = order.items.map(({ product_id, quantity }: { product_id: string; quantity: number }) => ({
        product_id,
        quantity,
      }));
      const refund = await call("POST", `${API}/sales/${order.id}/refunds`, {
        token,
        json: { items, reason: "returned", restock: false },
      });
      expect([refund.body.total, refund.body.tax]).toEqual([0 - order.total, 0 - order.tax]);
    }
    const report = await call("GET", `${API}/metrics/kpis`, { token });
    expect([report.body.total_revenue, report.body.sales, report.body.refunds]).toEqual([0, 12, 12]);
  },
  120_000,
);
