// The tax rates of a shop as files name them: by name, or by percentage.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { parseDecimal } from "../../values/money.ts";
import { folded } from "../../values/text.ts";

const rateRow = z.object({ id: z.string(), name: z.string(), rate: z.number() });

type TaxRate = z.infer<typeof rateRow>;

/** Reads the active tax rates of the shop; `rate` is in hundred-thousandths. */
export const selectTaxRates = (ctx: Ctx) =>
  returning(
    rateRow,
    sql`SELECT id, name, rate FROM tax_rates WHERE tenant_id = ${ctx.tenant.id} AND is_active = 1`,
  );

const PERCENT = /^(.*?)\s*%?$/;

/** A percentage such as `21`, `5.2%` or `10 %` in hundred-thousandths; null if it is none. */
function hundredThousandths(text: string): number | null {
  const percent = parseDecimal(PERCENT.exec(text)?.[1] ?? "");
  if (percent === null) return null;
  const scaled = percent.digits * 1000n;
  const divisor = 10n ** BigInt(percent.scale);
  return scaled % divisor === 0n ? Number(scaled / divisor) : null;
}

/** The id of the rate with this name, else of the only one with this percentage; null for an empty cell. Or why there is none. */
export function findTaxRate(
  rates: TaxRate[],
  text: string | null | undefined,
): { id: string | null | undefined } | { reason: string } {
  if (text === null || text === undefined) return { id: text };
  const named = rates.find(({ name }) => folded(name) === folded(text));
  if (named) return { id: named.id };
  const [rate, other] = rates.filter((each) => each.rate === hundredThousandths(text));
  if (other) return { reason: `tax_rate ${text} is the percentage of several tax rates: use a name` };
  return rate ? { id: rate.id } : { reason: `tax_rate ${text} is not a tax rate of this shop` };
}
