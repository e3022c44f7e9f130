// How large a generated shop is, and the SQL that names its people and shifts.
import { random, uuid } from "./random.ts";

const DAY_MS = 86_400_000;
const MEAN_LINES = 2.96;
export const YEARS_DAYS = 3 * 365;
const LINES_PER_CUSTOMER = 200;
const MAX_PRODUCTS = 5_000;
const LINES_PER_PRODUCT = 20;

export type ShopSize = {
  tenant: string;
  lines: number;
  sales: number;
  customers: number;
  products: number;
  sellers: number;
  imports: number;
  /** The first instant of the first day, in ms. Days are those of UTC: the shop opens long after midnight and closes before it. */
  firstDay: number;
};

/** The number of products of a shop with this many lines. */
export const productsOf = (lines: number): number =>
  Math.min(MAX_PRODUCTS, Math.ceil(lines / LINES_PER_PRODUCT));

/** The size of a shop with about this many lines whose last sale was yesterday. */
export function sizeOf(tenant: string, lines: number): ShopSize {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  return {
    tenant,
    lines,
    sales: Math.round(lines / MEAN_LINES),
    customers: Math.ceil(lines / LINES_PER_CUSTOMER),
    products: productsOf(lines),
    sellers: Math.min(20, Math.max(2, Math.round(lines / 5_000))),
    imports: 30,
    firstDay: today - YEARS_DAYS * DAY_MS,
  };
}

/** Half of the customers have an account; imports added the others. */
export const accountsOf = ({ customers }: ShopSize): number => Math.ceil(customers / 2);

/** SQL: the id of the account number `n`. */
export const accountId = ({ firstDay }: ShopSize, n: string): string =>
  uuid(`${firstDay} + (${n}) * 1000`, "8010", n);

/** SQL: the id of the customer number `n` without an account. */
export const recordId = ({ firstDay }: ShopSize, n: string): string =>
  uuid(`${firstDay} + (${n}) * 1000`, "8050", n);

/** SQL: the reference of the customer number `n` in the imported files. */
export const referenceOf = (size: ShopSize, n: string): string => `'R' || (${accountsOf(size)} + ${n})`;

/** SQL: the id of the seller number `n`. */
export const sellerId = ({ firstDay }: ShopSize, n: string): string =>
  uuid(`${firstDay} + (${n})`, "8020", n);

/** SQL: the id of the shift of a seller on a day, both numbers. */
export const shiftId = ({ firstDay }: ShopSize, day: string, seller: string): string =>
  uuid(`${firstDay} + (${day}) * ${DAY_MS} + 27000000`, "8030", seller);

/** SQL: the id of the import number `n`. */
export const importId = ({ firstDay }: ShopSize, n: string): string =>
  uuid(`${firstDay} + (${n}) * ${DAY_MS}`, "8040", n);

/** SQL: the number of an account for the sale `n`; the first ones buy up to twice as often as the average. */
export const someCustomer = (size: ShopSize, n: string): string =>
  `min(${random(n, 3, accountsOf(size))}, ${random(n, 4, accountsOf(size))})`;

/** A recursive query: `FROM n` are the integers from 0 to `count` - 1. */
export const integers = (count: number): string =>
  `WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < ${count - 1})`;
