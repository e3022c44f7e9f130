import { isProblem, type Customer, type NewCustomer } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { common } from "../../i18n/common.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { customerWords } from "./words.ts";

/** What the form holds; an empty field is null. */
export type CustomerValues = {
  name: string;
  email: string | null;
  phone: string | null;
  tax_id: string | null;
  external_ref: string | null;
  note: string | null;
  accepts_mail: boolean;
};

function valuesOf(data: FormData): CustomerValues {
  const text = (name: string): string | null => formText(data, name).trim() || null;
  return {
    name: text("name") ?? "",
    email: text("email"),
    phone: text("phone"),
    tax_id: text("tax_id"),
    external_ref: text("external_ref"),
    note: text("note"),
    accepts_mail: data.has("accepts_mail"),
  };
}

/** A new customer of these values. */
export const newCustomerOf = ({ email, phone, ...values }: CustomerValues): NewCustomer => ({
  ...values,
  ...(email !== null && { email }),
  ...(phone !== null && { phone }),
});

type CustomerFormProps = {
  customer?: Customer | undefined;
  onSave: (values: CustomerValues) => Promise<unknown>;
  /** What stands above the problem, such as the values of someone else. */
  children?: (error: unknown) => React.ReactNode;
};

export function CustomerForm({ customer, onSave, children }: CustomerFormProps) {
  const w = useWords(customerWords);
  const { save } = useWords(common);
  const mutation = useMutation({ mutationFn: onSave });
  const { error } = mutation;
  const hasAccount = customer?.has_login === true;
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    mutation.mutate(valuesOf(new FormData(event.currentTarget)));
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      {hasAccount && <p className="text-muted">{w.accountOwns}</p>}
      <Field
        label={w.name}
        name="name"
        required
        readOnly={hasAccount}
        defaultValue={customer?.name ?? ""}
        fault={fieldFault(error, "/name")}
      />
      <Field
        label={w.email}
        name="email"
        type="email"
        autoComplete="off"
        readOnly={hasAccount}
        defaultValue={customer?.email ?? ""}
        fault={fieldFault(error, "/email")}
      />
      <Field
        label={w.phone}
        name="phone"
        type="tel"
        defaultValue={customer?.phone ?? ""}
        fault={fieldFault(error, "/phone")}
      />
      <Field
        label={w.taxId}
        name="tax_id"
        defaultValue={customer?.tax_id ?? ""}
        fault={fieldFault(error, "/tax_id")}
      />
      <Field
        label={w.reference}
        name="external_ref"
        defaultValue={customer?.external_ref ?? ""}
        hint={w.referenceHint}
        fault={fieldFault(error, "/external_ref")}
      />
      <Field
        label={w.note}
        name="note"
        defaultValue={customer?.note ?? ""}
        fault={fieldFault(error, "/note")}
      />
      <label className="flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          name="accepts_mail"
          defaultChecked={customer?.accepts_mail ?? false}
          className="size-5 accent-brand"
        />
        {w.acceptsMail}
      </label>
      {children?.(error)}
      {error && !isProblem(error, "precondition-failed") && <ProblemNotice error={error} />}
      <Button kind="primary" type="submit" isBusy={mutation.isPending}>
        {customer ? save : w.create}
      </Button>
    </form>
  );
}
