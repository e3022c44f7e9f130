import type { SaleLine } from "@mostrador/sdk";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { DataTable, type Column } from "../../lists/data-table.tsx";
import { useUnits } from "../../lists/units.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { saleScreenWords } from "./words.ts";

const RATE = 1000;

/** The lines of a sale, refund or order. */
export function LinesCard({ items }: { items: readonly SaleLine[] }) {
  const w = useWords(saleScreenWords);
  const f = useFormats();
  const { quantity } = useUnits();
  const columns: Column<SaleLine>[] = [
    {
      name: w.product,
      cell: (line) => (
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="font-medium break-words">{line.description}</span>
          <span className="text-xs text-faint">{line.sku}</span>
          {line.refunded > 0 && (
            <Badge tone="warn">{w.refundedUnits(quantity(line.refunded, line.unit))}</Badge>
          )}
        </span>
      ),
    },
    {
      name: w.quantity,
      isNumber: true,
      cell: (line) => <span className="whitespace-nowrap">{quantity(line.quantity, line.unit)}</span>,
    },
    {
      name: w.price,
      isNumber: true,
      shown: "hidden @min-[26rem]:table-cell",
      cell: ({ unit_price: price }) => f.money(price),
    },
    {
      name: w.discount,
      isNumber: true,
      shown: "hidden @min-[46rem]:table-cell",
      cell: ({ discount }) => (discount === 0 ? "–" : f.money(-discount)),
    },
    {
      name: w.tax,
      isNumber: true,
      shown: "hidden @min-[38rem]:table-cell",
      cell: ({ tax_rate: rate }) => (rate === null ? "–" : f.percent(rate / RATE)),
    },
    {
      name: w.amount,
      isNumber: true,
      cell: ({ net, tax }) => <span className="font-medium whitespace-nowrap">{f.money(net + tax)}</span>,
    },
  ];
  return (
    <Card title={w.lines} isFlush>
      <DataTable caption={w.lines} columns={columns} items={items} keyOf={(line) => String(line.line_no)} />
    </Card>
  );
}
