// A month of days in the language of the app; the browser's own date field follows the language of the browser.
import { useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { IconButton } from "../../parts/button.tsx";
import { ChevronLeft, ChevronRight } from "../../parts/icons.tsx";
import { addDays, monthOf, type DayRange } from "./range.ts";
import { dashboardWords } from "./words.ts";

type CalendarProps = { range: DayRange; today: string; onChoose: (range: DayRange) => void };

const WEEK = [1, 2, 3, 4, 5, 6, 7];

const STEPS: Record<string, (day: string) => string> = {
  ArrowLeft: (day) => addDays(day, -1),
  ArrowRight: (day) => addDays(day, 1),
  ArrowUp: (day) => addDays(day, -7),
  ArrowDown: (day) => addDays(day, 7),
  PageUp: (day) => monthOf(day, -1),
  PageDown: (day) => monthOf(day, 1),
};

/** The Monday on or before a day. */
const mondayOf = (day: string): string => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));

/** The weeks that a month touches, as days. */
function weeksOf(month: string): string[][] {
  const next = monthOf(month, 1);
  const weeks: string[][] = [];
  for (let monday = mondayOf(month); monday < next; monday = addDays(monday, 7))
    weeks.push(WEEK.map((_, index) => addDays(monday, index)));
  return weeks;
}

/** Two days choose a range: the first, and then the last. Days after today cannot be chosen. */
export function Calendar({ range, today, onChoose }: CalendarProps) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  const [first, setFirst] = useState<string | null>(null);
  const [current, setCurrent] = useState(range.to);
  const grid = useRef<HTMLTableElement>(null);
  const hasMoved = useRef(false);
  useLayoutEffect(() => {
    if (hasMoved.current) grid.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus();
    hasMoved.current = false;
  }, [current]);
  const month = monthOf(current);
  const shown = first === null ? range : { from: first, to: first };

  const choose = (day: string): void => {
    setCurrent(day);
    if (first === null) setFirst(day);
    else onChoose(first <= day ? { from: first, to: day } : { from: day, to: first });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>): void => {
    const next = STEPS[event.key]?.(current);
    if (next === undefined) return;
    event.preventDefault();
    setCurrent(next > today ? today : next);
    hasMoved.current = true;
  };
  return (
    <div className="w-72 max-w-full">
      <div className="flex items-center justify-between">
        <IconButton label={w.previousMonth} onClick={() => setCurrent(monthOf(current, -1))}>
          <ChevronLeft />
        </IconButton>
        <span aria-live="polite" className="font-medium">
          {f.month(month)}
        </span>
        <IconButton
          label={w.nextMonth}
          disabled={month >= monthOf(today)}
          onClick={() => setCurrent(monthOf(current, 1))}
        >
          <ChevronRight />
        </IconButton>
      </div>
      <table ref={grid} className="w-full table-fixed text-center" onKeyDown={onKeyDown}>
        <caption className="pb-1 text-xs text-muted">{first === null ? w.chooseFrom : w.chooseTo}</caption>
        <thead>
          <tr>
            {WEEK.map((day) => (
              <th key={day} scope="col" className="py-1 text-xs font-normal text-faint">
                {f.weekdayName(day)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(month).map((week) => (
            <tr key={week[0]}>
              {week.map((day) => {
                const isEdge = day === shown.from || day === shown.to;
                const isInside = day >= shown.from && day <= shown.to;
                return (
                  <td key={day} className={`p-0 ${isInside ? "bg-brand-soft" : ""}`}>
                    {monthOf(day) === month && (
                      <button
                        type="button"
                        aria-label={f.longDay(day)}
                        aria-pressed={isInside}
                        aria-current={day === today ? "date" : undefined}
                        disabled={day > today}
                        tabIndex={day === current ? 0 : -1}
                        onClick={() => choose(day)}
                        className={`size-9 rounded-lg disabled:text-faint disabled:opacity-50 ${
                          isEdge ? "bg-brand font-semibold text-on-brand" : "hover:bg-sunken"
                        }`}
                      >
                        {Number(day.slice(8))}
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
