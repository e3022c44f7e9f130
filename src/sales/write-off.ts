// A sale that a till made offline and that cannot be recorded, as decided by an ADMIN. The audit log is its only record, because the till then
// forgets it.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import type { UserCtx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { Problem } from "../platform/problem.ts";
import { instantOfId } from "../values/ids.ts";
import { itemsInUnits } from "../values/quantities.ts";
import { type NewWriteOff, WriteOff } from "./schema.ts";

type Input = z.infer<typeof NewWriteOff>;

const entryRow = z
  .object({ id: z.string(), actor_id: z.string(), content: z.string() })
  .transform(({ id, actor_id, content }) =>
    WriteOff.parse({
      ...JSON.parse(content),
      written_off_by: actor_id,
      created_at: instantOfId(id).toISOString(),
    }),
  );

/**
 * Writes off a sale; one that is written off already is returned as it was. One round trip.
 * @throws Problem conflict if the shop has the sale
 */
export async function recordWriteOff(ctx: UserCtx, input: Input): Promise<z.infer<typeof WriteOff>> {
  const { client_id } = input;
  const tenantId = ctx.tenant.id;
  const earlier = sql`FROM audit_log INDEXED BY audit_log_entity_id
    WHERE tenant_id = ${tenantId} AND entity_id = ${client_id} AND action = 'sale.written_off'`;
  const isSold = sql`EXISTS (SELECT 1 FROM sales WHERE tenant_id = ${tenantId} AND client_id = ${client_id} AND client_id IS NOT NULL)`;
  const written = returning(
    entryRow,
    sql`SELECT id, actor_id, after AS content ${earlier} ORDER BY id LIMIT 1`,
  );
  const content = JSON.stringify({ ...input, items: itemsInUnits(input.items) });
  const done = await ctx.db.batch([
    audit(ctx, "sale.written_off", client_id, {
      after: sql`${content}`,
      when: sql`NOT ${isSold} AND NOT EXISTS (SELECT 1 ${earlier})`,
    }),
    written,
  ]);
  const [entry] = done.of(written);
  if (entry) return entry;
  throw new Problem("conflict", "The shop has the sale with this client_id, so it needs no write-off.");
}
