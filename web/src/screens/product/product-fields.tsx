// The fields of a product, for the new one and for the one that is edited.
import { useQuery } from "@tanstack/react-query";
import type { HTMLInputTypeAttribute } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { Field, SelectField, TextField } from "../../parts/field.tsx";
import type { Draft, FieldName } from "./draft.ts";
import { UNITS } from "./units.ts";
import { productWords } from "./words.ts";

type FieldsProps = {
  draft: Draft;
  onChange: (field: FieldName, value: string) => void;
  error: unknown;
  unread: readonly FieldName[];
};

const isMoney = (field: FieldName): boolean => field === "price" || field === "cost";

const columns = "grid gap-4 @min-[30rem]:grid-cols-2";

export function useTaxRates() {
  return useQuery({
    queryKey: ["tax-rates", "active"],
    queryFn: ({ signal }) => mostrador.pages.listTaxRates({ is_active: true }, { signal }).all(),
  });
}

export function ProductFields({ draft, onChange, error, unread }: FieldsProps) {
  const w = useWords(productWords);
  const f = useFormats();
  const rates = useTaxRates();
  const faultOf = (field: FieldName): string | undefined =>
    unread.includes(field)
      ? w.unreadable
      : fieldFault(error, `/${field}`, isMoney(field) ? f.money : f.number);
  const common = (field: FieldName) => ({
    label: w[field],
    name: field,
    value: draft[field],
    fault: faultOf(field),
    onChange: ({ target }: { target: { value: string } }) => onChange(field, target.value),
  });
  const input = (
    field: FieldName,
    options: { isRequired?: boolean; hint?: string; type?: HTMLInputTypeAttribute; isNumber?: boolean } = {},
  ) => (
    <Field
      {...common(field)}
      required={options.isRequired}
      hint={options.hint}
      {...(options.isNumber && { inputMode: "decimal" as const })}
    />
  );
  return (
    <>
      <Card title={w.details}>
        <div className={columns}>
          <div className="@min-[30rem]:col-span-2">{input("title", { isRequired: true })}</div>
          {input("author")}
          {input("category")}
          {input("sku", { isRequired: true })}
          {input("isbn")}
          <div className="@min-[30rem]:col-span-2">
            <TextField {...common("description")} />
          </div>
        </div>
      </Card>
      <Card title={w.selling}>
        <div className={columns}>
          {input("price", { isRequired: true, isNumber: true, hint: f.currency })}
          {input("cost", { isNumber: true, hint: w.costHint })}
          <SelectField {...common("tax_rate_id")}>
            <option value="">{w.defaultRate}</option>
            {rates.data?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
            {draft.tax_rate_id !== "" && !rates.data?.some(({ id }) => id === draft.tax_rate_id) && (
              <option value={draft.tax_rate_id}>…</option>
            )}
          </SelectField>
          <SelectField {...common("unit")}>
            {UNITS.map((unit) => (
              <option key={unit} value={unit}>
                {unit === "piece" ? w.piece : unit === "m2" ? "m²" : unit}
              </option>
            ))}
          </SelectField>
          <TextField {...common("barcodes")} rows={3} hint={w.barcodesHint} inputMode="numeric" />
          {input("low_stock_threshold", { isNumber: true })}
          <SelectField {...common("is_active")}>
            <option value="yes">{w.onSale}</option>
            <option value="no">{w.hidden}</option>
          </SelectField>
        </div>
      </Card>
      <Card title={w.edition}>
        <div className={columns}>
          {input("publisher")}
          {input("series")}
          {input("language", { hint: w.languageHint })}
          {input("pages", { isNumber: true })}
          {input("publication_year", { isNumber: true })}
        </div>
      </Card>
    </>
  );
}
