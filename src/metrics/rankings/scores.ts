// Recency, frequency and monetary value of customers, scored among all of them. docs/decisions/metrics.md has the formula.
import { type Segment, segmentOf } from "./segments.ts";

/** In days, sales without refunds, and minor units. */
export type Measures = { recency: number; frequency: number; monetary: number };

export type Scores = { r: number; f: number; m: number; segment: Segment };

/** The scores of each customer. */
export function score<T extends Measures>(customers: T[]): (T & Scores)[] {
  const above = (measure: keyof Measures): ((customer: T) => number) => {
    const thresholds = thresholdsOf(customers.map((customer) => customer[measure]));
    return (customer) => thresholds.filter((threshold) => threshold < customer[measure]).length;
  };
  const [recency, frequency, monetary] = [above("recency"), above("frequency"), above("monetary")];
  return customers.map((customer) => {
    const [r, f] = [5 - recency(customer), 1 + frequency(customer)];
    return { ...customer, r, f, m: 1 + monetary(customer), segment: segmentOf(r, f) };
  });
}

/** The k-th threshold is the value at position ceil(k * n / 5) of the ascending values, from 1. */
function thresholdsOf(values: number[]): number[] {
  const sorted = Float64Array.from(values).toSorted();
  return [1, 2, 3, 4].map((k) => sorted[Math.ceil((k * sorted.length) / 5) - 1] ?? 0);
}
