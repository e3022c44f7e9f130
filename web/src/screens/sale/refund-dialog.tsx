import type { NewRefund, SaleLine } from "@mostrador/sdk";
import { parseQuantity } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { useUnits } from "../../lists/units.ts";
import { usePaymentMethods } from "../../lists/use-payment-methods.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast, toastWarning } from "../../parts/toasts.tsx";
import { refundableOf, refundOf } from "./refund-amounts.ts";
import { RefundLine, type Returned } from "./refund-line.tsx";
import { renewSales } from "./use-sale.ts";
import { saleScreenWords } from "./words.ts";

type RefundDialogProps = {
  sale: { id: string; number: string | null; items: readonly SaleLine[] };
  onClose: () => void;
};

const NONE: Returned = { text: "0", isRestocked: true };

/** The quantity of a line that is returned; null if it is not a number, or more than was sold. */
function quantityOf(line: SaleLine, { text }: Returned): number | null {
  const quantity = parseQuantity(text);
  return quantity === null || quantity < 0 || quantity > refundableOf(line) ? null : quantity;
}

/** The API refunds products, so that lines of one product are joined. */
function itemsOf(lines: readonly { line: SaleLine; quantity: number }[]): NewRefund["items"] {
  const sums = new Map<string, number>();
  for (const { line, quantity } of lines)
    sums.set(line.product_id, (sums.get(line.product_id) ?? 0) + Math.round(quantity * 1000));
  return [...sums].map(([product_id, thousandths]) => ({ product_id, quantity: thousandths / 1000 }));
}

export function RefundDialog({ sale, onClose }: RefundDialogProps) {
  const w = useWords(saleScreenWords);
  const f = useFormats();
  const { quantity: quantityText, typed } = useUnits();
  const { methods, methodName } = usePaymentMethods();
  const lines = sale.items.filter((line) => refundableOf(line) > 0);
  const [returned, setReturned] = useState<Record<number, Returned>>({});
  const [method, setMethod] = useState("");
  const [reason, setReason] = useState("");
  // Each part has one key until what it refunds changes, so that trying again refunds nothing twice.
  const keys = useRef(new Map<string, string>());

  const returnedOf = (line: SaleLine): Returned => returned[line.line_no] ?? NONE;
  const chosen = lines.flatMap((line) => {
    const quantity = quantityOf(line, returnedOf(line));
    return quantity === null || quantity === 0 ? [] : [{ line, quantity, ...returnedOf(line) }];
  });
  const hasFault = lines.some((line) => quantityOf(line, returnedOf(line)) === null);
  const amount = chosen.reduce((sum, { line, quantity }) => sum + refundOf(line, quantity), 0);
  const parts = [true, false].flatMap((restock) => {
    const items = itemsOf(chosen.filter(({ isRestocked }) => isRestocked === restock));
    return items.length === 0 ? [] : [{ items, restock }];
  });

  const refund = useMutation({
    mutationFn: async () => {
      const warnings = [];
      for (const part of parts) {
        const body: NewRefund = { ...part, reason, ...(method !== "" && { payment_method: method }) };
        const text = JSON.stringify(body);
        const key = keys.current.get(text) ?? crypto.randomUUID();
        keys.current.set(text, key);
        const made = await mostrador.createRefund(sale.id, body, { idempotencyKey: key });
        warnings.push(...made.warnings);
      }
      return warnings;
    },
    onSuccess: (warnings) => {
      const texts = wordsNow(saleScreenWords);
      if (warnings.length > 0) toastWarning(texts.drawerShort);
      else toast(texts.refunded(f.money(amount)));
      onClose();
    },
    // Also after a failure: the first of two parts may have been refunded.
    onSettled: renewSales,
  });

  const change = (line: SaleLine, next: Partial<Returned>): void =>
    setReturned((all) => ({ ...all, [line.line_no]: { ...(all[line.line_no] ?? NONE), ...next } }));
  const returnEverything = (): void => {
    for (const line of lines) change(line, { text: typed(refundableOf(line)) });
  };
  return (
    <Dialog
      title={w.refundSale(sale.number ?? "")}
      onClose={onClose}
      className="w-[min(36rem,calc(100vw-2rem))]"
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          refund.mutate();
        }}
      >
        <div className="flex items-center justify-between gap-3">
          <h3 className="font-medium text-muted">{w.whatIsReturned}</h3>
          <Button kind="quiet" onClick={returnEverything} className="-mr-4">
            {w.refundEverything}
          </Button>
        </div>
        <ul className="-mt-2 flex flex-col">
          {lines.map((line) => (
            <RefundLine
              key={line.line_no}
              line={line}
              returned={returnedOf(line)}
              most={refundableOf(line)}
              mostText={quantityText(refundableOf(line), line.unit)}
              isFaulty={quantityOf(line, returnedOf(line)) === null}
              onChange={(next) => change(line, next)}
            />
          ))}
        </ul>
        <SelectField label={w.paidBack} value={method} onChange={(event) => setMethod(event.target.value)}>
          <option value="">{w.asPaid}</option>
          {methods.map((one) => (
            <option key={one.method} value={one.method}>
              {methodName(one.method)}
            </option>
          ))}
        </SelectField>
        <Field
          label={w.reason}
          value={reason}
          required
          maxLength={200}
          onChange={(event) => setReason(event.target.value)}
          hint={w.reasonHint}
          fault={fieldFault(refund.error, "/reason")}
        />
        {parts.length > 1 && <p className="text-muted">{w.twoRefunds}</p>}
        {refund.error && <ProblemNotice error={refund.error} />}
        <Button
          kind="primary"
          type="submit"
          isBusy={refund.isPending}
          disabled={chosen.length === 0 || hasFault || reason.trim() === ""}
        >
          {w.refundAmount(f.money(amount))}
        </Button>
      </form>
    </Dialog>
  );
}
