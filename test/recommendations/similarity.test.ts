// Compares the neighbours with those found by counting pair by pair, for any baskets.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { neighboursOf, numberBaskets } from "../../src/recommendations/similarity.ts";

const id = fc.nat(30).map((n) => `p${String(n).padStart(2, "0")}`);
const baskets = fc.array(fc.uniqueArray(id, { minLength: 2, maxLength: 9 }), { maxLength: 120 });

async function* inPieces(all: string[][]): AsyncGenerator<string[][]> {
  for (let at = 0; at < all.length; at += 7) yield all.slice(at, at + 7);
}

/** The neighbours by the formula. */
function expected(all: string[][], product: string): [string, number][] {
  const having = (...ids: string[]) => all.filter((basket) => ids.every((id) => basket.includes(id))).length;
  const others = [...new Set(all.flat())].filter((other) => other !== product && having(product, other) >= 3);
  const weight = (other: string) =>
    all
      .filter((basket) => basket.includes(product) && basket.includes(other))
      .reduce((sum, basket) => sum + 1 / (basket.length - 1), 0);
  const score = (other: string) =>
    Number((weight(other) / (having(product) * having(other) ** 0.15)).toFixed(6));
  return others
    .map((other): [string, number] => [other, score(other)])
    .toSorted(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .slice(0, 20);
}

it("the neighbours of a product are the twenty that share most baskets with it, weighted by the length of the baskets and how often they sell", async () => {
  await fc.assert(
    fc.asyncProperty(baskets, async (all) => {
      const numbered = await numberBaskets(inPieces(all));
      for (const [number, product] of numbered.ids.entries())
        expect(neighboursOf(numbered, number)).toEqual(expected(all, product));
    }),
    { numRuns: 50 },
  );
});
