import type { TaxRate } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { CheckBox } from "../../parts/check-box.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { percentOf, rateOf } from "./rate-percent.ts";
import { settingsWords } from "./words.ts";

type Values = { name: string; rate: number; isDefault: boolean; isActive: boolean };

/** Adds or changes a rate. One that has been charged cannot have another percentage: a new one replaces it. */
async function store(before: TaxRate | null, { name, rate, isDefault, isActive }: Values): Promise<void> {
  if (before === null) await mostrador.createTaxRate({ name, rate, is_default: isDefault });
  else if (before.is_used && rate !== before.rate)
    await mostrador.createTaxRate({
      name,
      rate,
      replaces: before.id,
      ...(isDefault && { is_default: true }),
    });
  else
    await mostrador.updateTaxRate(before.id, {
      name,
      ...(rate !== before.rate && { rate }),
      ...(isDefault && !before.is_default && { is_default: true }),
      ...(isActive !== before.is_active && { is_active: isActive }),
    });
}

export function RateDialog({ rate, onClose }: { rate: TaxRate | null; onClose: () => void }) {
  const w = useWords(settingsWords);
  const { save } = useWords(common);
  const [isWrong, setIsWrong] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (values: Values) => store(rate, values),
    onSuccess: () => {
      toast(wordsNow(settingsWords).saved);
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["tax-rates"] }),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const percent = rateOf(formText(form, "rate"));
    setIsWrong(percent === null);
    if (percent === null) return;
    mutate({
      name: formText(form, "name").trim(),
      rate: percent,
      isDefault: form.has("is_default"),
      isActive: rate === null || rate.is_default || form.has("is_active"),
    });
  };
  return (
    <Dialog title={rate === null ? w.newRate : w.editRate(rate.name)} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          required
          label={w.name}
          name="name"
          maxLength={100}
          autoComplete="off"
          defaultValue={rate?.name}
          fault={fieldFault(error, "/name")}
        />
        <Field
          required
          label={w.rate}
          name="rate"
          inputMode="decimal"
          autoComplete="off"
          defaultValue={rate === null ? "" : percentOf(rate.rate)}
          hint={rate?.is_used === true ? w.rateUsed : w.rateHint}
          fault={isWrong ? w.rateFault : fieldFault(error, "/rate", percentOf)}
        />
        {rate?.is_default !== true && <CheckBox label={w.makeDefault} name="is_default" />}
        {rate?.is_default === false && (
          <CheckBox label={w.isActive} name="is_active" defaultChecked={rate.is_active} />
        )}
        {error && <ProblemNotice error={error} />}
        <div className="flex justify-end">
          <Button type="submit" kind="primary" isBusy={isPending}>
            {save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
