// The day of an EMPLOYEE: their own sales, hours and shift.
import type { Overview } from "@mostrador/sdk";
import { useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { live } from "../../live.ts";
import { Card } from "../../parts/card.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useMe } from "../../session/session.ts";
import { Screen } from "../../shell/screen.tsx";
import { LatestSalesCard } from "../dashboard/latest-sales-card.tsx";
import { ShiftCard } from "../dashboard/shift-card.tsx";
import { TillLink } from "../dashboard/till-link.tsx";
import { useToday } from "../dashboard/use-overview.ts";
import { dashboardWords } from "../dashboard/words.ts";
import { myDayWords } from "./words.ts";

export default function MyDay() {
  const { myDay, loading } = useWords(common);
  const { hello } = useWords(dashboardWords);
  const f = useFormats();
  const me = useMe();
  const today = useToday();
  const overview = useQuery({
    queryKey: ["my-day", today],
    queryFn: ({ signal }) => mostrador.getOverview({ from: today, to: today, interval: "hour" }, { signal }),
    ...live,
  });
  return (
    <Screen title={myDay} heading={hello(me.first_name)} subtitle={f.longDay(today)} actions={<TillLink />}>
      <Loaded
        query={overview}
        skeleton={
          <div role="status" aria-label={loading} className="flex flex-col gap-4">
            <div className="skeleton h-[5.5rem] rounded-2xl" />
            <div className="skeleton h-64 rounded-2xl" />
          </div>
        }
      >
        {(data) => <Cards data={data} />}
      </Loaded>
    </Screen>
  );
}

function Cards({ data }: { data: Overview }) {
  const w = useWords(myDayWords);
  const f = useFormats();
  const me = useMe();
  const mine = data.sellers.find(({ user_id: id }) => id === me.id);
  const figures = [
    { name: w.soldToday, value: f.money(mine?.revenue ?? 0) },
    { name: w.sales, value: f.number(mine?.orders ?? 0) },
    { name: w.averageSale, value: f.money(mine?.average_sale ?? 0) },
    { name: w.units, value: f.number(mine?.units ?? 0) },
    { name: w.hours, value: f.duration((mine?.hours ?? 0) * 3_600_000) },
  ];
  const shift = data.on_shift.filter(({ user_id: id }) => id === me.id);
  const sales = data.sales.filter(({ seller_id: id, day }) => id === me.id && day === data.to);
  return (
    <div className="flex flex-col gap-4">
      <dl className="grid grid-cols-1 gap-3 @min-[18rem]:grid-cols-2 @min-[40rem]:grid-cols-3 @min-[58rem]:grid-cols-5">
        {figures.map(({ name, value }) => (
          <div key={name} className="rounded-2xl border border-line bg-card px-4 py-3.5 shadow-card">
            <dt className="text-[0.8125rem] text-muted">{name}</dt>
            <dd className="text-xl font-semibold tracking-tight tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="grid items-start gap-4 @min-[40rem]:grid-cols-2">
        {shift.length > 0 ? (
          <ShiftCard people={shift} alerts={null} />
        ) : (
          <Card>
            <p className="text-muted">{w.noShift}</p>
          </Card>
        )}
        <LatestSalesCard title={w.mySales} empty={w.noSales} sales={sales} />
      </div>
    </div>
  );
}
