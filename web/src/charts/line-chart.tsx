// A line over time, compared with the line before it. The arrow keys move the point; a table has the same values.
import { useId, useState, type KeyboardEvent, type PointerEvent } from "react";
import { curve, ticks, type Point } from "./curve.ts";
import { useWidth } from "./use-width.ts";

export type LinePoint = {
  key: string;
  /** On the axis, such as "28 oct". */
  label: string;
  /** Of the point, such as "mié, 28 oct". */
  longLabel: string;
  value: number;
  /** Of the comparison, if there is one. */
  before?: { label: string; value: number } | undefined;
  isPartial: boolean;
};

type LineChartProps = {
  label: string;
  points: readonly LinePoint[];
  format: (value: number) => string;
  formatAxis: (value: number) => string;
};

const HEIGHT = 236;
const TOP = 12;
const BOTTOM = 26;
const RIGHT = 12;
const LABEL_WIDTH = 76;

const KEYS: Record<string, (at: number, last: number) => number> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowDown: (at) => at - 1,
  ArrowUp: (at) => at + 1,
  Home: () => 0,
  End: (_, last) => last,
};

export function LineChart({ label, points, format, formatAxis }: LineChartProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [selected, setSelected] = useState<number | null>(null);
  const last = points.length - 1;
  const at = selected === null ? null : Math.min(selected, last);

  const levels = ticks(
    Math.min(...points.map(({ value, before }) => Math.min(value, before?.value ?? 0))),
    Math.max(...points.map(({ value, before }) => Math.max(value, before?.value ?? 0))),
  );
  const axis = levels.map(formatAxis);
  const left = 14 + Math.max(...axis.map((text) => text.length)) * 6.6;
  const [low, high] = [levels[0] ?? 0, levels.at(-1) ?? 1];
  const x = (index: number): number =>
    left + (last === 0 ? 0.5 : index / last) * Math.max(width - left - RIGHT, 1);
  const y = (value: number): number => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - BOTTOM);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") return setSelected(null);
    const move = KEYS[event.key];
    if (!move) return undefined;
    event.preventDefault();
    return setSelected(Math.max(0, Math.min(last, move(at ?? last, last))));
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const offset = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const index = Math.round(((offset - left) / Math.max(width - left - RIGHT, 1)) * last);
    setSelected(Math.max(0, Math.min(last, index)));
  };
  const shown = at === null ? undefined : points[at];
  return (
    <div
      ref={ref}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={at ?? last}
      aria-valuetext={textOf(points[at ?? last], format)}
      onKeyDown={onKeyDown}
      onFocus={() => setSelected((now) => now ?? last)}
      onBlur={() => setSelected(null)}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setSelected(null)}
      className="relative touch-pan-y overflow-x-clip rounded-lg"
      style={{ height: HEIGHT }}
    >
      {width > 0 && (
        <>
          <svg width={width} height={HEIGHT} aria-hidden="true" className="block text-[0.6875rem]">
            {levels.map((level, index) => (
              <g key={level}>
                <line
                  x1={left}
                  x2={width - RIGHT}
                  y1={y(level)}
                  y2={y(level)}
                  className="stroke-line"
                  strokeDasharray={level === 0 ? undefined : "2 4"}
                />
                <text x={left - 8} y={y(level) + 4} textAnchor="end" className="fill-faint">
                  {axis[index]}
                </text>
              </g>
            ))}
            <AxisLabels points={points} x={x} width={width - left - RIGHT} />
            <Lines points={points} x={x} y={y} base={y(Math.max(low, 0))} />
            {at !== null && shown && (
              <>
                <line
                  x1={x(at)}
                  x2={x(at)}
                  y1={TOP}
                  y2={HEIGHT - BOTTOM}
                  className="stroke-faint"
                  strokeDasharray="3 3"
                />
                <circle
                  cx={x(at)}
                  cy={y(shown.value)}
                  r="5"
                  className="fill-brand stroke-card"
                  strokeWidth="2"
                />
              </>
            )}
          </svg>
          {at !== null && shown && <Tip point={shown} format={format} x={x(at)} width={width} />}
        </>
      )}
    </div>
  );
}

