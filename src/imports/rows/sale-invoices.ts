// An invoice is imported whole or not at all: a row that cannot be imported holds back all rows of its invoice. An invoice that
// the shop has from another import is not changed: its rows are known, or rejected where they differ.
import type { FileRow, RefusedRecord, Rejection } from "./row-importer.ts";
import { lineKey, type Existing, type StoredInvoice } from "./sale-existing.ts";
import type { SaleRow } from "./sale-rows.ts";
import type { ExportedLine } from "./exported-lines.ts";
import { findExportedTaxRate, findPastTaxRate, type TaxRate } from "./tax-rates.ts";

type Judgement = {
  accepted: FileRow<SaleRow>[];
  rejected: Rejection[];
  /** The rows of invoices that the shop has already, with the same content. */
  known: number[];
  /** The invoices that are held from now on, with the reason that their rows get. */
  held: Map<string, string>;
};

type Fault = Omit<Rejection, "row">;

const HELD = "held: another row of the invoice was rejected";

/** Judges the rows of a chunk; `refused` are those that could not be parsed, which are not rejected here again. */
export function judgeInvoices(
  lines: FileRow<SaleRow>[],
  refused: RefusedRecord[],
  existing: Existing,
): Judgement {
  const judgement: Judgement = { accepted: [], rejected: [], known: [], held: new Map() };
  const faults = Map.groupBy(refused, ({ group }) => group);
  const invoices = Map.groupBy(lines, ({ value }) => value.invoice);
  for (const [invoice] of faults) if (invoice !== null && !invoices.has(invoice)) invoices.set(invoice, []);
  for (const [invoice, rows] of invoices) {
    const stored = existing.invoices.get(invoice);
    const reason = existing.held.get(invoice);
    if (reason !== undefined)
      judgement.rejected.push(...rows.map(({ row }) => ({ row, reason, kind: HELD })));
    else if (stored && !stored.is_own) compare(judgement, rows, stored, existing);
    else judge(judgement, invoice, rows, faults.get(invoice) ?? [], stored, existing);
  }
  return judgement;
}

function judge(
  { accepted, rejected, held }: Judgement,
  invoice: string,
  rows: FileRow<SaleRow>[],
  refused: RefusedRecord[],
  stored: StoredInvoice | undefined,
  existing: Existing,
): void {
  const head = headOf(rows, stored);
  const faults = rows.flatMap(({ row, value }): Rejection[] => {
    const fault =
      sellerFault(value, existing) ?? taxRateFault(value, existing) ?? contradiction(invoice, value, head);
    return fault === null ? [] : [{ row, ...fault }];
  });
  const [first] = [...refused, ...faults].toSorted((a, b) => a.row - b.row);
  const faulty = new Set(faults.map(({ row }) => row));
  const others = rows.filter(({ row }) => !faulty.has(row));
  rejected.push(...faults);
  // What was refunded meanwhile cannot be removed any more.
  if (first === undefined || stored?.is_refunded) {
    accepted.push(...others);
    return;
  }
  const reason = `held: row ${first.row} of invoice ${invoice} was rejected`;
  held.set(invoice, reason);
  rejected.push(...others.map(({ row }) => ({ row, reason, kind: HELD })));
}

// Other programs name people who left long ago, so a name that is unknown there is no fault.
const sellerFault = ({ seller, needsSeller, exported }: SaleRow, { sellers }: Existing): Fault | null =>
  seller !== null && !exported && (needsSeller || seller.includes("@")) && !sellers.get(seller)
    ? { reason: `no employee has the e-mail ${seller}`, kind: "no employee has this e-mail" }
    : null;

const taxRateFault = ({ taxRate, exported }: SaleRow, { taxRates }: Existing): Fault | null =>
  exported
    ? exportedTaxFault(exported, taxRates)
    : taxRate !== null && findPastTaxRate(taxRates, taxRate) === null
      ? { reason: `${taxRate} is neither a percentage nor a tax rate of this shop` }
      : null;

const exportedTaxFault = ({ taxName, taxRate }: ExportedLine, taxRates: TaxRate[]): Fault | null =>
  taxName === null || findExportedTaxRate(taxRates, taxName, taxRate)
    ? null
    : {
        reason: `this shop has no tax rate ${taxName} of ${(taxRate ?? 0) / 1000} %: add it, and import the rejected rows`,
      };

type Head = { day: string; customer: string | null; country: string | null };

/** The day, customer and country of an invoice: as stored, else of its first row. Empty cells take them from another row. */
function headOf(rows: FileRow<SaleRow>[], stored: StoredInvoice | undefined): Head {
  const firstOf = (field: "customer" | "country"): string | null =>
    rows.find(({ value }) => value[field] !== null)?.value[field] ?? null;
  return {
    day: stored?.day ?? rows[0]?.value.day ?? "",
    customer: stored?.customer_ref ?? firstOf("customer"),
    country: stored?.country ?? firstOf("country"),
  };
}

/** Why a row cannot be of the same invoice; null if it can. */
function contradiction(invoice: string, row: SaleRow, head: Head): Fault | null {
  const differs = (what: string, first: string, second: string): Fault => ({
    reason: `invoice ${invoice} has the ${what} ${first} in another row, and ${second} in this one`,
    kind: `another row of the invoice has another ${what}`,
  });
  if (row.day !== head.day) return differs("day", head.day, row.day);
  if (row.customer !== null && head.customer !== null && row.customer !== head.customer)
    return differs("customer", head.customer, row.customer);
  if (row.country !== null && head.country !== null && row.country !== head.country)
    return differs("country", head.country, row.country);
  return null;
}

function compare(
  { rejected, known }: Judgement,
  rows: FileRow<SaleRow>[],
  stored: StoredInvoice,
  { lines }: Existing,
): void {
  const invoice = stored.external_ref;
  const counts = new Map(lines.get(invoice));
  const head = { day: stored.day, customer: stored.customer_ref, country: stored.country };
  for (const { row, value } of rows) {
    const key = lineKey(value);
    const left = counts.get(key) ?? 0;
    counts.set(key, left - 1);
    if (contradiction(invoice, value, head)) {
      const [what, detail] = value.day === head.day ? ["customer or country", ""] : ["day", ` (${head.day})`];
      rejected.push({
        row,
        reason: `invoice ${invoice} already exists with another ${what}${detail}`,
        kind: `the invoice already exists with another ${what}`,
      });
    } else if (left > 0) known.push(row);
    else
      rejected.push({
        row,
        reason: `invoice ${invoice} already exists without this line`,
        kind: "the invoice already exists without this line",
      });
  }
}
