import type { Order } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { usePaymentMethods } from "../../lists/use-payment-methods.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { SelectField } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { renewSales } from "../sale/use-sale.ts";
import { orderScreenWords } from "./words.ts";

/** Records that the money of a pending order has arrived. */
export function ConfirmDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const w = useWords(orderScreenWords);
  const f = useFormats();
  const { methods, methodName } = usePaymentMethods();
  const [method, setMethod] = useState(order.payment_method ?? "transfer");
  const [key] = useState(() => crypto.randomUUID());
  // What the person reads is what they confirm. If the order has changed, the API refuses, and the dialog shows the new total.
  const { total } = order;
  const confirm = useMutation({
    mutationFn: () =>
      mostrador.confirmPurchase(
        order.id,
        { expected_total: total, payment_method: method },
        { idempotencyKey: `${key}-${total}-${method}` },
      ),
    onSuccess: () => {
      toast(wordsNow(orderScreenWords).confirmed);
    },
    onSettled: async (_, error) => {
      await renewSales();
      if (!error) onClose();
    },
  });
  return (
    <Dialog title={w.confirm} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate();
        }}
      >
        <p>{w.confirmText(f.money(total))}</p>
        <SelectField label={w.paidBy} value={method} onChange={(event) => setMethod(event.target.value)}>
          {methods.map((one) => (
            <option key={one.method} value={one.method}>
              {methodName(one.method)}
            </option>
          ))}
        </SelectField>
        {confirm.error && <ProblemNotice error={confirm.error} />}
        <Button kind="primary" type="submit" isBusy={confirm.isPending}>
          {w.confirm}
        </Button>
      </form>
    </Dialog>
  );
}
