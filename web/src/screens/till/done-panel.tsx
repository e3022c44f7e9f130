import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { lazily } from "../../lazily.tsx";
import { useUnits } from "../../lists/units.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { AlertIcon, CheckIcon } from "../../parts/icons.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useMe } from "../../session/session.ts";
import { Key } from "./parts.tsx";
import type { Payment } from "./payments.ts";
import { COLUMNS, provisionalReceipt } from "./receipt-text.ts";
import { useMethodName, type Method } from "./terms.ts";
import type { Done } from "./till-state.ts";
import { receiptWords } from "./receipt-words.ts";
import { tillWords } from "./words.ts";

const UsbPrint = lazily(() => import("./usb-print.tsx"));
const MailReceipt = lazily(() => import("../../lists/mail-receipt.tsx"));
const Paper = lazily(() => import("../../lists/paper.tsx"));

type DonePanelProps = { done: Done; methods: readonly Method[]; onNext: () => void };

/** A sale that was made: the change, and its receipt. A scan begins the next one. */
export default function DonePanel({ done, methods, onNext }: DonePanelProps) {
  const w = { ...useWords(tillWords), ...useWords(receiptWords) };
  const f = useFormats();
  const { sale, change } = done;
  return (
    <div className="grid items-start gap-4 @min-[42rem]:grid-cols-2">
      <Card>
        <div className="flex flex-col gap-6">
          <div role="status" className="flex flex-wrap items-center gap-4">
            <span
              className={`rounded-full p-3 ${sale ? "bg-good-soft text-good" : "bg-warn-soft text-warn"}`}
            >
              {sale ? <CheckIcon size={28} /> : <AlertIcon size={28} />}
            </span>
            <div className="min-w-0">
              <h2 className="text-xl font-semibold">{sale ? w.sold : w.storedSale}</h2>
              <p className="text-muted tabular-nums">
                {[sale?.number, f.money(done.total)].filter(Boolean).join(" · ")}
              </p>
            </div>
          </div>
          {change > 0 && (
            <p>
              <span className="block text-muted">{w.change}</span>
              <span className="text-5xl font-semibold tracking-tight tabular-nums">{f.money(change)}</span>
            </p>
          )}
          {!sale && <p className="text-muted">{w.storedText}</p>}
          <div className="flex flex-wrap items-center gap-3">
            <Button
              autoFocus
              kind="primary"
              aria-keyshortcuts="Escape"
              onClick={onNext}
              className="min-h-14 text-lg"
            >
              {w.nextSale} <Key>↵</Key>
            </Button>
            <p className="text-muted">{w.scanNext}</p>
          </div>
        </div>
      </Card>
      <Card title={w.receipt}>
        {sale ? (
          <RecordedReceipt
            id={sale.id}
            number={sale.number}
            email={done.cart.customer?.email ?? ""}
            payments={done.payments}
          />
        ) : (
          <StoredReceipt done={done} methods={methods} />
        )}
      </Card>
    </div>
  );
}

/** A receipt on the screen, and alone on the paper. */
function ReceiptText({
  text,
  payments,
  number,
}: {
  text: string;
  payments: Payment[];
  number: string | null;
}) {
  const w = useWords(receiptWords);
  return (
    <>
      <pre
        // The keyboard scrolls it where it is wider or longer than the card.
        tabIndex={0}
        aria-label={w.receipt}
        className="max-h-[40dvh] overflow-auto rounded-xl bg-sunken p-3 text-center font-mono text-[min(0.6875rem,calc((100cqi-1.5rem)/25.5))] leading-snug"
      >
        <span className="inline-block text-left">{text}</span>
      </pre>
      <Suspense fallback={null}>
        <Paper text={text} number={number} />
      </Suspense>
      <div className="flex flex-wrap gap-2">
        <Button aria-keyshortcuts="Control+P" onClick={() => print()}>
          {w.print} <Key>Ctrl P</Key>
        </Button>
        {"usb" in navigator && (
          <Suspense fallback={null}>
            <UsbPrint
              text={text}
              number={number}
              opensDrawer={payments.some(({ method }) => method === "cash")}
            />
          </Suspense>
        )}
      </div>
    </>
  );
}

/** `email` is that of the customer, or empty. */
type RecordedReceiptProps = { id: string; number: string | null; email: string; payments: Payment[] };

function RecordedReceipt({ id, number, email, payments }: RecordedReceiptProps) {
  const receipt = useQuery({
    queryKey: ["sale", id, "receipt", "text"],
    queryFn: ({ signal }) => mostrador.getReceipt(id, { format: "text", width: COLUMNS }, { signal }),
    staleTime: Infinity,
  });
  return (
    <div className="flex flex-col gap-4">
      <Loaded query={receipt} skeleton={<div className="skeleton h-[40dvh]" />}>
        {(text) => <ReceiptText text={text} payments={payments} number={number} />}
      </Loaded>
      <Suspense fallback={<div className="skeleton h-18" />}>
        <MailReceipt id={id} email={email} />
      </Suspense>
    </div>
  );
}

function StoredReceipt({ done, methods }: Omit<DonePanelProps, "onNext">) {
  const w = { ...useWords(tillWords), ...useWords(receiptWords) };
  const f = useFormats();
  const me = useMe();
  const { quantity } = useUnits();
  const method = useMethodName(methods);
  const text = provisionalReceipt(me, done, {
    provisional: w.provisional,
    discount: w.discount,
    total: w.total,
    change: w.change,
    money: f.money,
    quantity: (thousandths, unit) => quantity(thousandths / 1000, unit),
    time: f.instant(done.sold_at),
    method,
  });
  return (
    <div className="flex flex-col gap-4">
      <ReceiptText text={text} payments={done.payments} number={null} />
    </div>
  );
}
