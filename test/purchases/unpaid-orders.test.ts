import { describe, expect, it } from "vitest";
import { assertFewUnpaid, countUnpaid } from "../../src/purchases/unpaid-orders.ts";
import { newId } from "../../src/values/ids.ts";
import { failureOf } from "../support/d1.ts";
import { base } from "../support/shops.ts";

/** A shop of its own, a counter of its unpaid orders, and whether it takes another one. */
function newCounts() {
  const shop = newId();
  const works: Promise<unknown>[] = [];
  const ctx = { ...base(), waitUntil: (work: Promise<unknown>) => void works.push(work) };
  const end = async (placedFrom: string | null, orders: number): Promise<number> => {
    for (let order = 0; order < orders; order += 1) countUnpaid(ctx, shop, placedFrom);
    await Promise.all(works);
    return works.length;
  };
  return { end, check: (placedFrom: string) => assertFewUnpaid(ctx, shop, placedFrom) };
}

describe("orders that end unpaid", () => {
  it("are two hundred a day from a network at most, of guests and of accounts apart", async () => {
    const { end, check } = newCounts();
    await end("guest:192.0.2.0", 199);
    await check("guest:192.0.2.0");
    await end("guest:192.0.2.0", 1);
    expect(await failureOf(check("guest:192.0.2.0"))).toMatchObject({
      slug: "too-many-pending-orders",
      headers: { "retry-after": expect.stringMatching(/^\d+$/) },
    });
    for (const other of ["guest:192.0.3.0", "account:192.0.2.0"]) await check(other);
    // Another shop has its own count.
    await newCounts().check("guest:192.0.2.0");
  });

  it("are not counted where the network is unknown, or staff took the order", async () => {
    const { end, check } = newCounts();
    expect([await end("guest:", 201), await end(null, 1)]).toEqual([0, 0]);
    await check("guest:");
  });
});
