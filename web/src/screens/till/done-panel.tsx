import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { RECEIPT_COLUMNS } from "../../lists/receipt-columns.ts";
import { lazily } from "../../lazily.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { AlertIcon, CheckIcon } from "../../parts/icons.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Key } from "./parts.tsx";
import type { Payment } from "./payments.ts";
import type { Method } from "./terms.ts";
import type { Done } from "./till-state.ts";
import { receiptWords } from "./receipt-words.ts";
import { ShownReceipt } from "./shown-receipt.tsx";
import { tillWords } from "./words.ts";

const MailReceipt = lazily(() => import("../../lists/mail-receipt.tsx"));
const StoredReceipt = lazily(() => import("./stored-receipt.tsx"));
// Without a network, when it is needed, it could not be loaded.
void StoredReceipt.preload();

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
          <Suspense fallback={<div className="skeleton h-[40dvh]" />}>
            <div className="flex flex-col gap-4">
              <StoredReceipt done={done} methods={methods}>
                {(text) => <ShownReceipt text={text} payments={done.payments} number={null} />}
              </StoredReceipt>
            </div>
          </Suspense>
        )}
      </Card>
    </div>
  );
}

/** `email` is that of the customer, or empty. */
type RecordedReceiptProps = { id: string; number: string | null; email: string; payments: Payment[] };

function RecordedReceipt({ id, number, email, payments }: RecordedReceiptProps) {
  const receipt = useQuery({
    queryKey: ["sale", id, "receipt", "text"],
    queryFn: ({ signal }) => mostrador.getReceipt(id, { format: "text", width: RECEIPT_COLUMNS }, { signal }),
    staleTime: Infinity,
  });
  return (
    <div className="flex flex-col gap-4">
      <Loaded query={receipt} skeleton={<div className="skeleton h-[40dvh]" />}>
        {(text) => <ShownReceipt text={text} payments={payments} number={number} />}
      </Loaded>
      <Suspense fallback={<div className="skeleton h-18" />}>
        <MailReceipt id={id} email={email} />
      </Suspense>
    </div>
  );
}
