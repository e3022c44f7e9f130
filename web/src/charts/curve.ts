// Paths of lines through points, for SVG.
export type Point = { x: number; y: number };

const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

/**
 * A smooth path through points whose x rises (monotone cubic, Fritsch and Carlson): between two points the curve never leaves their values, so
 * that it shows no extreme that is not in the data.
 */
export function curve(points: readonly Point[]): string {
  const [first] = points;
  if (!first) return "";
  const slopes = tangents(points);
  let path = `M${at(first)}`;
  for (const [index, end] of points.entries()) {
    const start = points[index - 1];
    if (!start) continue;
    const third = (end.x - start.x) / 3;
    const out = { x: start.x + third, y: start.y + third * (slopes[index - 1] ?? 0) };
    const into = { x: end.x - third, y: end.y - third * (slopes[index] ?? 0) };
    path += `C${at(out)} ${at(into)} ${at(end)}`;
  }
  return path;
}

function tangents(points: readonly Point[]): number[] {
  const secants = points.slice(1).map((end, index) => {
    const start = points[index] ?? end;
    return (end.y - start.y) / (end.x - start.x || 1);
  });
  return points.map((_, index) => {
    const before = secants[index - 1];
    const after = secants[index];
    if (before === undefined || after === undefined) return before ?? after ?? 0;
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
}

/** Up to `count` + 1 round values from zero (or below) that cover the range. */
export function ticks(min: number, max: number, count = 4): number[] {
  const span = Math.max(max, 0) - Math.min(min, 0) || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(Math.min(min, 0) / step);
  const last = Math.ceil(Math.max(max, 0) / step);
  return Array.from({ length: Math.max(last - first, 1) + 1 }, (_, index) => (first + index) * step);
}
