// The segments of an RFM analysis, by the scores of recency and frequency. docs/decisions/metrics.md has the table and its source.

export const SEGMENTS = [
  "Champions",
  "Loyal customers",
  "Potential loyalists",
  "New customers",
  "Promising",
  "Need attention",
  "About to sleep",
  "Cannot lose",
  "At risk",
  "Hibernating",
] as const;

export type Segment = (typeof SEGMENTS)[number];

const BY_RECENCY: Record<number, [Segment, Segment, Segment, Segment, Segment]> = {
  5: ["New customers", "Potential loyalists", "Potential loyalists", "Champions", "Champions"],
  4: ["Promising", "Potential loyalists", "Potential loyalists", "Loyal customers", "Loyal customers"],
  3: ["About to sleep", "About to sleep", "Need attention", "Loyal customers", "Loyal customers"],
  2: ["Hibernating", "Hibernating", "At risk", "At risk", "Cannot lose"],
  1: ["Hibernating", "Hibernating", "At risk", "At risk", "Cannot lose"],
};

/** The segment of a customer with these scores from 1 to 5. */
export function segmentOf(recency: number, frequency: number): Segment {
  const segment = BY_RECENCY[recency]?.[frequency - 1];
  if (!segment) throw new Error(`there is no segment for the scores ${recency} and ${frequency}`);
  return segment;
}
