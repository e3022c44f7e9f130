import { parseMoney, type Shift } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { useStaffName } from "../../lists/use-people.ts";
import { instantOf, localOf } from "../../lists/zone-time.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { addDays } from "../dashboard/range.ts";
import { staffWords } from "./words.ts";

type LocalTime = { day: string; time: string };

/** Closes the open shift of someone who forgot it, or corrects when a closed one started and ended, in the shop's time. */
export function ShiftDialog({ shift, onClose }: { shift: Shift; onClose: () => void }) {
  const w = useWords(staffWords);
  const { save } = useWords(common);
  const f = useFormats();
  const staffName = useStaffName();
  const isOpen = shift.status === "OPEN";
  const [start, setStart] = useState(localOf(shift.start_at, f.timezone));
  const [end, setEnd] = useState(() =>
    localOf(shift.end_at ?? shift.proposed_end_at ?? new Date(), f.timezone),
  );
  const [cash, setCash] = useState("");
  const [reason, setReason] = useState("");
  const startAt = instantOf(start.day, start.time, f.timezone);
  const endAt = instantOf(end.day, end.time, f.timezone);
  const counted = cash.trim() === "" ? undefined : parseMoney(cash, f.currency);

  const change = useMutation({
    mutationFn: async () => {
      if (!startAt || !endAt || counted === null) return;
      const end_at = endAt.toISOString();
      if (isOpen)
        await mostrador.closeShift(shift.id, {
          end_at,
          ...(counted !== undefined && { counted_cash: counted }),
          ...(reason.trim() !== "" && { reason }),
        });
      else
        await mostrador.correctShift(shift.id, {
          reason,
          ...(hasMoved(startAt, shift.start_at, f.timezone) && { start_at: startAt.toISOString() }),
          ...(hasMoved(endAt, shift.end_at, f.timezone) && { end_at }),
        });
    },
    onSuccess: async () => {
      const texts = wordsNow(staffWords);
      toast(isOpen ? texts.shiftClosed : texts.shiftSaved);
      await queryClient.invalidateQueries({ queryKey: ["shifts"] });
      await queryClient.invalidateQueries({ queryKey: ["hours"] });
      onClose();
    },
  });
  return (
    <Dialog
      title={w.shiftOf(
        isOpen ? w.closeShift : w.correctShift,
        staffName(shift.user_id) ?? "",
        f.weekday(shift.day),
      )}
      onClose={onClose}
    >
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        {!isOpen && (
          <TimeFields
            labels={[w.startDay, w.startTime]}
            around={localOf(shift.start_at, f.timezone).day}
            value={start}
            isFaulty={!startAt}
            fault={fieldFault(change.error, "/start_at")}
            onChange={setStart}
          />
        )}
        <TimeFields
          labels={[w.endDay, w.endTime]}
          around={localOf(shift.end_at ?? shift.proposed_end_at ?? shift.start_at, f.timezone).day}
          value={end}
          isFaulty={!endAt}
          fault={fieldFault(change.error, "/end_at")}
          onChange={setEnd}
        />
        {isOpen && (
          <Field
            label={w.countedCash}
            inputMode="decimal"
            value={cash}
            onChange={(event) => setCash(event.target.value)}
            fault={counted === null ? w.wrongAmount : undefined}
          />
        )}
        <Field
          label={w.reason}
          value={reason}
          maxLength={200}
          onChange={(event) => setReason(event.target.value)}
          fault={fieldFault(change.error, "/reason")}
        />
        {!isOpen && <p className="text-muted">{w.correctNote}</p>}
        {change.error && <ProblemNotice error={change.error} />}
        <Button
          kind="primary"
          type="submit"
          isBusy={change.isPending}
          disabled={!startAt || !endAt || counted === null || (!isOpen && reason.trim() === "")}
        >
          {isOpen ? w.closeShift : save}
        </Button>
      </form>
    </Dialog>
  );
}

/** The fields have no seconds, and do not tell apart two hours of a night when clocks go back: a time that shows the same has not been changed. */
function hasMoved(chosen: Date, before: string | null, timezone: string): boolean {
  if (before === null) return true;
  const [after, earlier] = [localOf(chosen, timezone), localOf(before, timezone)];
  return after.day !== earlier.day || after.time !== earlier.time;
}

type TimeFieldsProps = {
  labels: readonly [day: string, time: string];
  /** The day before it and the day after it can be chosen. */
  around: string;
  value: LocalTime;
  isFaulty: boolean;
  fault: string | undefined;
  onChange: (value: LocalTime) => void;
};

function TimeFields({
  labels: [dayLabel, timeLabel],
  around,
  value,
  isFaulty,
  fault,
  onChange,
}: TimeFieldsProps) {
  const w = useWords(staffWords);
  const f = useFormats();
  const days = [...new Set([addDays(around, -1), around, addDays(around, 1), value.day])].toSorted();
  return (
    <div className="grid grid-cols-2 gap-3">
      <SelectField
        label={dayLabel}
        value={value.day}
        onChange={(event) => onChange({ ...value, day: event.target.value })}
      >
        {days.map((day) => (
          <option key={day} value={day}>
            {f.weekday(day)}
          </option>
        ))}
      </SelectField>
      <Field
        label={timeLabel}
        value={value.time}
        inputMode="numeric"
        onChange={(event) => onChange({ ...value, time: event.target.value })}
        hint={w.timeHint}
        fault={isFaulty ? w.wrongTime : fault}
      />
    </div>
  );
}
