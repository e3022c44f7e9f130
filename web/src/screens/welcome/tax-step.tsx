import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { mostrador } from "../../client.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { CheckBox } from "../../parts/check-box.tsx";
import { Field } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { useMe } from "../../session/session.ts";
import { percentOf, rateOf } from "../settings/rate-percent.ts";
import { refreshProgress } from "./use-progress.ts";
import { welcomeWords } from "./words.ts";

/** The usual rate where the shop probably is, by its time zone. */
const SUGGESTIONS: readonly [zone: RegExp, name: string, percent: string][] = [
  [/^Atlantic\/Canary/, "IGIC 7 %", "7"],
  [/^Europe\/Madrid|^Africa\/Ceuta/, "IVA 21 %", "21"],
  [/^America\/(Mexico_City|Monterrey|Tijuana|Cancun|Merida)/, "IVA 16 %", "16"],
  [/^America\/(Argentina|Buenos_Aires)/, "IVA 21 %", "21"],
  [/^America\/(Bogota|Santiago)/, "IVA 19 %", "19"],
  [/^America\/Lima/, "IGV 18 %", "18"],
  [/^Europe\/Lisbon/, "IVA 23 %", "23"],
  [/^Europe\/London/, "VAT 20 %", "20"],
  [/^Europe\/Dublin/, "VAT 23 %", "23"],
];

export function TaxStep() {
  const w = useWords(welcomeWords);
  const { shop } = useMe();
  const [, name, percent] = SUGGESTIONS.find(([zone]) => zone.test(shop.timezone)) ?? [null, "", ""];
  const [isWrong, setIsWrong] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (tax: { name: string; rate: number; isIncluded: boolean }) => {
      // The last write is what the step is done by, so that a failure in between can be repeated.
      if (tax.isIncluded !== shop.prices_include_tax)
        await mostrador.updateShop({ prices_include_tax: tax.isIncluded });
      await mostrador.createTaxRate({ name: tax.name, rate: tax.rate, is_default: true });
    },
    onSettled: refreshProgress,
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const rate = rateOf(formText(form, "rate"));
    setIsWrong(rate === null);
    if (rate !== null)
      mutate({ name: formText(form, "name").trim(), rate, isIncluded: form.has("included") });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-muted">{w.taxesText}</p>
      <div className="grid gap-4 @min-[28rem]:grid-cols-2">
        <Field
          required
          label={w.taxName}
          name="name"
          autoComplete="off"
          defaultValue={name}
          fault={fieldFault(error, "/name")}
        />
        <Field
          required
          label={w.taxRate}
          name="rate"
          inputMode="decimal"
          autoComplete="off"
          defaultValue={percent}
          fault={isWrong ? w.taxRateFault : fieldFault(error, "/rate", percentOf)}
        />
      </div>
      <CheckBox label={w.included} name="included" defaultChecked={shop.prices_include_tax} />
      {error && <ProblemNotice error={error} />}
      <div className="flex flex-wrap items-center gap-4">
        <Button type="submit" kind="primary" isBusy={isPending}>
          {w.saveTax}
        </Button>
        <Link
          to="/settings/{-$tab}"
          params={{ tab: "taxes" }}
          className="inline-flex min-h-11 items-center text-muted underline-offset-2 hover:underline"
        >
          {w.moreTaxes}
        </Link>
      </div>
    </form>
  );
}
