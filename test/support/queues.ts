import type { Base } from "../../src/platform/context.ts";

/** A queue that delivers nothing and records the messages in `sent`, and the seconds by which each is delayed in `delays`. */
export function recordingQueue(): { queue: Queue; sent: unknown[]; delays: number[] } {
  const sent: unknown[] = [];
  const delays: number[] = [];
  const metrics = { backlogCount: 0, backlogBytes: 0 };
  const queue: Queue = {
    metrics: async () => metrics,
    send: async (message, { delaySeconds = 0 } = {}) => {
      sent.push(message);
      delays.push(delaySeconds);
      return { metadata: { metrics } };
    },
    sendBatch: async (messages) => {
      for (const { body, delaySeconds = 0 } of messages) {
        sent.push(body);
        delays.push(delaySeconds);
      }
      return { metadata: { metrics } };
    },
  };
  return { queue, sent, delays };
}

/** A queue like `recordingQueue` that takes its time to accept a message. */
export function slowQueue(): { queue: Queue; sent: unknown[] } {
  const { queue, sent } = recordingQueue();
  const slow: Queue = {
    metrics: () => queue.metrics(),
    send: async (message, options) => {
      await scheduler.wait(50);
      return queue.send(message, options);
    },
    sendBatch: async (messages, options) => {
      await scheduler.wait(50);
      return queue.sendBatch(messages, options);
    },
  };
  return { queue: slow, sent };
}

/** The context with one queue replaced by a recording queue. */
export function recording<C extends Base>(
  ctx: C,
  name: "IMPORTS" | "ROLLUPS" | "EVENTS" | "WEBHOOKS" | "LAKE_JOBS" | "MAILS" | "SWEEPS",
): { ctx: C; sent: unknown[]; delays: number[] } {
  const { queue, sent, delays } = recordingQueue();
  return { ctx: { ...ctx, env: { ...ctx.env, [name]: queue } }, sent, delays };
}

const MAX_WAIT_MS = 100_000;

/** Waits until the condition holds. Throws before the time limit of the test, because the wait would go on beside other tests. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + MAX_WAIT_MS; !(await condition());) {
    if (Date.now() > end) throw new Error(`The condition does not hold after ${MAX_WAIT_MS / 1000} s.`);
    await scheduler.wait(25);
  }
}
