import { isProblem, type Order } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { OrderLines, quantityOf, totalOf, type DraftLine } from "../../lists/order-lines.tsx";
import { useUnits } from "../../lists/units.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { renewSales } from "../sale/use-sale.ts";
import { showOrder } from "./use-order.ts";
import { saleScreenWords } from "../sale/words.ts";
import { orderScreenWords } from "./words.ts";

const draftOf = ({ items }: Order, typed: (quantity: number) => string): DraftLine[] =>
  items.map(({ product_id, description, unit, unit_price: price, quantity }) => ({
    product_id,
    name: description,
    unit,
    price,
    text: typed(quantity),
  }));

/** Changes the lines of a pending order. If it has changed in the meantime, it is shown as it is now. */
export function EditDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const { save } = useWords(common);
  const w = useWords(orderScreenWords);
  const { total: totalName } = useWords(saleScreenWords);
  const f = useFormats();
  const { typed } = useUnits();
  const [version, setVersion] = useState(order.version);
  const [lines, setLines] = useState(() => draftOf(order, typed));
  const [hasConflict, setHasConflict] = useState(false);
  const total = totalOf(lines);

  const edit = useMutation({
    mutationFn: () =>
      mostrador.updateOrder(
        order.id,
        {
          items: lines.map((line) => ({ product_id: line.product_id, quantity: quantityOf(line) ?? 0 })),
        },
        { ifMatch: { version } },
      ),
    onSuccess: (changed) => {
      showOrder(changed);
      toast(wordsNow(orderScreenWords).saved);
      onClose();
    },
    onError: async (error) => {
      if (!isProblem(error, "precondition-failed")) return;
      const now = await mostrador.getOrder(order.id);
      setVersion(now.version);
      setLines(draftOf(now, typed));
      setHasConflict(true);
    },
    onSettled: renewSales,
  });
  return (
    <Dialog title={w.edit} onClose={onClose} className="w-[min(40rem,calc(100vw-2rem))]">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setHasConflict(false);
          edit.mutate();
        }}
      >
        {hasConflict && (
          <p role="alert" className="rounded-xl bg-warn-soft p-4 text-warn">
            {w.changedMeanwhile}
          </p>
        )}
        <OrderLines lines={lines} onChange={setLines} />
        {edit.error && !hasConflict && <ProblemNotice error={edit.error} />}
        <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
          <p className="text-base font-semibold tabular-nums">
            {totalName} {total === null ? "–" : f.money(total)}
          </p>
          <Button
            kind="primary"
            type="submit"
            isBusy={edit.isPending}
            disabled={lines.length === 0 || total === null}
          >
            {save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
