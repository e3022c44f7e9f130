// What is erased besides the account, a part at a time: what a part reads and writes does not grow with shop or person. Each
// may be done twice. Which places these are, and which stay, is in places.ts.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { openOrClosedTenant } from "../auth/tenants.ts";
import type { Base } from "../context.ts";
import { dayOf } from "../days.ts";
import { flag } from "../db.ts";
import { idAt, instantOf } from "../ids.ts";
import { touch } from "../lake/manifest.ts";

type Job = { tenant_id: string; user_id: string; email: string; after: string };

/** The statements of a part, and behind what the next one goes on; null: there is none. */
type Part = { statements: SQL[]; after: string | null };

type Step = (ctx: Base, job: Job) => Promise<Part>;

/** The statements that empty what is of the account alone; its requests under a key are owned by its id, or its e-mail. */
export const emptied = (tenantId: string, userId: string, email: SQL): SQL[] => [
  sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenantId} AND actor IN (${userId}, ${email})`,
  sql`DELETE FROM saved_items WHERE tenant_id = ${tenantId} AND user_id = ${userId}`,
  sql`DELETE FROM cart_items WHERE tenant_id = ${tenantId} AND user_id = ${userId}`,
];

// Longer than a key is remembered.
const KEYS_KEPT_MS = 3 * 86_400_000;

/** Once more what the account's batch emptied; and where the account is new, the answers to those who made it. */
const account: Step = async (ctx, { tenant_id, user_id, email }) => {
  const isNew = ctx.now.getTime() - instantOf(user_id).getTime() < KEYS_KEPT_MS;
  const answers = sql`DELETE FROM idempotency_keys WHERE tenant_id = ${tenant_id}
    AND ${user_id} IN (body ->> '$.id', body ->> '$.user.id')`;
  const statements = [...emptied(tenant_id, user_id, sql`${email}`), ...(isNew ? [answers] : [])];
  return { statements, after: null };
};

const keysOf = (after: string): unknown[] =>
  after === "" ? ["", "", ""] : z.array(z.unknown()).parse(JSON.parse(after));

/** Where a step goes on behind the last of its rows; null where these were fewer than it asked for. */
const behind = (found: unknown[], limit: number, last: () => unknown): string | null =>
  found.length < limit ? null : JSON.stringify(last());

const ids = (found: { id: string }[]): string => JSON.stringify(found.map(({ id }) => id));

const SALES = 1000;
const saleRow = z.object({ id: z.string(), day: z.string(), placed_at: z.string(), has_address: flag });

const sales: Step = async (ctx, { tenant_id, user_id, after }) => {
  const [day, placedAt, id] = keysOf(after);
  const found = await ctx.db.all(
    saleRow,
    sql`SELECT id, day, placed_at, shipping_address IS NOT NULL AS has_address FROM sales INDEXED BY sales_customer
      WHERE tenant_id = ${tenant_id} AND customer_key = ${user_id} AND (day, placed_at, id) > (${day}, ${placedAt}, ${id})
      ORDER BY day, placed_at, id LIMIT CAST(${SALES} AS INTEGER)`,
  );
  const addressed = found.filter((sale) => sale.has_address);
  const last = found.at(-1);
  return {
    statements: [
      sql`UPDATE sales SET shipping_address = NULL WHERE tenant_id = ${tenant_id} AND customer_id = ${user_id}
        AND id IN (SELECT value FROM json_each(${ids(addressed)}))`,
    ],
    after: behind(found, SALES, () => [last?.day, last?.placed_at, last?.id]),
  };
};

// A shift may have thousands of activities.
const SHIFTS = 10;
const shiftRow = z.object({ id: z.string(), day: z.string(), start_at: z.string() });

const shifts: Step = async (ctx, { tenant_id, user_id, after }) => {
  const [day, startAt, id] = keysOf(after);
  const found = await ctx.db.all(
    shiftRow,
    sql`SELECT id, day, start_at FROM shifts INDEXED BY shifts_user
      WHERE tenant_id = ${tenant_id} AND user_id = ${user_id} AND (day, start_at, id) > (${day}, ${startAt}, ${id})
      ORDER BY day, start_at, id LIMIT CAST(${SHIFTS} AS INTEGER)`,
  );
  const last = found.at(-1);
  const ofThese = sql`WHERE tenant_id = ${tenant_id} AND shift_id IN (SELECT value FROM json_each(${ids(found)}))`;
  return {
    statements: [
      sql`UPDATE work_sessions SET device_label = NULL ${ofThese} AND device_label IS NOT NULL`,
      sql`UPDATE activity SET detail = NULL ${ofThese} AND detail IS NOT NULL`,
    ],
    after: behind(found, SHIFTS, () => [last?.day, last?.start_at, last?.id]),
  };
};

const EVENTS = 2000;
const eventRow = z.object({ id: z.string(), is_told: flag });

/** A day's events of the shop are walked from the account's first on: they have no index by person, for each sale would pay for it. */
const events: Step = async (ctx, { tenant_id, user_id, after }) => {
  const tenant = await openOrClosedTenant(ctx, tenant_id);
  const first = idAt(new Date(instantOf(user_id).getTime() - 60_000));
  const found = await ctx.db.all(
    eventRow,
    sql`SELECT id, json_valid(payload) AND CASE
        WHEN payload ->> 'customer_id' = ${user_id} THEN payload ->> 'shipping_address' IS NOT NULL
        WHEN payload ->> 'user_id' = ${user_id} THEN EXISTS (SELECT 1 FROM json_each(payload, '$.sessions')
          WHERE value ->> 'device_label' IS NOT NULL)
        ELSE 0 END AS is_told
      FROM events WHERE tenant_id = ${tenant_id} AND id > ${after === "" ? first : after}
      ORDER BY id LIMIT CAST(${EVENTS} AS INTEGER)`,
  );
  const told = found.filter((event) => event.is_told);
  const days = new Set(told.map(({ id }) => dayOf(instantOf(id), tenant?.timezone ?? "UTC")));
  const partitions = [...days].map((day) => ({ tenant_id, dataset: "events", day }));
  const devices = sql.raw(`(SELECT json_group_array(json_set(value, '$.device_label', NULL))
    FROM json_each(payload, '$.sessions'))`);
  return {
    statements: [
      sql`UPDATE events SET payload = CASE WHEN payload ->> 'sessions' IS NULL
          THEN json_set(payload, '$.shipping_address', NULL) ELSE json_set(payload, '$.sessions', ${devices}) END
        WHERE tenant_id = ${tenant_id} AND id IN (SELECT value FROM json_each(${ids(told)}))`,
      touch(sql`${JSON.stringify(partitions)}`),
    ],
    after: found.length < EVENTS ? null : (found.at(-1)?.id ?? null),
  };
};

const REJECTS = 2000;
const rejectRow = z.object({ import_id: z.string(), row: z.number(), is_told: flag });

/** A file of sales names its sellers by e-mail. */
const rejects: Step = async (ctx, { tenant_id, email, after }) => {
  const [importId, row] = after === "" ? ["", 0] : keysOf(after);
  const found = await ctx.db.all(
    rejectRow,
    sql`SELECT import_id, row, instr(lower(text || reason), ${email}) > 0 AS is_told FROM import_rejects
      WHERE tenant_id = ${tenant_id} AND (import_id, row) > (${importId}, CAST(${row} AS INTEGER))
      ORDER BY import_id, row LIMIT CAST(${REJECTS} AS INTEGER)`,
  );
  const told = JSON.stringify(found.filter((reject) => reject.is_told));
  const last = found.at(-1);
  return {
    statements: [
      sql`UPDATE import_rejects SET text = 'erased', reason = iif(instr(lower(reason), ${email}) > 0, 'erased', reason)
        WHERE tenant_id = ${tenant_id} AND (import_id, row) IN
          (SELECT value ->> 'import_id', value ->> 'row' FROM json_each(${told}))`,
    ],
    after: behind(found, REJECTS, () => [last?.import_id, last?.row]),
  };
};

const BOUGHT = 2000;
const boughtRow = z.object({ product_id: z.string(), sale_id: z.string(), line_no: z.number() });

const bought: Step = async (ctx, { tenant_id, user_id }) => {
  const ofCustomer = sql`FROM customer_products WHERE tenant_id = ${tenant_id} AND customer_id = ${user_id}`;
  const found = await ctx.db.all(
    boughtRow,
    sql`SELECT product_id, sale_id, line_no ${ofCustomer} LIMIT CAST(${BOUGHT} AS INTEGER)`,
  );
  return {
    statements: [
      sql`DELETE ${ofCustomer} AND (product_id, sale_id, line_no) IN (SELECT value ->> 'product_id', value ->> 'sale_id',
        value ->> 'line_no' FROM json_each(${JSON.stringify(found)}))`,
    ],
    after: behind(found, BOUGHT, () => "more"),
  };
};

/** In the order in which they are done. */
export const steps: [name: string, step: Step][] = [
  ["account", account],
  ["sales", sales],
  ["shifts", shifts],
  ["events", events],
  ["rejects", rejects],
  ["bought", bought],
];
