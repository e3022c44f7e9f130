import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { Figure } from "../dashboard/key-figures.tsx";
import { useRange } from "./use-range.ts";
import { figuresWords } from "./words.ts";

const GRID =
  "grid grid-cols-1 gap-3 @min-[18rem]:grid-cols-2 @min-[40rem]:grid-cols-3 @min-[58rem]:grid-cols-6";

/** What was sold, given back, discounted and taxed, and what is left over the cost. */
export function AmountsCards() {
  const w = useWords(figuresWords);
  const f = useFormats();
  const range = useRange();
  const amounts = useQuery({
    queryKey: ["metrics", "amounts", range],
    queryFn: async ({ signal }) => {
      const [sums, margin] = await Promise.all([
        mostrador.getAmounts(range, { signal }),
        mostrador.getMargin(range, { signal }),
      ]);
      return { sums, margin };
    },
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={amounts} skeleton={<div className="skeleton h-28 rounded-2xl" />}>
      {({ sums, margin }) => (
        <div>
          <dl className={GRID}>
            <Figure name={w.sold} value={f.money(sums.sold)} percent={sums.change_percent?.sold} />
            <Figure
              isLessBetter
              name={w.refunded}
              value={f.money(sums.refunded)}
              percent={sums.change_percent?.refunded}
            />
            <Figure
              isLessBetter
              name={w.discounts}
              value={f.money(sums.discounts)}
              percent={sums.change_percent?.discounts}
            />
            <Figure name={w.net} value={f.money(sums.net)} percent={sums.change_percent?.net} />
            <Figure name={w.tax_amount} value={f.money(sums.tax)} percent={sums.change_percent?.tax} />
            <Figure
              name={w.margin}
              value={margin.coverage === null || margin.coverage === 0 ? "–" : f.money(margin.margin)}
              percent={margin.change_percent?.margin}
            />
          </dl>
          {margin.coverage !== null && margin.coverage < 1 && margin.coverage > 0 && (
            <p className="mt-2 text-xs text-muted">{w.marginCoverage(f.percent(margin.coverage * 100))}</p>
          )}
        </div>
      )}
    </Loaded>
  );
}
