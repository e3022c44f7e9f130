// The endpoints of a shop. A secret is returned only by the requests that create it; an Idempotency-Key stores the response
// of the creation for a day.
import { randomBytes } from "node:crypto";
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit, auditUpdate } from "../audit/log.ts";
import { assignments, columnsOf } from "../platform/columns.ts";
import { actorId, type ActorCtx, type Ctx } from "../platform/context.ts";
import { returning, type Returning, sqlBoolean, violates } from "../platform/d1.ts";
import { invalid, notFound, Problem } from "../platform/problem.ts";
import {
  idempotentRequest,
  type IdempotentRequest,
  type Replayable,
  runOnce,
  storeResponse,
} from "../idempotency/run-once.ts";
import { newId } from "../values/ids.ts";
import { encodeCursor, decodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { faultOf } from "./address.ts";
import { circuitColumns, closed } from "./circuit.ts";
import { stopPending } from "./jobs.ts";
import { type NewWebhook, SecretRotated, type WebhookPatch, Webhook, WebhookMade } from "./schema.ts";

type Endpoint = z.infer<typeof Webhook>;

const endpointRow = Webhook.extend({
  is_enabled: sqlBoolean,
  event_types: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
});

const columns = (ctx: Ctx): SQL =>
  sql`${columnsOf(endpointRow.omit({ circuit: true, consecutive_timeouts: true, next_probe_at: true }))}, ${circuitColumns(ctx)}`;

const newSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

const unique = (types: string[]): string[] => [...new Set(types)].toSorted();

/** Checks the address of an endpoint. @throws Problem invalid */
function checkAddress(ctx: Ctx, url: string): void {
  const fault = faultOf(url, ctx.env.ENVIRONMENT === "local");
  if (fault) throw invalid([{ pointer: "#/url", detail: fault }]);
}

/** Registers an endpoint and returns it with its secret. One round trip. @throws Problem invalid, too-many-webhooks, idempotency-mismatch */
export async function addEndpoint(
  ctx: ActorCtx,
  input: z.infer<typeof NewWebhook>,
  key: string | undefined,
): Promise<Replayable<z.infer<typeof WebhookMade>>> {
  checkAddress(ctx, input.url);
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, input);
  return runOnce(ctx, request, WebhookMade, async () => {
    const now = ctx.now.toISOString();
    const endpoint = {
      id: newId(),
      url: input.url,
      event_types: unique(input.event_types),
      description: input.description ?? null,
      is_enabled: true,
      disabled_reason: null,
      circuit: "closed" as const,
      consecutive_timeouts: 0,
      next_probe_at: null,
      created_at: now,
      updated_at: now,
      secret: newSecret(),
    };
    const { url, event_types, description } = endpoint;
    try {
      await ctx.db.batch([
        sql`INSERT INTO webhook_endpoints (tenant_id, id, url, event_types, description, secret, created_at, updated_at)
          VALUES (${ctx.tenant.id}, ${endpoint.id}, ${endpoint.url}, ${JSON.stringify(endpoint.event_types)},
            ${endpoint.description}, ${endpoint.secret}, ${now}, ${now})`,
        audit(ctx, "webhook.added", endpoint.id, {
          after: sql`${JSON.stringify({ url, event_types, description })}`,
        }),
        ...storeResponse(ctx.now, request, JSON.stringify(endpoint)),
      ]);
    } catch (error) {
      if (!violates(error, "webhook_endpoints_full")) throw error;
      throw new Problem("too-many-webhooks", "A shop can have 20 webhooks. Delete one first.");
    }
    return endpoint;
  });
}

/** The shop's endpoints, newest first. One round trip. @throws Problem invalid-cursor */
export async function listEndpoints(ctx: Ctx, query: { limit: number; cursor?: string | undefined }) {
  const [after] = decodeCursor(singleKey, "webhooks", ctx.tenant.id, query.cursor) ?? [];
  const found = await ctx.db.all(
    endpointRow,
    sql`SELECT ${columns(ctx)} FROM webhook_endpoints WHERE tenant_id = ${ctx.tenant.id}
      ${after === undefined ? sql`` : sql`AND id < ${after}`} ORDER BY id DESC LIMIT ${query.limit + 1}`,
  );
  return pageOf(found, query.limit, (last) => encodeCursor("webhooks", ctx.tenant.id, [last.id]));
}

/** The statement that selects one endpoint. */
export const selectEndpoint = (ctx: Ctx, id: string): Returning<Endpoint> =>
  returning(
    endpointRow,
    sql`SELECT ${columns(ctx)} FROM webhook_endpoints WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`,
  );

/** The endpoint in the rows of `selectEndpoint`. @throws Problem not-found */
export function requireEndpoint([endpoint]: Endpoint[]): Endpoint {
  if (!endpoint) throw notFound("webhook");
  return endpoint;
}

