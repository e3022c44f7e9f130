import { parseQuantity, type Product, type StockChange, type StockChangeReason } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState, type FormEvent } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { stockWords } from "./words.ts";

const REASONS = ["received", "count", "damage", "correction"] as const satisfies StockChangeReason[];

/** The change that was typed; null if it is no quantity. */
function changeOf(
  { version }: Product,
  reason: StockChangeReason,
  text: string,
  reference: string,
): StockChange | null {
  const isNegative = /^\s*[-−]/.test(text);
  const quantity = parseQuantity(text.replace(/^\s*[-−+]/, ""));
  if (quantity === null || (isNegative && reason !== "correction")) return null;
  const noted = { reason, ...(reference.trim() !== "" && { reference: reference.trim() }) };
  if (reason === "count") return { ...noted, count: quantity, version };
  if (quantity === 0) return null;
  return { ...noted, delta: reason === "damage" || isNegative ? -quantity : quantity };
}

/** Records a delivery, a count, a loss or a correction. */
export function StockCard({ product }: { product: Product }) {
  const w = useWords(stockWords);
  const f = useFormats();
  const [reason, setReason] = useState<StockChangeReason>(product.stock === null ? "count" : "received");
  const [quantity, setQuantity] = useState("");
  const [reference, setReference] = useState("");
  const [isFaulty, setFaulty] = useState(false);
  // The same key as long as the same change is repeated.
  const attempt = useRef({ text: "", key: "" });
  const { mutate, isPending, error } = useMutation({
    mutationFn: (change: StockChange) => {
      const text = JSON.stringify([product.id, change]);
      if (attempt.current.text !== text) attempt.current = { text, key: crypto.randomUUID() };
      return mostrador.moveStock(product.id, change, { idempotencyKey: attempt.current.key });
    },
    onSuccess: ({ stock }) => {
      attempt.current = { text: "", key: "" };
      setQuantity("");
      setReference("");
      toast(w.recorded(f.number(stock)));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["products"] }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const change = changeOf(product, reason, quantity, reference);
    setFaulty(change === null);
    if (change) mutate(change);
  };
  const quantityName = {
    received: w.quantityReceived,
    count: w.quantityCounted,
    damage: w.quantityLost,
    correction: w.difference,
  }[reason];
  return (
    <Card title={w.moveStock}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <SelectField
          label={w.reason}
          value={reason}
          onChange={({ target }) => setReason(REASONS.find((one) => one === target.value) ?? "received")}
        >
          {REASONS.map((one) => (
            <option key={one} value={one}>
              {w[one]}
            </option>
          ))}
        </SelectField>
        <Field
          required
          label={quantityName}
          inputMode="decimal"
          value={quantity}
          onChange={({ target }) => setQuantity(target.value)}
          fault={isFaulty ? w.quantityFault : undefined}
        />
        <Field
          label={w.reference}
          hint={w.referenceHint}
          maxLength={200}
          value={reference}
          onChange={({ target }) => setReference(target.value)}
        />
        {error && <ProblemNotice error={error} />}
        <Button type="submit" isBusy={isPending}>
          {w.record}
        </Button>
      </form>
    </Card>
  );
}
