import type { SaleLine } from "@mostrador/sdk";

const THOUSAND = 1000;

const roundHalfAway = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));

const thousandths = (quantity: number): number => Math.round(quantity * THOUSAND);

/** What has not been refunded of a line, in its unit. */
export const refundableOf = ({ quantity, refunded }: SaleLine): number =>
  Math.max(0, thousandths(quantity) - thousandths(refunded)) / THOUSAND;

/** What refunding a quantity of a line gives back, in minor units. The API computes the same: the share after it less the share before it. */
export function refundOf({ net, tax, quantity, refunded }: SaleLine, returned: number): number {
  const share = (part: number): number => roundHalfAway(((net + tax) * part) / thousandths(quantity));
  const before = thousandths(refunded);
  return share(before + thousandths(returned)) - share(before);
}
