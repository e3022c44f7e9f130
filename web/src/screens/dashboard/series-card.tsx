import type { Overview } from "@mostrador/sdk";
import { useState } from "react";
import { ChartTable } from "../../charts/chart-table.tsx";
import { LineChart, type LinePoint } from "../../charts/line-chart.tsx";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { NoSales } from "./no-sales.tsx";
import { Legend, PERIOD_LABELS } from "./series-labels.tsx";
import { addDays, MEASURES, type Measure } from "./range.ts";
import { useView } from "./use-view.ts";
import { dashboardWords } from "./words.ts";

type Item = Overview["series"][number];

export function SeriesCard({ data }: { data: Overview }) {
  const w = useWords(dashboardWords);
  const c = useWords(common);
  const f = useFormats();
  const [{ measure = "revenue" }, setView] = useView();
  const [isTable, setTable] = useState(false);
  const { series, interval, compared_with: compared } = data;
  const format = measure === "revenue" ? f.money : f.number;

  const beforeLabel = (index: number): string =>
    interval === "day" && compared ? f.weekday(addDays(compared.from, index)) : w.previousPeriod;
  const points: LinePoint[] = series.map((item, index) => {
    const [label, longLabel] = PERIOD_LABELS[interval](f, item.period);
    return {
      key: item.period,
      label,
      longLabel,
      value: item[measure],
      before: item.before && { label: beforeLabel(index), value: item.before[measure] },
      isPartial: item.partial,
    };
  });
  const best = bestOf(series, measure);
  return (
    <Card
      title={w[measure]}
      action={
        <Segmented
          label={w.period}
          value={measure}
          options={MEASURES.map((value) => ({ value, label: w[value] }))}
          onChange={(value) => setView({ measure: value })}
        />
      }
    >
      {series.every(({ sales, refunds }) => sales === 0 && refunds === 0) ? (
        <div className="h-[18.5rem]">
          <NoSales data={data} />
        </div>
      ) : (
        <>
          <div className="mb-2 flex min-h-5 flex-wrap items-center justify-between gap-x-5 gap-y-1 text-xs text-muted">
            <Legend compared={compared && f.dayRange(compared.from, compared.to)} />
            {best && interval === "day" && (
              <span>{w.bestDay(f.weekday(best.period), format(best[measure]))}</span>
            )}
          </div>
          {isTable ? (
            <ChartTable
              label={`${w[measure]}: ${w.table}`}
              caption={w[measure]}
              head={[w.period, w.thisPeriod, w.previousPeriod]}
              rows={points.map(({ longLabel, value, before, isPartial }) => [
                isPartial ? `${longLabel} (${w.unfinished})` : longLabel,
                format(value),
                before ? format(before.value) : "–",
              ])}
            />
          ) : (
            <LineChart
              label={`${w[measure]}. ${w.seriesHint}`}
              points={points}
              format={format}
              formatAxis={measure === "revenue" ? f.shortMoney : f.number}
            />
          )}
          <button
            type="button"
            onClick={() => setTable(!isTable)}
            className="mt-1 -mb-2 min-h-9 text-[0.8125rem] text-muted underline-offset-2 hover:text-ink hover:underline"
          >
            {isTable ? c.viewAsChart : c.viewAsTable}
          </button>
        </>
      )}
    </Card>
  );
}

const bestOf = (series: readonly Item[], measure: Measure): Item | undefined =>
  series.reduce<Item | undefined>(
    (best, item) => (best && best[measure] >= item[measure] ? best : item),
    undefined,
  );
