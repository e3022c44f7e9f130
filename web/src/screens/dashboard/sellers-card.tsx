import type { Overview } from "@mostrador/sdk";
import { Bar } from "../../charts/bar.tsx";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Avatar, Badge, type Tone } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { ChevronDown } from "../../parts/icons.tsx";
import type { SellerColumn } from "./range.ts";
import { useView } from "./use-view.ts";
import { dashboardWords } from "./words.ts";

type Seller = Overview["sellers"][number];

const TONES: Record<Seller["status"], Tone> = {
  working: "good",
  on_break: "warn",
  off: "neutral",
  disabled: "neutral",
};

// The narrower the screen, the fewer columns.
const COLUMNS: {
  key: SellerColumn;
  name: "revenue" | "sales" | "averageSale" | "salesPerHour";
  shown: string;
  padding?: string;
}[] = [
  { key: "revenue", name: "revenue", shown: "" },
  { key: "orders", name: "sales", shown: "hidden @min-[18rem]:table-cell", padding: "@max-[34rem]:pr-5" },
  {
    key: "average_sale",
    name: "averageSale",
    shown: "hidden @min-[34rem]:table-cell",
    padding: "@max-[42rem]:pr-5",
  },
  { key: "sales_per_hour", name: "salesPerHour", shown: "hidden @min-[42rem]:table-cell", padding: "pr-5" },
];

export function SellersCard({ sellers }: { sellers: readonly Seller[] }) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  const [{ sort = "revenue" }, setView] = useView();
  const most = Math.max(1, ...sellers.map(({ revenue }) => revenue));
  const sorted = sellers.toSorted((a, b) => (b[sort] ?? -1) - (a[sort] ?? -1));
  return (
    <Card title={w.sellers} isFlush>
      <table className="w-full">
        <caption className="sr-only">{w.sellers}</caption>
        <thead>
          <tr className="text-xs text-muted">
            <th scope="col" className="py-2 pr-2 pl-5 text-left font-medium">
              {w.seller}
            </th>
            {COLUMNS.map(({ key, name, shown, padding = "" }) => (
              <th
                key={key}
                scope="col"
                aria-sort={key === sort ? "descending" : undefined}
                className={`px-2 text-right font-medium ${shown} ${padding}`}
              >
                <button
                  type="button"
                  onClick={() => setView({ sort: key })}
                  className={`inline-flex min-h-9 items-center gap-1 hover:text-ink ${key === sort ? "font-semibold text-ink" : ""}`}
                >
                  {w[name]}
                  {key === sort && <ChevronDown size={12} />}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((seller) => (
            <tr key={seller.user_id} className="border-t border-line">
              <th scope="row" className="py-2.5 pr-2 pl-5 text-left font-medium">
                <span className="flex items-center gap-3">
                  <Avatar name={seller.name} />
                  <span className="min-w-0">
                    <span className="block">{seller.name}</span>
                    <Badge tone={TONES[seller.status]}>{w[seller.status]}</Badge>
                  </span>
                </span>
              </th>
              <td className="w-32 px-2 text-right last:pr-5">
                <span className="font-medium whitespace-nowrap">{f.money(seller.revenue)}</span>
                <Bar share={seller.revenue / most} className="mt-1 h-1" />
              </td>
              <td className="hidden px-2 text-right @max-[34rem]:pr-5 @min-[18rem]:table-cell">
                {f.number(seller.orders)}
              </td>
              <td className="hidden px-2 text-right whitespace-nowrap @max-[42rem]:pr-5 @min-[34rem]:table-cell">
                {f.money(seller.average_sale)}
              </td>
              <td className="hidden px-2 pr-5 text-right @min-[42rem]:table-cell">
                {seller.sales_per_hour === null ? "–" : f.number(seller.sales_per_hour)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
