import { parseMoney, parseQuantity, type NewProduct } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Field } from "../../parts/field.tsx";
import { linkButton } from "../../parts/link-button.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { Screen } from "../../shell/screen.tsx";
import { changedFields, EMPTY, patchOf, unreadable } from "./draft.ts";
import { ProductFields } from "./product-fields.tsx";
import { UnsavedDialog } from "./unsaved-dialog.tsx";
import { productWords } from "./words.ts";

export default function NewProductScreen() {
  const w = useWords(productWords);
  const { currency } = useFormats();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(EMPTY);
  const [stock, setStock] = useState("");
  const [isSubmitted, setSubmitted] = useState(false);
  const fields = changedFields(draft, EMPTY);
  const unread = unreadable(draft, currency);
  const isStockRead = stock.trim() === "" || parseQuantity(stock) !== null;

  const { mutate, isPending, error } = useMutation({
    mutationFn: async (product: NewProduct) => {
      const created = await mostrador.createProduct(product);
      // A hidden product is created visible, since the API creates no hidden ones.
      return draft.is_active === "no"
        ? mostrador.updateProduct(created.id, { is_active: false }, { ifMatch: created })
        : created;
    },
    onSuccess: (created) => {
      queryClient.setQueryData(["products", "one", created.id], created);
      void queryClient.invalidateQueries({ queryKey: ["products", "list"] });
      toast(w.created);
      void navigate({ to: "/catalogue/$id", params: { id: created.id }, ignoreBlocker: true });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setSubmitted(true);
    const price = parseMoney(draft.price, currency);
    if (price === null || unread.length > 0 || !isStockRead) return;
    const { is_active: _visible, ...rest } = patchOf(draft, fields, currency);
    mutate({
      ...rest,
      title: draft.title.trim(),
      sku: draft.sku.trim(),
      price,
      stock: stock.trim() === "" ? null : parseQuantity(stock),
    });
  };
  return (
    <Screen
      title={w.newProduct}
      actions={
        <Link to="/catalogue" className={linkButton.secondary}>
          {w.back}
        </Link>
      }
    >
      <form onSubmit={submit} className="flex max-w-4xl flex-col gap-4">
        <ProductFields
          draft={draft}
          error={error}
          unread={isSubmitted ? unread : []}
          onChange={(field, value) => setDraft({ ...draft, [field]: value })}
        />
        <Card title={w.stock}>
          <Field
            label={w.initialStock}
            hint={w.initialStockHint}
            inputMode="decimal"
            value={stock}
            onChange={({ target }) => setStock(target.value)}
            fault={isSubmitted && !isStockRead ? w.unreadable : fieldFault(error, "/stock")}
          />
        </Card>
        {error && <ProblemNotice error={error} />}
        <div>
          <Button type="submit" kind="primary" isBusy={isPending}>
            {w.create}
          </Button>
        </div>
      </form>
      <UnsavedDialog isDirty={(fields.length > 0 || stock !== "") && !isPending} />
    </Screen>
  );
}
