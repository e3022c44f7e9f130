import { useState, type ReactNode } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useUnits } from "../../lists/units.ts";
import { Field } from "../../parts/field.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { useMe } from "../../session/session.ts";
import type { Discount } from "./cart.ts";
import { amountIn, thousandthsIn } from "./money-input.ts";
import { dialogWords } from "./dialog-words.ts";
import { tillWords } from "./words.ts";

type Kind = "none" | "percent" | "amount";

const HUNDRED_PERCENT = 100_000;

type DiscountForm = {
  /** The discount, undefined without one, or null if it is not valid; the fields then say why. */
  read: () => Discount | undefined | null;
  /** The discount exceeds what it is taken from. */
  refuse: () => void;
  fields: ReactNode;
};

const kindOf = (discount: Discount): Kind => ("percent" in discount ? "percent" : "amount");

/** The fields of a discount, as a percentage or an amount; `first` is what is chosen without one. */
export function useDiscountForm(discount: Discount | undefined, first: Kind = "none"): DiscountForm {
  const w = { ...useWords(tillWords), ...useWords(dialogWords) };
  const f = useFormats();
  const { typed, typedMoney } = useUnits();
  const { locale } = useMe().shop;
  // It is printed on receipts, which are in the language of the shop.
  const standard = dialogWords.reasonDefault[locale.startsWith("es") ? "es" : "en"];
  const [kind, setKind] = useState<Kind>(discount ? kindOf(discount) : first);
  const [value, setValue] = useState(
    !discount ? "" : "percent" in discount ? typed(discount.percent / 1000) : typedMoney(discount.amount),
  );
  const [reason, setReason] = useState(discount?.reason ?? "");
  const [fault, setFault] = useState<string | undefined>();

  const read = (): Discount | undefined | null => {
    setFault(undefined);
    if (kind === "none") return undefined;
    const number = kind === "percent" ? thousandthsIn(value) : amountIn(value, f.currency);
    if (number === null || number === 0) {
      setFault(kind === "percent" ? w.percentFault : w.amountFault);
      return null;
    }
    if (kind === "percent" && number > HUNDRED_PERCENT) {
      setFault(w.discountFault);
      return null;
    }
    const why = { reason: reason.trim() || standard };
    return kind === "percent" ? { percent: number, ...why } : { amount: number, ...why };
  };
  const fields = (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1.5 font-medium text-muted">{w.discount}</legend>
      <Segmented
        label={w.discount}
        options={[
          { value: "none", label: w.none },
          { value: "percent", label: w.percent },
          { value: "amount", label: w.amount },
        ]}
        value={kind}
        onChange={setKind}
        isTall
      />
      {kind !== "none" && (
        <div className="grid gap-3 @min-[22rem]:grid-cols-2">
          <Field
            key={kind}
            autoFocus
            label={kind === "percent" ? `${w.percent} (%)` : `${w.amount} (${f.currency})`}
            inputMode="decimal"
            autoComplete="off"
            value={value}
            onChange={(event) => setValue(event.target.value)}
            onFocus={(event) => event.target.select()}
            fault={fault}
          />
          <Field
            label={w.reason}
            autoComplete="off"
            placeholder={standard}
            maxLength={200}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
      )}
    </fieldset>
  );
  return { read, refuse: () => setFault(w.discountFault), fields };
}
