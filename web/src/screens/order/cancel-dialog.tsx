import type { Order } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { renewSales } from "../sale/use-sale.ts";
import { showOrder } from "./use-order.ts";
import { orderScreenWords } from "./words.ts";

export function CancelDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const w = useWords(orderScreenWords);
  const [reason, setReason] = useState("");
  const cancel = useMutation({
    mutationFn: () => mostrador.cancelOrder(order.id, reason.trim() === "" ? {} : { reason }),
    onSuccess: (cancelled) => {
      showOrder(cancelled);
      toast(wordsNow(orderScreenWords).cancelled);
      onClose();
    },
    onSettled: renewSales,
  });
  return (
    <Dialog title={w.cancel} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          cancel.mutate();
        }}
      >
        <p>{w.cancelText}</p>
        <Field
          label={w.reason}
          value={reason}
          maxLength={200}
          onChange={(event) => setReason(event.target.value)}
        />
        {cancel.error && <ProblemNotice error={cancel.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{w.keep}</Button>
          <Button kind="danger" type="submit" isBusy={cancel.isPending}>
            {w.cancel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
