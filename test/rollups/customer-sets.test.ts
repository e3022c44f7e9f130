import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addCustomers,
  addStored,
  emptySet,
  NUMBERS_PER_PART,
  setColumn,
  sizeOf,
} from "../../src/rollups/customer-sets.ts";
import { rowsOf } from "../support/d1.ts";
import { base, newShop } from "../support/shops.ts";
import { deletePacked, storeDaySets } from "../../src/rollups/packed.ts";

const numbers = fc.array(fc.oneof(fc.nat(100), fc.nat(70_000)), { maxLength: 200 });

/** The stored form of a set. */
const stored = (set: number[]): number[] => {
  const packed = emptySet();
  addCustomers(packed, set);
  return [...packed.masks].flat();
};

describe("a set of customers", () => {
  it.each(['["1"]', '{"0":1}', "1"])("is not read from %s, which is no list of numbers", (text) => {
    expect(setColumn.safeParse(text).success).toBe(false);
  });

  it("has the size of the union of all that was added, by number or by key", () => {
    fc.assert(
      fc.property(
        fc.array(numbers, { maxLength: 5 }),
        fc.array(fc.oneof(fc.nat(100), fc.constantFrom("1a", "0a", "0b"))),
        (periods, sold) => {
          const set = emptySet();
          for (const period of periods) addStored(set, stored(period));
          addCustomers(set, sold);
          expect(sizeOf(set)).toBe(new Set([...periods.flat(), ...sold]).size);
        },
      ),
    );
  });

  it("is stored by SQL as JavaScript reads it, in parts and by country", async () => {
    const shop = await newShop();
    const tenant = shop.tenant.id;
    const day = "2026-03-04";
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.tuple(fc.oneof(fc.nat(100), fc.nat(70_000)), fc.constantFrom("Spain", `Côte "d'Ivoire"`)),
          {
            selector: (member) => JSON.stringify(member),
            minLength: 1,
            maxLength: 200,
          },
        ),
        async (members) => {
          await env.DB.prepare("DELETE FROM daily_customers WHERE tenant_id = ?").bind(tenant).run();
          await env.DB.prepare(
            `INSERT INTO daily_customers (tenant_id, day, number, country, sales, refunds, units, revenue)
              SELECT ?, ?, value ->> 0, value ->> 1, 1, 0, 1000, 1 FROM json_each(?)`,
          )
            .bind(tenant, day, JSON.stringify(members))
            .run();
          await base().db.batch([
            ...deletePacked(tenant, JSON.stringify([day])),
            storeDaySets(tenant, JSON.stringify([day])),
          ]);
          const parts = await rowsOf(
            "SELECT part, customers, countries FROM customer_sets WHERE tenant_id = ?",
            tenant,
          );
          expect(new Set(parts.map(({ part }) => part))).toEqual(
            new Set(members.map(([number]) => Math.floor(number / NUMBERS_PER_PART))),
          );
          const set = emptySet();
          for (const { customers } of parts) addStored(set, setColumn.parse(customers));
          const expected = emptySet();
          addCustomers(
            expected,
            members.map(([number]) => number),
          );
          expect(set.masks).toEqual(expected.masks);
          for (const country of ["Spain", `Côte "d'Ivoire"`]) {
            const own = emptySet();
            for (const { countries } of parts) addStored(own, JSON.parse(String(countries))[country] ?? []);
            expect(sizeOf(own)).toBe(members.filter((member) => member[1] === country).length);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});
