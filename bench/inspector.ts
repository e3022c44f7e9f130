// Reads the heap usage of the app's isolate through workerd's inspector, over the Chrome DevTools protocol.
import { z } from "zod";

/** Bytes of JavaScript objects, and of the ArrayBuffers that they own. */
export type Heap = { used: number; buffers: number };

const usageMessage = z.object({
  id: z.number(),
  result: z.object({
    usedSize: z.number(),
    embedderHeapUsedSize: z.number(),
    backingStorageSize: z.number(),
  }),
});

/** Connects to the inspector; `inspector` is Miniflare's getInspectorURL. */
export async function openHeap(inspector: URL): Promise<{ usage: () => Promise<Heap>; close: () => void }> {
  const socket = new WebSocket(new URL("/core:user:mostrador", inspector).href);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("The inspector does not respond.")));
  });
  const waiting = new Map<number, (heap: Heap) => void>();
  socket.addEventListener("message", ({ data }) => {
    const message = usageMessage.safeParse(JSON.parse(String(data)));
    if (!message.success) return;
    const { id, result } = message.data;
    waiting.get(id)?.({
      used: result.usedSize + result.embedderHeapUsedSize,
      buffers: result.backingStorageSize,
    });
    waiting.delete(id);
  });
  let lastId = 0;
  const usage = () =>
    new Promise<Heap>((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      socket.send(JSON.stringify({ id: lastId, method: "Runtime.getHeapUsage" }));
    });
  return { usage, close: () => socket.close() };
}
