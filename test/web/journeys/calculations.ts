// What screens compute themselves, so that a person sees it before the API answers.
import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import * as fc from "fast-check";
import type { SaleLine } from "../../../sdk/src/index.ts";
import { instantOf, localOf } from "../../../web/src/lists/zone-time.ts";
import { refundableOf, refundOf } from "../../../web/src/screens/sale/refund-amounts.ts";
import type { Journeys } from "../support/journeys.ts";

const line: SaleLine = {
  description: "Tea",
  discount: 0,
  discount_reason: null,
  exact_price: null,
  line_no: 1,
  list_price: 0,
  net: 0,
  product_id: "00000000-0000-4000-8000-000000000000",
  quantity: 1,
  refunded: 0,
  sku: "TEA",
  subtotal: 0,
  tax: 0,
  tax_rate: null,
  tax_rate_id: null,
  unit: "kg",
  unit_price: 0,
};

const amount = fc.integer({ min: 0, max: 10_000_000 });
const parts = fc.array(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 8 });

export const journeys: Journeys = () => {
  void test("refunds of a line in any parts add up to what was paid for it, to the last cent", () => {
    fc.assert(
      fc.property(amount, amount, parts, (net, tax, thousandths) => {
        const quantity = thousandths.reduce((sum, part) => sum + part, 0) / 1000;
        let refunded = 0;
        let paidBack = 0;
        for (const part of thousandths) {
          paidBack += refundOf({ ...line, net, tax, quantity, refunded }, part / 1000);
          refunded = Math.round(refunded * 1000 + part) / 1000;
        }
        deepStrictEqual(paidBack, net + tax);
        deepStrictEqual(refundableOf({ ...line, quantity, refunded }), 0);
      }),
    );
  });

  void test("a time of the shop is the same instant again, also around a change of the clock", () => {
    const instants = fc.integer({ min: Date.UTC(2020), max: Date.UTC(2035) });
    const zones = fc.constantFrom(
      "Europe/Madrid",
      "America/Mexico_City",
      "Asia/Kathmandu",
      "Australia/Lord_Howe",
    );
    fc.assert(
      fc.property(instants, zones, (instant, zone) => {
        const local = localOf(new Date(instant), zone);
        const again = instantOf(local.day, local.time, zone);
        deepStrictEqual(again && localOf(again, zone), local);
      }),
    );
    deepStrictEqual(
      instantOf("2026-03-29", "9:30", "Europe/Madrid")?.toISOString(),
      "2026-03-29T07:30:00.000Z",
    );
    deepStrictEqual(instantOf("2026-10-25", "02.30", "Europe/Madrid")?.toISOString().slice(14), "30:00.000Z");
  });

  void test("what is no time of a day is refused", () => {
    for (const text of ["", "24:00", "9", "12:60", "noon", "-1:00"])
      deepStrictEqual(instantOf("2026-11-27", text, "Europe/Madrid"), null);
  });
};
