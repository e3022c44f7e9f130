// The neighbours of products, computed from the newest baskets of a shop, which are read and stored in parts.
import { describe, expect, it } from "vitest";
import { buildNeighbours } from "../../src/recommendations/neighbours.ts";
import { change } from "../support/change.ts";
import { rowsOf } from "../support/d1.ts";
import { storeCatalogue } from "../support/large-catalogue.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

/** A shop with the ids of so many products, in their order. */
async function shopOf(products: number): Promise<{ shop: Shop; ids: string[] }> {
  const shop = await newShop();
  return { shop, ids: (await storeCatalogue(shop, products)).map(({ id }) => id).toSorted(byText) };
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

/** Stores the baskets of days, the newest first, each said to have so many lines. */
const storeDays = (shop: Shop, days: { lines: number; baskets: string[][] }[]) =>
  change(
    `INSERT INTO daily_baskets (tenant_id, day, lines, baskets)
      SELECT ?1, date('2026-06-01', '-' || key || ' days'), value ->> 'lines', value ->> 'baskets' FROM json_each(?2)`,
    shop.tenant.id,
    JSON.stringify(days),
  );

const thrice = (...basket: string[]): string[][] => [basket, basket, basket];

const neighboursIn = async (shop: Shop) =>
  new Map(
    (
      await rowsOf(
        "SELECT product_id, neighbours FROM product_neighbours WHERE tenant_id = ?",
        shop.tenant.id,
      )
    ).map(({ product_id, neighbours }): [string, [string, number][]] => [
      String(product_id),
      JSON.parse(String(neighbours)),
    ]),
  );

const namesOf = async (shop: Shop, id = "") => (await neighboursIn(shop)).get(id)?.map(([other]) => other);

describe("the baskets of a shop", () => {
  it("count once, though no more days are read together than have a hundred thousand lines", async () => {
    const { shop, ids } = await shopOf(2);
    const [first = "", other = ""] = ids;
    await storeDays(
      shop,
      [60_000, 60_000, 40_000].map((lines) => ({ lines, baskets: [ids] })),
    );
    const ctx = base();
    expect(await buildNeighbours(ctx, shop.tenant.id, "")).toBeNull();
    const score = Number((3 / (3 * 3 ** 0.15)).toFixed(6));
    expect(await neighboursIn(shop)).toEqual(
      new Map([
        [first, [[other, score]]],
        [other, [[first, score]]],
      ]),
    );
    // The days, the newest, both others, what is stored, and the end.
    expect(ctx.db.cost.queries).toBe(5);
  });

  it("are used up to a million lines, the newest first", async () => {
    const { shop, ids } = await shopOf(4);
    const [first = "", second = "", third = "", fourth = ""] = ids;
    await storeDays(shop, [
      { lines: 999_999, baskets: thrice(first, second) },
      { lines: 1, baskets: thrice(first, third) },
      { lines: 100_000, baskets: thrice(first, fourth) },
    ]);
    await buildNeighbours(base(), shop.tenant.id, "");
    expect(await namesOf(shop, first)).toEqual([second, third]);
  });

  it("are those of the last thousand days with sales", async () => {
    const { shop, ids } = await shopOf(3);
    const [first = "", second = "", third = ""] = ids;
    await storeDays(shop, [
      ...Array.from({ length: 999 }, () => ({ lines: 2, baskets: [] })),
      { lines: 2, baskets: thrice(first, second) },
      { lines: 2, baskets: thrice(first, third) },
    ]);
    await buildNeighbours(base(), shop.tenant.id, "");
    expect(await namesOf(shop, first)).toEqual([second]);
  });
});

describe("the neighbours of more products than are stored at once", () => {
  it("are all stored, and those of products that have none any more are deleted", async () => {
    const { shop, ids } = await shopOf(1_008);
    // Every third product, the last one too, was not sold with another.
    const sold = ids.filter((_, at) => at % 3 < 2);
    const pairs = sold.flatMap((id, at) => (at % 2 === 0 ? [[id, sold[at + 1] ?? ""]] : []));
    await storeDays(shop, [{ lines: 9, baskets: pairs.flatMap((pair) => thrice(...pair)) }]);
    await change(
      `INSERT INTO product_neighbours (tenant_id, product_id, neighbours)
        SELECT tenant_id, id, json_array(json_array(id, 1)) FROM products WHERE tenant_id = ?`,
      shop.tenant.id,
    );
    expect(await buildNeighbours(base(), shop.tenant.id, "")).toBeNull();
    const stored = await neighboursIn(shop);
    expect([...stored.keys()].toSorted(byText)).toEqual(sold);
    for (const [one = "", other = ""] of pairs)
      expect([stored.get(one)?.[0]?.[0], stored.get(other)?.[0]?.[0]]).toEqual([other, one]);
  });

  it("are stored by several messages of ten thousand products each", async () => {
    const { shop, ids } = await shopOf(2);
    // They come before the other two.
    const pairs = Array.from({ length: 5_000 }, (_, at) =>
      ["a", "b"].map((side) => `00-${10_000 + at}-${side}`),
    );
    await storeDays(shop, [{ lines: 9, baskets: [...pairs, ...thrice(...ids)] }]);
    await change(
      `INSERT INTO product_neighbours (tenant_id, product_id, neighbours)
        SELECT tenant_id, id, '[["earlier",1]]' FROM products WHERE tenant_id = ?`,
      shop.tenant.id,
    );
    const last = await buildNeighbours(base(), shop.tenant.id, "");
    expect(last).toBe("00-14999-b");
    // Those of the next message are still those of the night before.
    for (const id of ids) expect(await namesOf(shop, id)).toEqual(["earlier"]);
    expect(await buildNeighbours(base(), shop.tenant.id, last ?? "")).toBeNull();
    expect(await namesOf(shop, ids[0])).toEqual([ids[1]]);
  });

  it("are stored after the product at which the last message ended, and those before it stay", async () => {
    const { shop, ids } = await shopOf(4);
    await storeDays(shop, [{ lines: 9, baskets: thrice(...ids) }]);
    await change(
      `INSERT INTO product_neighbours (tenant_id, product_id, neighbours)
        SELECT tenant_id, id, json_array(json_array(id, 1)) FROM products WHERE tenant_id = ?`,
      shop.tenant.id,
    );
    expect(await buildNeighbours(base(), shop.tenant.id, ids[1] ?? "")).toBeNull();
    const lengths = await neighboursIn(shop);
    expect(ids.map((id) => lengths.get(id)?.length)).toEqual([1, 1, 3, 3]);
  });
});
