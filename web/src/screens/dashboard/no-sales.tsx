import type { Overview } from "@mostrador/sdk";
import { Link } from "@tanstack/react-router";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Empty } from "../../parts/empty.tsx";
import { linkButton } from "../../parts/link-button.ts";
import { addDays, dashboardSearch, monthOf, type DayRange } from "./range.ts";
import { TillLink } from "./till-link.tsx";
import { useToday } from "./use-overview.ts";
import { useView } from "./use-view.ts";
import { dashboardWords } from "./words.ts";

// The first steps are another lazy screen.
const WELCOME: string = "/welcome";

/** The year that ends with the month of a day. */
const yearUntil = (day: string, today: string): DayRange => {
  const end = addDays(monthOf(day, 1), -1);
  return { from: monthOf(day, -11), to: end < today ? end : today };
};

/** The next step where the range has no sales: the days that have some, or the first sale. */
export function NoSales({ data }: { data: Overview }) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  const today = useToday();
  const [{ measure, sort, map }] = useView();
  const latest = data.sales.find(({ day }) => day < data.from || day > data.to);
  if (latest !== undefined) {
    const range = yearUntil(latest.day, today);
    return (
      <Empty
        text={w.salesElsewhere(f.datedDay(latest.day))}
        action={
          <Link
            to="/"
            search={dashboardSearch({ measure, sort, map, ...range })}
            className={linkButton.primary}
          >
            {w.show(f.dayRange(range.from, range.to))}
          </Link>
        }
      />
    );
  }
  if (data.sales.length > 0) return <Empty text={w.noSales} action={<TillLink />} />;
  return (
    <Empty
      text={w.noSalesYet}
      action={
        <div className="flex flex-wrap justify-center gap-2">
          <Link to={WELCOME} className={linkButton.secondary}>
            {w.firstSteps}
          </Link>
          <TillLink />
        </div>
      }
    />
  );
}
