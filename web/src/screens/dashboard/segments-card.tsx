import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { Bar } from "../../charts/bar.tsx";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { RankingSkeleton } from "./ranking.tsx";
import { useSeen } from "./use-seen.ts";
import { dashboardWords, segmentWords } from "./words.ts";

const SEGMENTS = 10;

/** How many customers each segment has, as of the last day of the range. */
export function SegmentsCard({ to }: { to: string }) {
  const w = useWords(dashboardWords);
  const names = useWords(segmentWords);
  const f = useFormats();
  const [ref, isSeen] = useSeen<HTMLDivElement>();
  const query = useQuery({
    queryKey: ["segments", to],
    queryFn: ({ signal }) => mostrador.getRfm({ as_of: to, limit: 1 }, { signal }),
    enabled: isSeen,
    placeholderData: keepPreviousData,
  });
  return (
    <Card title={w.segments}>
      <div ref={ref}>
        <p className="mb-3 -mt-2 text-xs text-muted">{w.segmentsHint}</p>
        <Loaded query={query} skeleton={<RankingSkeleton rows={SEGMENTS} />}>
          {({ segments }) => {
            const most = Math.max(1, ...segments.map(({ customers }) => customers));
            return segments.every(({ customers }) => customers === 0) ? (
              <Empty text={w.noSegments} />
            ) : (
              <ul className="flex flex-col gap-2.5">
                {segments.map(({ segment, customers, revenue }) => (
                  <li key={segment} title={f.money(revenue)}>
                    <p className="mb-1 flex justify-between gap-3">
                      <span>{names[segment]}</span>
                      <span className="font-medium tabular-nums">{f.number(customers)}</span>
                    </p>
                    <Bar share={customers / most} className="h-1" />
                  </li>
                ))}
              </ul>
            );
          }}
        </Loaded>
      </div>
    </Card>
  );
}
