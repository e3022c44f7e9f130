// A thread that asks at an even rate, whatever the answers take, and counts them; it says when the first one is there, and ends
// when it is told to. (autocannon sends what a second may have at its beginning, all at once.)
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
const tell = (message: unknown): void => parentPort?.postMessage(message);

async function ask(at: number): Promise<void> {
  const request = requests[at % requests.length];
  const response = await fetch(`${url}${request?.path}`, { headers: request?.headers ?? {} });
  await response.arrayBuffer();
  counts[response.status] = (counts[response.status] ?? 0) + 1;
}

await ask(0);
tell("begun");
const asked: Promise<void>[] = [];
const begin = performance.now();
for (let at = 1; !stop.signal.aborted; at += 1) {
  const wait = begin + (at * 1000) / perSecond - performance.now();
  if (wait > 0) await sleep(wait);
  asked.push(ask(at));
}
await Promise.all(asked);
tell(counts);
