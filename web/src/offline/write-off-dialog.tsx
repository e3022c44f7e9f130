import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useWords, wordsNow } from "../i18n/words.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { toast } from "../parts/toasts.tsx";
import { writeOff } from "./outbox.ts";
import type { UnsentSale } from "./rules.ts";
import { offlineWords } from "./words.ts";

/** Asks why a sale is written off. */
export function WriteOffDialog({ sale, onClose }: { sale: UnsentSale; onClose: () => void }) {
  const w = useWords(offlineWords);
  const [reason, setReason] = useState("");
  const settle = useMutation({
    mutationFn: () => writeOff(sale, reason.trim()),
    onSuccess: () => {
      toast(wordsNow(offlineWords).writtenOff);
      onClose();
    },
  });
  return (
    <Dialog title={w.writeOffTitle} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          settle.mutate();
        }}
      >
        <p>{w.writeOffText}</p>
        <Field
          label={w.reason}
          required
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        {settle.error && <ProblemNotice error={settle.error} />}
        <Button type="submit" kind="danger" isBusy={settle.isPending} disabled={reason.trim() === ""}>
          {w.writeOff.replace("…", "")}
        </Button>
      </form>
    </Dialog>
  );
}
