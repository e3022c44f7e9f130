import { isProblem, type Product } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useId } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { linkButton } from "../../parts/link-button.ts";
import { toastError } from "../../parts/toasts.tsx";
import { Cover } from "../catalogue/cover.tsx";
import { productWords } from "./words.ts";

/** Changes the cover of the present version; if that has changed, of the one after it, since a cover contradicts no other field. */
async function changeCover({ id, version }: Product, image: File | null): Promise<void> {
  const send = async (ifMatch: { version: number }): Promise<void> => {
    if (image) await mostrador.replaceCover(id, image, { ifMatch });
    else await mostrador.removeCover(id, { ifMatch });
  };
  try {
    await send({ version });
  } catch (error) {
    if (!isProblem(error, "precondition-failed")) throw error;
    await send(await mostrador.getProduct(id));
  }
}

export function CoverCard({ product }: { product: Product }) {
  const w = useWords(productWords);
  const id = useId();
  const { mutate, isPending } = useMutation({
    mutationFn: (image: File | null) => changeCover(product, image),
    onError: toastError,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["products"] }),
  });
  return (
    <Card title={w.cover}>
      <div className="flex flex-wrap items-center gap-4">
        <Cover url={product.cover_image_url} className="h-32 w-24" />
        <div className="flex flex-col items-start gap-2">
          <label
            htmlFor={id}
            className={`${linkButton.secondary} has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-brand ${isPending ? "opacity-60" : ""}`}
          >
            {w.chooseCover}
            <input
              id={id}
              type="file"
              accept="image/jpeg,image/png,image/webp,image/avif"
              disabled={isPending}
              onChange={({ target }) => {
                const file = target.files?.[0];
                if (file) mutate(file);
                target.value = "";
              }}
              className="sr-only"
            />
          </label>
          {product.cover_image_url !== null && (
            <Button kind="quiet" isBusy={isPending} onClick={() => mutate(null)}>
              {w.removeCover}
            </Button>
          )}
          <p className="text-faint">{w.coverHint}</p>
        </div>
      </div>
    </Card>
  );
}
