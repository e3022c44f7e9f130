import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { useFormats } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../parts/button.tsx";
import { CalendarIcon, ChevronDown, SearchIcon } from "../parts/icons.tsx";
import { Popover } from "../parts/popover.tsx";
import { Calendar } from "../screens/dashboard/calendar.tsx";
import { useToday } from "../screens/dashboard/use-overview.ts";
import type { DaysSearch } from "./search-params.ts";
import { listWords } from "./words.ts";

const SEARCH_DELAY_MS = 250;
const BOX = "min-h-11 rounded-xl border border-line bg-card text-ink shadow-card";

/** The filters of a list, side by side as far as they fit. */
export function FilterBar({
  children,
  onClear,
}: {
  children: ReactNode;
  onClear?: (() => void) | undefined;
}) {
  const w = useWords(listWords);
  return (
    <div
      role="search"
      aria-label={w.filters}
      className="mb-4 flex flex-wrap items-center gap-2 [&>button]:min-h-11 [&>button]:justify-center [&>button]:grow @min-[40rem]:[&>button]:grow-0"
    >
      {children}
      {onClear && (
        <Button kind="quiet" onClick={onClear}>
          {w.clearFilters}
        </Button>
      )}
    </div>
  );
}

type SearchBoxProps = {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
};

/** A text to search for. It takes effect when typing pauses, and at once with Enter. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  const [text, setText] = useState(value ?? "");
  const sent = useRef(value ?? "");
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  // The URL changed by other means, such as the buttons of the browser.
  useEffect(() => {
    if ((value ?? "") === sent.current) return;
    sent.current = value ?? "";
    setText(value ?? "");
  }, [value]);
  const send = (next: string): void => {
    if (next.trim() === sent.current) return;
    sent.current = next.trim();
    latest.current(sent.current || undefined);
  };
  useEffect(() => {
    const timer = setTimeout(() => send(text), SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="relative min-w-48 flex-[1_1_14rem]">
      <SearchIcon className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-faint" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") send(text);
        }}
        className={`${BOX} w-full pr-3 pl-9 placeholder:text-faint`}
      />
    </div>
  );
}

type FilterSelectProps<T extends string> = {
  label: string;
  /** What stands for no filter. */
  all: string;
  options: readonly { value: T; label: string }[];
  value: T | undefined;
  onChange: (value: T | undefined) => void;
};

export function FilterSelect<T extends string>({
  label,
  all,
  options,
  value,
  onChange,
}: FilterSelectProps<T>) {
  const id = useId();
  return (
    <span className="relative inline-flex max-w-full grow @min-[40rem]:grow-0">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <select
        id={id}
        value={value ?? ""}
        onChange={(event) => onChange(options.find((option) => option.value === event.target.value)?.value)}
        className={`${BOX} w-full appearance-none truncate pr-9 pl-4 font-medium hover:bg-sunken`}
      >
        <option value="">{all}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        size={16}
        className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-muted"
      />
    </span>
  );
}

type DaysFilterProps = {
  days: DaysSearch;
  /** What no choice stands for; all days if it is left out. */
  none?: string;
  onChange: (days: DaysSearch) => void;
};

/** A range of days of the shop. */
export function DaysFilter({ days, none, onChange }: DaysFilterProps) {
  const w = useWords(listWords);
  const noneName = none ?? w.allDays;
  const f = useFormats();
  const today = useToday();
  const { from = today, to = today } = days;
  return (
    <Popover
      label={w.days}
      button={
        <>
          <CalendarIcon size={16} />
          <span className="font-medium">{days.from === undefined ? noneName : f.dayRange(from, to)}</span>
          <ChevronDown size={16} />
        </>
      }
    >
      {(close) => (
        <div className="flex flex-col gap-2">
          <Calendar
            key={`${from} ${to}`}
            range={{ from, to }}
            today={today}
            onChoose={(range) => {
              onChange(range);
              close();
            }}
          />
          {days.from !== undefined && (
            <Button
              kind="quiet"
              onClick={() => {
                onChange({});
                close();
              }}
            >
              {noneName}
            </Button>
          )}
        </div>
      )}
    </Popover>
  );
}
