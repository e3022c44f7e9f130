import type { Product } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent } from "react";
import { queryClient } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { ConflictDialog } from "./conflict-dialog.tsx";
import { changedFields, draftOf, unreadable, type Draft } from "./draft.ts";
import { ProductFields } from "./product-fields.tsx";
import { save, type Conflict } from "./save.ts";
import { UnsavedDialog } from "./unsaved-dialog.tsx";
import { productWords } from "./words.ts";

/** The form of a product. What others change is taken over as long as nothing was typed. */
export function Editor({ product }: { product: Product }) {
  const w = useWords(productWords);
  const { locale: current } = useFormats();
  // Of the numbers in the draft, which stay as they are when the language is changed.
  const [locale, setLocale] = useState(current);
  const [base, setBase] = useState(product);
  const [draft, setDraft] = useState(() => draftOf(product, locale));
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [isSubmitted, setSubmitted] = useState(false);
  const isDirty = changedFields(draft, draftOf(base, locale)).length > 0;

  const begin = (next: Product): void => {
    setBase(next);
    setLocale(current);
    setDraft(draftOf(next, current));
    setConflict(null);
    setSubmitted(false);
  };
  useEffect(() => {
    if (product.version > base.version && !isDirty) begin(product);
    // oxlint-disable-next-line react/exhaustive-deps -- only a newer product replaces what is shown
  }, [product]);

  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: ({ from, values }: { from: Product; values: Draft }) => save(from, values, locale),
    onSuccess: (result) => {
      if (result.kind === "conflict") return setConflict(result);
      begin(result.product);
      queryClient.setQueryData(["products", "one", product.id], result.product);
      toast(w.saved);
      void queryClient.invalidateQueries({ queryKey: ["products"] });
    },
  });
  const unread = unreadable(draft, base.currency);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setSubmitted(true);
    if (unread.length === 0) mutate({ from: base, values: draft });
  };
  const choose = (decided: Draft): void => {
    if (!conflict) return;
    // The other fields are theirs, unless they were edited here.
    const mine = changedFields(draft, draftOf(base, locale));
    const values = { ...draftOf(conflict.theirs, locale) };
    for (const field of mine) values[field] = decided[field];
    setBase(conflict.theirs);
    setDraft(values);
    setConflict(null);
    mutate({ from: conflict.theirs, values });
  };
  return (
    <div className="min-w-0">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <ProductFields
          draft={draft}
          error={error}
          unread={isSubmitted ? unread : []}
          onChange={(field, value) => setDraft({ ...draft, [field]: value })}
        />
        {error && <ProblemNotice error={error} />}
        <div
          className={`flex flex-wrap justify-end gap-2 ${isDirty ? "action-bar sticky bottom-16 z-10 rounded-2xl border border-line bg-raised p-3 shadow-card lg:bottom-4" : ""}`}
        >
          {isDirty && (
            <Button
              onClick={() => {
                begin(product);
                reset();
              }}
            >
              {w.discard}
            </Button>
          )}
          <Button type="submit" kind="primary" isBusy={isPending} disabled={!isDirty}>
            {w.save}
          </Button>
        </div>
      </form>
      {conflict && (
        <ConflictDialog
          draft={draft}
          theirs={conflict.theirs}
          fields={conflict.fields}
          isBusy={isPending}
          onChoose={choose}
          onClose={() => setConflict(null)}
        />
      )}
      <UnsavedDialog isDirty={isDirty} />
    </div>
  );
}
