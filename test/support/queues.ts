// A queue that delivers nothing and remembers what it was given: for the question which messages are sent.
import { env } from "cloudflare:workers";
import type { Base } from "../../src/platform/context.ts";

/** Stands in for a queue; `sent` grows. */
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

/** The context with a recording queue in the place of one of ours. */
export function recording<C extends Base>(
  ctx: C,
  name: "IMPORTS" | "ROLLUPS" | "EVENTS" | "WEBHOOKS" | "LAKE_JOBS",
): { ctx: C; sent: unknown[] } {
  const { queue, sent } = recordingQueue();
  return { ctx: { ...ctx, env: { ...env, [name]: queue } }, sent };
}

/** Waits until it is so; the test's own time limit ends a wait in vain. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await scheduler.wait(25);
}
