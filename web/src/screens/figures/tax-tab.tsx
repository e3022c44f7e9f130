import type { TaxReport } from "@mostrador/sdk";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { useWords } from "../../i18n/words.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { useRatePercent } from "../settings/rate-percent.ts";
import { FigureTable, type FigureColumn } from "./figure-table.tsx";
import { useRange } from "./use-range.ts";
import { figuresWords } from "./words.ts";

type Row = TaxReport["data"][number] | (TaxReport["totals"] & { tax_rate_id: "total" });

const isTotal = (row: Row): row is Extract<Row, { tax_rate_id: "total" }> => row.tax_rate_id === "total";

export default function TaxTab() {
  const w = useWords(figuresWords);
  const percent = useRatePercent();
  const { from, to } = useRange();
  const report = useQuery({
    queryKey: ["reports", "tax", from, to],
    queryFn: ({ signal }) => mostrador.getTaxReport({ from, to }, { signal }),
    placeholderData: keepPreviousData,
  });
  const nameOf = (row: Row): string => (isTotal(row) ? w.total : (row.name ?? w.noRate));
  const columns: FigureColumn<Row>[] = [
    {
      name: w.name,
      kind: "text",
      value: nameOf,
      cell: (row) => (
        <span className={`break-words ${isTotal(row) ? "font-semibold" : "font-medium"}`}>{nameOf(row)}</span>
      ),
    },
    {
      name: w.rate,
      kind: "number",
      shown: "hidden @min-[26rem]:table-cell",
      value: (row) => (isTotal(row) || row.rate === null ? null : percent(row.rate)),
    },
    { name: w.net, kind: "money", shown: "hidden @min-[34rem]:table-cell", value: ({ net }) => net },
    { name: w.tax_amount, kind: "money", value: ({ tax }) => tax },
    { name: w.gross, kind: "money", shown: "hidden @min-[42rem]:table-cell", value: ({ gross }) => gross },
    {
      name: w.refundedTax,
      kind: "money",
      shown: "hidden @min-[52rem]:table-cell",
      value: ({ refunded_tax: tax }) => tax,
    },
  ];
  return (
    <>
      <p className="text-muted">{w.taxText}</p>
      <Loaded query={report} skeleton={<div className="skeleton h-80 rounded-2xl" />}>
        {({ data, totals }) => (
          <FigureTable
            title={w.tax}
            file="tax"
            columns={columns}
            items={data.length === 0 ? [] : [...data, { ...totals, tax_rate_id: "total" as const }]}
            keyOf={(row) => row.tax_rate_id ?? ""}
            readCsv={(options) => mostrador.getTaxReport({ from, to, ...options })}
          />
        )}
      </Loaded>
    </>
  );
}
