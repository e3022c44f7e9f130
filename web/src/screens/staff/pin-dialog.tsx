import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast, toastError } from "../../parts/toasts.tsx";
import { staffWords } from "./words.ts";

/** The PIN with which I approve at the till of an EMPLOYEE. */
export function PinDialog({ onClose }: { onClose: () => void }) {
  const w = useWords(staffWords);
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const set = useMutation({
    mutationFn: () => mostrador.setPin({ pin }),
    onSuccess: () => {
      toast(wordsNow(staffWords).pinSet);
      onClose();
    },
  });
  const remove = useMutation({
    mutationFn: () => mostrador.removePin(),
    onSuccess: () => {
      toast(wordsNow(staffWords).pinRemoved);
      onClose();
    },
    onError: toastError,
  });
  const differs = again !== "" && pin !== again;
  return (
    <Dialog title={w.myPin} onClose={onClose}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate();
        }}
      >
        <p className="text-muted">{w.pinText}</p>
        <Field
          label={w.pin}
          type="password"
          inputMode="numeric"
          autoComplete="off"
          value={pin}
          onChange={(event) => setPin(event.target.value)}
          fault={fieldFault(set.error, "/pin")}
        />
        <Field
          label={w.pinAgain}
          type="password"
          inputMode="numeric"
          autoComplete="off"
          value={again}
          onChange={(event) => setAgain(event.target.value)}
          fault={differs ? w.pinDiffers : undefined}
        />
        {set.error && <ProblemNotice error={set.error} />}
        <div className="flex flex-wrap justify-between gap-2">
          <Button isBusy={remove.isPending} onClick={() => remove.mutate()}>
            {w.removePin}
          </Button>
          <Button kind="primary" type="submit" isBusy={set.isPending} disabled={pin === "" || pin !== again}>
            {w.setPin}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