/** One endpoint. One round trip. @throws Problem not-found */
export async function getEndpoint(ctx: Ctx, id: string): Promise<Endpoint> {
  const selected = selectEndpoint(ctx, id);
  const done = await ctx.db.batch([selected]);
  return requireEndpoint(done.of(selected));
}

/** Changes the fields in `patch`; disabling fails the pending deliveries. One round trip. @throws Problem not-found, invalid */
export async function changeEndpoint(
  ctx: Ctx,
  id: string,
  patch: z.infer<typeof WebhookPatch>,
): Promise<Endpoint> {
  if (patch.url !== undefined) checkAddress(ctx, patch.url);
  const next = {
    ...patch,
    ...(patch.event_types === undefined ? {} : { event_types: unique(patch.event_types) }),
  };
  const changes: SQL[] = assignments({ ...next, updated_at: ctx.now.toISOString() });
  if (patch.is_enabled === true) changes.push(sql`disabled_reason = NULL, dead_in_row = 0`);
  if (patch.is_enabled === true || patch.url !== undefined) changes.push(closed);
  if (patch.is_enabled === false)
    changes.push(sql`disabled_reason = coalesce(disabled_reason, 'disabled by an ADMIN')`);
  const where = sql`WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`;
  const selected = selectEndpoint(ctx, id);
  const done = await ctx.db.batch([
    auditUpdate(ctx, "webhook.changed", id, next, sql`FROM webhook_endpoints ${where}`),
    sql`UPDATE webhook_endpoints SET ${sql.join(changes, sql`, `)} ${where}`,
    ...(patch.is_enabled === false ? [stopPending(ctx, ctx.tenant.id, id, "the webhook was disabled")] : []),
    selected,
  ]);
  return requireEndpoint(done.of(selected));
}

/** Deletes an endpoint and fails its pending deliveries. One round trip. @throws Problem not-found */
export async function deleteEndpoint(ctx: Ctx, id: string): Promise<void> {
  const fromEndpoint = sql`FROM webhook_endpoints WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`;
  const selected = selectEndpoint(ctx, id);
  const done = await ctx.db.batch([
    selected,
    audit(ctx, "webhook.deleted", id, {
      before: sql`(SELECT json_object('url', url, 'event_types', json(event_types), 'description', description) ${fromEndpoint})`,
      when: sql`EXISTS (SELECT 1 ${fromEndpoint})`,
    }),
    sql`DELETE ${fromEndpoint}`,
    stopPending(ctx, ctx.tenant.id, id, "the webhook was deleted"),
  ]);
  requireEndpoint(done.of(selected));
}

const OLD_SECRET_TTL_MS = 24 * 3600 * 1000;
// Each one adds a signature to the header.
const MAX_OLD_SECRETS = 3;

/**
 * Gives an endpoint a new secret; the old one also signs for 24 hours. One round trip.
 * @throws Problem not-found, idempotency-mismatch
 */
export async function rotateSecret(
  ctx: ActorCtx,
  id: string,
  key: string | undefined,
): Promise<Replayable<z.infer<typeof SecretRotated>>> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, { rotate: id });
  return runOnce(ctx, request, SecretRotated, () => rotate(ctx, id, request));
}

async function rotate(
  ctx: ActorCtx,
  id: string,
  request: IdempotentRequest | null,
): Promise<z.infer<typeof SecretRotated>> {
  const secret = newSecret();
  const now = ctx.now.toISOString();
  const until = new Date(ctx.now.getTime() + OLD_SECRET_TTL_MS).toISOString();
  // A second rotation within a day must not invalidate a secret that the receiver still uses.
  const rotated = returning(
    endpointRow,
    sql`UPDATE webhook_endpoints SET secret = ${secret}, updated_at = ${now}, old_secrets =
        (SELECT json_group_array(json(value)) FROM (
          SELECT json_object('secret', secret, 'until', ${until}) AS value
          UNION ALL SELECT value FROM json_each(old_secrets) WHERE value ->> 'until' > ${now}
          LIMIT ${MAX_OLD_SECRETS}))
      WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} RETURNING ${columns(ctx)}`,
  );
  const response = { secret, old_until: until };
  const done = await ctx.db.batch([
    rotated,
    audit(ctx, "webhook.secret_rotated", id, { when: sql`changes() = 1` }),
    ...storeResponse(
      ctx.now,
      request,
      JSON.stringify(response),
      sql`EXISTS (SELECT 1 FROM webhook_endpoints WHERE tenant_id = ${ctx.tenant.id} AND id = ${id})`,
    ),
  ]);
  requireEndpoint(done.of(rotated));
  return response;
}
