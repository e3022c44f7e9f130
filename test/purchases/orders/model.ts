// Random steps of a shop that takes orders, and a plain model of what they do to orders and stock.
import * as fc from "fast-check";
import { shopWith, storeRate, sumOf } from "../../support/commerce.ts";
import { newPerson, newProduct, type Person, type Shop } from "../../support/shops.ts";

const RATES = [null, 4000, 10_000, 21_000];
const STOCK = 40;

const percent = fc.integer({ min: 1, max: 60_000 });

// A percentage in thousandths, or null.
const discount = fc.option(percent, { nil: null, freq: 2 });

const item = fc.record({
  product: fc.nat(),
  units: fc.integer({ min: 1, max: 4 }),
  price: fc.option(fc.nat(3000), { nil: null, freq: 4 }),
  discount,
});

export const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("order" as const),
      items: fc.array(item, { minLength: 1, maxLength: 4 }),
      discount,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("buy" as const),
      items: fc.array(item, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant("edit" as const),
      nth: fc.nat(),
      items: fc.array(item, { minLength: 1, maxLength: 4 }),
      // undefined keeps the discount of the order.
      discount: fc.option(discount, { nil: undefined }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pay" as const), nth: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), nth: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("expire" as const), nth: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("reprice" as const),
      product: fc.nat(),
      price: fc.integer({ min: 1, max: 5000 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("refund" as const),
      nth: fc.nat(),
      share: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
  },
);

export type Item = typeof item extends fc.Arbitrary<infer T> ? T : never;
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A line as it was agreed; prices in minor units, discounts in thousandths of a percent. */
export type Line = { product: string; units: number; price: number; discount: number | null };
export type Model = {
  id: string;
  status: "pending" | "completed" | "cancelled";
  lines: Line[];
  discount: number | null;
  refunded: Map<string, number>;
};

const roundedShare = (amount: number, thousandths: number): number =>
  Number((BigInt(amount) * BigInt(thousandths) * 2n + 100_000n) / 200_000n);

/** What the prices of an order add up to after all discounts: its gross total, or its net where prices exclude tax. */
export function chargedFor({ lines, discount: whole }: Model): number {
  const amounts = lines.map(({ units, price, discount: own }) => {
    const amount = units * price;
    return amount - (own === null ? 0 : roundedShare(amount, own));
  });
  const sum = sumOf(amounts);
  return sum - (whole === null ? 0 : roundedShare(sum, whole));
}

export const wire = (thousandths: number | null) =>
  thousandths === null ? undefined : { percent: thousandths / 1000, reason: "agreed" };

export class World {
  readonly orders: Model[] = [];
  readonly prices = new Map<string, number>();
  readonly stock = new Map<string, number>();

  readonly shop: Shop;
  readonly buyer: Person;
  readonly products: string[];

  constructor(shop: Shop, buyer: Person, products: string[]) {
    this.shop = shop;
    this.buyer = buyer;
    this.products = products;
  }

  product(nth: number): string {
    return this.products[nth % this.products.length] ?? "";
  }

  /** One of the orders in this status. */
  nth(nth: number, status: Model["status"]): Model | undefined {
    const some = this.orders.filter((order) => order.status === status);
    return some[nth % Math.max(some.length, 1)];
  }

  take(lines: Line[], sign: 1 | -1): void {
    for (const { product, units } of lines)
      this.stock.set(product, (this.stock.get(product) ?? 0) - sign * units);
  }

  covers(lines: Line[], held: Line[] = []): boolean {
    this.take(held, -1);
    this.take(lines, 1);
    const isCovered = [...this.stock.values()].every((left) => left >= 0);
    this.take(lines, -1);
    this.take(held, 1);
    return isCovered;
  }

  add(id: string, lines: Line[], whole: number | null): void {
    this.take(lines, 1);
    this.orders.push({ id, status: "pending", lines, discount: whole, refunded: new Map() });
  }

  /** The lines of an edit: the n-th item of a product continues its n-th line, at the agreed price and discount. */
  edited(order: Model, items: Item[]): Line[] {
    const rest = Map.groupBy(order.lines, ({ product }) => product);
    return items.map((each) => {
      const product = this.product(each.product);
      const before = rest.get(product)?.shift();
      return {
        product,
        units: each.units,
        price: each.price ?? before?.price ?? this.prices.get(product) ?? 0,
        discount: each.discount ?? before?.discount ?? null,
      };
    });
  }
}

/** A shop with a product of each tax rate. */
export async function newWorld(includesTax: boolean): Promise<World> {
  const shop = await shopWith({ includesTax });
  const products: string[] = [];
  for (const [index, rate] of RATES.entries()) {
    const tax_rate_id = rate === null ? null : await storeRate(shop, rate);
    const { id } = await newProduct(shop, { price: 777 + 333 * index, stock: STOCK, tax_rate_id });
    products.push(id);
  }
  const world = new World(shop, await newPerson(shop.tenant, "CUSTOMER"), products);
  for (const [index, id] of products.entries()) {
    world.prices.set(id, 777 + 333 * index);
    world.stock.set(id, STOCK);
  }
  return world;
}
