// Where a person was told of by others than his documents: events, and rows of files that were refused.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { findTenantIncludingClosed } from "../auth/shops/tenants.ts";
import type { Base } from "../platform/context.ts";
import { dayOf } from "../values/days.ts";
import { sqlBoolean } from "../platform/d1.ts";
import { firstIdAt, instantOfId } from "../values/ids.ts";
import { markPartitionsDirty } from "../lake/manifest.ts";
import { folded } from "../values/text.ts";
import { behind, ids, keysOf, type ErasureStep } from "./batch.ts";

const EVENTS = 2000;
const eventRow = z.object({ id: z.string(), is_told: sqlBoolean });

/** The shop's events are walked from the account's first day on: an index by person would cost each sale a row. */
export const events: ErasureStep = async (ctx, { tenant_id, user_id, after }) => {
  const tenant = await findTenantIncludingClosed(ctx, tenant_id);
  const first = firstIdAt(new Date(instantOfId(user_id).getTime() - 60_000));
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
  const days = new Set(told.map(({ id }) => dayOf(instantOfId(id), tenant?.timezone ?? "UTC")));
  const partitions = [...days].map((day) => ({ tenant_id, dataset: "events", day }));
  const devices = sql.raw(`(SELECT json_group_array(json_set(value, '$.device_label', NULL))
    FROM json_each(payload, '$.sessions'))`);
  return {
    statements: [
      sql`UPDATE events SET payload = CASE WHEN payload ->> 'sessions' IS NULL
          THEN json_set(payload, '$.shipping_address', NULL) ELSE json_set(payload, '$.sessions', ${devices}) END
        WHERE tenant_id = ${tenant_id} AND id IN (SELECT value FROM json_each(${ids(told)}))`,
      markPartitionsDirty(sql`${JSON.stringify(partitions)}`),
    ],
    after: found.length < EVENTS ? null : (found.at(-1)?.id ?? null),
  };
};

// Each has a text of 2,000 characters at most.
const REJECTS = 500;
const rejectRow = z.object({ import_id: z.string(), row: z.number(), text: z.string(), reason: z.string() });

/**
 * A file of sales names its sellers by e-mail. One that was sent before the erasure may bring it yet, so the step waits
 * until such imports have ended. SQLite folds ASCII only: whose e-mail it is, is decided here.
 */
export const rejects: ErasureStep = async (ctx, { tenant_id, user_id, email, after }) => {
  if (after === "" && (await isImporting(ctx, tenant_id, user_id))) return null;
  const [importId, row] = after === "" ? ["", 0] : keysOf(after);
  const found = await ctx.db.all(
    rejectRow,
    sql`SELECT import_id, row, text, reason FROM import_rejects
      WHERE tenant_id = ${tenant_id} AND (import_id, row) > (${importId}, CAST(${row} AS INTEGER))
      ORDER BY import_id, row LIMIT CAST(${REJECTS} AS INTEGER)`,
  );
  const erased = (column: "text" | "reason") => {
    const told = found.filter((reject) => folded(reject[column]).includes(email));
    return sql`UPDATE import_rejects SET ${sql.identifier(column)} = 'erased'
      WHERE tenant_id = ${tenant_id} AND (import_id, row) IN (SELECT value ->> 'import_id', value ->> 'row'
        FROM json_each(${JSON.stringify(told.map(({ import_id, row }) => ({ import_id, row })))}))`;
  };
  const last = found.at(-1);
  return {
    statements: [erased("text"), erased("reason")],
    after: behind(found, REJECTS, () => [last?.import_id, last?.row]),
  };
};

/** Whether the shop has an import of before the erasure that has not ended. */
async function isImporting(ctx: Base, tenantId: string, userId: string): Promise<boolean> {
  const [open] = await ctx.db.all(
    z.object({ id: z.string() }),
    sql`SELECT id FROM imports INDEXED BY imports_open WHERE finished_at IS NULL AND tenant_id = ${tenantId}
      AND created_at <= (SELECT erased_at FROM users WHERE tenant_id = ${tenantId} AND id = ${userId}) LIMIT 1`,
  );
  return open !== undefined;
}
