// The endpoints of a shop. A secret leaves in the answers that make it, and in no other; the idempotency key of the
// creation remembers that answer for a day.
import { randomBytes } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit, auditUpdate } from "../audit/log.ts";
import type { ActorCtx, Ctx } from "../platform/context.ts";
import { sqlBoolean, violates, rows } from "../platform/d1.ts";
import { invalid, notFound, Problem } from "../platform/problem.ts";
import { idempotentRequest, runOnce, storeResponse } from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { faultOf } from "./address.ts";
import { stopPending } from "./jobs.ts";
import { type NewWebhook, type SecretRotated, type WebhookPatch, Webhook, WebhookMade } from "./schema.ts";

type Endpoint = z.infer<typeof Webhook>;

const endpointRow = Webhook.extend({
  is_enabled: sqlBoolean,
  event_types: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
});

const columns = sql.raw(
  "id, url, event_types, description, is_enabled, disabled_reason, created_at, updated_at",
);

const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

const unique = (types: string[]): string[] => [...new Set(types)].toSorted();

/** @throws Problem invalid */
function checkAddress(ctx: Ctx, url: string): void {
  const fault = faultOf(url, ctx.env.ENVIRONMENT === "local");
  if (fault) throw invalid([{ pointer: "#/url", detail: fault }]);
}

/** Registers an endpoint; the answer has its secret. One round trip. @throws Problem invalid, too-many-webhooks */
export async function addEndpoint(
  ctx: ActorCtx,
  input: z.infer<typeof NewWebhook>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: z.infer<typeof WebhookMade> }> {
  checkAddress(ctx, input.url);
  const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, input);
  return runOnce(ctx, request, WebhookMade, async () => {
    const at = ctx.now.toISOString();
    const made = {
      id: newId(),
      url: input.url,
      event_types: unique(input.event_types),
      description: input.description ?? null,
      is_enabled: true,
      disabled_reason: null,
      created_at: at,
      updated_at: at,
      secret: newSecret(),
    };
    try {
      await ctx.db.batch([
        sql`INSERT INTO webhook_endpoints (tenant_id, id, url, event_types, description, secret, created_at, updated_at)
          VALUES (${ctx.tenant.id}, ${made.id}, ${made.url}, ${JSON.stringify(made.event_types)}, ${made.description},
            ${made.secret}, ${at}, ${at})`,
        audit(ctx, "webhook.added", made.id, {
          after: sql`${JSON.stringify({ url: made.url, event_types: made.event_types, description: made.description })}`,
        }),
        ...storeResponse(ctx.now, request, JSON.stringify(made)),
      ]);
    } catch (error) {
      if (!violates(error, "webhook_endpoints_full")) throw error;
      throw new Problem("too-many-webhooks", "A shop has 20 endpoints at most: delete one.");
    }
    return made;
  });
}

/** The shop's endpoints, newest first. One round trip. */
export async function listEndpoints(ctx: Ctx, query: { limit: number; cursor?: string | undefined }) {
  const [after] = decodeCursor(singleKey, "webhooks", ctx.tenant.id, query.cursor) ?? [];
  const found = await ctx.db.all(
    endpointRow,
    sql`SELECT ${columns} FROM webhook_endpoints WHERE tenant_id = ${ctx.tenant.id}
      ${after === undefined ? sql`` : sql`AND id < ${after}`} ORDER BY id DESC LIMIT ${query.limit + 1}`,
  );
  return pageOf(found, query.limit, (last) => encodeCursor("webhooks", ctx.tenant.id, [last.id]));
}

/** One endpoint, as a statement. */
export const selectEndpoint = (ctx: Ctx, id: string): SQL =>
  sql`SELECT ${columns} FROM webhook_endpoints WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`;

/** The endpoint in the rows of `selectEndpoint`. @throws Problem not-found */
export function foundEndpoint(result: Parameters<typeof rows>[1]): Endpoint {
  const [endpoint] = rows(endpointRow, result);
  if (!endpoint) throw notFound("webhook");
  return endpoint;
}

