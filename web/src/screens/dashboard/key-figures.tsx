import type { Overview } from "@mostrador/sdk";
import { Sparkline } from "../../charts/sparkline.tsx";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { ArrowDownRight, ArrowUpRight } from "../../parts/icons.tsx";
import { dashboardWords } from "./words.ts";

// Below this percentage a change is noise.
const NOISE = 1;
// The width of a digit in units of the text size, at most.
const GLYPH = 0.62;

const toneOf = (percent: number, isLessBetter: boolean): Tone => {
  if (Math.abs(percent) < NOISE) return "neutral";
  return percent > 0 === isLessBetter ? "bad" : "good";
};

/** A change in per cent, with its direction. */
export function Change({
  percent,
  isLessBetter = false,
}: {
  percent: number | null | undefined;
  isLessBetter?: boolean;
}) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  if (percent === null || percent === undefined)
    return (
      <Badge>
        <span aria-hidden="true">–</span>
        <span className="sr-only">{w.noChange}</span>
      </Badge>
    );
  const Arrow = percent < 0 ? ArrowDownRight : ArrowUpRight;
  return (
    <Badge tone={toneOf(percent, isLessBetter)}>
      <Arrow size={11} />
      <span className="sr-only">{percent < 0 ? w.down : w.up} </span>
      {f.percent(Math.abs(percent))}
    </Badge>
  );
}

/** A figure as large as it fits on a line. */
function Amount({ value }: { value: string }) {
  return (
    <div className="@container">
      <p
        className="font-semibold tracking-tight whitespace-nowrap tabular-nums"
        style={{
          fontSize: `min(1.375rem, ${(100 / (value.length * GLYPH)).toFixed(2)}cqi)`,
          lineHeight: "1.75rem",
        }}
      >
        {value}
      </p>
    </div>
  );
}

type FigureProps = {
  name: string;
  value: string;
  percent: number | null | undefined;
  isLessBetter?: boolean;
  course?: readonly number[];
};

/** A figure with its change and its course. */
export function Figure({ name, value, percent, isLessBetter = false, course }: FigureProps) {
  return (
    <div className="flex min-w-0 flex-col rounded-2xl border border-line bg-card shadow-card">
      <dt className="truncate px-4 pt-3.5 text-[0.8125rem] text-muted">{name}</dt>
      <dd className="px-4">
        <Amount value={value} />
        <div className="mt-1">
          <Change percent={percent} isLessBetter={isLessBetter} />
        </div>
      </dd>
      <dd aria-hidden="true" className="mt-auto">
        <Sparkline values={course ?? []} />
      </dd>
    </div>
  );
}

/** The six figures above everything else. */
export function KeyFigures({ data: { kpis, series } }: { data: Overview }) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  const whole = series.filter(({ partial }) => !partial);
  const changes = kpis.change_percent;
  return (
    <dl className="grid grid-cols-1 gap-3 @min-[18rem]:grid-cols-2 @min-[40rem]:grid-cols-3 @min-[58rem]:grid-cols-6">
      <Figure
        name={w.revenue}
        value={f.money(kpis.total_revenue)}
        percent={changes?.total_revenue}
        course={whole.map(({ revenue }) => revenue)}
      />
      <Figure
        name={w.sales}
        value={f.number(kpis.sales)}
        percent={changes?.sales}
        course={whole.map(({ sales }) => sales)}
      />
      <Figure
        name={w.averageSale}
        value={f.money(kpis.average_sale)}
        percent={changes?.average_sale}
        course={whole.map(({ revenue, sales }) => (sales === 0 ? 0 : revenue / sales))}
      />
      <Figure
        name={w.units}
        value={f.number(kpis.total_products_sold)}
        percent={changes?.total_products_sold}
        course={whole.map(({ units }) => units)}
      />
      <Figure name={w.customers} value={f.number(kpis.customers)} percent={changes?.customers} />
      <Figure
        name={w.refunds}
        value={f.number(kpis.refunds)}
        percent={changes?.refunds}
        isLessBetter
        course={whole.map(({ refunds }) => refunds)}
      />
    </dl>
  );
}
