import { Bar } from "../../charts/bar.tsx";
import { useFormats } from "../../i18n/formats.ts";

export type RankingItem = { key: string; name: string; note?: string | undefined; revenue: number };

/** Names by revenue, with a bar of the share of the first. */
export function Ranking({ items }: { items: readonly RankingItem[] }) {
  const f = useFormats();
  const most = Math.max(1, ...items.map(({ revenue }) => revenue));
  return (
    <ol className="flex flex-col gap-2.5">
      {items.map(({ key, name, note, revenue }) => (
        <li key={key}>
          <p className="mb-1 flex justify-between gap-3">
            <span className="flex min-w-0 gap-1">
              <span className="truncate" title={name}>
                {name}
              </span>
              {note !== undefined && <span className="whitespace-nowrap text-faint">· {note}</span>}
            </span>
            <span className="font-medium whitespace-nowrap tabular-nums">{f.money(revenue)}</span>
          </p>
          <Bar share={revenue / most} className="h-1" />
        </li>
      ))}
    </ol>
  );
}

export function RankingSkeleton({ rows }: { rows: number }) {
  return <div className="skeleton" style={{ height: `${rows * 2.275 - 0.625}rem` }} />;
}
