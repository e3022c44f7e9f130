import { expect, it } from "vitest";
import { sendAll } from "../../src/platform/send-all.ts";
import { recordingQueue } from "../support/queues.ts";

it.each([
  [0, []],
  [1, [1]],
  [100, [100]],
  [201, [100, 100, 1]],
])("%d messages are sent in batches of at most a hundred, none of them empty", async (count, batches) => {
  const { queue, sent, delays } = recordingQueue();
  const sizes: number[] = [];
  const counting: Queue = {
    ...queue,
    sendBatch: (messages, options) => {
      const all = [...messages];
      sizes.push(all.length);
      return queue.sendBatch(all, options);
    },
  };
  const bodies = Array.from({ length: count }, (_, at) => at);
  await sendAll(counting, bodies, 7);
  expect([sizes, sent, new Set(delays)]).toEqual([batches, bodies, new Set(count === 0 ? [] : [7])]);
});
