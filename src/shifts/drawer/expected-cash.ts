import { sql } from "drizzle-orm";

/**
 * A scalar expression: the cash in minor units that should be in the drawer of the shift `h`. It is the
 * opening cash, the payments and refunds in cash of its sales, and what was paid in and out.
 */
export const expectedCash = sql.raw(`(h.opening_cash
  + coalesce((SELECT sum(p.amount) FROM sales s INDEXED BY sales_shift
      CROSS JOIN sale_payments p ON p.tenant_id = s.tenant_id AND p.sale_id = s.id
      WHERE s.tenant_id = h.tenant_id AND s.shift_id = h.id AND s.status = 'completed' AND p.method = 'cash'), 0)
  + coalesce((SELECT sum(iif(m.kind = 'paid_in', m.amount, -m.amount)) FROM cash_moves m
      WHERE m.tenant_id = h.tenant_id AND m.shift_id = h.id), 0))`);