/** One endpoint. One round trip. @throws Problem not-found */
export async function getEndpoint(ctx: Ctx, id: string): Promise<Endpoint> {
  const [found] = await ctx.db.batch([selectEndpoint(ctx, id)]);
  return foundEndpoint(found);
}

/** Changes what the patch names; disabling stops what is pending. One round trip. @throws Problem not-found, invalid */
export async function changeEndpoint(
  ctx: Ctx,
  id: string,
  patch: z.infer<typeof WebhookPatch>,
): Promise<Endpoint> {
  if (patch.url !== undefined) checkAddress(ctx, patch.url);
  const changes: SQL[] = [sql`updated_at = ${ctx.now.toISOString()}`];
  const next = {
    ...patch,
    ...(patch.event_types === undefined ? {} : { event_types: unique(patch.event_types) }),
  };
  if (patch.url !== undefined) changes.push(sql`url = ${patch.url}`);
  if (next.event_types !== undefined) changes.push(sql`event_types = ${JSON.stringify(next.event_types)}`);
  if (patch.description !== undefined) changes.push(sql`description = ${patch.description}`);
  if (patch.is_enabled === true) changes.push(sql`is_enabled = 1, disabled_reason = NULL, dead_in_row = 0`);
  if (patch.is_enabled === false)
    changes.push(sql`is_enabled = 0, disabled_reason = coalesce(disabled_reason, 'an ADMIN disabled it')`);
  const where = sql`WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`;
  const results = await ctx.db.batch([
    auditUpdate(ctx, "webhook.changed", id, next, sql`FROM webhook_endpoints ${where}`),
    sql`UPDATE webhook_endpoints SET ${sql.join(changes, sql`, `)} ${where}`,
    ...(patch.is_enabled === false ? [stopPending(ctx, ctx.tenant.id, id, "the webhook was disabled")] : []),
    selectEndpoint(ctx, id),
  ]);
  return foundEndpoint(results.at(-1));
}

/** Deletes an endpoint; nothing more is sent to it. One round trip. @throws Problem not-found */
export async function deleteEndpoint(ctx: Ctx, id: string): Promise<void> {
  const it = sql`FROM webhook_endpoints WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`;
  const [found] = await ctx.db.batch([
    selectEndpoint(ctx, id),
    audit(ctx, "webhook.deleted", id, {
      before: sql`(SELECT json_object('url', url, 'event_types', json(event_types), 'description', description) ${it})`,
      when: sql`EXISTS (SELECT 1 ${it})`,
    }),
    sql`DELETE ${it}`,
    stopPending(ctx, ctx.tenant.id, id, "the webhook was deleted"),
  ]);
  foundEndpoint(found);
}

const OLD_SIGNS_MS = 24 * 3600 * 1000;
// Each is another signature in the header.
const OLD_SECRETS = 3;

/** Gives an endpoint a new secret; the old one signs too for 24 hours. One round trip. @throws Problem not-found */
export async function rotateSecret(ctx: Ctx, id: string): Promise<z.infer<typeof SecretRotated>> {
  const secret = newSecret();
  const now = ctx.now.toISOString();
  const until = new Date(ctx.now.getTime() + OLD_SIGNS_MS).toISOString();
  // A second rotation within the day must not take the secret away that a receiver still knows.
  const [rotated] = await ctx.db.batch([
    sql`UPDATE webhook_endpoints SET secret = ${secret}, updated_at = ${now}, old_secrets =
        (SELECT json_group_array(json(value)) FROM (
          SELECT json_object('secret', secret, 'until', ${until}) AS value
          UNION ALL SELECT value FROM json_each(old_secrets) WHERE value ->> 'until' > ${now}
          LIMIT ${OLD_SECRETS}))
      WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} RETURNING ${columns}`,
    audit(ctx, "webhook.secret_rotated", id, { when: sql`changes() = 1` }),
  ]);
  foundEndpoint(rotated);
  return { secret, old_until: until };
}
