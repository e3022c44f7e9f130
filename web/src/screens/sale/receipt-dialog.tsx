import type { Sale } from "@mostrador/sdk";
import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import { mostrador } from "../../client.ts";
import { useWords } from "../../i18n/words.ts";
import { lazily } from "../../lazily.tsx";
import { RECEIPT_COLUMNS } from "../../lists/receipt-columns.ts";
import { CardBoundary } from "../../parts/boundary.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { saleScreenWords } from "./words.ts";

const MailReceipt = lazily(() => import("../../lists/mail-receipt.tsx"));
const Paper = lazily(() => import("../../lists/paper.tsx"));

/** The receipt as it is printed: on paper of 80 mm, or sent by mail. */
export function ReceiptDialog({ sale, onClose }: { sale: Pick<Sale, "id" | "number">; onClose: () => void }) {
  const w = useWords(saleScreenWords);
  const receipt = useQuery({
    queryKey: ["sale", sale.id, "receipt", "text"],
    queryFn: ({ signal }) =>
      mostrador.getReceipt(sale.id, { format: "text", width: RECEIPT_COLUMNS }, { signal }),
  });
  return (
    <Dialog
      title={`${w.receipt} ${sale.number ?? ""}`.trim()}
      onClose={onClose}
      className="w-[min(30rem,calc(100vw-2rem))]"
    >
      <CardBoundary>
        <Loaded query={receipt} skeleton={<div className="skeleton h-96" />}>
          {(text) => (
            <>
              <pre
                // The keyboard scrolls it where it is wider or longer than the dialog.
                tabIndex={0}
                className="max-h-[50dvh] overflow-auto rounded-xl bg-sunken p-4 text-center font-mono text-xs leading-snug"
              >
                <span className="inline-block text-left">{text}</span>
              </pre>
              <div className="mt-4 flex flex-col gap-4">
                <Suspense fallback={<span className="skeleton h-11 w-32" />}>
                  <Paper text={text} number={sale.number}>
                    <Button kind="primary" onClick={() => print()} className="self-start">
                      {w.print}
                    </Button>
                  </Paper>
                </Suspense>
                <Suspense fallback={<div className="skeleton h-18" />}>
                  <MailReceipt id={sale.id} email="" />
                </Suspense>
                <p className="text-muted text-sm">{w.emailHint}</p>
              </div>
            </>
          )}
        </Loaded>
      </CardBoundary>
    </Dialog>
  );
}
