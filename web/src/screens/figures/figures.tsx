// The figures in detail: each part has a URL, which also has the range and the comparison.
import { useNavigate, useParams } from "@tanstack/react-router";
import { Suspense, type ComponentType } from "react";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { lazily } from "../../lazily.tsx";
import { CardBoundary } from "../../parts/boundary.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { NotFoundScreen, Screen } from "../../shell/screen.tsx";
import { RangePicker } from "../dashboard/range-picker.tsx";
import { useToday } from "../dashboard/use-overview.ts";
import { figuresSearch } from "./search.ts";
import { useFiguresView, useRange } from "./use-range.ts";
import { figuresWords } from "./words.ts";

const TABS = ["series", "breakdown", "products", "sellers", "customers", "tax", "z"] as const;

// Each part is loaded when it is first shown.
const SeriesTab = lazily(() => import("./series-tab.tsx"));
const BreakdownTab = lazily(() => import("./breakdown-tab.tsx"));
const ProductsTab = lazily(() => import("./products-tab.tsx"));
const SellersTab = lazily(() => import("./sellers-tab.tsx"));
const CustomersTab = lazily(() => import("./customers-tab.tsx"));
const TaxTab = lazily(() => import("./tax-tab.tsx"));
const ZTab = lazily(() => import("./z-tab.tsx"));

const CONTENTS: Record<(typeof TABS)[number], ComponentType> = {
  series: SeriesTab,
  breakdown: BreakdownTab,
  products: ProductsTab,
  sellers: SellersTab,
  customers: CustomersTab,
  tax: TaxTab,
  z: ZTab,
};

export default function Figures() {
  const names = useWords(common);
  const w = useWords(figuresWords);
  const f = useFormats();
  const today = useToday();
  const { tab = "series" } = useParams({ from: "/figures/{-$tab}" });
  const navigate = useNavigate({ from: "/figures/{-$tab}" });
  const [search] = useFiguresView();
  const { from, to } = useRange();
  const current = TABS.find((one) => one === tab);
  if (!current) return <NotFoundScreen />;
  const { measure, interval: _, ...range } = search;
  const Content = CONTENTS[current];
  return (
    <Screen
      title={names.figures}
      subtitle={f.dayRange(from, to)}
      actions={
        <RangePicker
          today={today}
          search={range}
          onChange={(next) => void navigate({ to: ".", search: figuresSearch({ measure, ...next }) })}
        />
      }
    >
      <Tabs
        label={w.sections}
        current={current}
        tabs={TABS.map((key) => ({
          key,
          name: w[key],
          link: {
            to: "/figures/{-$tab}",
            params: key === "series" ? {} : { tab: key },
            search: { ...range, ...(measure && { measure }) },
          },
        }))}
      />
      <div className="flex flex-col gap-4">
        <CardBoundary key={current}>
          <Suspense fallback={<div className="skeleton h-[36rem] rounded-2xl" />}>
            <Content />
          </Suspense>
        </CardBoundary>
      </div>
    </Screen>
  );
}
