// Reads the heap usage of the app's isolate through workerd's inspector, over the Chrome DevTools protocol.
import { z } from "zod";

/** Bytes of JavaScript objects, and of the ArrayBuffers that they own. */
export type Heap = { used: number; buffers: number };

const response = z.object({ id: z.number(), result: z.unknown() });

const usageResult = z.object({
  usedSize: z.number(),
  embedderHeapUsedSize: z.number(),
  backingStorageSize: z.number(),
});

export type HeapInspector = { usage: () => Promise<Heap>; close: () => void };

/** Connects to the inspector; `inspector` is Miniflare's getInspectorURL. */
export async function openHeap(inspector: URL): Promise<HeapInspector> {
  const socket = new WebSocket(new URL("/core:user:mostrador", inspector).href);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("The inspector does not respond.")));
  });
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const message = response.safeParse(JSON.parse(String(data)));
    if (!message.success) return;
    waiting.get(message.data.id)?.(message.data.result);
    waiting.delete(message.data.id);
  });
  let lastId = 0;
  const send = (method: string) =>
    new Promise<unknown>((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      socket.send(JSON.stringify({ id: lastId, method }));
    });
  return {
    usage: async () => {
      const result = usageResult.parse(await send("Runtime.getHeapUsage"));
      return { used: result.usedSize + result.embedderHeapUsedSize, buffers: result.backingStorageSize };
    },
    close: () => socket.close(),
  };
}
