import { env } from "cloudflare:workers";
import type { Base } from "../../src/platform/context.ts";

/** A queue that delivers nothing and records the messages in `sent`. */
export function recordingQueue(): { queue: Queue; sent: unknown[] } {
  const sent: unknown[] = [];
  const metrics = { backlogCount: 0, backlogBytes: 0 };
  const queue: Queue = {
    metrics: async () => metrics,
    send: async (message) => {
      sent.push(message);
      return { metadata: { metrics } };
    },
    sendBatch: async (messages) => {
      sent.push(...[...messages].map(({ body }) => body));
      return { metadata: { metrics } };
    },
  };
  return { queue, sent };
}

/** The context with one queue replaced by a recording queue. */
export function recording<C extends Base>(
  ctx: C,
  name: "IMPORTS" | "ROLLUPS" | "EVENTS" | "WEBHOOKS" | "LAKE_JOBS",
): { ctx: C; sent: unknown[] } {
  const { queue, sent } = recordingQueue();
  return { ctx: { ...ctx, env: { ...env, [name]: queue } }, sent };
}

/** Waits until the condition holds; the time limit of the test bounds the wait. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await scheduler.wait(25);
}
