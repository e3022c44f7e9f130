// What the worked time of a shift follows from, as a column.
import { sql } from "drizzle-orm";
import { z } from "zod";

const times = { start_at: z.string(), end_at: z.string().nullable() };

const workShape = z.object({
  user_id: z.string(),
  ...times,
  breaks: z.array(z.object({ ...times, paid: z.literal(false) })),
});

/** A scalar query: the JSON of the times of the shift `h` and of its unpaid breaks. */
export const workJson =
  sql.raw(`json_object('user_id', h.user_id, 'start_at', h.start_at, 'end_at', h.end_at, 'breaks', json((
    SELECT json_group_array(json_object('start_at', b.start_at, 'end_at', b.end_at, 'paid', json('false')) ORDER BY b.id)
    FROM breaks b WHERE b.tenant_id = h.tenant_id AND b.shift_id = h.id AND b.is_paid = 0)))`);

/** A column that holds `workJson`. */
export const workColumn = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(workShape);
