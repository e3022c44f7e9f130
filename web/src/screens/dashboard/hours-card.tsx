import type { Overview } from "@mostrador/sdk";
import type { ReactNode } from "react";
import { HeatMap, type HeatRow } from "../../charts/heat-map.tsx";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { dashboardWords } from "./words.ts";

const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** The hours of the week by what was sold in them, from the first hour with a sale to the last. */
export function HoursCard({ hours, action }: { hours: Overview["hours"]; action?: ReactNode }) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  const used = hours.flatMap(({ hour, sales }) => (hour !== undefined && (sales ?? 0) > 0 ? [hour] : []));
  if (used.length === 0)
    return (
      <Card title={w.hours}>
        <Empty text={w.noSales} />
      </Card>
    );
  const [first, last] = [Math.min(...used, 9), Math.max(...used, 20)];
  const columns = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const byHour = new Map(hours.map((item) => [`${item.weekday} ${item.hour}`, item]));
  const rows = DAYS.map((day): HeatRow => {
    const label = f.weekdayName(day);
    return {
      label,
      cells: columns.map((hour) => {
        const item = byHour.get(`${day} ${hour}`);
        return {
          label: String(hour),
          value: item?.revenue ?? 0,
          text: w.hourText(label, hour, f.number(item?.sales ?? 0), f.money(item?.revenue ?? 0)),
        };
      }),
    };
  });
  return (
    <Card title={w.hours} action={action}>
      <HeatMap
        caption={w.hours}
        columns={columns.map((hour) => `${hour} h`)}
        rows={rows}
        hint={w.hoursHint}
      />
    </Card>
  );
}
