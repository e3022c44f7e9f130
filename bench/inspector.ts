// Reads the heap of our Worker's isolate through workerd's inspector, which speaks the Chrome DevTools protocol.
import { z } from "zod";

/** Bytes: of JavaScript objects, and of the ArrayBuffers that they own. */
export type Heap = { used: number; buffers: number };

const answer = z.object({
  id: z.number(),
  result: z.object({
    usedSize: z.number(),
    embedderHeapUsedSize: z.number(),
    backingStorageSize: z.number(),
  }),
});

/** `inspector` is Miniflare's getInspectorURL; each Worker has a path of its own there. */
export async function heapOf(inspector: URL): Promise<{ usage: () => Promise<Heap>; close: () => void }> {
  const socket = new WebSocket(new URL("/core:user:mostrador", inspector).href);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("the inspector does not answer")));
  });
  const waiting = new Map<number, (heap: Heap) => void>();
  socket.addEventListener("message", ({ data }) => {
    const message = answer.safeParse(JSON.parse(String(data)));
    if (!message.success) return;
    const { id, result } = message.data;
    waiting.get(id)?.({
      used: result.usedSize + result.embedderHeapUsedSize,
      buffers: result.backingStorageSize,
    });
    waiting.delete(id);
  });
  let last = 0;
  const usage = () =>
    new Promise<Heap>((resolve) => {
      last += 1;
      waiting.set(last, resolve);
      socket.send(JSON.stringify({ id: last, method: "Runtime.getHeapUsage" }));
    });
  return { usage, close: () => socket.close() };
}
