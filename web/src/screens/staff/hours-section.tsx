import type { WorkedHourList } from "@mostrador/sdk";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { CsvButton } from "../../lists/csv-button.tsx";
import { DataTable, type Column } from "../../lists/data-table.tsx";
import { DaysFilter, FilterBar } from "../../lists/filters.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { staffWords } from "./words.ts";

type Day = WorkedHourList["data"][number];
type Total = WorkedHourList["totals"][number];

/** The worked hours of everyone, of the last 31 days if none are chosen. */
export function HoursSection() {
  const w = useWords(staffWords);
  const search = useSearch({ from: "/staff" });
  const navigate = useNavigate({ from: "/staff" });
  const { tab: _, ...days } = search;
  const hours = useQuery({
    queryKey: ["hours", days],
    queryFn: ({ signal }) => mostrador.getWorkedHours(days, { signal }),
  });
  return (
    <>
      <FilterBar>
        <DaysFilter
          days={days}
          none={w.lastMonth}
          onChange={(chosen) => void navigate({ search: { tab: "hours", ...chosen }, replace: true })}
        />
        <CsvButton file="hours.csv" read={(options) => mostrador.getWorkedHours({ ...days, ...options })} />
      </FilterBar>
      <Loaded query={hours} skeleton={<div className="skeleton h-96 rounded-2xl" />}>
        {(data) =>
          data.data.length === 0 ? (
            <Card>
              <Empty text={w.noHours} />
            </Card>
          ) : (
            <Tables hours={data} />
          )
        }
      </Loaded>
    </>
  );
}

function Tables({ hours }: { hours: WorkedHourList }) {
  const w = useWords(staffWords);
  const f = useFormats();
  const worked = (seconds: number) => (
    <span className="font-medium whitespace-nowrap">{f.duration(seconds * 1000)}</span>
  );
  const totals: Column<Total>[] = [
    { name: w.name, cell: ({ name }) => name },
    { name: w.shifts, isNumber: true, cell: ({ shifts }) => f.number(shifts) },
    { name: w.worked, isNumber: true, cell: ({ seconds }) => worked(seconds) },
  ];
  const days: Column<Day>[] = [
    { name: w.day, cell: ({ day }) => <span className="whitespace-nowrap">{f.weekday(day)}</span> },
    { name: w.name, cell: ({ name }) => name },
    {
      name: w.unpaidBreaks,
      isNumber: true,
      shown: "hidden @min-[34rem]:table-cell",
      cell: ({ unpaid_break_seconds: seconds }) => (seconds === 0 ? "–" : f.duration(seconds * 1000)),
    },
    { name: w.worked, isNumber: true, cell: ({ seconds }) => worked(seconds) },
  ];
  return (
    <div className="grid items-start gap-4 @min-[60rem]:grid-cols-[24rem_minmax(0,1fr)]">
      <Card title={w.totals} isFlush>
        <DataTable caption={w.totals} columns={totals} items={hours.totals} keyOf={(one) => one.user_id} />
      </Card>
      <Card title={w.byDay} isFlush>
        <DataTable
          caption={w.byDay}
          columns={days}
          items={hours.data}
          keyOf={(one) => `${one.day} ${one.user_id}`}
        />
      </Card>
    </div>
  );
}
