import { decimalsOf, parseMoney, parseQuantity } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { mostrador } from "../../client.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { useMe } from "../../session/session.ts";
import { ImportLink } from "./import-link.tsx";
import { slugOf } from "../open-shop/suggestions.ts";
import { refreshProgress } from "./use-progress.ts";
import { welcomeWords } from "./words.ts";

export function ProductStep() {
  const w = useWords(welcomeWords);
  const { shop } = useMe();
  const f = useFormats();
  const [isWrong, setIsWrong] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (product: { title: string; price: number; stock: number | null }) =>
      mostrador.createProduct({ ...product, sku: slugOf(product.title).toUpperCase() || "1" }),
    onSuccess: () => toast(wordsNow(welcomeWords).added),
    onSettled: refreshProgress,
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const price = parseMoney(formText(form, "price"), shop.currency);
    const stock = formText(form, "stock").trim();
    setIsWrong(price === null);
    if (price === null) return;
    mutate({
      title: formText(form, "title").trim(),
      price,
      stock: stock === "" ? null : parseQuantity(stock),
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-muted">{w.productsText}</p>
      <div className="grid gap-4 @min-[34rem]:grid-cols-3">
        <Field
          required
          label={w.product}
          name="title"
          autoComplete="off"
          fault={fieldFault(error, "/title")}
        />
        <Field
          required
          label={w.price(shop.currency)}
          name="price"
          inputMode={decimalsOf(shop.currency) === 0 ? "numeric" : "decimal"}
          autoComplete="off"
          fault={isWrong ? w.priceFault : fieldFault(error, "/price", f.money)}
        />
        <Field
          label={w.stock}
          name="stock"
          inputMode="decimal"
          autoComplete="off"
          hint={w.stockHint}
          fault={fieldFault(error, "/stock")}
        />
      </div>
      {error && <ProblemNotice error={error} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" kind="primary" isBusy={isPending}>
          {w.addProduct}
        </Button>
        <ImportLink />
      </div>
    </form>
  );
}
