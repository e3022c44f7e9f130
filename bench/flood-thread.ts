// A thread that sends requests at an even rate, however long the responses take, and counts the responses. It posts a message after the
// first response, and the counts when it has been stopped. autocannon would send each second's requests in one burst.
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";

const { url, requests, perSecond } = z
  .object({
    url: z.string(),
    requests: z.array(z.object({ path: z.string(), headers: z.record(z.string(), z.string()) })),
    perSecond: z.number(),
  })
  .parse(workerData);

const counts: Record<string, number> = {};
const stop = new AbortController();
parentPort?.once("message", () => stop.abort());

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
const post = (message: unknown): void => parentPort?.postMessage(message);

async function send(at: number): Promise<void> {
  const request = requests[at % requests.length];
  const response = await fetch(`${url}${request?.path}`, { headers: request?.headers ?? {} });
  await response.arrayBuffer();
  counts[response.status] = (counts[response.status] ?? 0) + 1;
}

await send(0);
post("started");
const sent: Promise<void>[] = [];
const begin = performance.now();
for (let at = 1; !stop.signal.aborted; at += 1) {
  const wait = begin + (at * 1000) / perSecond - performance.now();
  if (wait > 0) await sleep(wait);
  sent.push(send(at));
}
await Promise.all(sent);
post(counts);
