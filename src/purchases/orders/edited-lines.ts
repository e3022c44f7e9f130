// The lines of an order after an edit, and what the edit takes out of stock or returns to it. A product that the order has keeps
// what was agreed; others are sold as they are offered now.
import type { z } from "zod";
import { type Fault, invalid } from "../../platform/problem.ts";
import type { Offered } from "../../sales/offer.ts";
import type { UnpricedLine } from "../../sales/price-sale.ts";
import { assertOffered } from "../../sales/read-offer.ts";
import { assertInStock } from "../../sales/sale-statements.ts";
import { newId } from "../../values/ids.ts";
import { isWholeEnough, WHOLE_MESSAGE } from "../../values/quantities.ts";
import type { EditedProduct, OrderLine } from "./read-edit.ts";
import type { OrderPatch } from "./schema.ts";
import type { AgreedDiscounts } from "./terms.ts";

type ChangedItem = NonNullable<z.infer<typeof OrderPatch>["items"]>[number];

/** The items of an order that keeps its lines. */
export const itemsOf = (lines: OrderLine[]): ChangedItem[] =>
  lines.map(({ product_id, quantity }) => ({ product_id, quantity }));

/** The line that each item continues: the n-th item of a product its n-th line. */
function continued(items: ChangedItem[], lines: OrderLine[]): (OrderLine | undefined)[] {
  const rest = Map.groupBy(lines, ({ product_id }) => product_id);
  return items.map(({ product_id }) => rest.get(product_id)?.shift());
}

/**
 * The lines of the order with these items, to be priced. Quantities in thousandths.
 * @throws Problem unknown-product, invalid
 */
export function editedLines(
  items: ChangedItem[],
  lines: OrderLine[],
  agreed: AgreedDiscounts,
  products: Map<string, Offered>,
): UnpricedLine[] {
  const before = continued(items, lines);
  assertOffered(items, products, (index) => before[index] === undefined);
  assertWholePieces(items, before);
  return items.map((item, index) => {
    const line = before[index];
    const product = products.get(item.product_id);
    const { product_id, quantity } = item;
    if (line) {
      const { unit, list_price, tax_rate_id, tax_rate, sku, description, cost } = line;
      const discount = item.discount === undefined ? agreed.lines?.[line.line_no] : item.discount;
      return {
        product_id,
        quantity,
        unit,
        list_price,
        unit_price: item.unit_price ?? line.unit_price,
        tax_rate_id,
        tax_rate,
        discount: discount ?? undefined,
        agreed: { sku, description, cost, quantity: line.quantity },
      };
    }
    if (!product) throw new Error("a product of the order was not read");
    const { unit, price: list_price, tax_rate_id, tax_rate } = product;
    const unit_price = item.unit_price ?? list_price;
    const discount = item.discount ?? undefined;
    return { product_id, quantity, unit, list_price, unit_price, tax_rate_id, tax_rate, discount };
  });
}

function assertWholePieces(items: ChangedItem[], before: (OrderLine | undefined)[]): void {
  const faults = items.flatMap(({ quantity }, index): Fault[] => {
    const line = before[index];
    return line === undefined || isWholeEnough(line.unit, quantity)
      ? []
      : [{ pointer: `#/items/${index}/quantity`, detail: WHOLE_MESSAGE, code: "not_an_integer" }];
  });
  if (faults.length > 0) throw invalid(faults);
}

/** A move of stock: positive thousandths are taken out of it. */
export type EditMove = { product_id: string; quantity: number; move_id: string };

type Quantities = { product_id: string; quantity: number };

const sumOf = (lines: Quantities[], product: string): number =>
  lines.reduce((sum, { product_id, quantity }) => (product_id === product ? sum + quantity : sum), 0);

/**
 * The moves by which the stock follows an edit. The first move of a product has the id of the sale: a cancellation finds the goods
 * to return by it. A product whose stock was not tracked when it was ordered is taken out of stock once its quantity changes.
 * @throws Problem out-of-stock, invalid
 */
export function editMoves(
  saleId: string,
  lines: OrderLine[],
  edited: UnpricedLine[],
  products: EditedProduct[],
): EditMove[] {
  const changes = products.map((product) => {
    const [ordered, next] = [sumOf(lines, product.id), sumOf(edited, product.id)];
    // What is counted in another unit now cannot return to stock.
    const isComparable = [...lines, ...edited].every(
      ({ product_id, unit }) => product_id !== product.id || unit === product.unit,
    );
    if (!isComparable && next !== ordered && next > 0) throw unitChanged(edited, product);
    const held = product.is_moved ? ordered : 0;
    const isSame = next === ordered || !isComparable;
    return { product, next, held, quantity: isSame ? 0 : next - held };
  });
  assertInStock(
    changes
      .filter(({ quantity }) => quantity > 0)
      .map(({ product: { id, stock }, next, held }) => ({
        product_id: id,
        quantity: next,
        stock: stock === null ? null : stock + held,
      })),
  );
  return changes.flatMap(({ product: { id, is_moved }, quantity }) =>
    quantity === 0 ? [] : [{ product_id: id, quantity, move_id: is_moved ? newId() : saleId }],
  );
}

const unitChanged = (edited: UnpricedLine[], { id, unit }: EditedProduct) =>
  invalid(
    edited.flatMap(({ product_id }, index) =>
      product_id === id
        ? [
            {
              pointer: `#/items/${index}/quantity`,
              detail: `must not change: the product is now sold by ${unit}`,
            },
          ]
        : [],
    ),
  );
