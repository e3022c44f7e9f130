import { useState, type FormEvent } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useUnits } from "../../lists/units.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { useMe } from "../../session/session.ts";
import { changeLine, totalsOf, type Cart, type CartLine } from "./cart.ts";
import { useDiscountForm } from "./discount-fields.tsx";
import { amountIn, thousandthsIn } from "./money-input.ts";
import { dialogWords } from "./dialog-words.ts";
import { tillWords } from "./words.ts";

type LineDialogProps = {
  cart: Cart;
  line: CartLine;
  onChange: (cart: Cart) => void;
  onClose: () => void;
};

/** The quantity, the price and the discount of a line. */
export default function LineDialog({ cart, line, onChange, onClose }: LineDialogProps) {
  const w = { ...useWords(tillWords), ...useWords(dialogWords) };
  const f = useFormats();
  const { typed, typedMoney } = useUnits();
  const { shop } = useMe();
  const isPiece = line.unit === "piece";
  const [quantity, setQuantity] = useState(typed(line.quantity / 1000));
  const [price, setPrice] = useState(typedMoney(line.unit_price));
  const [faults, setFaults] = useState<{ quantity?: string; price?: string }>({});
  const discount = useDiscountForm(line.discount);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const thousandths = thousandthsIn(quantity);
    const amount = amountIn(price, f.currency);
    const taken = discount.read();
    const isWhole = !isPiece || (thousandths ?? 0) % 1000 === 0;
    setFaults({
      ...(thousandths === null && { quantity: w.quantityFault }),
      ...(!isWhole && { quantity: w.wholeFault }),
      ...(amount === null && { price: w.amountFault }),
    });
    if (thousandths === null || amount === null || taken === null || !isWhole) return;
    const next = changeLine(cart, line.key, {
      quantity: thousandths,
      unit_price: amount,
      discount: taken,
    });
    if (!totalsOf(next, shop.prices_include_tax)) return discount.refuse();
    onChange(next);
    onClose();
  };
  return (
    <Dialog title={line.title} onClose={onClose}>
      <form noValidate onSubmit={submit} className="@container flex flex-col gap-4">
        <div className="grid gap-3 @min-[22rem]:grid-cols-2">
          <Field
            label={isPiece ? w.quantity : w.quantityOf(line.unit)}
            inputMode="decimal"
            autoComplete="off"
            value={quantity}
            onChange={(event) => setQuantity(event.target.value)}
            onFocus={(event) => event.target.select()}
            fault={faults.quantity}
          />
          <Field
            label={`${w.price} (${f.currency})`}
            inputMode="decimal"
            autoComplete="off"
            value={price}
            onChange={(event) => setPrice(event.target.value)}
            onFocus={(event) => event.target.select()}
            hint={line.unit_price === line.list_price ? undefined : w.insteadOf(f.money(line.list_price))}
            fault={faults.price}
          />
        </div>
        {discount.fields}
        <div className="flex flex-wrap justify-between gap-2">
          <Button
            kind="quiet"
            onClick={() => {
              onChange(changeLine(cart, line.key, { quantity: 0 }));
              onClose();
            }}
          >
            {w.remove}
          </Button>
          <Button type="submit" kind="primary">
            {w.apply}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
