import type { Customer } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { CustomerPicker, useCustomerName } from "../../lists/customer-picker.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { customerWords } from "../customers/words.ts";
import { Details } from "../sale/details-card.tsx";
import { customerScreenWords } from "./words.ts";

export function MergeDialog({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const w = useWords(customerScreenWords);
  const c = useWords(customerWords);
  const customerName = useCustomerName();
  const navigate = useNavigate();
  const [into, setInto] = useState<Customer | null>(null);
  const [isSure, setIsSure] = useState(false);
  const merge = useMutation({
    mutationFn: (target: Customer) => mostrador.mergeCustomer(customer.id, { into: target.id }),
    onSuccess: async ({ id }) => {
      toast(wordsNow(customerScreenWords).merged);
      await queryClient.invalidateQueries({ queryKey: ["customers"] });
      await queryClient.invalidateQueries({ queryKey: ["customer"] });
      await navigate({ to: "/customers/$id", params: { id } });
      onClose();
    },
  });
  return (
    <Dialog title={w.mergeTitle} onClose={onClose} className="w-[min(34rem,calc(100vw-2rem))]">
      <div className="flex flex-col gap-4">
        <p>{w.mergeText(customerName(customer))}</p>
        {into === null ? (
          <CustomerPicker label={w.chooseCustomer} except={customer.id} onChoose={setInto} />
        ) : (
          <form
            className="flex flex-col gap-4"
            onSubmit={(event) => {
              event.preventDefault();
              merge.mutate(into);
            }}
          >
            <div className="rounded-xl bg-sunken p-4">
              <Details
                rows={[
                  [c.name, customerName(into)],
                  [c.email, into.email],
                  [c.phone, into.phone],
                  [c.taxId, into.tax_id],
                ]}
              />
            </div>
            <label className="flex min-h-11 items-center gap-3">
              <input
                type="checkbox"
                checked={isSure}
                onChange={(event) => setIsSure(event.target.checked)}
                className="size-5 shrink-0 accent-brand"
              />
              {w.sureMerge}
            </label>
            {merge.error && <ProblemNotice error={merge.error} />}
            <div className="flex flex-wrap justify-end gap-2">
              <Button
                onClick={() => {
                  setInto(null);
                  setIsSure(false);
                }}
              >
                {w.change}
              </Button>
              <Button kind="danger" type="submit" disabled={!isSure} isBusy={merge.isPending}>
                {w.mergeInto(customerName(into))}
              </Button>
            </div>
          </form>
        )}
      </div>
    </Dialog>
  );
}
