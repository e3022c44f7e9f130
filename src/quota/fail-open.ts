// A failing limit must not take a shop down: if a counter fails or is slow, the failure is logged and the request proceeds.
import { logFailure } from "../platform/log.ts";

/** The longest wait for a counter. */
export const TIMEOUT_MS = 1000;

/** The result of `call`, or null if it fails or takes longer than a second. */
export async function callCounter<T>(counter: string, call: () => Promise<T>): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await Promise.race([
      call(),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no response within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
      }),
    ]);
  } catch (error) {
    logFailure(`${counter} quota`, error);
    return null;
  } finally {
    clearTimeout(timer);
  }
}
