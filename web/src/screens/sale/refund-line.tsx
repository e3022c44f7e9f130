import { parseQuantity, type SaleLine } from "@mostrador/sdk";
import { useWords } from "../../i18n/words.ts";
import { useUnits } from "../../lists/units.ts";
import { IconButton } from "../../parts/button.tsx";
import { MinusIcon, PlusIcon } from "../../parts/icons.tsx";
import { saleScreenWords } from "./words.ts";

/** What is returned of a line: the quantity as it was typed, and whether it goes back to stock. */
export type Returned = { text: string; isRestocked: boolean };

type RefundLineProps = {
  line: SaleLine;
  returned: Returned;
  most: number;
  mostText: string;
  isFaulty: boolean;
  onChange: (next: Partial<Returned>) => void;
};

export function RefundLine({ line, returned, most, mostText, isFaulty, onChange }: RefundLineProps) {
  const w = useWords(saleScreenWords);
  const { typed } = useUnits();
  const quantity = parseQuantity(returned.text) ?? 0;
  const step = (by: number): void => onChange({ text: typed(Math.min(most, Math.max(0, quantity + by))) });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line py-2">
      <span className="min-w-40 flex-1">
        <span className="block font-medium break-words">{line.description}</span>
        <label className="inline-flex min-h-8 items-center gap-2 text-muted">
          <input
            type="checkbox"
            checked={returned.isRestocked}
            onChange={(event) => onChange({ isRestocked: event.target.checked })}
            className="size-4 accent-brand"
          />
          {w.toStock}
        </label>
      </span>
      <span className="flex items-center">
        <IconButton label={w.less(line.description)} disabled={quantity <= 0} onClick={() => step(-1)}>
          <MinusIcon />
        </IconButton>
        <input
          aria-label={w.quantityOf(line.description)}
          aria-invalid={isFaulty || undefined}
          inputMode="decimal"
          value={returned.text}
          onFocus={(event) => event.target.select()}
          onChange={(event) => onChange({ text: event.target.value })}
          className="h-11 w-16 rounded-xl border border-line bg-card text-center text-base tabular-nums aria-invalid:border-bad"
        />
        <IconButton label={w.more(line.description)} disabled={quantity >= most} onClick={() => step(1)}>
          <PlusIcon />
        </IconButton>
        <span className="min-w-10 text-right text-xs text-faint">{w.ofUnits(mostText)}</span>
      </span>
    </li>
  );
}
