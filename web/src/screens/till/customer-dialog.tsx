import type { Customer } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState, type FormEvent } from "react";
import { mostrador } from "../../client.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { CustomerPicker, useCustomerName } from "../../lists/customer-picker.tsx";
import { useReachable } from "../../offline/connection.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import type { CartCustomer } from "./cart.ts";
import { dialogWords } from "./dialog-words.ts";
import { tillWords } from "./words.ts";

type CustomerDialogProps = {
  customer: CartCustomer | undefined;
  onChange: (customer: CartCustomer | undefined) => void;
  onClose: () => void;
};

/** Whose sale it is: a customer of the shop, a new one, or nobody. */
export default function CustomerDialog({ customer, onChange, onClose }: CustomerDialogProps) {
  const w = { ...useWords(tillWords), ...useWords(dialogWords) };
  const isReachable = useReachable();
  const nameOf = useCustomerName();
  const [isNew, setNew] = useState(false);
  const change = (next: CartCustomer | undefined): void => {
    onChange(next);
    onClose();
  };
  const choose = (chosen: Customer): void =>
    change({ id: chosen.id, name: nameOf(chosen), email: chosen.email });
  return (
    <Dialog title={customer?.name ?? w.customer} onClose={onClose}>
      <div className="flex flex-col gap-4">
        {!isReachable && <p className="text-warn">{w.customerOffline}</p>}
        {isReachable && isNew && <NewCustomer onMade={choose} />}
        {isReachable && !isNew && (
          <>
            <CustomerPicker label={w.findCustomer} onChoose={choose} />
            <Button onClick={() => setNew(true)}>{w.newCustomer}</Button>
          </>
        )}
        {customer && (
          <Button kind="quiet" onClick={() => change(undefined)}>
            {w.noCustomer}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function NewCustomer({ onMade }: { onMade: (customer: Customer) => void }) {
  const w = { ...useWords(tillWords), ...useWords(dialogWords) };
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const keys = useRef(new Map<string, string>());
  const made = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), ...(email.trim() !== "" && { email: email.trim() }) };
      // A request that is repeated is the same one; one with other data is not.
      const text = JSON.stringify(body);
      const idempotencyKey = keys.current.get(text) ?? crypto.randomUUID();
      keys.current.set(text, idempotencyKey);
      return mostrador.createCustomer(body, { idempotencyKey });
    },
    onSuccess: onMade,
  });
  const faults = { name: fieldFault(made.error, "/name"), email: fieldFault(made.error, "/email") };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    made.mutate();
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-3">
      <Field
        autoFocus
        label={w.name}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.target.value)}
        fault={faults.name}
      />
      <Field
        label={w.email}
        type="email"
        autoComplete="off"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        fault={faults.email}
      />
      {made.error && faults.name === undefined && faults.email === undefined && (
        <ProblemNotice error={made.error} />
      )}
      <Button type="submit" kind="primary" isBusy={made.isPending}>
        {w.addCustomer}
      </Button>
    </form>
  );
}
