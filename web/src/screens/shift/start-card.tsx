import { isProblem, type Shift } from "@mostrador/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { noting, useReachable } from "../../offline/connection.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { useMe } from "../../session/session.ts";
import { setShift } from "../../shift/current.ts";
import { CashCountFields } from "./cash-count.tsx";
import { useCashCount } from "./use-cash-count.ts";
import { shiftWords } from "./words.ts";

const DEVICE = "mostrador.till.device";

/** Starts the shift; one that another device has started is joined. */
async function startShift(opening_cash: number, device_label: string): Promise<Shift> {
  try {
    return await noting(mostrador.startShift({ opening_cash, device_label }));
  } catch (error) {
    if (!isProblem(error, "shift-already-open")) throw error;
    await mostrador.joinShift({ device_label });
    toast(wordsNow(shiftWords).joined);
    return mostrador.getCurrentShift();
  }
}

export function StartCard() {
  const w = useWords(shiftWords);
  const f = useFormats();
  const me = useMe();
  const isReachable = useReachable();
  const count = useCashCount("start", false);
  const [device, setDevice] = useState(() => localStorage.getItem(DEVICE) ?? w.deviceName);
  const { data: last } = useQuery({
    queryKey: ["shifts", "opening-cash"],
    queryFn: ({ signal }) => mostrador.getOpeningCash({ signal }),
    enabled: isReachable,
  });
  const start = useMutation({
    mutationFn: async (opening: number) => {
      const label = device.trim() === "" ? w.deviceName : device.trim();
      localStorage.setItem(DEVICE, label);
      const shift = await startShift(opening, label);
      count.clear();
      await setShift(me, shift);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (count.total !== null) start.mutate(count.total);
  };
  const counted = last?.amount ?? null;
  return (
    <Card title={w.startTitle} className="mx-auto max-w-2xl">
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-muted">{isReachable ? w.startText : w.needsConnection}</p>
        <CashCountFields
          count={count}
          label={w.openingCash}
          hint={counted === null ? undefined : w.lastCount(f.money(counted))}
        />
        <Field
          label={w.device}
          name="device"
          autoComplete="off"
          maxLength={100}
          value={device}
          onChange={(event) => setDevice(event.target.value)}
        />
        {start.error && <ProblemNotice error={start.error} />}
        <Button
          type="submit"
          kind="primary"
          isBusy={start.isPending}
          disabled={!isReachable || count.total === null}
        >
          {w.start}
        </Button>
      </form>
    </Card>
  );
}
