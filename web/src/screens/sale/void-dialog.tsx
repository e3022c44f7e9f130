import type { Sale } from "@mostrador/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast, toastWarning } from "../../parts/toasts.tsx";
import { useMe } from "../../session/session.ts";
import { renewSales } from "./use-sale.ts";
import { saleScreenWords } from "./words.ts";

/** Whether I may void the sale: I sold it at the counter, in the shift that I have open, and nothing of it was refunded. */
export function useIsVoidable(sale: Sale): boolean {
  const me = useMe();
  const mayBe =
    sale.kind === "sale" &&
    sale.channel === "counter" &&
    sale.status === "completed" &&
    sale.seller_id === me.id &&
    sale.shift_id !== null &&
    sale.items.every(({ refunded }) => refunded === 0);
  const { data } = useQuery({
    queryKey: ["shifts", "mine", "open"],
    queryFn: ({ signal }) => mostrador.listShifts({ status: "OPEN", user_id: me.id, limit: 1 }, { signal }),
    enabled: mayBe,
  });
  return mayBe && data?.data.some(({ id }) => id === sale.shift_id) === true;
}

export function VoidDialog({ sale, onClose }: { sale: Sale; onClose: () => void }) {
  const w = useWords(saleScreenWords);
  const f = useFormats();
  const [reason, setReason] = useState("");
  const [key] = useState(() => crypto.randomUUID());
  const undo = useMutation({
    mutationFn: () => mostrador.voidSale(sale.id, reason === "" ? {} : { reason }, { idempotencyKey: key }),
    onSuccess: async ({ warnings }) => {
      const texts = wordsNow(saleScreenWords);
      if (warnings.length > 0) toastWarning(texts.drawerShort);
      else toast(texts.voided);
      await renewSales();
      onClose();
    },
  });
  return (
    <Dialog title={w.voidTitle(sale.number ?? "")} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          undo.mutate();
        }}
      >
        <p>{w.voidText(f.money(sale.total + sale.rounding))}</p>
        <Field
          label={w.reasonOptional}
          value={reason}
          maxLength={200}
          onChange={(event) => setReason(event.target.value)}
        />
        {undo.error && <ProblemNotice error={undo.error} />}
        <Button kind="danger" type="submit" isBusy={undo.isPending}>
          {w.voidSale}
        </Button>
      </form>
    </Dialog>
  );
}
