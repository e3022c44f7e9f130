import type { Address } from "@mostrador/sdk";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { Field } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { newOrderWords } from "./words.ts";

export function addressOf(form: FormData): Address {
  const text = (name: string): string => formText(form, `ship_${name}`).trim();
  return {
    name: text("name"),
    lines: [text("line")],
    postal_code: text("postal_code"),
    city: text("city"),
    country: text("country").toUpperCase(),
  };
}

export function AddressFields({ error, country }: { error: unknown; country: string }) {
  const w = useWords(newOrderWords);
  const fault = (name: string): string | undefined => fieldFault(error, `/shipping_address/${name}`);
  return (
    <>
      <Field label={w.recipient} name="ship_name" fault={fault("name")} />
      <Field label={w.street} name="ship_line" fault={fault("lines")} />
      <Field label={w.postalCode} name="ship_postal_code" fault={fault("postal_code")} />
      <Field label={w.city} name="ship_city" fault={fault("city")} />
      <Field
        label={w.country}
        name="ship_country"
        maxLength={2}
        defaultValue={country}
        fault={fault("country")}
      />
    </>
  );
}