const textOf = (point: LinePoint | undefined, format: (value: number) => string): string => {
  if (!point) return "";
  const before = point.before && `; ${point.before.label}: ${format(point.before.value)}`;
  return `${point.longLabel}: ${format(point.value)}${before ?? ""}`;
};

type Scale = { points: readonly LinePoint[]; x: (index: number) => number };

function AxisLabels({ points, x, width }: Scale & { width: number }) {
  const every = Math.max(1, Math.ceil(points.length / Math.max(1, Math.floor(width / LABEL_WIDTH))));
  return points.map(({ key, label }, index) =>
    index % every === 0 && (index === 0 || index + every / 2 <= points.length) ? (
      <text
        key={key}
        x={x(index)}
        y={HEIGHT - 6}
        textAnchor={index === 0 && points.length > 1 ? "start" : "middle"}
        className="fill-faint"
      >
        {label}
      </text>
    ) : null,
  );
}

/** The comparison dashed, the line with its area, and the unfinished periods dotted: they do not bend the line. */
function Lines({ points, x, y, base }: Scale & { y: (value: number) => number; base: number }) {
  const id = useId();
  const all: Point[] = points.map(({ value }, index) => ({ x: x(index), y: y(value) }));
  const before = points.flatMap(({ before }, index) => (before ? [{ x: x(index), y: y(before.value) }] : []));
  const open = points.findIndex(({ isPartial }) => isPartial);
  const whole = open === -1 ? all : all.slice(0, open);
  const rest = open === -1 ? [] : all.slice(Math.max(open - 1, 0));
  const [start, end] = [whole[0], whole.at(-1)];
  return (
    <>
      <defs>
        <linearGradient id={id} x1="0" x2="0" y1="0" y2="1">
          <stop offset="0" stopColor="var(--color-brand)" stopOpacity="0.2" />
          <stop offset="1" stopColor="var(--color-brand)" stopOpacity="0.02" />
        </linearGradient>
      </defs>
      {start && end && (
        <path d={`${curve(whole)}L${end.x} ${base}L${start.x} ${base}z`} fill={`url(#${id})`} />
      )}
      <path d={curve(before)} className="fill-none stroke-faint" strokeWidth="1.4" strokeDasharray="4 4" />
      <path d={curve(whole)} className="fill-none stroke-brand" strokeWidth="2" />
      {rest.length > 0 && (
        <path
          d={`M${rest.map((point) => `${point.x} ${point.y}`).join("L")}`}
          className="fill-none stroke-brand"
          strokeWidth="2"
          strokeDasharray="1 4"
          strokeLinecap="round"
        />
      )}
      {(open === -1 ? [] : all.slice(open)).map((point) => (
        <circle
          key={point.x}
          cx={point.x}
          cy={point.y}
          r="3.5"
          className="fill-card stroke-brand"
          strokeWidth="2"
        />
      ))}
      {whole.length === 1 && start && <circle cx={start.x} cy={start.y} r="4" className="fill-brand" />}
    </>
  );
}

const TIP_WIDTH = 208;

function Tip({
  point,
  format,
  x,
  width,
}: {
  point: LinePoint;
  format: (value: number) => string;
  x: number;
  width: number;
}) {
  const left = Math.max(0, Math.min(width - TIP_WIDTH, x < width / 2 ? x + 12 : x - TIP_WIDTH - 12));
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-2 rounded-xl border border-line bg-raised px-3.5 py-2 text-[0.8125rem] shadow-float"
      style={{ left, width: TIP_WIDTH }}
    >
      <p className="flex items-center gap-2">
        <span className="w-3 border-t-2 border-brand" />
        <span className="flex-1 text-muted">{point.longLabel}</span>
        <b className="font-semibold">{format(point.value)}</b>
      </p>
      {point.before && (
        <p className="mt-1 flex items-center gap-2 text-muted">
          <span className="w-3 border-t-2 border-dashed border-faint" />
          <span className="flex-1">{point.before.label}</span>
          {format(point.before.value)}
        </p>
      )}
    </div>
  );
}
