import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { useWords } from "../../i18n/words.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { FigureTable } from "./figure-table.tsx";
import { useRange } from "./use-range.ts";
import { figuresWords } from "./words.ts";

const skeleton = <div className="skeleton h-[24rem] rounded-2xl" />;

export default function SellersTab() {
  const w = useWords(figuresWords);
  const range = useRange();
  const sellers = useQuery({
    queryKey: ["metrics", "sellers", range],
    queryFn: ({ signal }) => mostrador.getSellerDashboard(range, { signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={sellers} skeleton={skeleton}>
      {(data) => (
        <FigureTable
          title={w.sellers}
          file="sellers"
          items={data.sellers}
          keyOf={({ user_id: id }) => id}
          columns={[
            {
              name: w.seller,
              kind: "text",
              value: ({ name }) => name,
              cell: ({ name }) => <span className="font-medium break-words">{name}</span>,
            },
            { name: w.revenue, kind: "money", value: ({ revenue }) => revenue },
            {
              name: w.change,
              kind: "change",
              shown: "hidden @min-[30rem]:table-cell",
              value: ({ change_percent: change }) => change?.revenue,
            },
            {
              name: w.sales,
              kind: "number",
              shown: "hidden @min-[24rem]:table-cell",
              value: ({ orders }) => orders,
            },
            {
              name: w.averageSale,
              kind: "money",
              shown: "hidden @min-[38rem]:table-cell",
              value: ({ average_sale: average }) => average,
            },
            {
              name: w.units,
              kind: "number",
              shown: "hidden @min-[46rem]:table-cell",
              value: ({ units }) => units,
            },
            {
              name: w.hours,
              kind: "number",
              shown: "hidden @min-[52rem]:table-cell",
              value: ({ hours }) => hours,
            },
            {
              name: w.salesPerHour,
              kind: "number",
              shown: "hidden @min-[60rem]:table-cell",
              value: ({ sales_per_hour: perHour }) => perHour,
            },
          ]}
        />
      )}
    </Loaded>
  );
}
