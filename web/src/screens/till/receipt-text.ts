// The receipt of a sale that is not yet with the server: in the columns of a receipt printer, with the id that identifies the sale.
import type { Me } from "@mostrador/sdk";
import { RECEIPT_COLUMNS } from "../../lists/receipt-columns.ts";
import { lineAmount } from "./cart.ts";
import type { Done } from "./till-state.ts";

const line = (left: string, right: string): string => {
  const room = RECEIPT_COLUMNS - right.length - 1;
  return `${left.slice(0, room).padEnd(room)} ${right}`;
};

const centred = (text: string): string =>
  " ".repeat(Math.max(0, Math.floor((RECEIPT_COLUMNS - text.length) / 2))) + text;

type ReceiptTexts = {
  provisional: string;
  discount: string;
  total: string;
  change: string;
  money: (minor: number) => string;
  quantity: (thousandths: number, unit: Done["cart"]["lines"][number]["unit"]) => string;
  time: string;
  method: (method: string) => string;
};

export function provisionalReceipt({ shop }: Pick<Me, "shop">, done: Done, texts: ReceiptTexts): string {
  const { cart, payments, total, change } = done;
  const undiscounted = cart.lines.reduce((sum, one) => sum + lineAmount(one), 0);
  return [
    ...[shop.legal_name ?? shop.name, shop.tax_id, shop.receipt_header]
      .flatMap((text) => text?.split("\n") ?? [])
      .map(centred),
    "",
    texts.time,
    texts.provisional,
    "-".repeat(RECEIPT_COLUMNS),
    ...cart.lines.map((one) =>
      line(`${texts.quantity(one.quantity, one.unit)} ${one.title}`, texts.money(lineAmount(one))),
    ),
    "-".repeat(RECEIPT_COLUMNS),
    ...(undiscounted > total ? [line(texts.discount, texts.money(total - undiscounted))] : []),
    line(texts.total, texts.money(total)),
    ...payments.map(({ method, amount, tendered = amount }) =>
      line(texts.method(method), texts.money(tendered)),
    ),
    ...(change > 0 ? [line(texts.change, texts.money(change))] : []),
    "",
    ...(shop.receipt_footer?.split("\n") ?? []).map(centred),
    "",
    done.client_id,
  ].join("\n");
}
