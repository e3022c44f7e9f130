// Events of a shop, their messages and the consumers of queues.
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { newId } from "../../src/values/ids.ts";
import { queue, type QueueMessage } from "../../workers/queue.ts";
import { rowsOf } from "./d1.ts";
import { base, type Shop } from "./shops.ts";

type Made = { type?: string; payload?: unknown; now?: Date };

/** Stores an event without sending it and returns its message. */
export async function storeEvent(shop: Shop, { type = "thing.done", payload, now }: Made = {}) {
  const ref = { kind: "event" as const, tenant_id: shop.tenant.id, event_id: newId() };
  const body = sql`${typeof payload === "string" ? payload : JSON.stringify(payload ?? { id: ref.event_id })}`;
  await base().db.run(sql`INSERT INTO events (tenant_id, id, type, payload, created_at)
    VALUES (${ref.tenant_id}, ${ref.event_id}, ${type}, ${body}, ${(now ?? new Date()).toISOString()})`);
  return ref;
}

/** Gives the consumer of a queue one message per body, with the ids "0", "1", ...; returns the ids that were acked and retried. */
export async function consume(name: string, bodies: unknown[]) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests send bodies of any shape
  const messages = bodies.map((body, index) => ({
    id: String(index),
    timestamp: new Date(),
    attempts: 1,
    body: body as QueueMessage,
  }));
  const batch = createMessageBatch<QueueMessage>(`mostrador-${name}`, messages);
  const ctx = createExecutionContext();
  await queue(batch, env, ctx);
  const { explicitAcks, retryMessages, retryBatch } = await getQueueResult(batch, ctx);
  return {
    acked: explicitAcks,
    retried: retryBatch.retry ? "all" : retryMessages.map(({ msgId }) => msgId),
  };
}

/** The claiming batch and the export time of each event of the shop, oldest first. */
export const exportsOf = (shop: Shop) =>
  rowsOf(
    "SELECT id, batch_id, exported_at FROM events WHERE tenant_id = ? AND type <> 'product.created' ORDER BY id",
    shop.tenant.id,
  );
