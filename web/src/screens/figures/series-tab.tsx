import type { Interval, SeriesPeriod } from "@mostrador/sdk";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { LineChart, type LinePoint } from "../../charts/line-chart.tsx";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { Legend, PERIOD_LABELS } from "../dashboard/series-labels.tsx";
import { addDays, type DayRange } from "../dashboard/range.ts";
import { dashboardWords } from "../dashboard/words.ts";
import { AmountsCards } from "./amounts-cards.tsx";
import { FigureTable, type FigureColumn } from "./figure-table.tsx";
import { INTERVALS, MEASURES } from "./search.ts";
import { useFiguresView, useRange } from "./use-range.ts";
import { figuresWords } from "./words.ts";

const DAY_MS = 86_400_000;
const MAX_HOUR_DAYS = 92;

const daysIn = ({ from, to }: DayRange): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;

/** What a range is grouped by, unless the person says otherwise. */
function intervalOf(range: DayRange): Interval {
  const days = daysIn(range);
  if (days <= 2) return "hour";
  if (days <= 100) return "day";
  return days <= 400 ? "week" : "month";
}

export default function SeriesTab() {
  const w = useWords(figuresWords);
  const range = useRange();
  const [{ measure = "revenue", interval: chosen }, setView] = useFiguresView();
  const canHour = daysIn(range) <= MAX_HOUR_DAYS;
  const interval = chosen === undefined || (chosen === "hour" && !canHour) ? intervalOf(range) : chosen;
  const series = useQuery({
    queryKey: ["metrics", "series", range, interval],
    queryFn: ({ signal }) => mostrador.getSeries({ ...range, interval }, { signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <AmountsCards />
      <div className="flex flex-wrap gap-3">
        <Segmented
          label={w.measure}
          value={measure}
          options={MEASURES.map((value) => ({ value, label: w[value] }))}
          onChange={(value) => setView({ measure: value })}
        />
        <Segmented
          label={w.interval}
          value={interval}
          options={INTERVALS.filter((one) => one !== "hour" || canHour).map((value) => ({
            value,
            label: w[value],
          }))}
          onChange={(value) => setView({ interval: value })}
        />
      </div>
      <Loaded query={series} skeleton={<div className="skeleton h-[60rem] rounded-2xl" />}>
        {(data) => (
          <>
            <ChartCard
              interval={data.interval}
              periods={data.data}
              measure={measure}
              compared={data.compared_with}
            />
            <PeriodsTable interval={data.interval} periods={data.data} />
          </>
        )}
      </Loaded>
    </>
  );
}

type PeriodsProps = { interval: Interval; periods: readonly SeriesPeriod[] };

type ChartCardProps = PeriodsProps & {
  measure: (typeof MEASURES)[number];
  compared: DayRange | undefined;
};

function ChartCard({ interval, periods, measure, compared }: ChartCardProps) {
  const w = useWords(figuresWords);
  const d = useWords(dashboardWords);
  const f = useFormats();
  const points = periods.map((item, index): LinePoint => {
    const [label, longLabel] = PERIOD_LABELS[interval](f, item.period);
    return {
      key: item.period,
      label,
      longLabel,
      value: item[measure],
      before: item.before && {
        label: interval === "day" && compared ? f.weekday(addDays(compared.from, index)) : d.previousPeriod,
        value: item.before[measure],
      },
      isPartial: item.partial,
    };
  });
  return (
    <Card title={w[measure]}>
      <div className="mb-2 text-xs text-muted">
        <Legend compared={compared && f.dayRange(compared.from, compared.to)} />
      </div>
      <LineChart
        label={`${w[measure]}. ${d.seriesHint}`}
        points={points}
        format={measure === "revenue" ? f.money : f.number}
        formatAxis={measure === "revenue" ? f.shortMoney : f.number}
      />
    </Card>
  );
}

/** The same as a table, with all measures. */
function PeriodsTable({ interval, periods }: PeriodsProps) {
  const w = useWords(figuresWords);
  const d = useWords(dashboardWords);
  const f = useFormats();
  const columns: FigureColumn<SeriesPeriod>[] = [
    {
      name: w.period,
      kind: "text",
      value: ({ period }) => period,
      cell: ({ period, partial }) => (
        <span className="whitespace-nowrap">
          {PERIOD_LABELS[interval](f, period)[1]}
          {partial && <span className="text-faint"> ({d.unfinished})</span>}
        </span>
      ),
    },
    { name: w.revenue, kind: "money", value: ({ revenue }) => revenue },
    {
      name: w.before,
      kind: "money",
      shown: "hidden @min-[48rem]:table-cell",
      value: ({ before }) => before?.revenue,
    },
    {
      name: w.change,
      kind: "change",
      shown: "hidden @min-[36rem]:table-cell",
      value: ({ change_percent: change }) => change?.revenue,
    },
    {
      name: w.sales,
      kind: "number",
      shown: "hidden @min-[24rem]:table-cell",
      value: ({ sales }) => sales,
    },
    {
      name: w.units,
      kind: "number",
      shown: "hidden @min-[42rem]:table-cell",
      value: ({ units }) => units,
    },
    {
      name: w.refunds,
      kind: "number",
      shown: "hidden @min-[54rem]:table-cell",
      value: ({ refunds }) => refunds,
    },
  ];
  return (
    <FigureTable
      title={w.series}
      file="series"
      columns={columns}
      items={periods.toReversed()}
      keyOf={({ period }) => period}
    />
  );
}
