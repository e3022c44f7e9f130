// An order that staff take on behalf of a customer, such as by telephone.
import type { Customer, NewOrder } from "@mostrador/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState, type FormEvent } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { OrderLines, quantityOf, totalOf, type DraftLine } from "../../lists/order-lines.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { useMe } from "../../session/session.ts";
import { Screen } from "../../shell/screen.tsx";
import { orderWords } from "../orders/words.ts";
import { renewSales } from "../sale/use-sale.ts";
import { AddressFields, addressOf } from "./address-fields.tsx";
import { CustomerFields, customerOf } from "./customer-fields.tsx";
import { newOrderWords } from "./words.ts";

const TERMS = ["transfer", "on_delivery", "link"] as const;

export default function NewOrderScreen() {
  const w = useWords(newOrderWords);
  const o = useWords(orderWords);
  const f = useFormats();
  const { shop } = useMe();
  const navigate = useNavigate();
  const { customer: first } = useSearch({ from: "/orders/new" });
  const known = useQuery({
    queryKey: ["customer", first],
    queryFn: ({ signal }) => mostrador.getCustomer(first ?? "", { signal }),
    enabled: first !== undefined,
  });
  const [chosen, setChosen] = useState<Customer | null | undefined>(undefined);
  const [lines, setLines] = useState<DraftLine[]>([]);
  const [terms, setTerms] = useState<(typeof TERMS)[number]>("transfer");
  const [ships, setShips] = useState(false);
  const keys = useRef(new Map<string, string>());
  const customer = chosen === undefined ? (known.data ?? null) : chosen;
  const total = totalOf(lines);

  const create = useMutation({
    mutationFn: (form: FormData) => {
      const note = formText(form, "note").trim();
      const body: NewOrder = {
        items: lines.map((line) => ({ product_id: line.product_id, quantity: quantityOf(line) ?? 0 })),
        payment: terms,
        ...(customer === null ? { customer: customerOf(form) } : { customer_id: customer.id }),
        ...(ships && { shipping_address: addressOf(form) }),
        ...(note !== "" && { note }),
      };
      // The same order sent again after a lost answer is not a second one.
      const text = JSON.stringify(body);
      const idempotencyKey = keys.current.get(text) ?? crypto.randomUUID();
      keys.current.set(text, idempotencyKey);
      return mostrador.createOrder(body, { idempotencyKey });
    },
    onSuccess: async ({ id, number }) => {
      toast(wordsNow(newOrderWords).created(number ?? ""));
      await renewSales();
      await navigate({ to: "/orders/$id", params: { id } });
    },
  });
  const { error } = create;
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    create.mutate(new FormData(event.currentTarget));
  };
  return (
    <Screen title={o.newOrder}>
      <form
        noValidate
        onSubmit={submit}
        className="grid items-start gap-4 @min-[60rem]:grid-cols-[minmax(0,1fr)_22rem]"
      >
        <div className="flex min-w-0 flex-col gap-4">
          <Card title={w.customer}>
            <CustomerFields customer={customer} onChoose={setChosen} error={error} />
          </Card>
          <Card title={w.lines}>
            <OrderLines lines={lines} onChange={setLines} />
          </Card>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Card title={w.payment}>
            <div className="flex flex-col gap-4">
              <SelectField
                label={w.terms}
                value={terms}
                onChange={(event) => setTerms(TERMS.find((one) => one === event.target.value) ?? "transfer")}
              >
                {TERMS.map((value) => (
                  <option key={value} value={value}>
                    {o[value]}
                  </option>
                ))}
              </SelectField>
              <label className="flex min-h-11 items-center gap-3">
                <input
                  type="checkbox"
                  checked={ships}
                  onChange={(event) => setShips(event.target.checked)}
                  className="size-5 accent-brand"
                />
                {w.ship}
              </label>
              {ships && <AddressFields error={error} country={shop.country ?? ""} />}
              <Field label={w.note} name="note" fault={fieldFault(error, "/note")} />
            </div>
          </Card>
          <Card>
            <div className="flex flex-col gap-3">
              <p className="flex items-baseline justify-between gap-4 text-base font-semibold">
                <span>{w.total}</span>
                <span className="tabular-nums">{total === null ? "–" : f.money(total)}</span>
              </p>
              <p className="text-muted">{w.totalHint}</p>
              {error && <ProblemNotice error={error} />}
              <Button
                kind="primary"
                type="submit"
                isBusy={create.isPending}
                disabled={lines.length === 0 || total === null}
              >
                {w.create}
              </Button>
            </div>
          </Card>
        </div>
      </form>
    </Screen>
  );
}
