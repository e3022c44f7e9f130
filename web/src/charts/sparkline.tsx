import { curve } from "./curve.ts";

const WIDTH = 140;
const HEIGHT = 26;

/** The course of a figure without axes. It is decoration: the figure stands beside it. The last value is left out while it is partial. */
export function Sparkline({ values }: { values: readonly number[] }) {
  if (values.length < 3) return <div className="h-8" />;
  const [min, max] = [Math.min(0, ...values), Math.max(1, ...values)];
  const points = values.map((value, index) => ({
    x: (index / (values.length - 1)) * WIDTH,
    y: HEIGHT - 1.5 - ((value - min) / (max - min)) * (HEIGHT - 3),
  }));
  const line = curve(points);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className="block h-8 w-full overflow-hidden rounded-b-2xl"
    >
      <path d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}z`} className="fill-brand-fill" />
      <path d={line} className="fill-none stroke-brand" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
