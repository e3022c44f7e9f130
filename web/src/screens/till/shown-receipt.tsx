import { Suspense } from "react";
import { useWords } from "../../i18n/words.ts";
import { lazily } from "../../lazily.tsx";
import { Button } from "../../parts/button.tsx";
import { Key } from "./parts.tsx";
import type { Payment } from "./payments.ts";
import { receiptWords } from "./receipt-words.ts";

const UsbPrint = lazily(() => import("./usb-print.tsx"));
const Paper = lazily(() => import("../../lists/paper.tsx"));

/** A receipt on the screen, and alone on the paper. */
export function ShownReceipt({
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
      <div className="flex flex-wrap gap-2">
        <Suspense fallback={<span className="skeleton h-11 w-32" />}>
          <Paper text={text} number={number}>
            <Button aria-keyshortcuts="Control+P" onClick={() => print()}>
              {w.print} <Key>Ctrl P</Key>
            </Button>
          </Paper>
        </Suspense>
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
