import type { ReactNode } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, words } from "../../i18n/words.ts";
import { useUnits } from "../../lists/units.ts";
import { useMe } from "../../session/session.ts";
import { provisionalReceipt } from "./receipt-text.ts";
import { useMethodName, type Method } from "./terms.ts";
import type { Done } from "./till-state.ts";
import { tillWords } from "./words.ts";

const storedWords = words({ provisional: { es: "Recibo provisional", en: "Provisional receipt" } });

type StoredReceiptProps = {
  done: Done;
  methods: readonly Method[];
  /** Shows its text. */
  children: (text: string) => ReactNode;
};

/** The receipt of a sale that is not yet with the server, without a number. */
export default function StoredReceipt({ done, methods, children }: StoredReceiptProps) {
  const w = { ...useWords(tillWords), ...useWords(storedWords) };
  const f = useFormats();
  const me = useMe();
  const { quantity } = useUnits();
  const method = useMethodName(methods);
  return children(
    provisionalReceipt(me, done, {
      provisional: w.provisional,
      discount: w.discount,
      total: w.total,
      change: w.change,
      money: f.money,
      quantity: (thousandths, unit) => quantity(thousandths / 1000, unit),
      time: f.instant(done.sold_at),
      method,
    }),
  );
}
