// The similarity by conditional probability of Deshpande and Karypis, "Item-Based Top-N Recommendation Algorithms" (ACM TOIS
// 22, 2004): freq(ij) / (freq(i) * freq(j)^alpha). A basket of n products counts 1 / (n - 1) in freq(ij), since a long one says
// less about each pair; alpha penalises products that are in most baskets.

// The best value between 0 and 0.5 for the Online Retail data set.
const ALPHA = 0.15;
// Fewer common baskets may be coincidence.
const MIN_COMMON_BASKETS = 3;
const MAX_NEIGHBOURS = 20;
const DECIMALS = 6;

/** A product's neighbours as [product id, score], best first. */
export type Neighbours = [string, number][];

/**
 * Baskets whose products are numbers: `ids` has the id of each product, `basketsOf` the positions in `baskets` of the baskets
 * that contain it.
 */
export type Baskets = { ids: string[]; baskets: number[][]; basketsOf: number[][] };

/** Numbers the products of baskets that are read page by page: a million ids as text would not fit into memory. */
export async function numberBaskets(pages: AsyncIterable<string[][]>): Promise<Baskets> {
  const numbers = new Map<string, number>();
  const ids: string[] = [];
  const baskets: number[][] = [];
  const basketsOf: number[][] = [];
  for await (const page of pages)
    for (const productIds of page) {
      const basket = productIds.map((id) => {
        const known = numbers.get(id);
        if (known !== undefined) return known;
        numbers.set(id, ids.length);
        basketsOf.push([]);
        return ids.push(id) - 1;
      });
      for (const product of basket) basketsOf[product]?.push(baskets.length);
      baskets.push(basket);
    }
  return { ids, baskets, basketsOf };
}

/** The best twenty neighbours of a product; equal scores are ordered by id, so that the same baskets yield the same list. */
export function neighboursOf({ ids, baskets, basketsOf }: Baskets, product: number): Neighbours {
  const positions = basketsOf[product] ?? [];
  const pairs = new Map<number, { count: number; weight: number }>();
  for (const at of positions) {
    const basket = baskets[at] ?? [];
    for (const other of basket) {
      if (other === product) continue;
      const pair = pairs.get(other) ?? { count: 0, weight: 0 };
      pair.count += 1;
      pair.weight += 1 / (basket.length - 1);
      pairs.set(other, pair);
    }
  }
  const neighbours: Neighbours = [];
  for (const [other, { count, weight }] of pairs) {
    if (count < MIN_COMMON_BASKETS) continue;
    const frequency = basketsOf[other]?.length ?? 0;
    const score = weight / (positions.length * frequency ** ALPHA);
    neighbours.push([ids[other] ?? "", Number(score.toFixed(DECIMALS))]);
  }
  return neighbours.toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, MAX_NEIGHBOURS);
}
