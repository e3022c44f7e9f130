import { parseQuantity } from "@mostrador/sdk";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Badge } from "../../parts/badge.tsx";
import { IconButton } from "../../parts/button.tsx";
import { CloseIcon } from "../../parts/icons.tsx";
import type { Line } from "./lines.ts";
import { countWords } from "./words.ts";

type TableProps = {
  lines: readonly Line[];
  onEdit: (id: string, counted: string) => void;
  onRemove: (id: string) => void;
};

export function CountTable({ lines, onEdit, onRemove }: TableProps) {
  const w = useWords(countWords);
  const f = useFormats();
  return (
    <table className="w-full">
      <caption className="sr-only">{w.lines}</caption>
      <thead>
        <tr className="text-xs text-muted">
          <th scope="col" className="py-2 pl-5 text-left font-medium">
            {w.product}
          </th>
          <th scope="col" className="hidden px-2 text-right font-medium @min-[30rem]:table-cell">
            {w.expected}
          </th>
          <th scope="col" className="px-2 text-right font-medium">
            {w.counted}
          </th>
          <th scope="col" className="hidden px-2 text-right font-medium @min-[38rem]:table-cell">
            {w.difference}
          </th>
          <td className="w-14" />
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => {
          const counted = parseQuantity(line.counted);
          const difference =
            counted === null || line.expected === null
              ? null
              : Math.round((counted - line.expected) * 1000) / 1000;
          return (
            <tr key={line.id} className="border-t border-line">
              <th scope="row" className="py-2 pl-5 text-left font-normal">
                <span className="block font-medium [overflow-wrap:anywhere]">{line.title}</span>
                <span className="block text-xs text-muted">
                  <span className="font-mono break-all">{line.sku}</span>
                  <span className="@min-[30rem]:hidden">
                    {" "}
                    · {w.expected}: {line.expected === null ? w.untracked : f.number(line.expected)}
                  </span>
                </span>
                {line.state !== "open" && (
                  <span className={`block text-xs ${line.state === "changed" ? "text-warn" : "text-bad"}`}>
                    {line.state === "changed" ? w.changed : w.failed}
                  </span>
                )}
              </th>
              <td className="hidden px-2 text-right @min-[30rem]:table-cell">
                {line.expected === null ? (
                  <span className="text-muted">{w.untracked}</span>
                ) : (
                  f.number(line.expected)
                )}
              </td>
              <td className="px-2 text-right">
                <input
                  aria-label={w.countedOf(line.title)}
                  aria-invalid={counted === null || undefined}
                  title={counted === null ? w.faulty : undefined}
                  inputMode="decimal"
                  value={line.counted}
                  onFocus={({ target }) => target.select()}
                  onChange={({ target }) => onEdit(line.id, target.value)}
                  className="min-h-11 w-20 rounded-xl border border-line bg-card px-3 text-right text-base text-ink tabular-nums aria-invalid:border-bad"
                />
              </td>
              <td className="hidden px-2 text-right @min-[38rem]:table-cell">
                {difference !== null &&
                  (difference === 0 ? (
                    <Badge tone="good">{f.number(0)}</Badge>
                  ) : (
                    <Badge tone="warn">
                      {difference > 0 && "+"}
                      {f.number(difference)}
                    </Badge>
                  ))}
              </td>
              <td className="pr-2 text-right">
                <IconButton label={w.remove(line.title)} onClick={() => onRemove(line.id)}>
                  <CloseIcon size={14} />
                </IconButton>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
