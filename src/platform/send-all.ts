// The limit of Queues for sendBatch.
const MAX_MESSAGES_PER_SEND = 100;

/** Sends any number of messages to a queue, to be delivered after the delay. */
export async function sendAll<T>(queue: Queue<T>, bodies: T[], delaySeconds = 0): Promise<void> {
  for (let at = 0; at < bodies.length; at += MAX_MESSAGES_PER_SEND)
    await queue.sendBatch(
      bodies.slice(at, at + MAX_MESSAGES_PER_SEND).map((body) => ({ body, delaySeconds })),
    );
}
