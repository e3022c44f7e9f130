import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Ranking, RankingSkeleton } from "./ranking.tsx";
import { useSeen } from "./use-seen.ts";
import { dashboardWords } from "./words.ts";

const ROWS = 7;

export function TopCustomersCard({ from, to }: { from: string; to: string }) {
  const w = useWords(dashboardWords);
  const [ref, isSeen] = useSeen<HTMLDivElement>();
  const query = useQuery({
    queryKey: ["top-customers", from, to],
    queryFn: ({ signal }) => mostrador.getTopCustomers({ from, to, limit: ROWS }, { signal }),
    enabled: isSeen,
    placeholderData: keepPreviousData,
  });
  return (
    <Card title={w.topCustomers}>
      <div ref={ref}>
        <Loaded query={query} skeleton={<RankingSkeleton rows={ROWS} />}>
          {({ data }) =>
            data.length === 0 ? (
              <Empty text={w.noCustomers} />
            ) : (
              <Ranking
                items={data.map(
                  ({ customer_id: id, customer_ref: reference, name, sales, revenue }, index) => ({
                    key: id ?? reference ?? String(index),
                    name: name ?? reference ?? "–",
                    note: `${sales} ${w.sales.toLowerCase()}`,
                    revenue,
                  }),
                )}
              />
            )
          }
        </Loaded>
      </div>
    </Card>
  );
}
