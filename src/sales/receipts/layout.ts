// What a receipt says and in which order, without how it is drawn.
import type { z } from "zod";
import { printable } from "../../values/fixed-width.ts";
import { formatsOf } from "./formats.ts";
import type { Receipt, ReceiptItem } from "./schema.ts";
import { UNIT_SYMBOLS, type Words, wordsOf } from "./words.ts";

export type Block =
  | { type: "title"; text: string }
  | { type: "centred"; text: string }
  | { type: "text"; text: string }
  | { type: "description"; text: string }
  /** A label and its amount; `detail` belongs to the description above and may have a tax mark, `sum` stands out. */
  | { type: "detail"; label: string; value: string; mark: string }
  | { type: "row"; label: string; value: string }
  | { type: "sum"; label: string; value: string }
  | TaxBlock;

export type TaxBlock = {
  type: "taxes";
  columns: Columns;
  rates: { label: string; values: Columns }[];
};

/** Net, tax and gross. */
export type Columns = readonly [string, string, string];

type ReceiptBody = z.infer<typeof Receipt>;
type Formats = ReturnType<typeof formatsOf>;

/** The sections of a receipt, none of them empty, and the language of their texts. */
export function layoutOf(receipt: ReceiptBody): { language: string; title: string; sections: Block[][] } {
  const { words, language, formats: locale } = wordsOf(receipt.locale);
  const formats = formatsOf(receipt, locale);
  const title = `${titleOf(receipt, words)} ${receipt.number ?? ""}`.trim();
  const sections = [
    shop(receipt, words),
    sale(receipt, title, words, formats),
    receipt.items.flatMap((item) => itemBlocks(receipt, item, words, formats)),
    totals(receipt, words, formats),
    taxes(receipt, words, formats),
    payments(receipt, words, formats),
    refunds(receipt, words, formats),
    linesOf(receipt.shop.receipt_footer),
  ];
  return { language, title, sections: sections.filter((blocks) => blocks.length > 0) };
}

/** What an order is made of: its items, what they add up to, and the tax by rate. */
export function orderLayout(receipt: ReceiptBody): Record<"items" | "totals" | "taxes", Block[]> {
  const { words, formats: locale } = wordsOf(receipt.locale);
  const formats = formatsOf(receipt, locale);
  return {
    items: receipt.items.flatMap((item) => itemBlocks(receipt, item, words, formats)),
    totals: totals(receipt, words, formats),
    taxes: taxes(receipt, words, formats),
  };
}

function titleOf({ kind, is_void }: ReceiptBody, words: Words): string {
  if (kind === "sale") return words.receipt;
  return is_void ? words.void : words.refund;
}

const centred = (text: string): Block => ({ type: "centred", text });
const text = (value: string): Block => ({ type: "text", text: value });
const row = (label: string, value: string): Block => ({ type: "row", label, value });
const sum = (label: string, value: string): Block => ({ type: "sum", label, value });
const detail = (label: string, value: string, mark = ""): Block => ({ type: "detail", label, value, mark });

const linesOf = (lines: string | null): Block[] => (lines === null ? [] : lines.split("\n").map(centred));

/** A labelled text, unless there is none. */
const labelled = (label: string, value: string | null): Block[] =>
  value === null ? [] : [text(`${label}: ${value}`)];

function shop({ shop: profile }: ReceiptBody, words: Words): Block[] {
  const { name, legal_name, tax_id, address, phone, receipt_header } = profile;
  const lines = [
    ...(legal_name === null || legal_name === name ? [] : [legal_name]),
    ...(tax_id === null ? [] : [`${words.taxId}: ${tax_id}`]),
    ...(address === null ? [] : [...address.lines, `${address.postal_code} ${address.city}`]),
    ...(address?.region === undefined || address.region === address.city ? [] : [address.region]),
    ...(phone === null ? [] : [phone]),
  ];
  return [{ type: "title", text: name }, ...lines.map(centred), ...linesOf(receipt_header)];
}

