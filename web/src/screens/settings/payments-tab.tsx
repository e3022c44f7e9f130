import type { PaymentMethodList, Shop } from "@mostrador/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { usePaymentMethods } from "../../lists/use-payment-methods.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button, IconButton } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { CloseIcon } from "../../parts/icons.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { slugOf } from "../open-shop/suggestions.ts";
import { SHOP } from "./resources.ts";
import { SettingsForm } from "./settings-form.tsx";
import { settingsWords } from "./words.ts";

const ROUNDINGS = [0, 5, 10, 50, 100, 1000];

export function PaymentsTab({ shop }: { shop: Shop }) {
  const w = useWords(settingsWords);
  const f = useFormats();
  const methods = useQuery({
    queryKey: ["payment-methods"],
    queryFn: ({ signal }) => mostrador.listPaymentMethods({ signal }),
  });
  const roundings = [...new Set([...ROUNDINGS, shop.cash_rounding ?? 0])].toSorted((a, b) => a - b);
  return (
    <>
      <Loaded query={methods} skeleton={<div className="skeleton h-80 rounded-2xl" />}>
        {({ data }) => <MethodsCard methods={data} />}
      </Loaded>
      <SettingsForm
        title={w.rounding}
        resource={SHOP}
        data={shop}
        specs={[
          {
            key: "cash_rounding",
            label: w.cashRounding,
            kind: "choice",
            isNumber: true,
            options: roundings.map((value) => ({
              value: String(value),
              label: value === 0 ? w.noRounding : f.money(value),
            })),
          },
        ]}
      />
    </>
  );
}

type Method = PaymentMethodList["data"][number];

function MethodsCard({ methods }: { methods: readonly Method[] }) {
  const w = useWords(settingsWords);
  const { methodName } = usePaymentMethods();
  const added = methods.filter((method) => !method.is_builtin).map(({ method, name }) => ({ method, name }));
  const replace = useMutation({
    mutationFn: (next: typeof added) => mostrador.replacePaymentMethods({ methods: next }),
    onSuccess: (list) => queryClient.setQueryData(["payment-methods"], list),
    onError: () => queryClient.invalidateQueries({ queryKey: ["payment-methods"] }),
  });
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = formText(new FormData(form), "name").trim();
    const method = slugOf(name).replaceAll("-", "_").slice(0, 20);
    replace.mutate([...added, { method, name }], { onSuccess: () => form.reset() });
  };
  return (
    <Card title={w.methods}>
      <p className="mb-2 text-muted">{w.methodsText}</p>
      <ul className="divide-y divide-line">
        {methods.map(({ method, is_builtin: isBuiltIn }) => (
          <li key={method} className="flex min-h-12 items-center justify-between gap-3">
            <span className="font-medium">{methodName(method)}</span>
            {isBuiltIn ? (
              <Badge>{w.builtIn}</Badge>
            ) : (
              <IconButton
                label={w.removeMethod(methodName(method))}
                disabled={replace.isPending}
                onClick={() => replace.mutate(added.filter((one) => one.method !== method))}
              >
                <CloseIcon />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
      <form onSubmit={add} className="mt-3 flex flex-wrap items-end gap-2">
        <div className="min-w-48 flex-1">
          <Field
            required
            label={w.methodName}
            name="name"
            maxLength={60}
            autoComplete="off"
            fault={fieldFault(replace.error, "/methods")}
          />
        </div>
        <Button type="submit" isBusy={replace.isPending}>
          {w.newMethod}
        </Button>
      </form>
      {replace.error && (
        <div className="mt-3">
          <ProblemNotice error={replace.error} />
        </div>
      )}
    </Card>
  );
}
