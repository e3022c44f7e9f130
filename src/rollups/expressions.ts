// The SQL expressions of daily tables over the sale `s`.

/** The local hour of the sale, from 0 to 23. A sale whose offset is not known yet counts with the hour of UTC. */
export const localHour =
  "CAST(strftime('%H', s.placed_at, coalesce(s.utc_offset, 0) || ' seconds') AS INTEGER)";

/** The weekday of the sale, from 1 (Monday) to 7. */
export const weekday = "(strftime('%w', s.day) + 6) % 7 + 1";

// Sales of the customer of `s`, in the order of the index.
const ofCustomer = `FROM sales f INDEXED BY sales_customer WHERE f.tenant_id = s.tenant_id AND f.customer_key = s.customer_key
  AND (f.customer_id IS NULL) = (s.customer_id IS NULL) AND f.kind = 'sale' AND f.status = 'completed'`;

/** The month (YYYY-MM) of the first sale to the customer of `s`; '' if they have only refunds. */
export const cohortOf = `coalesce((SELECT substr(f.day, 1, 7) ${ofCustomer} ORDER BY f.day LIMIT 1), '')`;

const isFirst = (
  condition: string,
): string => `(s.kind = 'sale' AND NOT EXISTS (SELECT 1 ${ofCustomer} ${condition}
  AND (f.day, f.placed_at, f.id) < (s.day, s.placed_at, s.id)))`;

/** Whether `s` is the first sale to its customer. */
export const isFirstSale = isFirst("");

/** Whether `s` is the first sale to its customer in its month. */
export const isFirstOfMonth = isFirst("AND f.day >= substr(s.day, 1, 7) || '-01'");

/** The lower bounds of the sizes into which baskets are counted; a size ends before the next. */
export const BASKET_SIZES = [0, 1, 2, 3, 4, 5, 6, 11, 21, 51, 101];

/** The size to which a number belongs. */
export const basketSize = (number: string): string =>
  `CASE ${BASKET_SIZES.slice(1)
    .map((bound, index) => `WHEN ${number} < ${bound} THEN ${BASKET_SIZES[index]}`)
    .join(" ")} ELSE ${BASKET_SIZES.at(-1)} END`;

// The payments of a sale add up to its total and what cash rounding adds to it, which the first payment in cash has.
const roundingOfPayment = `iif(s.rounding <> 0 AND y.method = 'cash' AND y.payment_no = (SELECT min(c.payment_no)
  FROM sale_payments c WHERE c.tenant_id = y.tenant_id AND c.sale_id = y.sale_id AND c.method = 'cash'), s.rounding, 0)`;

/** What a payment `y` paid of the total, without cash rounding; the total, if it is not known how the sale was paid. */
export const paidOfTotal = `coalesce(y.amount - ${roundingOfPayment}, s.total)`;
