import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useUnits } from "../../lists/units.ts";
import { useMe } from "../../session/session.ts";
import { provisionalReceipt } from "./receipt-text.ts";
import { receiptWords } from "./receipt-words.ts";
import { ShownReceipt } from "./shown-receipt.tsx";
import { useMethodName, type Method } from "./terms.ts";
import type { Done } from "./till-state.ts";
import { tillWords } from "./words.ts";

/** The receipt of a sale that is not yet with the server, without a number. */
export default function StoredReceipt({ done, methods }: { done: Done; methods: readonly Method[] }) {
  const w = { ...useWords(tillWords), ...useWords(receiptWords) };
  const f = useFormats();
  const me = useMe();
  const { quantity } = useUnits();
  const method = useMethodName(methods);
  const text = provisionalReceipt(me, done, {
    provisional: w.provisional,
    discount: w.discount,
    total: w.total,
    change: w.change,
    money: f.money,
    quantity: (thousandths, unit) => quantity(thousandths / 1000, unit),
    time: f.instant(done.sold_at),
    method,
  });
  return (
    <div className="flex flex-col gap-4">
      <ShownReceipt text={text} payments={done.payments} number={null} />
    </div>
  );
}
