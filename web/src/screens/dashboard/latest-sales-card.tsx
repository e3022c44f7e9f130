import type { SaleHead } from "@mostrador/sdk";
import { Link } from "@tanstack/react-router";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { useMe } from "../../session/session.ts";
import { dayOf } from "./range.ts";
import { dashboardWords } from "./words.ts";

const ROWS = 7;

type LatestSalesProps = { title: string; empty: string; sales: readonly SaleHead[] };

export function LatestSalesCard({ title, empty, sales }: LatestSalesProps) {
  return (
    <Card title={title} isFlush>
      {sales.length === 0 ? (
        <Empty text={empty} />
      ) : (
        <ul>
          {sales.slice(0, ROWS).map((sale) => (
            <SaleRow key={sale.id} sale={sale} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function SaleRow({ sale }: { sale: SaleHead }) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  const { timezone } = useMe().shop;
  const isRefund = sale.kind === "refund";
  const kind = sale.is_void ? w.void : isRefund ? w.refund : w.sale;
  const isToday = sale.day === dayOf(new Date(), timezone);
  return (
    <li className="relative flex items-baseline gap-3 border-t border-line px-5 py-2.5 first:border-t-0 first:pt-0.5 hover:bg-sunken/60">
      <span className="min-w-12 shrink-0 text-xs whitespace-nowrap text-faint tabular-nums">
        {isToday ? f.time(sale.placed_at) : f.instantDay(sale.placed_at)}
      </span>
      <span className="min-w-0 flex-1">
        <Link
          to="/sales/$id"
          params={{ id: sale.id }}
          className="after:absolute after:inset-0 hover:underline"
        >
          {kind}
        </Link>{" "}
        <span className="text-muted">· {detailOf(sale, w)}</span>
      </span>
      <span className={`font-medium whitespace-nowrap tabular-nums ${isRefund ? "text-bad" : ""}`}>
        {f.money(isRefund ? -Math.abs(sale.total) : sale.total)}
      </span>
    </li>
  );
}

const METHODS = ["cash", "card", "transfer", "other"] as const;

type Names = Record<
  (typeof METHODS)[number] | "pending" | "cancelled" | "counter" | "online" | "import",
  string
>;

/** The state of a sale that is not complete, else how it was paid, else where it was made. */
function detailOf({ status, payment_method: method, channel }: SaleHead, names: Names): string {
  if (status !== "completed") return names[status];
  if (method === null) return names[channel];
  const builtIn = METHODS.find((one) => one === method);
  // The shop named the others, and their keys are written with underscores.
  return builtIn ? names[builtIn] : method.replaceAll("_", " ");
}
