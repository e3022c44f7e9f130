import type { Product } from "@mostrador/sdk";
import { useState, type FormEvent } from "react";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { draftOf, type Draft, type FieldName } from "./draft.ts";
import { useTaxRates } from "./product-fields.tsx";
import { productWords } from "./words.ts";

type ConflictProps = {
  draft: Draft;
  theirs: Product;
  fields: readonly FieldName[];
  isBusy: boolean;
  /** Called with the draft after each choice was made. */
  onChoose: (draft: Draft) => void;
  onClose: () => void;
};

/** Both values of each field that two people changed; one of them is chosen. */
export function ConflictDialog({ draft, theirs, fields, isBusy, onChoose, onClose }: ConflictProps) {
  const w = useWords(productWords);
  const { cancel } = useWords(common);
  const { locale } = useFormats();
  const rates = useTaxRates();
  const [chosen, setChosen] = useState<Partial<Record<FieldName, "mine" | "theirs">>>({});
  const stored = draftOf(theirs, locale);

  const shown = (field: FieldName, value: string): string => {
    if (field === "is_active") return value === "yes" ? w.onSale : w.hidden;
    if (field === "tax_rate_id")
      return value === "" ? w.defaultRate : (rates.data?.find(({ id }) => id === value)?.name ?? value);
    return value.trim() === "" ? w.empty : value;
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const decided = Object.fromEntries(
      fields.map((field) => [field, chosen[field] === "theirs" ? stored[field] : draft[field]]),
    );
    onChoose({ ...draft, ...decided });
  };
  return (
    <Dialog title={w.conflictTitle} onClose={onClose} className="w-[min(40rem,calc(100vw-2rem))]">
      <form onSubmit={submit} className="@container flex flex-col gap-5">
        <p className="text-muted">{w.conflictText}</p>
        {fields.map((field) => (
          <fieldset key={field} className="grid gap-2 @min-[28rem]:grid-cols-2">
            <legend className="mb-1.5 font-semibold">{w[field]}</legend>
            {(["mine", "theirs"] as const).map((side) => (
              <label
                key={side}
                className="flex min-h-11 items-start gap-3 rounded-xl border border-line p-3 has-checked:border-brand has-checked:bg-brand-soft"
              >
                <input
                  required
                  type="radio"
                  name={field}
                  value={side}
                  checked={chosen[field] === side}
                  onChange={() => setChosen({ ...chosen, [field]: side })}
                  className="mt-0.5 size-5 shrink-0 accent-(--color-brand)"
                />
                <span className="min-w-0">
                  <span className="block text-xs text-muted">{w[side]}</span>
                  <span className="block [overflow-wrap:anywhere] whitespace-pre-line">
                    {shown(field, side === "mine" ? draft[field] : stored[field])}
                  </span>
                </span>
              </label>
            ))}
          </fieldset>
        ))}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{cancel}</Button>
          <Button type="submit" kind="primary" isBusy={isBusy}>
            {w.keepChosen}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
