// Quantities are integer thousandths inside and JSON numbers with at most three decimals outside. Pieces are whole.
import { z } from "@hono/zod-openapi";
import { failsAs } from "./faults.ts";

export const UNITS = ["piece", "kg", "g", "l", "ml", "m", "m2", "h"] as const;

export const Unit = z.enum(UNITS).openapi("Unit");

/** The largest quantity of a line, in thousandths. */
const MAX_QUANTITY = 1_000_000_000;

/** A JSON number as integer thousandths: 0.335 is 335; null if it has more than three decimals. */
export function toThousandths(quantity: number): number | null {
  const thousandths = Math.round(quantity * 1000);
  return thousandths / 1000 === quantity && Number.isSafeInteger(thousandths) ? thousandths : null;
}

/** Thousandths as the number of units that a response shows: 335 is 0.335. */
export const fromThousandths = (thousandths: number): number => thousandths / 1000;

/** Items with their quantities in units, as a request has them: the fingerprint of a request must not depend on how it is parsed. */
export const itemsInUnits = <T extends { quantity: number }>(items: T[]): T[] =>
  items.map((item) => ({ ...item, quantity: fromThousandths(item.quantity) }));

/** Whether thousandths can be sold or stocked in this unit: a piece is not divided. */
export const isWholeEnough = (unit: string, thousandths: number): boolean =>
  unit !== "piece" || thousandths % 1000 === 0;

/** The validation message for a quantity that is not whole enough. */
export const WHOLE_MESSAGE = "must be whole, because the product is counted in pieces";

/** A request's number with at most three decimals between `min` and `max` (units), parsed to thousandths. */
export const thousandthsBetween = (min: number, max: number) =>
  z
    .number()
    .min(min)
    .max(max)
    .refine(
      (quantity) => toThousandths(quantity) !== null,
      failsAs("must have at most three decimals", "invalid_format"),
    )
    .transform((quantity) => Math.round(quantity * 1000));

/** The quantity of a sale line in a request, parsed to thousandths. */
export const LineQuantity = thousandthsBetween(0.001, MAX_QUANTITY / 1000).openapi({ example: 2 });

/** A quantity in a response. */
export const Quantity = z
  .number()
  .openapi({ description: "in the unit of the product, with at most three decimals", example: 2 });

/** A column of thousandths, as the number that a response shows. */
export const quantityColumn = z.number().transform(fromThousandths);
