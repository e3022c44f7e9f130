// What the points and the lines of a series are called.
import type { Overview } from "@mostrador/sdk";
import type { Formats } from "../../i18n/create-formats.ts";
import { useWords } from "../../i18n/words.ts";
import { addDays } from "./range.ts";
import { dashboardWords } from "./words.ts";

/** A period as the axis names it, and as a sentence does. */
export const PERIOD_LABELS: Record<Overview["interval"], (f: Formats, period: string) => [string, string]> = {
  hour: (_, period) => [period.slice(11, 16), period.slice(11, 16)],
  day: (f, period) => [f.day(period), f.weekday(period)],
  week: (f, period) => [f.day(period), f.dayRange(period, addDays(period, 6))],
  month: (f, period) => [f.month(period), f.month(period)],
  year: (_, period) => [period.slice(0, 4), period.slice(0, 4)],
};

/** What the two lines are. */
export function Legend({ compared }: { compared: string | undefined }) {
  const w = useWords(dashboardWords);
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1">
      <li className="flex items-center gap-2">
        <span aria-hidden="true" className="w-4 border-t-2 border-brand" />
        {w.thisPeriod}
      </li>
      {compared !== undefined && (
        <li className="flex items-center gap-2">
          <span aria-hidden="true" className="w-4 border-t-2 border-dashed border-faint" />
          {w.previousPeriod} <span className="text-faint">{compared}</span>
        </li>
      )}
    </ul>
  );
}
