// Amounts and quantities as people type them.
import { parseMoney, parseQuantity } from "@mostrador/sdk";

/** Minor units above or at zero; null for anything else. */
export function amountIn(text: string, currency: string): number | null {
  const amount = parseMoney(text, currency);
  return amount !== null && amount >= 0 ? amount : null;
}

/** Thousandths above zero; null for anything else. */
export function thousandthsIn(text: string): number | null {
  const quantity = parseQuantity(text);
  const thousandths = quantity === null ? 0 : Math.round(quantity * 1000);
  return thousandths > 0 ? thousandths : null;
}
