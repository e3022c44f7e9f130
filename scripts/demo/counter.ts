// Today's counter sales of the demo shop. One is refunded in part; the last seller's are in a shift, which ends with a Z report.
import type { Mostrador, NewCashMove } from "../../sdk/src/index.ts";
import { unlessDone } from "./again.ts";
import { idOf } from "./catalogue.ts";

type Line = { sku: string; quantity: number; discount?: Discount };
type Discount = { percent: number; reason: string } | { amount: number; reason: string };
type Payment = { method: string; amount: number; tendered?: number };
type DemoSale = { lines: Line[]; discount?: Discount; country?: string } & (
  | { payment_method: string }
  | { payments: Payment[] }
);

const SALES: DemoSale[] = [
  {
    payment_method: "card",
    country: "Spain",
    lines: [
      { sku: "LM-0004", quantity: 1 },
      { sku: "LM-0058", quantity: 2 },
    ],
  },
  { payment_method: "cash", country: "Spain", lines: [{ sku: "LM-0121", quantity: 1 }] },
  {
    payment_method: "card",
    country: "Portugal",
    lines: [
      { sku: "LM-0009", quantity: 1 },
      { sku: "LM-0032", quantity: 1 },
      { sku: "LM-0205", quantity: 1 },
    ],
  },
  { payment_method: "cash", country: "Spain", lines: [{ sku: "LM-0078", quantity: 3 }] },
  {
    payment_method: "transfer",
    country: "France",
    lines: [
      { sku: "LM-0151", quantity: 2 },
      { sku: "LM-0263", quantity: 1 },
    ],
  },
];

const OPENING_CASH = 15_000;

/** The sales in the shift; the two in cash leave 33.04 more in the drawer than at its start. */
const SHIFT_SALES: DemoSale[] = [
  {
    payment_method: "card",
    lines: [
      { sku: "LM-0013", quantity: 1, discount: { percent: 10, reason: "portada dañada" } },
      { sku: "REG-MARCA", quantity: 2 },
    ],
  },
  {
    payments: [
      { method: "bizum", amount: 2_000 },
      { method: "cash", amount: 1_040, tendered: 2_000 },
    ],
    discount: { amount: 200, reason: "cliente habitual" },
    lines: [
      { sku: "REG-TAZA", quantity: 2 },
      { sku: "REG-BOLSA", quantity: 1 },
    ],
  },
  {
    payment_method: "cash",
    lines: [
      { sku: "TE-EARL", quantity: 0.18 },
      { sku: "CAFE-GRANO", quantity: 0.5 },
    ],
  },
];

const VOIDED_SALE: DemoSale = { payment_method: "cash", lines: [{ sku: "REG-TAZA", quantity: 1 }] };

const TO_THE_BANK: NewCashMove = { kind: "paid_out", amount: 3_304, reason: "ingreso en el banco" };

/** Makes the sales, by the sellers in turn; running it again does not sell again. `ids` are the products' ids by SKU. */
export async function sellToday(sellers: Mostrador[], ids: Map<string, string>): Promise<void> {
  const last = sellers.at(-1);
  if (!last) throw new Error("The demo shop has no sellers.");
  const sold: string[] = [];
  for (const [index, sale] of SALES.entries())
    sold.push(await sell(sellers[index % sellers.length] ?? last, index + 1, sale, ids));
  await refundFirst(sellers[0] ?? last, sold[0] ?? "", idOf(ids, "LM-0004"));
  await workShift(last, ids);
}

/** Makes one sale, whose client_id is derived from its number; returns its id. */
async function sell(
  seller: Mostrador,
  number: number,
  { lines, ...rest }: DemoSale,
  ids: Map<string, string>,
): Promise<string> {
  const items = lines.map(({ sku, ...line }) => ({ product_id: idOf(ids, sku), ...line }));
  const client_id = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const sale = { ...rest, items, client_id };
  return (await seller.createSale(sale, { idempotencyKey: `demo-sale-${number}` })).id;
}

async function refundFirst(seller: Mostrador, saleId: string, product_id: string): Promise<void> {
  const refund = { items: [{ product_id, quantity: 1 }], reason: "regalo repetido", restock: true };
  // The book may have been refunded by an earlier run whose key has expired.
  await unlessDone(seller.createRefund(saleId, refund, { idempotencyKey: "demo-counter-refund" }));
}

/** Works a shift from the opening cash to the count, with sales, a void and a payment to the bank; an earlier one is continued. */
async function workShift(seller: Mostrador, ids: Map<string, string>): Promise<void> {
  const [shift] = (await seller.listShifts({ limit: 1 })).data;
  if (shift?.status === "CLOSED") return;
  const start = { device_label: "Caja 2", opening_cash: OPENING_CASH };
  if (!shift) await seller.startShift(start, { idempotencyKey: "demo-shift-start" });
  for (const [index, sale] of SHIFT_SALES.entries()) await sell(seller, SALES.length + index + 1, sale, ids);
  const mistake = await sell(seller, SALES.length + SHIFT_SALES.length + 1, VOIDED_SALE, ids);
  await seller.voidSale(mistake, { reason: "cobrada dos veces" }, { idempotencyKey: "demo-void" });
  await seller.createCashMove(TO_THE_BANK, { idempotencyKey: "demo-bank" });
  await seller.endShift({ counted_cash: OPENING_CASH }, { idempotencyKey: "demo-shift-end" });
}