function sale(receipt: ReceiptBody, title: string, words: Words, formats: Formats): Block[] {
  const isVoided = receipt.kind === "sale" && receipt.is_void;
  return [
    { type: "title", text: title },
    ...(isVoided ? [{ type: "title", text: words.voided } as const] : []),
    text(formats.time(receipt.placed_at)),
    ...labelled(words.refundOf, receipt.refund_of?.number ?? null),
    ...labelled(words.reason, receipt.reason),
    ...labelled(words.seller, receipt.seller),
    ...labelled(words.customer, receipt.customer),
    ...labelled(words.taxId, receipt.customer_tax_id),
  ];
}

const withReasons = (label: string, reasons: (string | null)[]): string => {
  const given = [...new Set(reasons.filter((reason) => reason !== null))];
  return given.length === 0 ? label : `${label} (${given.join(", ")})`;
};

function itemBlocks(
  receipt: ReceiptBody,
  item: z.infer<typeof ReceiptItem>,
  words: Words,
  formats: Formats,
): Block[] {
  const unit = UNIT_SYMBOLS[item.unit];
  const price = item.exact_price === null ? formats.amount(item.unit_price) : formats.price(item.exact_price);
  const quantity = `${formats.quantity(item.quantity)} ${unit}`.trim();
  const calculation = `${quantity} x ${unit === "" ? price : `${price}/${unit}`}`;
  const amount = formats.amount(item.amount);
  // A product whose price is entered at the counter has none of its own.
  const isOpenPrice = item.list_price !== item.unit_price && item.list_price !== 0;
  const description: Block = { type: "description", text: printable(item.description) || item.sku };
  const listPrice = isOpenPrice ? [detail(`${words.listPrice} ${formats.amount(item.list_price)}`, "")] : [];
  if (item.discount === 0) return [description, detail(calculation, amount, item.tax_mark), ...listPrice];
  return [
    description,
    detail(calculation, formats.amount(item.amount + item.discount)),
    ...listPrice,
    // The discount of a line includes its share of the sale's discount.
    detail(
      withReasons(words.discount, [item.discount_reason, receipt.discount_reason]),
      formats.amount(-item.discount),
    ),
    detail("", amount, item.tax_mark),
  ];
}

function totals(receipt: ReceiptBody, words: Words, formats: Formats): Block[] {
  const { discount, rounding, total } = receipt;
  return [
    ...(receipt.prices_include_tax
      ? []
      : [row(words.subtotal, formats.amount(receipt.net)), row(words.tax, formats.amount(receipt.tax))]),
    sum(words.total, formats.money(total)),
    ...(rounding === 0
      ? []
      : [row(words.rounding, formats.amount(rounding)), sum(words.due, formats.money(total + rounding))]),
    ...(discount === 0 ? [] : [row(words.discountsIncluded, formats.amount(discount))]),
  ];
}

function taxes({ taxes: rates }: ReceiptBody, words: Words, formats: Formats): Block[] {
  const labelOf = ({ name, rate }: ReceiptBody["taxes"][number]): string => {
    if (rate === null) return words.untaxed;
    const percent = formats.rate(rate);
    if (name === null) return percent;
    if (rate === 0) return compact(name).includes(compact(words.exempt)) ? name : `${name} (${words.exempt})`;
    return compact(name).includes(compact(percent)) ? name : `${name} ${percent}`;
  };
  const rows = rates.map((each) => ({
    label: `${each.mark} ${labelOf(each)}`,
    values: [formats.amount(each.net), formats.amount(each.tax), formats.amount(each.gross)] as const,
  }));
  return [{ type: "taxes", columns: [words.net, words.tax, words.gross], rates: rows }];
}

const compact = (value: string): string => value.replace(/\s/gu, "").toLowerCase();

const payments = (receipt: ReceiptBody, words: Words, formats: Formats): Block[] => [
  ...receipt.payments.flatMap(({ name, amount, tendered }) => [
    row(name, formats.amount(amount)),
    ...(tendered === null ? [] : [row(words.tendered, formats.amount(tendered))]),
  ]),
  ...(receipt.change === 0 ? [] : [row(words.change, formats.amount(receipt.change))]),
];

function refunds({ refunds: refunded }: ReceiptBody, words: Words, formats: Formats): Block[] {
  if (refunded.length === 0) return [];
  return [
    text(words.refunds),
    ...refunded.map(({ number, placed_at, total }) =>
      row(`${number ?? ""} ${formats.day(placed_at)}`.trim(), formats.amount(total)),
    ),
  ];
}
