import { useState, type FormEvent } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import type { TillProduct } from "./catalogue.ts";
import { dialogWords } from "./dialog-words.ts";
import { thousandthsIn } from "./money-input.ts";

type WeighDialogProps = {
  product: TillProduct;
  onWeighed: (thousandths: number) => void;
  onClose: () => void;
};

/** Asks for the quantity of a product that is not sold by the piece. */
export default function WeighDialog({ product, onWeighed, onClose }: WeighDialogProps) {
  const w = useWords(dialogWords);
  const [text, setText] = useState("");
  const [isWrong, setWrong] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const quantity = thousandthsIn(text);
    setWrong(quantity === null);
    if (quantity !== null) onWeighed(quantity);
  };
  return (
    <Dialog title={product.title} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label={w.quantityOf(product.unit)}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
          fault={isWrong ? w.quantityFault : undefined}
          className="text-right text-2xl tabular-nums"
        />
        <Button type="submit" kind="primary">
          {w.addToSale}
        </Button>
      </form>
    </Dialog>
  );
}
