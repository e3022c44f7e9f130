// An ADMIN corrects what the shop does not accept of a sale that was made offline: a product, a price, the customer, how it was paid.
import { isProblem, majorUnits, parseMoney, type NewSale } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { mostrador } from "../client.ts";
import { useFormats } from "../i18n/formats.ts";
import { useLanguage } from "../i18n/language.ts";
import { useWords, wordsNow } from "../i18n/words.ts";
import { usePaymentMethods } from "../lists/use-payment-methods.ts";
import { Button } from "../parts/button.tsx";
import { CheckBox } from "../parts/check-box.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field, SelectField } from "../parts/field.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { toast } from "../parts/toasts.tsx";
import { retrySale } from "./outbox.ts";
import type { UnsentSale } from "./rules.ts";
import { offlineWords } from "./words.ts";

type Item = NewSale["items"][number];
type Line = { item: Item; title: string; code: string; price: string; isUnknown: boolean };

/** The product of a code; null if none has it. */
async function productOf(code: string): Promise<string | null> {
  try {
    return (await mostrador.lookUpProduct({ code })).id;
  } catch (error) {
    if (isProblem(error, "unknown-code")) return null;
    throw error;
  }
}

export function CorrectDialog({ sale, onClose }: { sale: UnsentSale; onClose: () => void }) {
  const w = useWords(offlineWords);
  const f = useFormats();
  const language = useLanguage();
  const moneyText = (minor: number): string =>
    majorUnits(minor, f.currency).replace(".", language === "es" ? "," : ".");
  const { methods, methodName } = usePaymentMethods();
  const { body } = sale;
  const [lines, setLines] = useState<readonly Line[]>(() =>
    body.items.map((item, index) => ({
      item,
      title: sale.titles?.[index] ?? `${index + 1}`,
      code: "",
      price: item.unit_price === undefined ? "" : moneyText(item.unit_price),
      isUnknown: false,
    })),
  );
  const [hasNoCustomer, setNoCustomer] = useState(false);
  const [hasNoDiscounts, setNoDiscounts] = useState(false);
  const [method, setMethod] = useState("");
  const hasDiscounts =
    body.discount !== undefined || body.items.some(({ discount }) => discount !== undefined);
  const change = (index: number, next: Partial<Line>): void =>
    setLines((all) => all.map((line, at) => (at === index ? { ...line, ...next } : line)));
  const priceOf = ({ price }: Line): number | null | undefined =>
    price.trim() === "" ? undefined : parseMoney(price, f.currency);
  const isFaulty = (line: Line): boolean => {
    const price = priceOf(line);
    return price === null || (price !== undefined && price < 0);
  };

  /** The items as they were corrected; null if a code names no product. */
  const itemsNow = async (): Promise<Item[] | null> => {
    const ids = await Promise.all(lines.map(async ({ code }) => code.trim() && productOf(code.trim())));
    for (const [index, id] of ids.entries()) change(index, { isUnknown: id === null });
    if (ids.includes(null)) return null;
    return lines.map((line, index) => {
      const { quantity, product_id, discount } = line.item;
      const price = priceOf(line);
      return {
        product_id: ids[index] || product_id,
        quantity,
        ...(typeof price === "number" && { unit_price: price }),
        ...(discount && !hasNoDiscounts && { discount }),
      };
    });
  };
  const send = useMutation({
    mutationFn: async () => {
      const items = await itemsNow();
      if (!items) return null;
      const { customer_id, discount, payments, payment_method, ...rest } = body;
      return retrySale(sale.client_id, {
        body: {
          ...rest,
          items,
          ...(customer_id !== undefined && !hasNoCustomer && { customer_id }),
          ...(discount !== undefined && !hasNoDiscounts && { discount }),
          ...(method !== ""
            ? { payment_method: method }
            : { ...(payments && { payments }), ...(payment_method && { payment_method }) }),
        },
      });
    },
    onSuccess: (sold) => {
      if (!sold) return;
      toast(wordsNow(offlineWords).settled(sold.number ?? ""));
      onClose();
    },
  });
  return (
    <Dialog title={w.correctTitle} onClose={onClose} className="w-[min(34rem,calc(100vw-2rem))]">
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <p className="text-muted">{w.correctText(f.money(sale.total))}</p>
        <ul className="flex flex-col gap-4">
          {lines.map((line, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- the lines stay in their order
            <li key={index} className="@container flex flex-col gap-2 border-t border-line pt-3">
              <p className="font-medium break-words">
                {f.number(line.item.quantity)} × {line.title}
              </p>
              <div className="grid gap-3 @min-[24rem]:grid-cols-[minmax(0,1fr)_9rem]">
                <Field
                  label={w.otherCode}
                  autoComplete="off"
                  value={line.code}
                  onChange={(event) => change(index, { code: event.target.value, isUnknown: false })}
                  fault={line.isUnknown ? w.unknownCode : undefined}
                />
                <Field
                  label={w.unitPrice}
                  inputMode="decimal"
                  autoComplete="off"
                  value={line.price}
                  onChange={(event) => change(index, { price: event.target.value })}
                  fault={isFaulty(line) ? w.badAmount : undefined}
                />
              </div>
            </li>
          ))}
        </ul>
        {body.customer_id !== undefined && (
          <CheckBox
            label={w.withoutCustomer}
            checked={hasNoCustomer}
            onChange={(event) => setNoCustomer(event.target.checked)}
          />
        )}
        {hasDiscounts && (
          <CheckBox
            label={w.withoutDiscounts}
            checked={hasNoDiscounts}
            onChange={(event) => setNoDiscounts(event.target.checked)}
          />
        )}
        <SelectField label={w.paidBy} value={method} onChange={(event) => setMethod(event.target.value)}>
          <option value="">{w.asCharged}</option>
          {methods.map((one) => (
            <option key={one.method} value={one.method}>
              {methodName(one.method)}
            </option>
          ))}
        </SelectField>
        {send.error && <ProblemNotice error={send.error} />}
        <Button type="submit" kind="primary" isBusy={send.isPending} disabled={lines.some(isFaulty)}>
          {w.send}
        </Button>
      </form>
    </Dialog>
  );
}
