// An imported sale has payments if its file names the methods. It belongs to no shift, so that no drawer counts its cash.
import { sql, type SQL } from "drizzle-orm";
import { BUILT_IN_METHODS } from "../../auth/shops/payment-methods.ts";
import { methodOf } from "./payment-methods.ts";
import type { Existing } from "./sale-existing.ts";
import type { SaleRow } from "./sale-rows.ts";

/** What of an invoice was paid by a method. `no` is the number of the payment in its sale, the same for a method in all chunks. */
export type ImportedPayment = { invoice: string; no: number; method: string; amount: number };

/**
 * The payments of the lines of an invoice in this chunk. A line that names no method was paid like the others; an invoice none of whose
 * first lines names one has no payments.
 */
export function paymentsOf(
  invoice: string,
  lines: SaleRow[],
  { customMethods, invoices }: Existing,
): ImportedPayment[] {
  const stored = invoices.get(invoice);
  const exported = lines[0]?.exported;
  // All lines have all payments.
  if (exported)
    return stored
      ? []
      : exported.payments.map(([method, amount], at) => ({ invoice, no: at + 1, method, amount }));
  const named = lines.find(({ payment }) => payment !== null)?.payment ?? null;
  if (stored && !stored.has_payments) return [];
  const usual = stored?.payment_method ?? (named === null ? null : methodOf(named, customMethods));
  if (usual === null) return [];
  const codes = [...BUILT_IN_METHODS, ...customMethods].map(({ method }) => method);
  const amounts = new Map<string, number>();
  for (const { payment, subtotal } of lines) {
    const method = payment === null ? usual : methodOf(payment, customMethods);
    amounts.set(method, (amounts.get(method) ?? 0) + subtotal);
  }
  return [...amounts].map(([method, amount]) => ({ invoice, no: codes.indexOf(method) + 1, method, amount }));
}

/** The method by which all was paid; null if there are several or none. */
export const singleMethod = ([first, ...others]: ImportedPayment[]): string | null =>
  first === undefined || others.length > 0 ? null : first.method;

/** The statement that stores payments, or adds them to those of earlier chunks. */
export const storePayments = (tenantId: string, importId: string, payments: ImportedPayment[]): SQL[] =>
  payments.length === 0
    ? []
    : [
        sql`INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount)
          SELECT ${tenantId}, s.id, j.value ->> 'no', j.value ->> 'method', j.value ->> 'amount'
          FROM json_each(${JSON.stringify(payments)}) AS j
          LEFT JOIN sales s ON s.tenant_id = ${tenantId} AND s.external_ref = j.value ->> 'invoice' AND s.import_id = ${importId}
          WHERE true
          ON CONFLICT (tenant_id, sale_id, payment_no) DO UPDATE SET amount = amount + excluded.amount`,
      ];
