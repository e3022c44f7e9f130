import { useEffect, useRef } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useUnits } from "../../lists/units.ts";
import { IconButton } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { MinusIcon, PlusIcon, TillIcon } from "../../parts/icons.tsx";
import type { LineAmounts } from "../../../../src/sales/pricing.ts";
import { lineAmount, type CartLine } from "./cart.ts";
import { tillWords } from "./words.ts";

type LineListProps = {
  lines: readonly CartLine[];
  amounts: readonly LineAmounts[] | undefined;
  selected: number | null;
  /** How much of a product there was when its copy was last renewed; null if its stock is not counted. */
  stockOf: (productId: string) => number | null;
  /** The lines cannot be changed while they are paid. */
  isFixed: boolean;
  onSelect: (key: number) => void;
  onStep: (line: CartLine, step: 1 | -1) => void;
  onEdit: (line: CartLine) => void;
};

export function LineList({ lines, amounts, selected, stockOf, ...rest }: LineListProps) {
  const w = useWords(tillWords);
  if (lines.length === 0)
    return (
      <div className="rounded-2xl border border-dashed border-line">
        <Empty icon={<TillIcon size={36} />} text={w.emptyCart} />
      </div>
    );
  return (
    <ul
      aria-label={w.lines}
      className="flex flex-col divide-y divide-line overflow-hidden rounded-2xl border border-line bg-card shadow-card"
    >
      {lines.map((line, index) => (
        <Line
          key={line.key}
          line={line}
          discount={amounts?.[index]?.discount ?? 0}
          isSelected={line.key === selected}
          shortage={shortageOf(line, lines, stockOf)}
          {...rest}
        />
      ))}
    </ul>
  );
}

/** How much there is of a product of which the cart has more; undefined if there is enough. */
function shortageOf(
  { product_id: id }: CartLine,
  lines: readonly CartLine[],
  stockOf: LineListProps["stockOf"],
): number | undefined {
  const stock = stockOf(id);
  const wanted = lines.reduce((sum, line) => (line.product_id === id ? sum + line.quantity : sum), 0);
  return stock !== null && wanted > stock * 1000 ? stock : undefined;
}

type LineProps = Omit<LineListProps, "lines" | "amounts" | "selected" | "stockOf"> & {
  line: CartLine;
  discount: number;
  shortage: number | undefined;
  isSelected: boolean;
};

function Line({ line, discount, shortage, isSelected, isFixed, onSelect, onStep, onEdit }: LineProps) {
  const w = useWords(tillWords);
  const f = useFormats();
  const units = useUnits();
  const ref = useRef<HTMLLIElement>(null);
  const { title, unit, unit_price, list_price, quantity } = line;
  const isPiece = unit === "piece";
  useEffect(() => {
    if (isSelected) ref.current?.scrollIntoView({ block: "nearest" });
  }, [isSelected, quantity]);
  return (
    <li
      ref={ref}
      aria-current={isSelected || undefined}
      className={`flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5 ${isSelected ? "bg-brand-fill" : ""}`}
    >
      <button
        type="button"
        disabled={isFixed}
        onFocus={() => onSelect(line.key)}
        onClick={() => onEdit(line)}
        className="min-h-11 min-w-32 flex-1 rounded-lg text-left"
      >
        <span className="sr-only">{w.edit} </span>
        <span className="block font-medium break-words">{title}</span>
        <span className="block text-muted tabular-nums">
          {f.money(unit_price)}
          {!isPiece && ` / ${unit}`}
          {unit_price !== list_price && ` · ${w.insteadOf(f.money(list_price))}`}
          {line.discount && ` · ${line.discount.reason}`}
        </span>
        {shortage !== undefined && (
          <span className="block font-medium text-warn">{w.onlyInStock(units.quantity(shortage, unit))}</span>
        )}
      </button>
      <span className="flex items-center">
        {isPiece && !isFixed && (
          <IconButton label={`${w.less}: ${title}`} onClick={() => onStep(line, -1)}>
            <MinusIcon />
          </IconButton>
        )}
        <span className="min-w-9 text-center font-semibold tabular-nums">
          {units.quantity(quantity / 1000, unit)}
        </span>
        {isPiece && !isFixed && (
          <IconButton label={`${w.more}: ${title}`} onClick={() => onStep(line, 1)}>
            <PlusIcon />
          </IconButton>
        )}
      </span>
      <span className="ml-auto min-w-20 text-right tabular-nums">
        <span className="block font-semibold">{f.money(lineAmount(line))}</span>
        {discount > 0 && <span className="block text-muted">{f.money(-discount)}</span>}
      </span>
    </li>
  );
}
