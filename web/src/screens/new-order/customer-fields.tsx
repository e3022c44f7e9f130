import type { Customer, NewOrder } from "@mostrador/sdk";
import { useState } from "react";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { CustomerPicker, useCustomerName } from "../../lists/customer-picker.tsx";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { Segmented } from "../../parts/segmented.tsx";
import { newOrderWords } from "./words.ts";

/** The new customer that was typed. */
export function customerOf(form: FormData): NonNullable<NewOrder["customer"]> {
  const [email, phone] = [formText(form, "email").trim(), formText(form, "phone").trim()];
  return {
    name: formText(form, "name").trim(),
    ...(email !== "" && { email }),
    ...(phone !== "" && { phone }),
  };
}

type CustomerFieldsProps = {
  customer: Customer | null;
  onChoose: (customer: Customer | null) => void;
  error: unknown;
};

/** Whom the order is for: a customer of the shop, or a new one. */
export function CustomerFields({ customer, onChoose, error }: CustomerFieldsProps) {
  const w = useWords(newOrderWords);
  const customerName = useCustomerName();
  const [mode, setMode] = useState<"known" | "fresh">("known");
  if (customer)
    return (
      <div className="flex flex-wrap items-center justify-between gap-3">
        <span className="min-w-0">
          <span className="block font-medium break-words">{customerName(customer)}</span>
          <span className="block text-xs break-all text-muted">{customer.email ?? customer.phone}</span>
        </span>
        <Button onClick={() => onChoose(null)}>{w.change}</Button>
      </div>
    );
  return (
    <div className="flex flex-col items-stretch gap-4">
      <div>
        <Segmented
          label={w.customer}
          value={mode}
          options={[
            { value: "known", label: w.known },
            { value: "fresh", label: w.fresh },
          ]}
          onChange={setMode}
        />
      </div>
      {mode === "known" ? (
        <CustomerPicker label={w.find} onChoose={onChoose} />
      ) : (
        <div className="grid gap-4 @min-[34rem]:grid-cols-3">
          <Field label={w.name} name="name" fault={fieldFault(error, "/customer/name")} />
          <Field
            label={w.email}
            name="email"
            type="email"
            autoComplete="off"
            fault={fieldFault(error, "/customer/email")}
          />
          <Field label={w.phone} name="phone" type="tel" fault={fieldFault(error, "/customer/phone")} />
        </div>
      )}
    </div>
  );
}
