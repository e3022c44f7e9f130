// Which products are bought together. The score is the similarity by conditional probability of Deshpande and Karypis,
// "Item-Based Top-N Recommendation Algorithms" (ACM TOIS 22, 2004), freq(ij) / (freq(i) * freq(j)^alpha), where a basket of
// n products counts 1 / (n - 1) in freq(ij): a long one says less of each pair. alpha holds back what is in every basket.

// Of 0 to 0.5, with and without the weight of baskets, the best for the Online Retail sales.
const ALPHA = 0.15;
// Fewer baskets in common are chance.
const MIN_TOGETHER = 3;
const TOP = 20;
const DECIMALS = 6;

/** A product's neighbours as [product id, score], best first. */
export type Neighbours = [string, number][];

/** Baskets whose products are numbers: `ids` says whose number it is, `of` which baskets each product is in. */
export type Baskets = { ids: string[]; baskets: number[][]; of: number[][] };

/** Numbers the products of baskets that come in pieces: a million ids as text would not fit into memory. */
export async function numberBaskets(pieces: AsyncIterable<string[][]>): Promise<Baskets> {
  const numbers = new Map<string, number>();
  const found: Baskets = { ids: [], baskets: [], of: [] };
  for await (const piece of pieces)
    for (const named of piece) {
      const basket = named.map((id) => {
        const known = numbers.get(id);
        if (known !== undefined) return known;
        numbers.set(id, found.ids.length);
        found.of.push([]);
        return found.ids.push(id) - 1;
      });
      for (const product of basket) found.of[product]?.push(found.baskets.length);
      found.baskets.push(basket);
    }
  return found;
}

/** What is bought together with one product, the best twenty; ties go by id, so that the same baskets make the same list. */
export function neighboursOf({ ids, baskets, of }: Baskets, product: number): Neighbours {
  const mine = of[product] ?? [];
  const together = new Map<number, { times: number; weight: number }>();
  for (const at of mine) {
    const basket = baskets[at] ?? [];
    for (const other of basket) {
      if (other === product) continue;
      const pair = together.get(other) ?? { times: 0, weight: 0 };
      pair.times += 1;
      pair.weight += 1 / (basket.length - 1);
      together.set(other, pair);
    }
  }
  const scored: Neighbours = [];
  for (const [other, { times, weight }] of together) {
    const often = of[other]?.length ?? 0;
    if (times >= MIN_TOGETHER)
      scored.push([ids[other] ?? "", Number((weight / (mine.length * often ** ALPHA)).toFixed(DECIMALS))]);
  }
  return scored.toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, TOP);
}
