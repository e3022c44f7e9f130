import type { BreakdownDimension, BreakdownRow } from "@mostrador/sdk";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { countryName } from "../../i18n/countries.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { CsvButton } from "../../lists/csv-button.tsx";
import { usePaymentMethods } from "../../lists/use-payment-methods.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { HoursCard } from "../dashboard/hours-card.tsx";
import { FigureTable, type FigureColumn } from "./figure-table.tsx";
import { useRange } from "./use-range.ts";
import { figuresWords } from "./words.ts";

const skeleton = <div className="skeleton h-72 rounded-2xl" />;

export default function BreakdownTab() {
  const w = useWords(figuresWords);
  const { methodName } = usePaymentMethods();
  const channels = new Map<string, string>([
    ["counter", w.counter],
    ["online", w.online],
    ["import", w.import],
  ]);
  return (
    <>
      <div className="grid items-start gap-4 @min-[56rem]:grid-cols-2">
        <BreakdownCard
          by="payment_method"
          title={w.paymentMethods}
          nameOf={(key) => (key === null ? w.unknown : methodName(key))}
        />
        <BreakdownCard
          by="channel"
          title={w.channels}
          nameOf={(key) => channels.get(key ?? "") ?? key ?? w.unknown}
        />
        <BreakdownCard by="category" title={w.categories} nameOf={(key) => key ?? w.noCategory} />
        <CountriesCard />
        <BreakdownCard by="refund_reason" title={w.refundReasons} nameOf={(key) => key ?? w.noReason} />
      </div>
      <HoursSection />
    </>
  );
}

function useBreakdown(by: BreakdownDimension) {
  const range = useRange();
  const query = { ...range, by };
  return {
    query,
    result: useQuery({
      queryKey: ["metrics", "breakdown", query],
      queryFn: ({ signal }) => mostrador.getBreakdown(query, { signal }),
      placeholderData: keepPreviousData,
    }),
  };
}

type BreakdownCardProps = {
  by: BreakdownDimension;
  title: string;
  nameOf: (key: string | null) => string;
};

function BreakdownCard({ by, title, nameOf }: BreakdownCardProps) {
  const w = useWords(figuresWords);
  const { query, result } = useBreakdown(by);
  const columns: FigureColumn<BreakdownRow>[] = [
    {
      name: w.name,
      kind: "text",
      value: ({ key }) => nameOf(key),
      cell: ({ key }) => <span className="font-medium break-words">{nameOf(key)}</span>,
    },
    { name: w.revenue, kind: "money", value: ({ revenue }) => revenue },
    {
      name: w.share,
      kind: "share",
      shown: "hidden @min-[22rem]:table-cell",
      value: ({ share }) => share,
    },
    {
      name: w.change,
      kind: "change",
      shown: "hidden @min-[28rem]:table-cell",
      value: ({ change_percent: change }) => change?.revenue,
    },
    {
      name: w.sales,
      kind: "number",
      shown: "hidden @min-[34rem]:table-cell",
      value: ({ sales }) => sales,
    },
  ];
  return (
    <Loaded query={result} skeleton={skeleton}>
      {({ data }) => (
        <FigureTable
          title={title}
          file={by}
          // A dimension of lines has no number of sales.
          columns={data.some(({ sales }) => sales !== null) ? columns : columns.slice(0, -1)}
          items={data}
          keyOf={({ key }) => key ?? ""}
          readCsv={(options) => mostrador.getBreakdown({ ...query, ...options })}
        />
      )}
    </Loaded>
  );
}

function HoursSection() {
  const w = useWords(figuresWords);
  const { query, result } = useBreakdown("hour_of_week");
  return (
    <Loaded query={result} skeleton={skeleton}>
      {({ data }) => (
        <HoursCard
          hours={data}
          action={
            <CsvButton
              file="hours.csv"
              label="CSV"
              name={w.csvOf(w.hours)}
              read={(options) => mostrador.getBreakdown({ ...query, ...options })}
            />
          }
        />
      )}
    </Loaded>
  );
}

function CountriesCard() {
  const w = useWords(figuresWords);
  const f = useFormats();
  const range = useRange();
  const result = useQuery({
    queryKey: ["metrics", "countries", range],
    queryFn: ({ signal }) => mostrador.getTopCountries({ ...range, limit: 100 }, { signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={result} skeleton={skeleton}>
      {({ data }) => (
        <FigureTable
          title={w.countries}
          file="countries"
          items={data}
          keyOf={({ country, country_code: code }) => code ?? country}
          columns={[
            {
              name: w.name,
              kind: "text",
              value: (row) => countryName(f, row),
            },
            { name: w.revenue, kind: "money", value: ({ revenue }) => revenue },
            {
              name: w.share,
              kind: "share",
              shown: "hidden @min-[22rem]:table-cell",
              value: ({ share }) => share,
            },
            {
              name: w.change,
              kind: "change",
              shown: "hidden @min-[28rem]:table-cell",
              value: ({ change_percent: change }) => change?.revenue,
            },
            {
              name: w.customers,
              kind: "number",
              shown: "hidden @min-[34rem]:table-cell",
              value: ({ customers }) => customers,
            },
          ]}
        />
      )}
    </Loaded>
  );
}
