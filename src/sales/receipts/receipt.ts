// The receipt of a sale or refund, from the rows it was sold with: later changes of prices, tax rates or rules do not change it.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { actorId, isStaff, type ActorCtx, type OrderLinkCtx, type Tenant } from "../../platform/context.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { fromThousandths } from "../../values/quantities.ts";
import { includedTax } from "../pricing.ts";
import { type Head, type Line, readRows, type Rows } from "./rows.ts";
import type { Receipt } from "./schema.ts";
import { wordsOf } from "./words.ts";

type ReceiptBody = z.infer<typeof Receipt>;

type ReaderCtx = ActorCtx | OrderLinkCtx;

function visibleTo(ctx: ReaderCtx): SQL {
  if (ctx.actor === null) return sql`s.id = ${ctx.orderId}`;
  return isStaff(ctx) ? sql`true` : sql`s.customer_id = ${actorId(ctx)}`;
}

/**
 * The receipt of a completed sale or refund: of any sale of the shop for staff, of their own for customers, of one order for the bearer
 * of its link, who does not learn which customer the shop has found by the e-mail address. One round trip.
 * @throws Problem not-found, no-receipt
 */
export async function getReceipt(ctx: ReaderCtx, id: string): Promise<ReceiptBody> {
  const rows = await readRows(ctx, id, visibleTo(ctx));
  if (!rows) throw notFound("sale");
  assertHasReceipt(rows.sale.status);
  const receipt = receiptOf(ctx.tenant, rows);
  return ctx.actor === null ? { ...receipt, customer: null, customer_tax_id: null } : receipt;
}

/** @throws Problem no-receipt */
export function assertHasReceipt(status: string): void {
  if (status !== "completed")
    throw new Problem("no-receipt", `Only completed sales have a receipt; this one is ${status}.`);
}

/** The receipt of these rows in a locale, by default that of the shop. */
export function receiptOf(
  { currency, timezone }: Pick<Tenant, "currency" | "timezone">,
  { sale, lines, payments, refunds, original, prices }: Rows,
  locale = sale.locale,
): ReceiptBody {
  const { name, legal_name, tax_id, address, phone, receipt_header, receipt_footer } = sale;
  const taxes = taxesOf(lines);
  const includesTax = includedTax(prices.length > 0 ? prices : lines);
  const methodName = methodNames({ ...sale, locale });
  return {
    ...sale,
    locale,
    is_void: sale.is_void || refunds.some((refund) => refund.is_void),
    currency,
    timezone,
    shop: { name, legal_name, tax_id, address, phone, receipt_header, receipt_footer },
    refund_of: original,
    prices_include_tax: includesTax,
    items: lines.map((line) => ({
      ...line,
      quantity: fromThousandths(line.quantity),
      amount: includesTax ? line.subtotal : line.net,
      tax_mark: taxes.find((tax) => isOf(tax, line))?.mark ?? "",
    })),
    taxes,
    payments: payments.map((payment) => ({ ...payment, name: methodName(payment.method) })),
    change: payments.reduce((sum, { amount, tendered }) => sum + (tendered ?? amount) - amount, 0),
    refunds,
  };
}

type Tax = ReceiptBody["taxes"][number] & { rateId: string | null };

const isOf = (tax: Tax, line: Line): boolean => tax.rateId === line.tax_rate_id && tax.rate === line.tax_rate;

/** The tax by rate, highest rate first and what is untaxed last. */
function taxesOf(lines: Line[]): Tax[] {
  const taxes: Tax[] = [];
  for (const line of lines) {
    let tax = taxes.find((each) => isOf(each, line));
    if (!tax) {
      const { tax_rate_id: rateId, tax_rate: rate, tax_rate_name: name } = line;
      tax = { rateId, mark: "", name, rate, net: 0, tax: 0, gross: 0 };
      taxes.push(tax);
    }
    tax.net += line.net;
    tax.tax += line.tax;
    tax.gross += line.subtotal;
  }
  return taxes
    .toSorted((a, b) => (b.rate ?? -1) - (a.rate ?? -1))
    .map((tax, index) => ({ ...tax, mark: markOf(index) }));
}

const markOf = (index: number): string => (index < 26 ? String.fromCodePoint(65 + index) : String(index + 1));

/** Names payment methods: the usual ones in the language of the locale, those of the shop as the shop does. */
export function methodNames(shop: Pick<Head, "locale" | "payment_methods">): (method: string) => string {
  const { methods } = wordsOf(shop.locale).words;
  const names = new Map([
    ...Object.entries(methods),
    ...shop.payment_methods.map(({ method, name }) => [method, name] as const),
  ]);
  return (method) => names.get(method) ?? method;
}
