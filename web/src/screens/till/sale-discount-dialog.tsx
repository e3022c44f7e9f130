import type { FormEvent } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { useMe } from "../../session/session.ts";
import { totalsOf, type Cart } from "./cart.ts";
import { dialogWords } from "./dialog-words.ts";
import { useDiscountForm } from "./discount-fields.tsx";

type SaleDiscountDialogProps = { cart: Cart; onChange: (cart: Cart) => void; onClose: () => void };

/** The discount on the whole sale. */
export default function SaleDiscountDialog({ cart, onChange, onClose }: SaleDiscountDialogProps) {
  const w = useWords(dialogWords);
  const { shop } = useMe();
  const discount = useDiscountForm(cart.discount, "percent");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const taken = discount.read();
    if (taken === null) return;
    const next = { ...cart, discount: taken };
    if (!totalsOf(next, shop.prices_include_tax)) return discount.refuse();
    onChange(next);
    onClose();
  };
  return (
    <Dialog title={w.saleDiscount} onClose={onClose}>
      <form noValidate onSubmit={submit} className="@container flex flex-col gap-4">
        {discount.fields}
        <Button type="submit" kind="primary">
          {w.apply}
        </Button>
      </form>
    </Dialog>
  );
}
