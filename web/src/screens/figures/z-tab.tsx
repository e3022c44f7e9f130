import type { Shift } from "@mostrador/sdk";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { lazily } from "../../lazily.tsx";
import { CsvButton } from "../../lists/csv-button.tsx";
import { ListCard, type Column } from "../../lists/data-table.tsx";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { useStaffName } from "../../lists/use-people.ts";
import { Empty } from "../../parts/empty.tsx";
import { LateDialog } from "../../parts/late-dialog.tsx";
import { useRange } from "./use-range.ts";
import { figuresWords } from "./words.ts";

const ZDialog = lazily(() => import("./z-dialog.tsx"));

const ROWS = 50;

/** The shifts that ended, each with its Z report. */
export default function ZTab() {
  const w = useWords(figuresWords);
  const { from, to } = useRange();
  const query = { from, to, status: "CLOSED" } as const;
  const [shown, setShown] = useState<Shift | null>(null);
  const list = useCursorList(["shifts", "closed", query], (cursor, options) =>
    mostrador.listShifts({ ...query, cursor, limit: ROWS }, options),
  );
  return (
    <>
      <div className="flex justify-end">
        <CsvButton file="shifts.csv" read={(options) => mostrador.listShifts({ ...query, ...options })} />
      </div>
      <ListCard
        caption={w.z}
        columns={useColumns(setShown)}
        keyOf={({ id }) => id}
        list={list}
        isFiltered={false}
        empty={<Empty text={w.noZ} />}
      />
      {shown && (
        <LateDialog onClose={() => setShown(null)}>
          <ZDialog shift={shown} onClose={() => setShown(null)} />
        </LateDialog>
      )}
    </>
  );
}

function useColumns(show: (shift: Shift) => void): Column<Shift>[] {
  const w = useWords(figuresWords);
  const f = useFormats();
  const staffName = useStaffName();
  return [
    {
      name: w.zNumber,
      cell: (shift) => (
        <button
          type="button"
          onClick={() => show(shift)}
          className="min-h-11 font-medium after:absolute after:inset-0 hover:underline"
        >
          {shift.z_number === null ? "Z" : w.zName(f.number(shift.z_number))}
        </button>
      ),
    },
    { name: w.seller, cell: ({ user_id: id }) => staffName(id) ?? "–" },
    {
      name: w.start,
      shown: "hidden @min-[38rem]:table-cell",
      cell: ({ start_at: at }) => <span className="whitespace-nowrap">{f.instant(at)}</span>,
    },
    {
      name: w.end,
      shown: "hidden @min-[28rem]:table-cell",
      cell: ({ end_at: at }) => (
        <span className="whitespace-nowrap">{at === null ? "–" : f.instant(at)}</span>
      ),
    },
    {
      name: w.counted,
      isNumber: true,
      cell: ({ counted_cash: counted }) => (
        <span className="whitespace-nowrap">{counted === null ? "–" : f.money(counted)}</span>
      ),
    },
  ];
}
