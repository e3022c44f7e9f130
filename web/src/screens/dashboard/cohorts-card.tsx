import type { CohortReport } from "@mostrador/sdk";
import { useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useSeen } from "./use-seen.ts";
import { dashboardWords } from "./words.ts";

// A colour under text must leave it readable.
const STRONGEST = 0.32;

/** Of the customers of each month, how many bought in the months after. */
export function CohortsCard() {
  const w = useWords(dashboardWords);
  const [ref, isSeen] = useSeen<HTMLDivElement>();
  const query = useQuery({
    queryKey: ["cohorts"],
    queryFn: ({ signal }) => mostrador.getCohorts({}, { signal }),
    enabled: isSeen,
  });
  return (
    <Card title={w.cohorts} isFlush>
      <div ref={ref}>
        <Loaded query={query} skeleton={<div className="skeleton mx-5 mb-4 h-56" />}>
          {({ data }) => (data.length === 0 ? <Empty text={w.noSegments} /> : <CohortTable cohorts={data} />)}
        </Loaded>
      </div>
    </Card>
  );
}

function CohortTable({ cohorts }: { cohorts: CohortReport["data"] }) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  const columns = Math.max(...cohorts.map(({ months }) => months.length));
  return (
    <div role="region" aria-label={w.cohortsTable} tabIndex={0} className="overflow-x-auto pb-3">
      <table className="w-full text-[0.8125rem]">
        <caption className="sr-only">{w.cohorts}</caption>
        <thead>
          <tr className="text-xs text-muted">
            <th scope="col" className="py-2 pr-2 pl-5 text-left font-medium whitespace-nowrap">
              {w.cohort}
            </th>
            <th scope="col" className="px-2 text-right font-medium">
              {w.customers}
            </th>
            {Array.from({ length: columns }, (_, index) => (
              <th key={index} scope="col" className="px-1 text-center font-medium whitespace-nowrap">
                {w.cohortMonth(index)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map(({ cohort, customers, months }) => (
            <tr key={cohort} className="border-t border-line">
              <th scope="row" className="py-1 pr-2 pl-5 text-left font-normal whitespace-nowrap">
                {f.month(cohort)}
              </th>
              <td className="px-2 text-right">{f.number(customers)}</td>
              {Array.from({ length: columns }, (_, index) => {
                const month = months[index];
                return (
                  <td key={index} className="p-0.5 text-center last:pr-5">
                    {month && (
                      <span
                        title={f.money(month.revenue)}
                        className="block min-w-12 rounded-md py-1"
                        style={{
                          background: `color-mix(in srgb, var(--color-brand) ${month.retention * STRONGEST * 100}%, transparent)`,
                        }}
                      >
                        {f.share(month.retention)}
                      </span>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
