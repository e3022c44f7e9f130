import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { CalendarIcon, ChevronDown } from "../../parts/icons.tsx";
import { Popover } from "../../parts/popover.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { Calendar } from "./calendar.tsx";
import { PRESETS, presetOf, rangeOf, type RangeSearch } from "./range.ts";
import { dashboardWords } from "./words.ts";

type RangePickerProps = {
  today: string;
  /** The range in the URL. */
  search: RangeSearch;
  onChange: (range: RangeSearch) => void;
};

/** A range in the shop's days, and what it is compared with. */
export function RangePicker({ today, search, onChange }: RangePickerProps) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  const { from, to } = rangeOf(search, today);
  const preset = presetOf(search);
  const { compare, ...days } = search;
  const compared: RangeSearch = compare === undefined ? {} : { compare };
  const go = (next: RangeSearch): void => onChange({ ...next, ...compared });

  return (
    <Popover
      label={w.range}
      button={
        <>
          <CalendarIcon size={16} />
          <span className="font-medium">{preset === null ? w.custom : w[preset]}</span>
          <span className="hidden text-muted sm:inline">{f.dayRange(from, to)}</span>
          <ChevronDown size={16} />
        </>
      }
    >
      {(close) => (
        <div className="flex flex-col gap-4 sm:flex-row">
          <ul className="grid grid-cols-2 gap-x-2 sm:flex sm:w-40 sm:flex-col">
            {PRESETS.map((one) => (
              <li key={one}>
                <button
                  type="button"
                  aria-pressed={one === preset}
                  onClick={() => {
                    go(one === "30d" ? {} : { range: one });
                    close();
                  }}
                  className="min-h-9 w-full rounded-lg px-3 text-left hover:bg-sunken aria-pressed:bg-brand-soft aria-pressed:font-medium aria-pressed:text-brand"
                >
                  {w[one]}
                </button>
              </li>
            ))}
          </ul>
          <div className="flex flex-col gap-3">
            <Calendar
              key={`${from} ${to}`}
              range={{ from, to }}
              today={today}
              onChoose={(range) => {
                go(range);
                close();
              }}
            />
            <div className="flex flex-wrap items-center justify-between gap-2">
              <span className="text-[0.8125rem] text-muted">{w.comparison}</span>
              <Segmented
                label={w.comparison}
                value={compare ?? "previous"}
                options={[
                  { value: "previous", label: w.previous },
                  { value: "year", label: w.yearBefore },
                ]}
                onChange={(value) => onChange(value === "year" ? { ...days, compare: "year" } : days)}
              />
            </div>
          </div>
        </div>
      )}
    </Popover>
  );
}
