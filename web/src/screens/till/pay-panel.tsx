import { decimalsOf } from "@mostrador/sdk";
import { useState, type FormEvent } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useUnits } from "../../lists/units.ts";
import { useReachable } from "../../offline/connection.ts";
import { Button, IconButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { CloseIcon } from "../../parts/icons.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { amountIn } from "./money-input.ts";
import { Key } from "./parts.tsx";
import { addPayment, dueBy, quickNotes, type Payment } from "./payments.ts";
import type { Paying } from "./till-state.ts";
import { isOffered, METHOD_KEYS, useMethodName, type Method } from "./terms.ts";
import { tillWords } from "./words.ts";

type PayPanelProps = {
  total: number;
  /** Minor units to a multiple of which cash is rounded. */
  coin: number;
  methods: readonly Method[];
  paying: Paying;
  error: Error | null;
  isBusy: boolean;
  onChange: (paying: Paying) => void;
  /** The payments make up the total. */
  onPaid: (payments: Payment[]) => void;
  onBack: () => void;
};

/** Takes the payments of a total, one after the other. */
export default function PayPanel({
  total,
  coin,
  methods,
  paying,
  error,
  isBusy,
  onChange,
  onPaid,
  onBack,
}: PayPanelProps) {
  const w = useWords(tillWords);
  const f = useFormats();
  const { typedMoney } = useUnits();
  const nameOf = useMethodName(methods);
  const isReachable = useReachable();
  const { method, payments } = paying;
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string | undefined>();
  const due = dueBy(method, total, payments, coin);
  const given = text.trim() === "" ? due : amountIn(text, f.currency);
  const isCash = method === "cash";
  const faults = {
    none: w.amountFault,
    "too-much": w.tooMuch,
    coin: w.coinFault,
    "too-many": w.tooManyPayments,
  };

  const pay = (amount: number | null): void => {
    const next =
      amount === null
        ? { fault: "none" as const }
        : addPayment(payments, { method, given: amount, total, coin });
    if ("fault" in next) return setFault(faults[next.fault]);
    setText("");
    setFault(undefined);
    if (next.isLast) onPaid(next.payments);
    else onChange({ method, payments: next.payments });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    pay(given);
  };
  return (
    <Card
      title={w.toPay}
      action={
        <Button
          kind="quiet"
          aria-keyshortcuts="Escape"
          disabled={isBusy}
          onClick={onBack}
          className="-my-2 -mr-3"
        >
          {w.back} <Key>Esc</Key>
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-right text-4xl font-semibold tracking-tight tabular-nums">{f.money(due)}</p>
        {payments.length > 0 && (
          <ul aria-label={w.paid} className="flex flex-col divide-y divide-line">
            {payments.map((payment, index) => (
              <li key={index} className="flex min-h-11 items-center justify-between gap-2">
                <span>{nameOf(payment.method)}</span>
                <span className="ml-auto tabular-nums">{f.money(payment.amount)}</span>
                <IconButton
                  label={`${w.undo}: ${nameOf(payment.method)}`}
                  disabled={isBusy}
                  onClick={() => onChange({ method, payments: payments.toSpliced(index, 1) })}
                >
                  <CloseIcon />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
        <div role="group" aria-label={w.methods} className="flex flex-wrap gap-2">
          {methods.map((one) => (
            <Button
              key={one.method}
              aria-pressed={one.method === method}
              aria-keyshortcuts={METHOD_KEYS[one.method]}
              disabled={isBusy || !isOffered(one.method, isReachable)}
              onClick={() => onChange({ method: one.method, payments })}
              className="flex-1 aria-pressed:border-brand aria-pressed:bg-brand-soft aria-pressed:text-brand"
            >
              {nameOf(one.method)}
              {METHOD_KEYS[one.method] && <Key>{METHOD_KEYS[one.method]}</Key>}
            </Button>
          ))}
        </div>
        {!isReachable && <p className="text-warn">{w.offlineMethod}</p>}
        <form noValidate onSubmit={submit} className="flex flex-col gap-4">
          {method === "card" && <p className="text-muted">{w.cardHint}</p>}
          <Field
            // Each payment begins with the focus here.
            key={`${method} ${payments.length}`}
            autoFocus
            label={isCash ? w.tendered : w.amount}
            inputMode="decimal"
            autoComplete="off"
            enterKeyHint="done"
            placeholder={typedMoney(due)}
            value={text}
            onChange={(event) => setText(event.target.value)}
            fault={fault}
            className="text-right text-2xl tabular-nums"
          />
          {isCash && (
            <div role="group" aria-label={w.quickNotes} className="grid grid-cols-2 gap-2">
              <Button disabled={isBusy} onClick={() => pay(due)}>
                {w.exact}
              </Button>
              {quickNotes(due, f.currency, 10 ** decimalsOf(f.currency)).map((note) => (
                <Button
                  key={note}
                  disabled={isBusy}
                  onClick={() => pay(note)}
                  className="px-2! whitespace-nowrap tabular-nums"
                >
                  {f.money(note)}
                </Button>
              ))}
            </div>
          )}
          {isCash && given !== null && given > due && (
            <p role="status" className="flex justify-between gap-4 text-xl font-semibold">
              <span>{w.change}</span>
              <span className="tabular-nums">{f.money(given - due)}</span>
            </p>
          )}
          {error && <ProblemNotice error={error} />}
          <Button type="submit" kind="primary" isBusy={isBusy} className="min-h-14 text-lg">
            {w.take(f.money(Math.min(given ?? due, due)))} <Key>↵</Key>
          </Button>
        </form>
      </div>
    </Card>
  );
}
