import type { KeyboardEvent } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Field } from "../../parts/field.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { countIn, type CashCount } from "./use-cash-count.ts";
import { shiftWords } from "./words.ts";

type CashCountProps = {
  count: CashCount;
  /** The name of the field of the sum. */
  label: string;
  hint?: string | undefined;
  /** Whether the first field takes the focus. */
  takesFocus?: boolean;
};

/** Moves the focus among the fields of the count; Enter in the last one submits the form. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const fields = [...event.currentTarget.querySelectorAll("input")];
  const next = fields[fields.findIndex((field) => field === event.target) + step];
  if (!next && event.key === "Enter") return;
  event.preventDefault();
  next?.focus();
}

/** Cash, counted by coins and notes or as one sum. */
export function CashCountFields({ count, label, hint, takesFocus = false }: CashCountProps) {
  const w = useWords(shiftWords);
  const f = useFormats();
  const { denominations } = count;
  const half = Math.ceil(denominations.length / 2);
  return (
    <div className="flex flex-col gap-4">
      {denominations.length > 0 && (
        <div>
          <Segmented
            label={w.countBy}
            options={[
              { value: "coins", label: w.byCoins },
              { value: "sum", label: w.asSum },
            ]}
            value={count.isByCoins ? "coins" : "sum"}
            onChange={(value) => count.setByCoins(value === "coins")}
          />
        </div>
      )}
      {count.isByCoins ? (
        <div
          role="group"
          aria-label={label}
          onKeyDown={moveFocus}
          className="grid gap-x-8 @min-[38rem]:grid-cols-2"
        >
          {[denominations.slice(0, half), denominations.slice(half)].map((part) => (
            <ul key={part[0]}>
              {part.map((denomination) => (
                <Coins
                  key={denomination}
                  count={count}
                  denomination={denomination}
                  takesFocus={takesFocus && denomination === denominations[0]}
                />
              ))}
            </ul>
          ))}
        </div>
      ) : (
        <Field
          autoFocus={takesFocus}
          label={label}
          name="cash"
          inputMode="decimal"
          autoComplete="off"
          value={count.sum}
          onChange={(event) => count.setSum(event.target.value)}
          hint={hint}
          fault={count.total === null ? w.badAmount : undefined}
        />
      )}
      {count.isByCoins && (
        <>
          {hint !== undefined && <p className="text-faint">{hint}</p>}
          <p
            role="status"
            className="flex flex-wrap items-baseline justify-between gap-x-4 text-2xl font-semibold tracking-tight"
          >
            {w.counted}
            <span className="ml-auto tabular-nums">
              {count.total === null ? (
                <span className="text-base text-bad">{w.badCount}</span>
              ) : (
                f.money(count.total)
              )}
            </span>
          </p>
        </>
      )}
    </div>
  );
}

type CoinsProps = { count: CashCount; denomination: number; takesFocus: boolean };

function Coins({ count, denomination, takesFocus }: CoinsProps) {
  const w = useWords(shiftWords);
  const f = useFormats();
  const text = count.counts[denomination] ?? "";
  const number = countIn(text);
  const value = f.money(denomination);
  return (
    <li className="flex items-center gap-3 border-b border-line py-1">
      <span className="w-20 text-right font-medium whitespace-nowrap tabular-nums">{value}</span>
      <span aria-hidden="true" className="text-faint">
        ×
      </span>
      <input
        autoFocus={takesFocus}
        aria-label={w.howMany(value)}
        aria-invalid={number === null || undefined}
        inputMode="numeric"
        autoComplete="off"
        placeholder="0"
        value={text}
        onFocus={(event) => event.target.select()}
        onChange={(event) => count.setCount(denomination, event.target.value)}
        className="h-11 w-18 rounded-xl border border-line bg-card text-center text-base tabular-nums placeholder:text-faint aria-invalid:border-bad"
      />
      <span className="ml-auto whitespace-nowrap text-muted tabular-nums">
        {number === null || number === 0 ? "" : f.money(number * denomination)}
      </span>
    </li>
  );
}
