import type { Shift } from "@mostrador/sdk";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { CsvButton } from "../../lists/csv-button.tsx";
import { ListCard, type Column } from "../../lists/data-table.tsx";
import { DaysFilter, FilterBar } from "../../lists/filters.tsx";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { useStaffName } from "../../lists/use-people.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ShiftDialog } from "./shift-dialog.tsx";
import { staffWords } from "./words.ts";

const ROWS = 50;

/** The shifts of everyone, and their corrections. */
export function ShiftsSection() {
  const w = useWords(staffWords);
  const search = useSearch({ from: "/staff" });
  const navigate = useNavigate({ from: "/staff" });
  const { tab: _, ...days } = search;
  const [edited, setEdited] = useState<Shift | null>(null);
  const list = useCursorList(["shifts", "list", days], (cursor, options) =>
    mostrador.listShifts({ ...days, cursor, limit: ROWS }, options),
  );
  const clear = (): void => void navigate({ search: { tab: "shifts" } });
  return (
    <>
      <FilterBar>
        <DaysFilter
          days={days}
          onChange={(chosen) => void navigate({ search: { tab: "shifts", ...chosen }, replace: true })}
        />
        <CsvButton file="shifts.csv" read={(options) => mostrador.listShifts({ ...days, ...options })} />
      </FilterBar>
      <ListCard
        caption={w.shifts}
        columns={useColumns(setEdited)}
        keyOf={({ id }) => id}
        list={list}
        isFiltered={days.from !== undefined}
        onClearFilters={clear}
        empty={<Empty text={w.noShifts} />}
      />
      {edited && <ShiftDialog shift={edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function useColumns(onEdit: (shift: Shift) => void): Column<Shift>[] {
  const w = useWords(staffWords);
  const f = useFormats();
  const staffName = useStaffName();
  return [
    {
      name: w.name,
      cell: (shift) => (
        <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <span className="font-medium">{staffName(shift.user_id) ?? "–"}</span>
          {shift.needs_review && <Badge tone="warn">{w.review}</Badge>}
        </span>
      ),
    },
    { name: w.from, cell: ({ start_at: at }) => <span className="whitespace-nowrap">{f.instant(at)}</span> },
    {
      name: w.until,
      shown: "hidden @min-[34rem]:table-cell",
      cell: ({ end_at: at }) =>
        at === null ? (
          <Badge tone="good">{w.open}</Badge>
        ) : (
          <span className="whitespace-nowrap">{f.instant(at)}</span>
        ),
    },
    {
      name: w.counted,
      isNumber: true,
      shown: "hidden @min-[48rem]:table-cell",
      cell: ({ counted_cash: cash }) => (cash === null ? "–" : f.money(cash)),
    },
    {
      name: w.zNumber,
      isNumber: true,
      shown: "hidden @min-[42rem]:table-cell",
      cell: ({ z_number: z }) => (z === null ? "–" : f.number(z)),
    },
    {
      name: w.actions,
      isNumber: true,
      cell: (shift) => {
        const action = shift.status === "OPEN" ? w.close : w.correct;
        const label = w.shiftOf(action, staffName(shift.user_id) ?? "", f.weekday(shift.day));
        return (
          <Button aria-label={label} onClick={() => onEdit(shift)}>
            {action}
          </Button>
        );
      },
    },
  ];
}
