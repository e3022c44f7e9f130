/**
 * Splits a non-negative integer in proportion to non-negative integer weights, by the method of the largest remainder (Hamilton):
 * every share is its exact value rounded down, and what is left goes, one each, to the largest fractions, the first of equal ones
 * first. The shares add up to `total`, and no share exceeds its weight where `total` does not exceed the sum of the weights.
 */
export function allot(total: number, weights: number[]): number[] {
  const sum = weights.reduce((of, weight) => of + BigInt(weight), 0n);
  if (sum === 0n) return weights.map(() => 0);
  const exact = weights.map((weight) => BigInt(total) * BigInt(weight));
  const shares = exact.map((share) => Number(share / sum));
  const left = total - shares.reduce((of, share) => of + share, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share % sum }))
    .toSorted((a, b) => Number(b.remainder - a.remainder));
  for (const { index } of byRemainder.slice(0, left)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}
