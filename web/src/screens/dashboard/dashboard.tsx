import type { Overview } from "@mostrador/sdk";
import { useDeferredValue, useState } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { useMe } from "../../session/session.ts";
import { Screen } from "../../shell/screen.tsx";
import { CohortsCard } from "./cohorts-card.tsx";
import { CountriesCard } from "./countries-card.tsx";
import { HoursCard } from "./hours-card.tsx";
import { ImportsCard } from "./imports-card.tsx";
import { KeyFigures } from "./key-figures.tsx";
import { LatestSalesCard } from "./latest-sales-card.tsx";
import { ProductsCard } from "./products-card.tsx";
import { RangePicker } from "./range-picker.tsx";
import { dashboardSearch } from "./range.ts";
import { SegmentsCard } from "./segments-card.tsx";
import { SellersCard } from "./sellers-card.tsx";
import { SeriesCard } from "./series-card.tsx";
import { ShiftCard } from "./shift-card.tsx";
import { DashboardSkeleton } from "./skeleton.tsx";
import { TopCustomersCard } from "./top-customers-card.tsx";
import { useOverview, useToday } from "./use-overview.ts";
import { dashboardWords } from "./words.ts";

export default function Dashboard() {
  const w = useWords(dashboardWords);
  const { dashboard } = useWords(common);
  const { first_name } = useMe();
  const overview = useOverview();
  const { measure, sort, map, ...range } = useSearch({ from: "/" });
  const navigate = useNavigate({ from: "/" });
  const router = useRouter();
  const [isFirstScreen] = useState(() => router.state.resolvedLocation === undefined);
  return (
    <Screen
      title={dashboard}
      heading={w.hello(first_name)}
      subtitle={<Freshness overview={overview} />}
      actions={
        <RangePicker
          today={useToday()}
          search={range}
          onChange={(next) => void navigate({ search: dashboardSearch({ measure, sort, map, ...next }) })}
        />
      }
    >
      <Loaded query={overview} skeleton={<DashboardSkeleton />}>
        {(data) => <Cards data={data} isFirstScreen={isFirstScreen} />}
      </Loaded>
    </Screen>
  );
}

/** The first screen renders what is below its first chart afterwards; another one at once, because going back scrolls to it. */
function Cards({ data, isFirstScreen }: { data: Overview; isFirstScreen: boolean }) {
  const w = useWords(dashboardWords);
  const isWhole = useDeferredValue(true, !isFirstScreen);
  return (
    <div className="flex flex-col gap-4">
      <KeyFigures data={data} />
      <div className="grid items-start gap-4 @min-[58rem]:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <SeriesCard data={data} />
          {isWhole && (
            <>
              <CountriesCard countries={data.countries} />
              <SellersCard sellers={data.sellers} />
              <div className="grid gap-4 @min-[40rem]:grid-cols-2">
                <ProductsCard products={data.products} />
                <TopCustomersCard from={data.from} to={data.to} />
              </div>
              <HoursCard hours={data.hours} />
              <CohortsCard />
            </>
          )}
        </div>
        {isWhole && (
          <div className="grid min-w-0 items-start gap-4 @min-[40rem]:grid-cols-2 @min-[58rem]:grid-cols-1">
            <ShiftCard people={data.on_shift} alerts={data.alerts} />
            <LatestSalesCard title={w.latestSales} empty={w.noLatestSales} sales={data.sales} />
            <ImportsCard imports={data.imports} />
            <SegmentsCard to={data.to} />
          </div>
        )}
      </div>
    </div>
  );
}

/** What the figures are compared with, and when they were read. */
function Freshness({ overview: { data, isError } }: { overview: UseQueryResult<Overview> }) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  if (!data) return <span className="inline-block h-5" />;
  const time = f.time(data.as_of);
  const compared =
    data.compared_with && w.against(f.dayRange(data.compared_with.from, data.compared_with.to));
  return (
    <p>
      {compared}
      {compared && " · "}
      <span className={isError ? "text-warn" : "text-faint"}>
        {isError ? w.notFresh(time) : w.upToDate(time)}
      </span>
    </p>
  );
}
