// A limit must not take a shop down: where a counter fails or is slow, that is logged and the request goes on.
import { logFailure } from "../platform/log.ts";

export const PATIENCE_MS = 1000;

/** What the counter answers, or null where it fails or takes longer than a second. */
export async function answerOf<T>(counter: string, ask: () => Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await Promise.race([
      ask(),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("it took too long")), PATIENCE_MS);
      }),
    ]);
  } catch (error) {
    logFailure(`${counter} quota`, error);
    return null;
  } finally {
    clearTimeout(timer);
  }
}
