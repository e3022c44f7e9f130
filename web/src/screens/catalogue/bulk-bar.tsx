import { isProblem, type Product } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { mostrador, queryClient } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { toast, toastError, toastWarning } from "../../parts/toasts.tsx";
import { MAX_LABELS } from "../labels/search.ts";
import { catalogueWords } from "./words.ts";

type Outcome = { changed: number; refused: number };

/** Hides or shows the products one by one, each only if it is still as the list shows it. */
async function setVisible(products: readonly Product[], isVisible: boolean): Promise<Outcome> {
  const outcome = { changed: 0, refused: 0 };
  for (const product of products)
    try {
      await mostrador.updateProduct(product.id, { is_active: isVisible }, { ifMatch: product });
      outcome.changed += 1;
    } catch (error) {
      if (!isProblem(error, "precondition-failed", "not-found")) throw error;
      outcome.refused += 1;
    }
  return outcome;
}

/** What can be done with the selected products. */
export function BulkBar({ selected, onDone }: { selected: readonly Product[]; onDone: () => void }) {
  const w = useWords(catalogueWords);
  const f = useFormats();
  const { mutate, isPending } = useMutation({
    mutationFn: (isVisible: boolean) =>
      setVisible(
        selected.filter(({ is_active: isActive }) => isActive !== isVisible),
        isVisible,
      ),
    onSuccess: ({ changed, refused }) => {
      if (changed > 0) toast(w.changed(changed, f.number(changed)));
      if (refused > 0) toastWarning(w.notChanged(refused, f.number(refused)));
      onDone();
    },
    onError: toastError,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["products"] }),
  });
  const hasVisible = selected.some(({ is_active: isActive }) => isActive);
  const hasHidden = selected.some(({ is_active: isActive }) => !isActive);
  return (
    <div
      role="group"
      aria-label={w.selected(selected.length, f.number(selected.length))}
      className="flex flex-wrap items-center gap-2 border-b border-line px-5 py-2"
    >
      <span className="mr-auto font-medium">{w.selected(selected.length, f.number(selected.length))}</span>
      {hasVisible && (
        <Button isBusy={isPending} onClick={() => mutate(false)}>
          {w.hide}
        </Button>
      )}
      {hasHidden && (
        <Button isBusy={isPending} onClick={() => mutate(true)}>
          {w.show}
        </Button>
      )}
      <Link
        to="/catalogue/labels"
        search={{
          ids: selected
            .slice(0, MAX_LABELS)
            .map(({ id }) => id)
            .join(","),
        }}
        className="inline-flex min-h-11 items-center rounded-xl border border-line bg-card px-4 font-semibold shadow-card hover:bg-sunken"
      >
        {w.print}
      </Link>
    </div>
  );
}
