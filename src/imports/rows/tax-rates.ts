// The tax rates of a shop as files name them: by name, or by percentage.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning, sqlBoolean } from "../../platform/d1.ts";
import { divideRound, parseDecimal } from "../../values/money.ts";
import { folded } from "../../values/text.ts";
import { foldedName } from "../formats/cells.ts";

const rateRow = z.object({ id: z.string(), name: z.string(), rate: z.number(), is_active: sqlBoolean });

export type TaxRate = z.infer<typeof rateRow>;

/** Reads the tax rates of the shop; `rate` is in hundred-thousandths. */
export const selectTaxRates = (ctx: Ctx) =>
  returning(
    rateRow,
    sql`SELECT id, name, rate, is_active FROM tax_rates WHERE tenant_id = ${ctx.tenant.id} ORDER BY id`,
  );

const PERCENT = /^[+-]?\d{1,3}(?:[.,]\d{1,6})?$/;
const MARKED_PERCENT = /(?:^|[^\d.,])(\d{1,3}(?:[.,]\d{1,6})?)\s*%/;
const EXEMPT = new Set(
  "exempt taxexempt taxfree notax none zerorated exento exenta steuerfrei exonere isento".split(" "),
);
const MAX_RATE = 100_000;

/**
 * A percentage such as `21`, `5,2 %` or `VAT 20%`, or a fraction below 1 such as `0.21`, in hundred-thousandths; null if the text is
 * none.
 */
export function rateOf(text: string): number | null {
  if (EXEMPT.has(foldedName(text))) return 0;
  const marked = MARKED_PERCENT.exec(text)?.[1];
  const number = marked ?? (PERCENT.test(text) ? text : null);
  const percent = number === null ? null : parseDecimal(number.replace(",", "."));
  if (percent === null) return null;
  const isFraction = marked === undefined && percent.digits < 10n ** BigInt(percent.scale);
  const scaled = percent.digits * (isFraction ? 100_000n : 1000n);
  const divisor = 10n ** BigInt(percent.scale);
  const rate = Number(scaled / divisor);
  return scaled % divisor === 0n && rate >= 0 && rate <= MAX_RATE ? rate : null;
}

const byName = (rates: TaxRate[], text: string): TaxRate | undefined =>
  rates.find(({ name }) => folded(name) === folded(text));

/** The id of the active rate with this name, else of the only one with this percentage; null for an empty cell. Or why there is none. */
export function findTaxRate(
  all: TaxRate[],
  text: string | null | undefined,
): { id: string | null | undefined } | { reason: string } {
  if (text === null || text === undefined) return { id: text };
  const rates = all.filter(({ is_active }) => is_active);
  const named = byName(rates, text);
  if (named) return { id: named.id };
  const [rate, other] = rates.filter((each) => each.rate === rateOf(text));
  if (other) return { reason: `tax_rate ${text} is the percentage of several tax rates: use a name` };
  return rate ? { id: rate.id } : { reason: `tax_rate ${text} is not a tax rate of this shop` };
}

/**
 * The rate at which a past sale was taxed, in hundred-thousandths, and its id if it is one of the shop, also an inactive one. Null if
 * the text is neither a percentage nor the name of a rate.
 */
export function findPastTaxRate(all: TaxRate[], text: string): { id: string | null; rate: number } | null {
  const rates = all.toSorted((a, b) => Number(b.is_active) - Number(a.is_active));
  const named = byName(rates, text);
  if (named) return named;
  const rate = rateOf(text);
  if (rate === null) return null;
  const [found, other] = rates.filter((each) => each.rate === rate);
  // Of several active rates with this percentage the file does not say which.
  return { id: other?.is_active ? null : (found?.id ?? null), rate };
}

/** The tax in an amount that includes it; both in minor units, the rate in hundred-thousandths. */
export const includedTax = (amount: number, rate: number): number =>
  Number(divideRound(BigInt(amount) * BigInt(rate), BigInt(100_000 + rate)));

/** The tax that is added to an amount. */
export const addedTax = (amount: number, rate: number): number =>
  Number(divideRound(BigInt(amount) * BigInt(rate), 100_000n));

/** The rate of an exported line: of those with its percentage the one with its name, else the only one. An active one comes first. */
export function findExportedTaxRate(
  all: TaxRate[],
  name: string | null,
  rate: number | null,
): TaxRate | null {
  if (name === null) return null;
  const same = all
    .filter((each) => each.rate === rate)
    .toSorted((a, b) => Number(b.is_active) - Number(a.is_active));
  return byName(same, name) ?? (same.length === 1 ? (same[0] ?? null) : null);
}
