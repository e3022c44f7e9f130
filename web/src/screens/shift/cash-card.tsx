import { isProblem, parseMoney, type NewCashMove } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { lazily } from "../../lazily.tsx";
import { noting } from "../../offline/connection.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { LateDialog } from "../../parts/late-dialog.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { toast, toastWarning } from "../../parts/toasts.tsx";
import { cashMovesKey } from "./cash-moves-card.tsx";
import { shiftWords } from "./words.ts";

const ApprovalDialog = lazily(() => import("../till/approval-dialog.tsx"));

type Kind = NewCashMove["kind"];

/** Cash into or out of the drawer without a sale. */
export function CashCard({ shiftId, isReachable }: { shiftId: string; isReachable: boolean }) {
  const w = useWords(shiftWords);
  const f = useFormats();
  const [kind, setKind] = useState<Kind>("paid_in");
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const [isChecked, setChecked] = useState(false);
  const minor = parseMoney(amount, f.currency);
  const amountFault = minor === null || minor <= 0 ? w.badAmount : undefined;
  const reasonFault = reason.trim() === "" ? w.reasonMissing : undefined;
  const move = useMutation({
    mutationFn: (body: NewCashMove) => noting(mostrador.createCashMove(body)),
    onSuccess: ({ kind: done, amount: moved, warnings }) => {
      const texts = wordsNow(shiftWords);
      const text = done === "paid_in" ? texts.paidIn : texts.paidOut;
      toast(text(f.money(moved)));
      if (warnings.length > 0) toastWarning(texts.drawerShort);
      setAmount("");
      setReason("");
      setChecked(false);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: cashMovesKey(shiftId) }),
  });
  const needsApproval = isProblem(move.error, "approval-required", "invalid-approval");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (minor !== null && amountFault === undefined && reasonFault === undefined)
      move.mutate({ kind, amount: minor, reason: reason.trim() });
  };
  return (
    <Card title={w.cash}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-muted">{w.cashText}</p>
        <div>
          <Segmented
            label={w.direction}
            options={[
              { value: "paid_in", label: w.paid_in },
              { value: "paid_out", label: w.paid_out },
            ]}
            value={kind}
            onChange={setKind}
          />
        </div>
        <div className="grid gap-4 @min-[30rem]:grid-cols-[10rem_minmax(0,1fr)]">
          <Field
            label={w.amount}
            inputMode="decimal"
            autoComplete="off"
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
            fault={isChecked ? amountFault : undefined}
          />
          <Field
            label={w.reason}
            autoComplete="off"
            maxLength={200}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            hint={w.reasonHint}
            fault={isChecked ? reasonFault : undefined}
          />
        </div>
        {move.error && !needsApproval && <ProblemNotice error={move.error} />}
        <Button type="submit" isBusy={move.isPending} disabled={!isReachable} className="self-start">
          {w.record}
        </Button>
      </form>
      {needsApproval && move.variables && (
        <LateDialog onClose={() => move.reset()}>
          <ApprovalDialog
            error={isProblem(move.error, "invalid-approval") ? move.error : null}
            onApprove={(approval) => move.variables && move.mutate({ ...move.variables, approval })}
            onClose={() => move.reset()}
          />
        </LateDialog>
      )}
    </Card>
  );
}
